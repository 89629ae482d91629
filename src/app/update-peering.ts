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

/** `editPeerings` for one. */
export async function editPeering(
  context: Context,
  caller: Caller,
  id: string,
  edit: (peering: Peering, side: Side) => Peering,
): Promise<PeeringView> {
  const [view] = await editPeerings(context, caller, [id], edit)
  if (!view) throw new DomainError('peering.not-found', { id })
  return view
}

/**
 * Loads peerings of the caller's, lets `edit` say what each becomes (never its state), and saves all of them or none.
 * `side` is the end the caller speaks for; the requester's where both are the caller's. A peering named twice is edited
 * once.
 *
 * Throws `peering.not-found`, what `edit` throws, and what `save` throws.
 */
export function editPeerings(
  context: Context,
  caller: Caller,
  ids: readonly string[],
  edit: (peering: Peering, side: Side) => Peering,
): Promise<readonly PeeringView[]> {
  return save(
    context,
    caller,
    async () => {
      const views = new Map<string, PeeringView>()
      for (const id of ids) {
        const view = await loadPeering(context, caller, id)
        views.set(view.peering.id, view)
      }
      const edits = [...views.values()].map((view) => {
        const { peering: before, events } = settle(view.peering, context.clock.now())
        const side = sidesOf(before, principalOf(caller))[0] ?? 'requester'
        const after: Peering = {
          ...edit(before, side),
          updatedAtMs: context.clock.now(),
          version: before.version + 1,
        }
        return {
          view,
          after,
          events: [...events, eventOf('peering.updated', before, after, actorOf(caller))],
        }
      })
      return {
        change: {
          peerings: edits.map(({ view, after }) => ({ from: view.peering, to: after })),
          events: edits.flatMap(({ events }) => events),
        },
        result: edits.map(({ view, after }) => withPeering(view, after)),
        resultId: [...views.keys()].join(' '),
        touches: [...views.keys()],
      }
    },
    (resultId) => Promise.all(resultId.split(' ').map((id) => recallPeering(context, id))),
  )
}
