import { operation } from '../../../dialect.ts'
import type { TencentCall } from '../../call.ts'
import { viewAssistantBlocks } from '../assistant-blocks.ts'
import { whole } from '../call.ts'
import { VPC_ID } from '../codec.ts'
import { decodeBlocks, requireSome } from '../network-codec.ts'

/**
 * Taking blocks off a VPC and adding others to it, in one step; answers all that it has then. Source: API 3.0
 * "ModifyAssistantCidr".
 */
export const updateAssistantBlocks = operation({
  name: 'ModifyAssistantCidr',
  decode: (call: TencentCall) =>
    whole(call.fields(), (fields) => {
      const id = fields.text('VpcId', VPC_ID)
      const addCidrs = decodeBlocks(fields, 'NewCidrBlocks')
      const removeCidrs = decodeBlocks(fields, 'OldCidrBlocks')
      requireSome('NewCidrBlocks', [...addCidrs, ...removeCidrs])
      return { id, addCidrs, removeCidrs }
    }),
  run: async (app, caller, input) => viewAssistantBlocks(app, caller, [await app.updateVpc(caller, input)]),
  encode: (blocks) => ({ AssistantCidrSet: blocks }),
})
