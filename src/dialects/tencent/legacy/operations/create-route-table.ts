import { operation } from '../../../dialect.ts'
import type { TencentCall } from '../../call.ts'
import { asSaid, decodeRoutes, encodeTableBriefly } from '../route-codec.ts'

/** Making a further route table of a VPC, with routes in it or none. Source: legacy page "Creating a Route Table". */
export const createRouteTable = operation({
  name: 'CreateRouteTable',
  decode: (call: TencentCall) => {
    const fields = call.fields()
    return {
      vpc: fields.text('vpcId'),
      name: fields.text('routeTableName', { min: 1, max: 60 }),
      description: '',
      routes: decodeRoutes(fields).map(asSaid),
    }
  },
  run: (app, caller, input) => app.createRouteTable(caller, input),
  encode: (table) => {
    const brief = encodeTableBriefly(table)
    const { routeTableId, unRouteTableId } = brief
    return { routeTableId, unRouteTableId, routeTableSet: [brief] }
  },
})
