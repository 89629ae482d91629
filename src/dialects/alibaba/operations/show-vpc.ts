import { tenantOf } from '../../../app/context.ts'
import { operation } from '../../dialect.ts'
import type { AlibabaCall } from '../call.ts'
import { decodeRegion, encodeVpc } from '../codec.ts'

/** DescribeVpcAttribute: one VPC of the account's, in the region named. Source: "DescribeVpcAttribute". */
export const showVpc = operation({
  name: '2016-04-28 DescribeVpcAttribute',
  decode: ({ parameters }: AlibabaCall, app) => {
    const region = parameters.text('RegionId')
    const id = parameters.text('VpcId')
    return { region: decodeRegion(app, region), id }
  },
  run: (app, caller, { region, id }) => app.showVpc({ ...caller, region }, { id }),
  encode: (vpc, _call, app, caller) => encodeVpc(vpc, app, tenantOf(caller, 'vpc:DescribeVpcAttribute')),
})
