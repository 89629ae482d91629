import type { PeeringView } from '../ports/store.ts'
import type { Caller, Context } from './context.ts'
import { transitionPeering } from './transition-peering.ts'

/** Either side ends it, in whatever state it is. Throws as `transitionPeering`. */
export function deletePeering(context: Context, caller: Caller, input: { id: string }): Promise<PeeringView> {
  return transitionPeering(context, caller, input.id, 'delete')
}
