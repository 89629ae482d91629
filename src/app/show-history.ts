import { DomainError } from '../domain/errors.ts'
import type { LoggedEvent } from '../domain/event.ts'
import type { Caller, Context } from './context.ts'
import { findOwnPeering } from './load-peering.ts'

/**
 * How many numbers of the event log are looked through for one answer. No index leads from a peering to its events, which
 * every event that is written would have to pay for.
 */
const REACH = 10_000

/** What happened to one peering, the newest first, as far as one answer goes. */
export interface History {
  readonly events: readonly LoggedEvent[]
  /** Where to go on, as `before`; null: it was asked for there. */
  readonly next: number | null
}

/** For either party, of a deleted peering too. Throws `peering.not-found`. */
export async function showHistory(
  context: Context,
  caller: Caller,
  input: { id: string; before: number | null; reach?: number },
): Promise<History> {
  const { store } = context
  const { reach = REACH } = input
  const view = await findOwnPeering(context, caller, input.id)
  if (!view) throw new DomainError('peering.not-found', { id: input.id })
  const last = Math.min((input.before ?? Number.MAX_SAFE_INTEGER) - 1, await store.lastEventSequence())
  const first = Math.max(1, last - reach + 1)
  const events = (await store.eventsOfPeering(view.peering.id, first, last)).toReversed()
  const whole = first === 1 || events.at(-1)?.type === 'peering.requested'
  return { events, next: whole ? null : first }
}
