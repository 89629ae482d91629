import { operation } from '../../../dialect.ts'
import type { TencentCall } from '../../call.ts'
import { whole } from '../call.ts'
import { VPC_ID } from '../codec.ts'
import { decodeBlocks, requireSome } from '../network-codec.ts'

/** Taking blocks that no subnet lies in off a VPC, all or none. Source: API 3.0 "DeleteAssistantCidr". */
export const deleteAssistantBlocks = operation({
  name: 'DeleteAssistantCidr',
  decode: (call: TencentCall) =>
    whole(call.fields(), (fields) => ({
      id: fields.text('VpcId', VPC_ID),
      removeCidrs: requireSome('CidrBlocks', decodeBlocks(fields, 'CidrBlocks')),
    })),
  run: (app, caller, input) => app.updateVpc(caller, input),
  encode: () => ({}),
})
