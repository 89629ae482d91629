import { operation } from '../../dialect.ts'
import { header } from '../../encoding.ts'
import type { AlibabaCall } from '../call.ts'
import { encodeRegion } from '../codec.ts'

/** DescribeRegions: the operator's regions, each at the address that was called. Source: "DescribeRegions". */
export const listRegions = operation({
  name: '2016-04-28 DescribeRegions',
  decode: () => ({}),
  run: async (app) => app.context.regions,
  encode: (regions, call: AlibabaCall, app) => ({
    Regions: {
      Region: regions.map(({ name }) => ({
        RegionId: encodeRegion(app, name),
        LocalName: name,
        RegionEndpoint: header(call.request, 'host'),
      })),
    },
  }),
})
