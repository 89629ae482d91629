import { operation } from '../../dialect.ts'
import type { HuaweiCall } from '../call.ts'
import { encodePeering } from '../codec.ts'

/**
 * Querying a VPC Peering Connection. Either side sees it, in every state; a deleted one is 404.
 * Source: Open Telekom Cloud VPC API reference, "Querying a VPC Peering Connection".
 */
export const showPeering = operation({
  name: 'GET /v2.0/vpc/peerings/{peering_id}',
  decode: ({ path }: HuaweiCall) => ({ id: path['peering_id'] ?? '' }),
  run: (app, caller, input) => app.showPeering(caller, input),
  encode: (view) => ({ peering: encodePeering(view) }),
})
