import { alibaba } from './alibaba/index.ts'
import type { Dialect } from './dialect.ts'
import { huawei } from './huawei/index.ts'
import { tencentLegacy } from './tencent/legacy/index.ts'
import { tencentV3 } from './tencent/v3/index.ts'
import type { WireRequest } from './wire.ts'

/** The vendors' protocols, in the order in which they are asked whether a request is theirs. */
export const DIALECTS: readonly Dialect[] = [
  huawei as Dialect,
  tencentLegacy as Dialect,
  tencentV3 as Dialect,
  alibaba as Dialect,
]

/** The dialect a request is in; null where it is in none. */
export function dialectOf(request: WireRequest): Dialect | null {
  return DIALECTS.find((dialect) => dialect.owns(request)) ?? null
}
