import type { Port } from '../api.ts'
import { apiCommand } from '../api-command.ts'
import { findVpc } from '../find.ts'
import { attachment } from '../port-details.ts'
import { print } from '../print.ts'
import { table } from '../table.ts'

/** `isthmus port list`. */
export const portList = apiCommand({
  about: 'list the ports of a VPC',
  operands: { vpc: { about: 'by any of its ids, or by name where only one has it' } },
  examples: ['isthmus port list alice-vpc'],
  async run({ client, operands, options }) {
    const vpc = await findVpc(client, operands.vpc)
    const ports = await client.list<Port>(`/vpcs/${vpc.id}/ports`, 'ports')
    const text = table(ports, [
      { heading: 'ID', text: ({ id }) => id, whole: true },
      { heading: 'ADDRESSES', text: ({ addresses }) => addresses.join(' ') },
      { heading: 'MAC', text: ({ mac }) => mac },
      { heading: 'PLUG', text: attachment },
    ])
    print(options.json, { ports, next: null }, text)
    return 0
  },
})
