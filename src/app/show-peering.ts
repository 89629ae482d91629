import type { PeeringView } from '../ports/store.ts'
import type { Caller, Context } from './context.ts'
import { loadPeering, standing } from './load-peering.ts'

/** The peering that `id` names, as it stands now. Throws `peering.not-found`. */
export async function showPeering(
  context: Context,
  caller: Caller,
  input: { id: string },
): Promise<PeeringView> {
  return standing(await loadPeering(context, caller, input.id), context.clock.now())
}
