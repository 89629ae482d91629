import { operation } from '../../../dialect.ts'
import type { TencentCall } from '../../call.ts'
import { whole } from '../call.ts'
import { PEERING_ID } from '../codec.ts'

/** Refusing a peering, by the account that was asked. Source: API 3.0 "RejectVpcPeeringConnection". */
export const rejectPeering = operation({
  name: 'RejectVpcPeeringConnection',
  decode: (call: TencentCall) =>
    whole(call.fields(), (fields) => ({ id: fields.text('PeeringConnectionId', PEERING_ID) })),
  run: (app, caller, input) => app.rejectPeering(caller, input),
  encode: () => ({}),
})
