import type { Port } from '../api.ts'
import { apiCommand, DRY_RUN_OPTION } from '../api-command.ts'
import { findSubnet, findVpc } from '../find.ts'
import { portDetails } from '../port-details.ts'
import { print } from '../print.ts'

/** `isthmus port create`: a place to plug a workload, and how to plug it. */
export const portCreate = apiCommand({
  about: 'make a place to plug a workload into a subnet, and say how',
  operands: {
    vpc: { about: 'by any of its ids, or by name where only one has it' },
    subnet: { about: 'by any of its ids, by name or by block' },
  },
  options: {
    address: { value: 'ADDRESS', about: 'by default one that is free' },
    namespace: {
      value: 'NAME',
      about: 'the network namespace the workload lives in; by default one is made (operator)',
    },
    ...DRY_RUN_OPTION,
  },
  examples: ['isthmus port create alice-vpc web', 'isthmus port create alice-vpc web --address 10.1.1.9'],
  async run({ client, operands, options }) {
    const vpc = await findVpc(client, operands.vpc)
    const subnet = await findSubnet(client, vpc, operands.subnet)
    const body = { subnet: subnet.id, address: options.address, namespace: options.namespace }
    const call = { body, query: { dryRun: options['dry-run'] } }
    const port = await client.post<Port>(`/vpcs/${vpc.id}/ports`, call)
    print(options.json, port, portDetails(port))
    return 0
  },
})
