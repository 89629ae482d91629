import { operation } from '../../../dialect.ts'
import type { TencentCall } from '../../call.ts'
import { viewSubnets } from '../../networks.ts'
import { whole } from '../call.ts'
import { decodeTags, TABLE_ID, VPC_ID } from '../codec.ts'
import { encodeSubnet, requireSome } from '../network-codec.ts'
import { decodeSubnet } from '../subnet-codec.ts'

/** Making subnets of one VPC, all or none, with the same tags. Source: API 3.0 "CreateSubnets". */
export const createSubnets = operation({
  name: 'CreateSubnets',
  decode: (call: TencentCall) =>
    whole(call.fields(), (fields) => {
      const tags = decodeTags(fields)
      const subnets = fields.objects('Subnets').map((subnet) =>
        whole(subnet, () => {
          const routeTable = subnet.optionalText('RouteTableId', TABLE_ID)
          return { ...decodeSubnet(subnet), tags, ...(routeTable !== undefined && { routeTable }) }
        }),
      )
      return { vpc: fields.text('VpcId', VPC_ID), subnets: requireSome('Subnets', subnets) }
    }),
  run: async (app, caller, input) => viewSubnets(app, caller, await app.createSubnets(caller, input)),
  encode: (views) => ({ SubnetSet: views.map(encodeSubnet) }),
})
