import { DomainError } from '../domain/errors.ts'
import { eventOf } from '../domain/event.ts'
import type { Peering, PeeringAttributes } from '../domain/peering.ts'
import { allowAttributes, type Side, sidesOf } from '../domain/policy.ts'
import type { PeeringView } from '../ports/store.ts'
import { actorOf, type Caller, type Context, principalOf } from './context.ts'
import { settle } from './expire-peerings.ts'
import { loadPeering, recallPeering, withPeering } from './load-peering.ts'
import { save } from './save.ts'

/** What may be changed. An absent member stays as it is. */
export interface PeeringPatch {
  readonly name?: string
  readonly description?: string
  readonly attributes?: Partial<PeeringAttributes>
}

/** Changes what a peering is called, or what its cloud knows of it. Either side may. Throws as `editPeering`. */
export function updatePeering(
  context: Context,
  caller: Caller,
  input: PeeringPatch & { id: string },
): Promise<PeeringView> {
  return editPeering(context, caller, input.id, (peering) => {
    if (!caller.profile.updatable.includes(peering.state)) {
      throw new DomainError('peering.wrong-state', { id: peering.id, state: peering.state, event: 'update' })
    }
    allowAttributes(peering, input.attributes ?? {}, caller.profile)
    return {
      ...peering,
      name: input.name ?? peering.name,
      description: input.description ?? peering.description,
      attributes: { ...peering.attributes, ...input.attributes },
    }
  })
}

/**
 * Loads a peering of the caller's, lets `edit` say what it becomes (never its state), and saves that. `side` is
 * the end the caller speaks for; the requester's where both are the caller's.
 *
 * Throws `peering.not-found`, what `edit` throws, and what `save` throws.
 */
export function editPeering(
  context: Context,
  caller: Caller,
  id: string,
  edit: (peering: Peering, side: Side) => Peering,
): Promise<PeeringView> {
  return save(
    context,
    caller,
    async () => {
      const view = await loadPeering(context, caller, id)
      const { peering: before, events } = settle(view.peering, context.clock.now())
      const side = sidesOf(before, principalOf(caller))[0] ?? 'requester'
      const after: Peering = {
        ...edit(before, side),
        updatedAtMs: context.clock.now(),
        version: before.version + 1,
      }
      return {
        change: {
          peerings: [{ from: view.peering, to: after }],
          events: [...events, eventOf('peering.updated', before, after, actorOf(caller))],
        },
        result: withPeering(view, after),
        resultId: after.id,
        touches: [after.id],
      }
    },
    (resultId) => recallPeering(context, resultId),
  )
}
