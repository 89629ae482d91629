import type { Dialect } from './dialect.ts'
import { huawei } from './huawei/index.ts'
import type { WireRequest } from './wire.ts'

/** The vendors' protocols, in the order in which they are asked whether a request is theirs. */
export const DIALECTS: readonly Dialect[] = [huawei as Dialect]

/** The dialect a request is in; null where it is in none. */
export function dialectOf(request: WireRequest): Dialect | null {
  return DIALECTS.find((dialect) => dialect.owns(request)) ?? null
}
