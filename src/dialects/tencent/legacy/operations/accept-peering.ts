import { operation } from '../../../dialect.ts'
import type { TencentCall } from '../../call.ts'
import { decodePeeringId } from '../codec.ts'

/**
 * Accepting a peering, by the account that was asked. Source: legacy page "Accepting a VPC Peering Connection".
 */
export const acceptPeering = operation({
  name: 'AcceptVpcPeeringConnection',
  decode: (call: TencentCall) => decodePeeringId(call.fields()),
  run: (app, caller, input) => app.acceptPeering(caller, input),
  encode: () => ({}),
})
