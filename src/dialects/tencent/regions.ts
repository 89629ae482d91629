import type { RegionName } from '../../domain/identity.ts'
import { type Region, regionNameIn, resolveRegion } from '../../domain/region.ts'

/**
 * The short code of each region. Answers use it even where the request used the long name; requests may use
 * either. Source: the Terraform provider's table of short names, which knows no others.
 */
const SHORT_CODES: Readonly<Record<string, string>> = {
  'ap-guangzhou': 'gz',
  'ap-shenzhen': 'szx',
  'ap-shanghai': 'sh',
  'ap-beijing': 'bj',
  'ap-nanjing': 'nj',
  'ap-chengdu': 'cd',
  'ap-chongqing': 'cq',
  'ap-tianjin': 'tsn',
  'ap-qingyuan': 'qy',
  'ap-hongkong': 'hk',
  'ap-taipei': 'tpe',
  'ap-singapore': 'sg',
  'ap-bangkok': 'th',
  'ap-jakarta': 'jkt',
  'ap-seoul': 'kr',
  'ap-tokyo': 'jp',
  'ap-mumbai': 'in',
  'na-siliconvalley': 'usw',
  'na-ashburn': 'use',
  'na-toronto': 'ca',
  'sa-saopaulo': 'sao',
  'eu-frankfurt': 'de',
  'eu-moscow': 'ru',
  'ap-shenzhen-fsi': 'szjr',
  'ap-shanghai-fsi': 'shjr',
  'ap-beijing-fsi': 'bjjr',
  'ap-guangzhou-open': 'gzopen',
  'ap-shenzhen-sycft': 'szsycft',
  'ap-jinan-ec': 'jnec',
  'ap-hangzhou-ec': 'hzec',
  'ap-fuzhou-ec': 'fzec',
  'ap-hefei-ec': 'hfeec',
  'ap-shijiazhuang-ec': 'sjwec',
  'ap-wuhan-ec': 'whec',
  'ap-changsha-ec': 'csec',
  'ap-zhengzhou-ec': 'cgoec',
  'ap-xian-ec': 'xiyec',
  'ap-shenyang-ec': 'sheec',
}

const BY_LONG = new Map(Object.entries(SHORT_CODES))
const BY_SHORT = new Map(Object.entries(SHORT_CODES).map(([long, short]) => [short, long]))

/**
 * The region that a request means, by its long name, its short code or the operator's own name; null: none.
 */
export function decodeRegion(regions: readonly Region[], text: string): RegionName | null {
  const otherSpelling = BY_LONG.get(text) ?? BY_SHORT.get(text)
  return (
    resolveRegion(regions, 'tencent', text) ??
    (otherSpelling === undefined ? null : resolveRegion(regions, 'tencent', otherSpelling))
  )
}

/** The region's short code; null where its name here is none of the vendor's. */
export function shortCode(regions: readonly Region[], name: RegionName): string | null {
  const text = regionNameIn(regions, 'tencent', name)
  return BY_SHORT.has(text) ? text : (BY_LONG.get(text) ?? null)
}
