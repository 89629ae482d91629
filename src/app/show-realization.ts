import { generationOf } from '../domain/realization.ts'
import type { Caller, Context } from './context.ts'
import { type PeeringRealization, trackPeering } from './track-peering.ts'

/**
 * How far the network has come with a peering, for either party; with one that is deleted too, until the network has
 * confirmed that nothing of it is left. Throws `peering.not-found`.
 */
export async function showRealization(
  context: Context,
  caller: Caller,
  input: { id: string },
): Promise<PeeringRealization> {
  const { peering, requester, accepter, realization } = await trackPeering(context, caller, input)
  if (realization) return realization
  const generation = generationOf(peering, requester.vpc, accepter.vpc)
  const reason = 'this service drives no network (--dataplane none): the records are all there is'
  return { wanted: generation, realized: generation, provenAtMs: null, reason }
}
