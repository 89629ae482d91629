import { operation } from '../../dialect.ts'
import type { HuaweiCall } from '../call.ts'
import { encodePeering } from '../codec.ts'

/**
 * Refusing a VPC Peering Connection. The accepter refuses; the answer is not wrapped.
 * Source: seed page "Refusing a VPC Peering Connection".
 */
export const rejectPeering = operation({
  name: 'PUT /v2.0/vpc/peerings/{peering_id}/reject',
  decode: ({ path }: HuaweiCall) => ({ id: path['peering_id'] ?? '' }),
  run: (app, caller, input) => app.rejectPeering(caller, input),
  encode: encodePeering,
})
