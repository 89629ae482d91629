import { operation } from '../../dialect.ts'
import type { AlibabaCall } from '../call.ts'
import { decodeRegion, decodeRenaming } from '../codec.ts'

/** ModifyRouteTableAttributes: also of a VPC's own table. Source: "ModifyRouteTableAttributes". */
export const updateRouteTable = operation({
  name: '2016-04-28 ModifyRouteTableAttributes',
  decode: ({ parameters, literal }: AlibabaCall, app) => {
    const region = decodeRegion(app, parameters.text('RegionId'))
    const id = parameters.text('RouteTableId')
    const propagates = parameters.optionalBoolean('RoutePropagationEnable')
    const patch = {
      ...decodeRenaming(literal, 'RouteTableName'),
      ...(propagates !== undefined && { propagates }),
    }
    return { region, id, patch }
  },
  run: (app, caller, { region, id, patch }) => app.updateRouteTable({ ...caller, region }, { id, ...patch }),
  encode: () => ({}),
})
