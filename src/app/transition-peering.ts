import { EVENT_TYPES, eventOf } from '../domain/event.ts'
import { apply, type Peering, type PeeringEvent } from '../domain/peering.ts'
import { allowNeighbours, authorize } from '../domain/policy.ts'
import type { Change, PeeringView } from '../ports/store.ts'
import { actorOf, type Caller, type Context, principalOf } from './context.ts'
import { settle } from './expire-peerings.ts'
import { findNeighbours, neighbourConditions } from './find-neighbours.ts'
import { liveConditions } from './live-conditions.ts'
import { loadPeering, recallPeering, withPeering } from './load-peering.ts'
import { save } from './save.ts'
import { seekConsent } from './seek-consent.ts'

interface Along {
  /** Why, in the words of whoever causes it; both parties may read them. */
  readonly reason?: string | undefined
  /** Adds to the peering what is said along with the event; it never touches the state. */
  readonly refine?: (after: Peering) => Peering
  /** What else changes together with the peering, or nothing does. */
  readonly along?: (view: PeeringView) => Promise<Pick<Change, 'vpcs' | 'parts' | 'conditions'>>
}

/**
 * Lets the caller cause `event`, and answers the peering as it is afterwards. What accepting, refusing,
 * reopening and deleting have in common: load, authorize, decide, save.
 *
 * Throws `peering.not-found`, `peering.wrong-side`, `peering.wrong-state`, `peering.busy`, and what `save` throws.
 */
export function transitionPeering(
  context: Context,
  caller: Caller,
  id: string,
  event: PeeringEvent,
  { reason, refine = (after) => after, along = async () => ({}) }: Along = {},
): Promise<PeeringView> {
  return save(
    context,
    caller,
    async () => {
      const view = await loadPeering(context, caller, id)
      const nowMs = context.clock.now()
      const { peering: before, events } = settle(view.peering, nowMs)
      authorize(before, principalOf(caller), event)
      const said = refine(apply(before, event, nowMs, context.acceptanceTimeoutMs))
      // Only what waits is sought consent for: what was reopened.
      const sought = await seekConsent(context, caller, view, said)
      const after = sought.peering
      const others = await along(view)
      const conditions = [...liveConditions(caller.profile, view, before, said), ...sought.conditions]
      if (after.state === 'active') {
        // What was clear when it was asked for may have been taken since.
        const [requester, accepter] = [view.requester.vpc, view.accepter.vpc]
        const neighbours = await findNeighbours(context, caller.profile, requester, accepter)
        allowNeighbours(requester, accepter, neighbours, caller.profile)
        conditions.push(...neighbourConditions(caller.profile, requester, accepter, neighbours))
      }
      return {
        change: {
          peerings: [{ from: view.peering, to: after }],
          events: [
            ...events,
            eventOf(EVENT_TYPES[event], before, said, actorOf(caller), reason),
            ...sought.events,
          ],
          ...others,
          conditions: [...conditions, ...(others.conditions ?? [])],
        },
        result: withPeering(view, after),
        resultId: after.id,
        touches: [after.id],
      }
    },
    (resultId) => recallPeering(context, resultId),
  )
}
