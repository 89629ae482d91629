import { operation } from '../../../dialect.ts'
import type { TencentCall } from '../../call.ts'
import { whole } from '../call.ts'
import { SUBNET_ID, TABLE_ID } from '../codec.ts'

/**
 * Letting a subnet go by another route table of its VPC. Source: API 3.0 "ReplaceRouteTableAssociation".
 */
export const associateRouteTable = operation({
  name: 'ReplaceRouteTableAssociation',
  decode: (call: TencentCall) =>
    whole(call.fields(), (fields) => ({
      routeTable: fields.text('RouteTableId', TABLE_ID),
      associate: [fields.text('SubnetId', SUBNET_ID)],
      disassociate: [],
    })),
  run: (app, caller, input) => app.associateRouteTable(caller, input),
  encode: () => ({}),
})
