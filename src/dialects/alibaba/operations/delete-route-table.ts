import { operation } from '../../dialect.ts'
import type { AlibabaCall } from '../call.ts'
import { decodeRegion } from '../codec.ts'

/**
 * DeleteRouteTable: never a VPC's own table, nor one with vSwitches or custom entries.
 * Source: "DeleteRouteTable"; the Terraform provider, which waits for the entries to go.
 */
export const deleteRouteTable = operation({
  name: '2016-04-28 DeleteRouteTable',
  decode: ({ parameters }: AlibabaCall, app) => {
    const region = decodeRegion(app, parameters.text('RegionId'))
    return { region, id: parameters.text('RouteTableId') }
  },
  run: (app, caller, { region, id }) => app.deleteRouteTable({ ...caller, region }, { id, onlyEmpty: true }),
  encode: () => ({}),
})
