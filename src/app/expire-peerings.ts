import { EVENT_TYPES, type EventDraft, eventOf, THE_CLOCK } from '../domain/event.ts'
import { isDue, type Peering, peeringAt } from '../domain/peering.ts'
import type { Context } from './context.ts'

const BATCH = 500

/**
 * Writes down every expiry whose time has come, each with its event at the time it lapsed. Answers how many it
 * wrote. Harmless to repeat, and to run in several processes at once: one of them wins each.
 */
export async function expirePeerings(context: Context): Promise<number> {
  let written = 0
  for (;;) {
    const due = await context.store.duePeerings(context.clock.now(), BATCH)
    const outcomes = await Promise.all(
      due.map((peering) => {
        const { peering: expired, events } = settle(peering, context.clock.now())
        const nowMs = context.clock.realNow()
        return context.store.commit({ peerings: [{ from: peering, to: expired }], events, nowMs })
      }),
    )
    written += outcomes.filter((outcome) => outcome.ok).length
    if (due.length < BATCH) return written
  }
}

/** `peering` as it stands at `nowMs`, with the event that says so where that is not written down yet. */
export function settle(peering: Peering, nowMs: number): { peering: Peering; events: EventDraft[] } {
  if (!isDue(peering, nowMs)) return { peering, events: [] }
  const expired = peeringAt(peering, nowMs)
  return { peering: expired, events: [eventOf(EVENT_TYPES.expire, peering, expired, THE_CLOCK)] }
}
