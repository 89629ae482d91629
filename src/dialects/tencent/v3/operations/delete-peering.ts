import { operation } from '../../../dialect.ts'
import type { TencentCall } from '../../call.ts'
import { whole } from '../call.ts'
import { PEERING_ID } from '../codec.ts'

/** Deleting a peering, by either account and in every state. Source: API 3.0 "DeleteVpcPeeringConnection". */
export const deletePeering = operation({
  name: 'DeleteVpcPeeringConnection',
  decode: (call: TencentCall) =>
    whole(call.fields(), (fields) => ({ id: fields.text('PeeringConnectionId', PEERING_ID) })),
  run: (app, caller, input) => app.deletePeering(caller, input),
  encode: () => ({}),
})
