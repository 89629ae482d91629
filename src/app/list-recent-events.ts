import type { LoggedEvent } from '../domain/event.ts'
import { type Caller, type Context, partyOf } from './context.ts'

/**
 * Events before number `before` (null: all there are), the newest first: those of the caller's peerings, or all of them
 * for the operator.
 */
export function listRecentEvents(
  context: Context,
  caller: Caller,
  input: { before: number | null; limit: number },
): Promise<readonly LoggedEvent[]> {
  const { before, limit } = input
  return context.store.recentEvents(before ?? Number.MAX_SAFE_INTEGER, limit, partyOf(caller)?.tenant ?? null)
}
