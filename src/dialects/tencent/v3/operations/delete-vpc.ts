import { operation } from '../../../dialect.ts'
import type { TencentCall } from '../../call.ts'
import { whole } from '../call.ts'
import { VPC_ID } from '../codec.ts'

/** Deleting a VPC that nothing depends on. Source: API 3.0 "DeleteVpc". */
export const deleteVpc = operation({
  name: 'DeleteVpc',
  decode: (call: TencentCall) => whole(call.fields(), (fields) => ({ id: fields.text('VpcId', VPC_ID) })),
  run: (app, caller, input) => app.deleteVpc(caller, input),
  encode: () => ({}),
})
