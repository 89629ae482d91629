import { operation } from '../../../dialect.ts'
import type { TencentCall } from '../../call.ts'
import { decodePeeringId } from '../codec.ts'

/** Refusing a peering, by the account that was asked. Source: legacy page "RejectVpcPeeringConnection". */
export const rejectPeering = operation({
  name: 'RejectVpcPeeringConnection',
  decode: (call: TencentCall) => decodePeeringId(call.fields()),
  run: (app, caller, input) => app.rejectPeering(caller, input),
  encode: () => ({}),
})
