import type { Target } from '../check.ts'
import type { Row, RunOptions } from '../runner.ts'
import { runTarget } from '../runner.ts'
import type { Settings } from '../settings.ts'
import { alibaba } from './alibaba.ts'
import { huawei } from './huawei.ts'
import { otc } from './otc.ts'
import { tencent } from './tencent.ts'
import { tencentLegacy } from './tencent-legacy.ts'

/** A target whose requests nobody outside it has to know. */
export interface Runnable {
  readonly name: string
  readonly about: string
  readonly run: (settings: Settings, options: RunOptions) => Promise<readonly Row[]>
}

function runnable<Request>(target: Target<Request>): Runnable {
  const { name, about } = target
  return { name, about, run: (settings, options) => runTarget(target, settings, options) }
}

/** Every protocol that can be checked. A new one is its file and its line here. */
export const TARGETS: readonly Runnable[] = [
  runnable(huawei),
  runnable(otc),
  runnable(alibaba),
  runnable(tencent),
  runnable(tencentLegacy),
]
