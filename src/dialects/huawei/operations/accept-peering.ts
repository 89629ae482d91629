import { operation } from '../../dialect.ts'
import type { HuaweiCall } from '../call.ts'
import { encodePeering } from '../codec.ts'

/**
 * Accepting a VPC Peering Connection. The accepter agrees; the answer is not wrapped.
 * Source: Open Telekom Cloud VPC API reference, "Accepting a VPC Peering Connection".
 */
export const acceptPeering = operation({
  name: 'PUT /v2.0/vpc/peerings/{peering_id}/accept',
  decode: ({ path }: HuaweiCall) => ({ id: path['peering_id'] ?? '' }),
  run: (app, caller, input) => app.acceptPeering(caller, input),
  encode: encodePeering,
})
