import { operation } from '../../../dialect.ts'
import type { TencentCall } from '../../call.ts'
import { whole } from '../call.ts'
import { PEERING_ID } from '../codec.ts'

/** Accepting a peering, by the account that was asked. Source: API 3.0 "AcceptVpcPeeringConnection". */
export const acceptPeering = operation({
  name: 'AcceptVpcPeeringConnection',
  decode: (call: TencentCall) =>
    whole(call.fields(), (fields) => ({ id: fields.text('PeeringConnectionId', PEERING_ID) })),
  run: (app, caller, input) => app.acceptPeering(caller, input),
  encode: () => ({}),
})
