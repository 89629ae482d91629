import { DomainError } from '../domain/errors.ts'
import type { ManualClock } from '../ports/clock.ts'
import { type Caller, type Context, requireOperator } from './context.ts'
import { expirePeerings } from './expire-peerings.ts'

/** The setting that keeps the moved clock across a restart. */
export const CLOCK_OFFSET_SETTING = 'clock-offset-ms'

/**
 * Moves the service's clock forward and writes down what has expired by then. Answers the new time, milliseconds
 * since the epoch. Throws `clock.not-manual` unless the service was started with a clock that can be moved.
 */
export async function moveClock(context: Context, caller: Caller, input: { byMs: number }): Promise<number> {
  requireOperator(caller, 'move the clock')
  const clock = context.clock as Partial<ManualClock>
  if (clock.setOffset === undefined || clock.offsetMs === undefined)
    throw new DomainError('clock.not-manual', {})
  if (caller.dryRun) return context.clock.now() + input.byMs
  // Moved before it is saved, so that two who move it at once both move it.
  clock.setOffset(clock.offsetMs + input.byMs)
  await context.store.commit({
    settings: { [CLOCK_OFFSET_SETTING]: String(clock.offsetMs) },
    nowMs: context.clock.realNow(),
  })
  await expirePeerings(context)
  return context.clock.now()
}
