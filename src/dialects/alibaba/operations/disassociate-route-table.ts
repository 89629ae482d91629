import { operation } from '../../dialect.ts'
import type { AlibabaCall } from '../call.ts'
import { decodeAssociation } from '../codec.ts'

/** UnassociateRouteTable: the vSwitch goes by its VPC's own table again. Source: "UnassociateRouteTable". */
export const disassociateRouteTable = operation({
  name: '2016-04-28 UnassociateRouteTable',
  decode: ({ parameters }: AlibabaCall, app) => decodeAssociation(parameters, app),
  run: (app, caller, { region, routeTable, subnet }) =>
    app.associateRouteTable({ ...caller, region }, { routeTable, associate: [], disassociate: [subnet] }),
  encode: () => ({}),
})
