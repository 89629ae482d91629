import { operation } from '../../../dialect.ts'
import type { TencentCall } from '../../call.ts'
import { whole } from '../call.ts'
import { VPC_ID } from '../codec.ts'
import { decodeBlocks, encodeAssistantBlocks, requireSome } from '../network-codec.ts'

/** Adding blocks to a VPC, all or none; answers those. Source: API 3.0 "CreateAssistantCidr". */
export const createAssistantBlocks = operation({
  name: 'CreateAssistantCidr',
  decode: (call: TencentCall) =>
    whole(call.fields(), (fields) => ({
      id: fields.text('VpcId', VPC_ID),
      addCidrs: requireSome('CidrBlocks', decodeBlocks(fields, 'CidrBlocks')),
    })),
  run: async (app, caller, input) => {
    const blocks = encodeAssistantBlocks(await app.updateVpc(caller, input))
    return blocks.filter(({ CidrBlock }) => input.addCidrs.includes(CidrBlock))
  },
  encode: (blocks) => ({ AssistantCidrSet: blocks.map((block) => ({ ...block, SubnetSet: [] })) }),
})
