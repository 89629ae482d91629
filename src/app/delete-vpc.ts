import { EVENT_TYPES, eventOf } from '../domain/event.ts'
import { apply, isDue } from '../domain/peering.ts'
import type { Vpc } from '../domain/vpc.ts'
import { actorOf, type Caller, type Context } from './context.ts'
import { save } from './save.ts'
import { showVpc } from './show-vpc.ts'

/**
 * Deletes a VPC that nothing of its owner's making depends on. Requests of others that still wait for it are
 * refused along with it: what a stranger asks for must not keep an owner from deleting what is theirs.
 *
 * Throws `vpc.not-found`, `vpc.in-use` naming the peering in the way, and what `save` throws.
 */
export function deleteVpc(context: Context, caller: Caller, input: { id: string }): Promise<Vpc> {
  return save(
    context,
    caller,
    async () => {
      const vpc = await showVpc(context, caller, input)
      const nowMs = context.clock.now()
      const waiting = (await context.store.neighboursOf(vpc.id))
        .map(({ peering }) => peering)
        .filter((peering) => peering.state === 'pending-acceptance' && peering.accepter.vpc === vpc.id)
        .map((before) => {
          const event = isDue(before, nowMs) ? 'expire' : 'reject'
          return { before, event, after: apply(before, event, nowMs, 0) } as const
        })
      return {
        change: {
          vpcs: [
            { from: vpc, to: { ...vpc, deletedAtMs: nowMs, updatedAtMs: nowMs, version: vpc.version + 1 } },
          ],
          peerings: waiting.map(({ before, after }) => ({ from: before, to: after })),
          events: waiting.map(({ before, event, after }) =>
            eventOf(EVENT_TYPES[event], before, after, actorOf(caller)),
          ),
          conditions: [{ kind: 'vpc-unpeered', vpc: vpc.id }],
        },
        result: vpc,
        resultId: vpc.id,
        touches: [vpc.id],
      }
    },
    () => showVpc(context, caller, input),
  )
}
