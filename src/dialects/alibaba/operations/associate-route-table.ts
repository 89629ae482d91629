import { operation } from '../../dialect.ts'
import type { AlibabaCall } from '../call.ts'
import { decodeAssociation } from '../codec.ts'

/** AssociateRouteTable: the vSwitch goes by that table of its VPC from then on. Source: "AssociateRouteTable". */
export const associateRouteTable = operation({
  name: '2016-04-28 AssociateRouteTable',
  decode: ({ parameters }: AlibabaCall, app) => decodeAssociation(parameters, app),
  run: (app, caller, { region, routeTable, subnet }) =>
    app.associateRouteTable({ ...caller, region }, { routeTable, associate: [subnet], disassociate: [] }),
  encode: () => ({}),
})
