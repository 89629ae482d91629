import { operation } from '../../../dialect.ts'
import type { TencentCall } from '../../call.ts'

/** Deleting a VPC that nothing depends on. Source: legacy page "Deleting a VPC". */
export const deleteVpc = operation({
  name: 'DeleteVpc',
  decode: (call: TencentCall) => ({ id: call.fields().text('vpcId') }),
  run: (app, caller, input) => app.deleteVpc(caller, input),
  encode: () => ({}),
})
