import type { App } from '../../app/index.ts'
import type { RegionName } from '../../domain/identity.ts'

const LISTED = ['a', 'b', 'c']

/**
 * The zones that are listed for a region by the name that clients know it by: `cn-hangzhou-a`, but `ap-southeast-1a`.
 * Source: zone names in the vendor's user guide, "Regions and zones".
 */
export function zonesOf(region: string): readonly string[] {
  const separator = /\d$/.test(region) ? '' : '-'
  return LISTED.map((letter) => `${region}${separator}${letter}`)
}

/** Whether `zone` is one of the region's: any letter will do, as regions of the vendor's grow zones over time. */
export function isZoneOf(app: App, region: RegionName, zone: string): boolean {
  const { alibaba = [], name = region } = app.context.regions.find((known) => known.name === region) ?? {}
  return [...alibaba, name].some(
    (known) => zone.startsWith(known) && /^-?[a-z]$/.test(zone.slice(known.length)),
  )
}
