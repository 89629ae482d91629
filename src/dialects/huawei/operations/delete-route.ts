import { operation } from '../../dialect.ts'
import type { HuaweiCall } from '../call.ts'
import { findRoute } from './show-route.ts'

/** Deleting a VPC Route. Source: Open Telekom Cloud VPC API reference, "Deleting a VPC Route"; 204 without a body. */
export const deleteRoute = operation({
  name: 'DELETE /v2.0/vpc/routes/{route_id}',
  decode: ({ path }: HuaweiCall) => ({ id: path['route_id'] ?? '' }),
  run: async (app, caller, input) => {
    const { id, routeTable } = await findRoute(app, caller, input)
    const selector = { label: input.id, matches: (route: { id: string }) => route.id === id }
    await app.changeRoutes(caller, { routeTable, add: [], modify: [], remove: [selector] })
  },
  encode: () => null,
})
