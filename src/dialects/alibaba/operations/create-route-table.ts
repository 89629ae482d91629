import { operation } from '../../dialect.ts'
import type { AlibabaCall } from '../call.ts'
import { DESCRIPTION, decodeRegion, decodeTags, NAME } from '../codec.ts'

/** CreateRouteTable: a further table of a VPC, for vSwitches only. Source: "CreateRouteTable". */
export const createRouteTable = operation({
  name: '2016-04-28 CreateRouteTable',
  decode: ({ parameters }: AlibabaCall, app) => {
    const region = decodeRegion(app, parameters.text('RegionId'))
    const vpc = parameters.text('VpcId')
    // A table for a gateway could be associated with nothing here.
    parameters.optionalText('AssociateType', { pattern: /^VSwitch$/, expects: 'must be VSwitch' })
    return {
      region,
      said: {
        vpc,
        name: parameters.optionalText('RouteTableName', NAME) ?? '',
        description: parameters.optionalText('Description', DESCRIPTION) ?? '',
        tags: decodeTags(parameters),
      },
    }
  },
  run: (app, caller, { region, said }) => app.createRouteTable({ ...caller, region }, said),
  encode: (table) => ({ RouteTableId: table.ids.alibaba }),
})
