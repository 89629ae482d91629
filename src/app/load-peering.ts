import { DomainError } from '../domain/errors.ts'
import { type Peering, peeringAt } from '../domain/peering.ts'
import { sidesOf } from '../domain/policy.ts'
import type { PeeringView } from '../ports/store.ts'
import { type Caller, type Context, principalOf } from './context.ts'

/**
 * The peering that `id` names, as it is stored, for a caller who takes part in it. Throws `peering.not-found` for
 * one that does not exist, is deleted, or is none of the caller's business: the three are not to be told apart.
 */
export async function loadPeering(context: Context, caller: Caller, id: string): Promise<PeeringView> {
  const view = await findOwnPeering(context, caller, id)
  if (!view || view.peering.state === 'deleted') throw new DomainError('peering.not-found', { id })
  return view
}

/** As `loadPeering`, a deleted one too; null for what is none of the caller's business, whether it exists or not. */
export async function findOwnPeering(
  context: Context,
  caller: Caller,
  id: string,
): Promise<PeeringView | null> {
  const view = await context.store.findPeering(id)
  return view && sidesOf(view.peering, principalOf(caller)).length > 0 ? view : null
}

/** The result of an earlier request, as it stands now. Even a deleted one is answered: its request succeeded. */
export async function recallPeering(context: Context, id: string): Promise<PeeringView> {
  const view = await context.store.findPeering(id)
  if (!view) throw new DomainError('peering.not-found', { id })
  return standing(view, context.clock.now())
}

/** `view` with what holds at `nowMs`. */
export function standing(view: PeeringView, nowMs: number): PeeringView {
  return withPeering(view, peeringAt(view.peering, nowMs))
}

export function withPeering(view: PeeringView, peering: Peering): PeeringView {
  return { ...view, peering }
}
