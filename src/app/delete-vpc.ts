import { DomainError } from '../domain/errors.ts'
import { EVENT_TYPES, eventOf } from '../domain/event.ts'
import { apply } from '../domain/peering.ts'
import type { Vpc } from '../domain/vpc.ts'
import type { PartRevision } from '../ports/store.ts'
import { actorOf, type Caller, type Context } from './context.ts'
import { allParts } from './edit-network.ts'
import { settle } from './expire-peerings.ts'
import { save } from './save.ts'
import { showVpc } from './show-vpc.ts'

/**
 * Deletes a VPC that nothing of its owner's making depends on. Requests of others that still wait for it are
 * refused along with it: what a stranger asks for must not keep an owner from deleting what is theirs.
 *
 * Throws `vpc.not-found`, `vpc.in-use` naming the peering in the way, `vpc.not-empty` naming what else is, and what `save` throws.
 */
export function deleteVpc(context: Context, caller: Caller, input: { id: string }): Promise<Vpc> {
  return save(
    context,
    caller,
    async () => {
      const vpc = await showVpc(context, caller, input)
      const nowMs = context.clock.now()
      const parts = await partsOf(context, vpc)
      const ended = (await context.store.neighboursOf(vpc.id)).flatMap(({ peering: before }) => {
        const { peering: lapsed, events } = settle(before, nowMs)
        if (events.length > 0) return [{ before, after: lapsed, events }]
        if (before.state !== 'pending-acceptance' || before.accepter.vpc !== vpc.id) return []
        const after = apply(before, 'reject', nowMs, 0)
        return [{ before, after, events: [eventOf(EVENT_TYPES.reject, before, after, actorOf(caller))] }]
      })
      return {
        change: {
          vpcs: [
            { from: vpc, to: { ...vpc, deletedAtMs: nowMs, updatedAtMs: nowMs, version: vpc.version + 1 } },
          ],
          peerings: ended.map(({ before, after }) => ({ from: before, to: after })),
          events: ended.flatMap(({ events }) => events),
          parts,
          conditions: [{ kind: 'vpc-unpeered', vpc: vpc.id }],
        },
        result: vpc,
        resultId: vpc.id,
        touches: [vpc.id],
      }
    },
    async (resultId) => {
      // Deleted by now, and shown all the same: it is the result of the request that deleted it.
      const vpc = await context.store.findVpc(resultId)
      if (!vpc) throw new DomainError('vpc.not-found', { id: resultId })
      return vpc
    },
  )
}

/** What goes with the VPC: its default route table. Throws `vpc.not-empty` for anything else that is in it. */
async function partsOf(context: Context, vpc: Vpc): Promise<readonly PartRevision[]> {
  const vpcs = [vpc.id]
  for (const kind of ['subnet', 'route'] as const) {
    const [part] = await allParts(context, kind, { vpcs, window: { limit: 1 } })
    if (part) throw new DomainError('vpc.not-empty', { id: vpc.id, kind, part: part.id })
  }
  const tables = await allParts(context, 'route-table', { vpcs })
  const custom = tables.find(({ isDefault }) => !isDefault)
  if (custom) throw new DomainError('vpc.not-empty', { id: vpc.id, kind: 'route-table', part: custom.id })
  return tables.map((from) => ({ from, to: null }))
}
