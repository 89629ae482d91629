import type { Subnet } from '../api.ts'
import { apiCommand, DRY_RUN_OPTION } from '../api-command.ts'
import { findVpc } from '../find.ts'
import { print } from '../print.ts'
import { details } from '../table.ts'

/** `isthmus subnet create`. */
export const subnetCreate = apiCommand({
  about: 'make a subnet of a VPC',
  operands: {
    vpc: { about: 'by any of its ids, or by name where only one has it' },
    name: { about: 'what the subnet is called' },
    cidr: { about: 'a block inside those of the VPC' },
  },
  options: {
    'ipv6-cidr': { value: 'BLOCK', about: 'a second block, of IPv6' },
    gateway: { value: 'ADDRESS', about: "the router's address; by default the first" },
    description: { value: 'TEXT', about: 'what it is for' },
    ...DRY_RUN_OPTION,
  },
  examples: ['isthmus subnet create alice-vpc web 10.1.1.0/24'],
  async run({ client, operands: { vpc: named, name, cidr }, options }) {
    const { 'ipv6-cidr': ipv6Cidr, gateway, description } = options
    const vpc = await findVpc(client, named)
    const body = { name, cidr, ipv6Cidr, gateway, description }
    const subnet = await client.post<Subnet>(`/vpcs/${vpc.id}/subnets`, {
      body,
      query: { dryRun: options['dry-run'] },
    })
    const text = details([
      ['id', subnet.id],
      ['name', subnet.name],
      ['VPC', subnet.vpc],
      ['block', [subnet.cidr, subnet.ipv6Cidr ?? ''].join(' ').trim()],
      ['gateway', subnet.gateway],
    ])
    print(options.json, subnet, text)
    return 0
  },
})
