import { operation } from '../../../dialect.ts'
import type { TencentCall } from '../../call.ts'
import { decodePeeringId } from '../codec.ts'

/**
 * Deleting a peering, by either account and in every state. Source: legacy page "Deleting a VPC Peering
 * Connection".
 */
export const deletePeering = operation({
  name: 'DeleteVpcPeeringConnection',
  decode: (call: TencentCall) => decodePeeringId(call.fields()),
  run: (app, caller, input) => app.deletePeering(caller, input),
  encode: () => ({}),
})
