import type { PeeringView } from '../ports/store.ts'
import type { Caller, Context } from './context.ts'
import { transitionPeering } from './transition-peering.ts'

/**
 * The requester asks again for what has expired: it waits anew, with its full time, or is answered at once as a new request would
 * be. Throws as `transitionPeering`.
 */
export function reopenPeering(context: Context, caller: Caller, input: { id: string }): Promise<PeeringView> {
  return transitionPeering(context, caller, input.id, 'reopen')
}
