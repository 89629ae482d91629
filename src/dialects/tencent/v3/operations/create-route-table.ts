import { operation } from '../../../dialect.ts'
import type { TencentCall } from '../../call.ts'
import { viewTables } from '../../networks.ts'
import { whole } from '../call.ts'
import { decodeTags, NETWORK_NAME, VPC_ID } from '../codec.ts'
import { encodeTable } from '../network-codec.ts'

/** Making a further route table of a VPC. Source: API 3.0 "CreateRouteTable". */
export const createRouteTable = operation({
  name: 'CreateRouteTable',
  decode: (call: TencentCall) =>
    whole(call.fields(), (fields) => ({
      vpc: fields.text('VpcId', VPC_ID),
      name: fields.text('RouteTableName', NETWORK_NAME),
      description: '',
      tags: decodeTags(fields),
    })),
  run: async (app, caller, input) => viewTables(app, caller, [await app.createRouteTable(caller, input)]),
  encode: ([view]) => ({ RouteTable: view && encodeTable(view) }),
})
