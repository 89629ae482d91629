import { type DialectName, type RegionName, regionName } from './identity.ts'

/** One of the operator's regions, with the names by which each cloud's clients know it; the first is answered. */
export interface Region {
  readonly name: RegionName
  readonly huawei: readonly string[]
  readonly alibaba: readonly string[]
  readonly tencent: readonly string[]
}

/** The region that `name` means in `dialect`; null where there is none. Its own name always does. */
export function resolveRegion(
  regions: readonly Region[],
  dialect: Exclude<DialectName, 'native'>,
  name: string,
): RegionName | null {
  const found =
    regions.find((region) => region.name === name) ?? regions.find((region) => region[dialect].includes(name))
  return found?.name ?? null
}

/** What `dialect` calls the region: the first of its names, or its own where the vendor has no word for it. */
export function regionNameIn(
  regions: readonly Region[],
  dialect: Exclude<DialectName, 'native'>,
  name: RegionName,
): string {
  return regions.find((region) => region.name === name)?.[dialect][0] ?? name
}

/** What an operator gets who has not named any regions. */
export const DEFAULT_REGIONS: readonly Region[] = [
  {
    name: regionName('region-a'),
    huawei: ['region-a', 'eu-de', 'cn-north-4'],
    alibaba: ['cn-hangzhou'],
    tencent: ['ap-guangzhou'],
  },
  {
    name: regionName('region-b'),
    huawei: ['region-b', 'eu-nl', 'cn-east-3'],
    alibaba: ['cn-beijing'],
    tencent: ['ap-shanghai'],
  },
]
