import type { Caller } from '../../../app/context.ts'
import type { App } from '../../../app/index.ts'
import { DomainError } from '../../../domain/errors.ts'
import type { Route } from '../../../domain/network.ts'
import { operation } from '../../dialect.ts'
import type { HuaweiCall } from '../call.ts'
import { encodeRoute } from '../network-codec.ts'
import { inDefaultTables } from '../network-views.ts'

/** Querying a VPC Route. Source: Open Telekom Cloud VPC API reference, "Querying a VPC Route". */
export const showRoute = operation({
  name: 'GET /v2.0/vpc/routes/{route_id}',
  decode: ({ path }: HuaweiCall) => ({ id: path['route_id'] ?? '' }),
  run: findRoute,
  encode: (route, _call, _app, caller) => ({ route: encodeRoute(route, caller) }),
})

/** The caller's route in the default table of its VPC. Throws `route.not-found`, also for one in another table. */
export async function findRoute(app: App, caller: Caller, { id }: { id: string }): Promise<Route> {
  const [route] = await inDefaultTables(app, caller, [await app.showRoute(caller, { id })])
  if (!route) throw new DomainError('route.not-found', { id })
  return route
}
