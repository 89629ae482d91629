import type { Clock, ManualClock } from '../../ports/clock.ts'

export const systemClock: Clock = { now: () => Date.now(), realNow: () => Date.now() }

/** Real time, moved by an offset that only grows. */
export function manualClock(offsetMs: number): ManualClock {
  let offset = offsetMs
  return {
    now: () => Date.now() + offset,
    realNow: () => Date.now(),
    get offsetMs() {
      return offset
    },
    setOffset(next) {
      offset = next
    },
  }
}
