import { operation } from '../../../dialect.ts'
import type { TencentCall } from '../../call.ts'
import { decodePeeringId } from '../codec.ts'

/**
 * Asking again for a peering whose request has expired, by the account that asked. Source: legacy page
 * "Enabling a VPC Peering Connection".
 */
export const reopenPeering = operation({
  name: 'EnableVpcPeeringConnection',
  decode: (call: TencentCall) => decodePeeringId(call.fields()),
  run: (app, caller, input) => app.reopenPeering(caller, input),
  encode: () => ({}),
})
