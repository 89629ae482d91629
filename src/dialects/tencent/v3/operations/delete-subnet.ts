import { operation } from '../../../dialect.ts'
import type { TencentCall } from '../../call.ts'
import { whole } from '../call.ts'
import { SUBNET_ID } from '../codec.ts'

/** Deleting a subnet. Source: API 3.0 "DeleteSubnet". */
export const deleteSubnet = operation({
  name: 'DeleteSubnet',
  decode: (call: TencentCall) =>
    whole(call.fields(), (fields) => ({ id: fields.text('SubnetId', SUBNET_ID) })),
  run: (app, caller, input) => app.deleteSubnet(caller, input),
  encode: () => ({}),
})
