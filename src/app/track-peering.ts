import { DomainError } from '../domain/errors.ts'
import { generationOf } from '../domain/realization.ts'
import type { Page, PeeringView } from '../ports/store.ts'
import type { Caller, Context } from './context.ts'
import { listPeerings, type PeeringFilter } from './list-peerings.ts'
import { findOwnPeering, standing } from './load-peering.ts'
import { showPeering } from './show-peering.ts'

/** How far the network has come with a peering. */
export interface PeeringRealization {
  readonly wanted: number
  readonly realized: number
  readonly provenAtMs: number | null
  readonly reason: string | null
}

/** A peering, and how far the network has come with it; null: no network is driven, the records are all there is. */
export interface TrackedPeering extends PeeringView {
  readonly realization: PeeringRealization | null
}

/**
 * As `showPeering`, with how far the network has come. One that is deleted is there for as long as the network holds
 * anything of it. Throws `peering.not-found`.
 */
export async function trackPeering(
  context: Context,
  caller: Caller,
  input: { id: string },
): Promise<TrackedPeering> {
  if (context.dataPlane.name === 'none') {
    return { ...(await showPeering(context, caller, input)), realization: null }
  }
  const view = await findOwnPeering(context, caller, input.id)
  const realization = view && (await realizationOf(context, view))
  if (!realization) throw new DomainError('peering.not-found', { id: input.id })
  return { ...standing(view, context.clock.now()), realization }
}

/** As `listPeerings`, each with how far the network has come. Those that are deleted are in no list. */
export async function trackPeerings(
  context: Context,
  caller: Caller,
  filter: PeeringFilter,
): Promise<Page<TrackedPeering>> {
  const page = await listPeerings(context, caller, filter)
  const isTracked = context.dataPlane.name !== 'none'
  const items = page.items.map(async (view) => ({
    ...view,
    realization: isTracked ? await realizationOf(context, view) : null,
  }))
  return { ...page, items: await Promise.all(items) }
}

/** Null of a peering that is deleted, and of which the network holds nothing any more. */
async function realizationOf(
  context: Context,
  { peering, requester, accepter }: PeeringView,
): Promise<PeeringRealization | null> {
  const found = await context.store.findRealization(peering.id)
  if (peering.state === 'deleted' && !found) return null
  const wanted = generationOf(peering, requester.vpc, accepter.vpc)
  const { realized = 0, provenAtMs = null, reason = null } = found ?? {}
  return { wanted, realized, provenAtMs, reason: reason ?? (realized === wanted ? null : 'under way') }
}
