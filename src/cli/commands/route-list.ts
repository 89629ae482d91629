import type { Route } from '../api.ts'
import { apiCommand } from '../api-command.ts'
import { findVpc } from '../find.ts'
import { print } from '../print.ts'
import { table } from '../table.ts'

/** `isthmus route list`. */
export const routeList = apiCommand({
  about: 'list the routes of a VPC, in all of its tables',
  operands: { vpc: { about: 'by any of its ids, or by name where only one has it' } },
  examples: ['isthmus route list alice-vpc'],
  async run({ client, operands, options }) {
    const vpc = await findVpc(client, operands.vpc)
    const routes = await client.list<Route>(`/vpcs/${vpc.id}/routes`, 'routes')
    const text = table(routes, [
      { heading: 'ID', text: ({ id }) => id, whole: true },
      { heading: 'DESTINATION', text: ({ destination }) => destination },
      { heading: 'PEERING', text: ({ peering }) => peering, whole: true },
      { heading: 'NAME', text: ({ name }) => name },
      {
        heading: 'STATE',
        text: ({ enabled }) => (enabled ? 'on' : 'off'),
        colour: ({ enabled }) => (enabled ? 'green' : 'red'),
      },
    ])
    print(options.json, { routes, next: null }, text)
    return 0
  },
})
