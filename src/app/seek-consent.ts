import { firstOverlap } from '../domain/cidr.ts'
import {
  type ConsentPolicy,
  consentOf,
  type Decided,
  decide,
  REASONS,
  type RequestFacts,
} from '../domain/consent.ts'
import { type Actor, EVENT_TYPES, type EventDraft, eventOf } from '../domain/event.ts'
import { apply, type Peering } from '../domain/peering.ts'
import { type Counter, counterMoves, limitsFor, waitingCounter } from '../domain/quota.ts'
import type { Condition, PeeringView } from '../ports/store.ts'
import { actorOf, type Caller, type Context } from './context.ts'
import { expirePeerings } from './expire-peerings.ts'

/** What has become of a request at once, and what that rests on. */
export interface SoughtConsent {
  readonly peering: Peering
  /** What is logged beside that it was asked for. */
  readonly events: readonly EventDraft[]
  /** Whatever was read and might have changed by the time it is saved. */
  readonly conditions: readonly Condition[]
  /** Null where no rule has decided it. */
  readonly verdict: Decided | null
}

/**
 * Lets the accepter's policy answer `asked`, which waits, at once; or leaves it to wait. What an automatic answer needs is
 * what an accepter's own would: the transition is the same, and the accepter's quotas hold, as the dialect of the request
 * has them. A request that finds them full waits.
 *
 * Writes nothing, but for expiries that were due anyway.
 */
export async function seekConsent(
  context: Context,
  caller: Caller,
  ends: Omit<PeeringView, 'peering'>,
  asked: Peering,
): Promise<SoughtConsent> {
  const { tenant } = ends.accepter
  if (asked.state !== 'pending-acceptance')
    return { peering: asked, events: [], conditions: [], verdict: null }
  const { version, policy } = consentOf(tenant)
  // Where nothing was ever said this is all that is looked at.
  const unchanged: Condition = { kind: 'consent-is', tenant: tenant.id, version }
  const found = await findFacts(context, caller, ends, asked, policy)
  const verdict = decide(policy, found.facts)
  const conditions = [unchanged, ...found.conditions]
  if (verdict.decision === 'ask') return { peering: asked, events: [], conditions, verdict: null }
  const { peering, event } = answer(caller, asked, verdict)
  return { peering, events: [event], conditions: [...conditions, ...free(peering)], verdict }
}

/** `asked` as `verdict` leaves it. */
function answer(caller: Caller, asked: Peering, { decision, rule }: Decided) {
  const event = decision === 'accept' ? 'accept' : 'reject'
  const peering = apply(asked, event, asked.updatedAtMs, 0)
  const by: Actor = {
    ...actorOf(caller),
    kind: 'policy',
    tenant: asked.accepter.tenant,
    // Where the request came from is said of the request.
    remoteAddress: null,
  }
  return { peering, event: eventOf(EVENT_TYPES[event], asked, peering, by, REASONS[rule]) }
}

/** What is refused at once has asked for its pair all the same; of what lives, the store sees to that by itself. */
function free({ id, state, requester, accepter }: Peering): Condition[] {
  return state === 'rejected' ? [{ kind: 'pair-free', pair: [requester.vpc, accepter.vpc], except: id }] : []
}

/** What `policy` asks about `asked`, and that all of it still holds. What it does not ask is not looked up. */
async function findFacts(
  context: Context,
  caller: Caller,
  { requester, accepter }: Omit<PeeringView, 'peering'>,
  asked: Peering,
  policy: ConsentPolicy,
): Promise<{ facts: RequestFacts; conditions: readonly Condition[] }> {
  const { id, version, cidrs } = requester.vpc
  const conditions: Condition[] = []
  if (policy.refuseOverlap || [...policy.refuse, ...policy.accept].some(({ blocks }) => blocks)) {
    conditions.push({ kind: 'unchanged', of: 'vpcs', id, version })
  }
  const overlaps = policy.refuseOverlap && (await overlapsAny(context, accepter.tenant.id, cidrs))
  if (policy.refuseOverlap) {
    conditions.push({ kind: 'overlap-is', tenant: accepter.tenant.id, cidrs, overlaps })
  }
  let room = true
  if (policy.accept.length > 0) {
    const limits = limitsFor(caller.profile.quotas, accepter.tenant.quotas)
    for (const { counter, by } of counterMoves(asked.state, apply(asked, 'accept', asked.updatedAtMs, 0))) {
      const limit = counter.quota && limits[counter.quota]
      if (limit === null || by < 0) continue
      const { full } = await fullness(context, counter, limit)
      conditions.push({ kind: 'full-is', counter, limit, full })
      if (full) room = false
    }
  }
  let waiting = 0
  if (policy.waitingPerTenant !== null) {
    const [counter, limit] = [
      waitingCounter(asked.requester.tenant, accepter.tenant.id),
      policy.waitingPerTenant,
    ]
    const { used, full } = await fullness(context, counter, limit)
    conditions.push({ kind: 'full-is', counter, limit, full })
    waiting = used
  }
  const facts = { tenant: asked.requester.tenant, blocks: cidrs, overlaps, room, waiting }
  return { facts, conditions }
}

/** Whether a counter has come to its limit, not counting requests whose time is up. */
async function fullness(context: Context, counter: Counter, limit: number) {
  let used = await context.store.countOf(counter)
  if (used >= limit) {
    // What fills it may be a request whose time is up and that nothing has swept yet.
    await expirePeerings(context)
    used = await context.store.countOf(counter)
  }
  return { used, full: used >= limit }
}

async function overlapsAny(
  context: Context,
  tenant: Peering['accepter']['tenant'],
  cidrs: readonly string[],
): Promise<boolean> {
  const { items } = await context.store.listVpcs({
    party: { tenant, region: null },
    order: 'id',
    window: { limit: Number.MAX_SAFE_INTEGER },
    withTotal: false,
  })
  return items.some((vpc) => firstOverlap(cidrs, vpc.cidrs) !== null)
}
