import { DomainError } from '../domain/errors.ts'
import type { ManualClock } from '../ports/clock.ts'
import { type Caller, type Context, requireOperator } from './context.ts'
import { expirePeerings } from './expire-peerings.ts'
import { save } from './save.ts'

/** The setting that keeps the moved clock across a restart. */
export const CLOCK_OFFSET_SETTING = 'clock-offset-ms'

/**
 * Moves the service's clock forward and writes down what has expired by then. Answers the new time, milliseconds
 * since the epoch. Throws `clock.not-manual` unless the service was started with a clock that can be moved.
 */
export async function moveClock(context: Context, caller: Caller, input: { byMs: number }): Promise<number> {
  requireOperator(caller, 'move the clock')
  const clock = context.clock as Partial<ManualClock>
  const { setOffset } = clock
  if (setOffset === undefined) throw new DomainError('clock.not-manual', {})
  const move = (byMs: number) => setOffset((clock.offsetMs ?? 0) + byMs)
  let moved = false
  const plan = async () => {
    if (caller.dryRun) {
      const then = context.clock.now() + input.byMs
      return { change: {}, result: then, resultId: String(then), touches: [] }
    }
    // Moved before it is saved, so that two who move it at once both move it.
    if (!moved) move(input.byMs)
    moved = true
    const settings = { [CLOCK_OFFSET_SETTING]: String(clock.offsetMs) }
    const result = context.clock.now()
    return { change: { settings }, result, resultId: String(result), touches: [] }
  }
  let recalled = false
  try {
    const nowMs = await save(context, caller, plan, async (resultId) => {
      recalled = true
      return Number(resultId)
    })
    // The clock was moved by the first request with this token already.
    if (moved && recalled) move(-input.byMs)
    await expirePeerings(context)
    return nowMs
  } catch (error) {
    if (moved) move(-input.byMs)
    throw error
  }
}
