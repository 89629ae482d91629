import type { PeeringView } from '../ports/store.ts'
import type { Caller, Context } from './context.ts'
import { transitionPeering } from './transition-peering.ts'

/** The accepter refuses a waiting request. There is no way back but to ask anew. Throws as `transitionPeering`. */
export function rejectPeering(
  context: Context,
  caller: Caller,
  input: { id: string; reason?: string | undefined },
): Promise<PeeringView> {
  return transitionPeering(context, caller, input.id, 'reject', { reason: input.reason })
}
