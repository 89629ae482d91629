import type { Route } from '../api.ts'
import { apiCommand, DRY_RUN_OPTION } from '../api-command.ts'
import { findPeering, findVpc } from '../find.ts'
import { print } from '../print.ts'
import { details } from '../table.ts'

/** `isthmus route add`. */
export const routeAdd = apiCommand({
  about: 'lead what a VPC sends to a block through a peering',
  operands: {
    vpc: { about: "one's own, by any of its ids, or by name where only one has it" },
    destination: { about: 'a block of the other side, or one address' },
    peering: { about: 'by any of its ids, or by name where only one has it' },
  },
  options: { name: { value: 'NAME', about: 'what it is called' }, ...DRY_RUN_OPTION },
  details: 'Each side adds its own: packets pass only once the answers find their way back.',
  examples: ['isthmus route add alice-vpc 10.2.0.0/16 shop-to-database'],
  async run({ client, operands, options }) {
    const vpc = await findVpc(client, operands.vpc)
    const peering = await findPeering(client, operands.peering)
    const body = { destination: operands.destination, peering: peering.id, name: options.name }
    const call = { body, query: { dryRun: options['dry-run'] } }
    const route = await client.post<Route>(`/vpcs/${vpc.id}/routes`, call)
    const text = details([
      ['id', route.id],
      ['VPC', route.vpc],
      ['destination', route.destination],
      ['peering', route.peering],
    ])
    print(options.json, route, text)
    return 0
  },
})
