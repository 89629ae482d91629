import { ACTORS, type PeeringEvent, TRANSITIONS } from '../../../src/domain/peering.ts'
import type { Caller, Peering } from '../api/client.ts'

/** Why somebody cannot cause an event: its state does not allow it, or it is for the other side to decide. */
export type Obstacle = 'state' | 'side'

/** What keeps `caller` from causing `event`, by the service's own tables; null: nothing. */
export function mayCause(peering: Peering, event: PeeringEvent, caller: Caller | null): Obstacle | null {
  if (TRANSITIONS[peering.state][event] === null) return 'state'
  const actor = ACTORS[event]
  if (actor === 'clock') return 'side'
  const sides = sidesOf(peering, caller)
  return sides.length > 0 && (actor === 'either' || sides.includes(actor)) ? null : 'side'
}

/** The ends of `peering` that `caller` may speak for. */
export function sidesOf(peering: Peering, caller: Caller | null): readonly ('requester' | 'accepter')[] {
  if (!caller) return []
  return (['requester', 'accepter'] as const).filter(
    (side) => caller.operator || peering[side].tenant.id === caller.tenant?.id,
  )
}
