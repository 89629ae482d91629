import { operation } from '../../../dialect.ts'
import type { TencentCall } from '../../call.ts'
import { viewSubnets } from '../../networks.ts'
import { whole } from '../call.ts'
import { decodeTags, VPC_ID } from '../codec.ts'
import { encodeSubnet } from '../network-codec.ts'
import { decodeSubnet } from '../subnet-codec.ts'

/** Making a subnet, which goes by the default route table. Source: API 3.0 "CreateSubnet". */
export const createSubnet = operation({
  name: 'CreateSubnet',
  decode: (call: TencentCall) =>
    whole(call.fields(), (fields) => ({
      vpc: fields.text('VpcId', VPC_ID),
      ...decodeSubnet(fields),
      tags: decodeTags(fields),
    })),
  run: async (app, caller, input) => viewSubnets(app, caller, [await app.createSubnet(caller, input)]),
  encode: ([view]) => ({ Subnet: view && encodeSubnet(view) }),
})
