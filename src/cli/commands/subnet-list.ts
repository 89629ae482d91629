import type { Subnet } from '../api.ts'
import { apiCommand } from '../api-command.ts'
import { findVpc } from '../find.ts'
import { print } from '../print.ts'
import { table } from '../table.ts'

/** `isthmus subnet list`. */
export const subnetList = apiCommand({
  about: 'list the subnets of a VPC',
  operands: { vpc: { about: 'by any of its ids, or by name where only one has it' } },
  examples: ['isthmus subnet list alice-vpc'],
  async run({ client, operands, options }) {
    const vpc = await findVpc(client, operands.vpc)
    const subnets = await client.list<Subnet>(`/vpcs/${vpc.id}/subnets`, 'subnets')
    const text = table(subnets, [
      { heading: 'ID', text: ({ id }) => id, whole: true },
      { heading: 'NAME', text: ({ name }) => name },
      { heading: 'BLOCK', text: ({ cidr }) => cidr },
      { heading: 'IPV6 BLOCK', text: ({ ipv6Cidr }) => ipv6Cidr ?? '-' },
      { heading: 'GATEWAY', text: ({ gateway }) => gateway },
    ])
    print(options.json, { subnets, next: null }, text)
    return 0
  },
})
