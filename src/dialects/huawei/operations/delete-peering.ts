import { operation } from '../../dialect.ts'
import type { HuaweiCall } from '../call.ts'

/**
 * Deleting a VPC Peering Connection. Either side may, in every state; 204 without a body.
 * Source: Open Telekom Cloud VPC API reference, "Deleting a VPC Peering Connection".
 */
export const deletePeering = operation({
  name: 'DELETE /v2.0/vpc/peerings/{peering_id}',
  decode: ({ path }: HuaweiCall) => ({ id: path['peering_id'] ?? '' }),
  run: (app, caller, input) => app.deletePeering(caller, input),
  encode: () => null,
})
