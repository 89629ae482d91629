import { operation } from '../../dialect.ts'
import type { AlibabaCall } from '../call.ts'
import { decodeRegion, encodeRegion } from '../codec.ts'
import { zonesOf } from '../zones.ts'

/** DescribeZones: some zones of a region; others are taken as well. Source: "DescribeZones". */
export const listZones = operation({
  name: '2016-04-28 DescribeZones',
  decode: ({ parameters }: AlibabaCall, app) => decodeRegion(app, parameters.text('RegionId')),
  run: async (app, _caller, region) => zonesOf(encodeRegion(app, region)),
  encode: (zones) => ({ Zones: { Zone: zones.map((zone) => ({ ZoneId: zone, LocalName: zone })) } }),
})
