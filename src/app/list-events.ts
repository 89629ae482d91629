import type { LoggedEvent } from '../domain/event.ts'
import { type Caller, type Context, partyOf } from './context.ts'

/** Events after `after`, in commit order: those of the caller's peerings, or all of them for the operator. */
export function listEvents(
  context: Context,
  caller: Caller,
  input: { after: number; limit: number },
): Promise<readonly LoggedEvent[]> {
  return context.store.listEvents(input.after, input.limit, partyOf(caller)?.tenant ?? null)
}
