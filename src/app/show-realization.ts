import { generationOf } from '../domain/realization.ts'
import type { Caller, Context } from './context.ts'
import { loadPeering } from './load-peering.ts'

/** How far the network has come with a peering. */
export interface PeeringRealization {
  readonly wanted: number
  readonly realized: number
  readonly provenAtMs: number | null
  readonly reason: string | null
}

/** For either party. Throws `peering.not-found`. */
export async function showRealization(
  context: Context,
  caller: Caller,
  input: { id: string },
): Promise<PeeringRealization> {
  const { peering, requester, accepter } = await loadPeering(context, caller, input.id)
  const wanted = generationOf(peering, requester.vpc, accepter.vpc)
  if (context.dataPlane.name === 'none') {
    const reason = 'this service drives no network (--dataplane none): the records are all there is'
    return { wanted, realized: wanted, provenAtMs: null, reason }
  }
  const found = await context.store.findRealization(peering.id)
  const { realized = 0, provenAtMs = null, reason = null } = found ?? {}
  return { wanted, realized, provenAtMs, reason: reason ?? (realized === wanted ? null : 'under way') }
}
