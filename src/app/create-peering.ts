import type { Decided } from '../domain/consent.ts'
import { DomainError } from '../domain/errors.ts'
import { eventOf } from '../domain/event.ts'
import { peeringId, type RegionName } from '../domain/identity.ts'
import { NO_ATTRIBUTES, type Peering, type PeeringAttributes } from '../domain/peering.ts'
import { allowAttributes, allowPair, owns } from '../domain/policy.ts'
import type { Tenant } from '../domain/tenant.ts'
import type { Vpc } from '../domain/vpc.ts'
import type { PeeringView, TenantKey } from '../ports/store.ts'
import { actorOf, type Caller, type Context, principalOf } from './context.ts'
import { findNeighbours, neighbourConditions } from './find-neighbours.ts'
import { liveConditions } from './live-conditions.ts'
import { recallPeering } from './load-peering.ts'
import { save } from './save.ts'
import { seekConsent } from './seek-consent.ts'

export interface CreatePeering {
  /** Any dialect's id of a VPC of the caller's. */
  readonly requesterVpc: string
  /** Any dialect's id of the VPC to peer with. */
  readonly accepterVpc: string
  /** Whose the other VPC is said to be, and by a project where it is as well; null where the dialect does not ask. */
  readonly accepter: TenantKey | null
  /** Where the other VPC is said to be; null where the dialect does not ask. */
  readonly accepterRegion: RegionName | null
  readonly name: string
  readonly description: string
  readonly attributes: Partial<PeeringAttributes>
}

/** A peering that was asked for, and what the accepter's policy made of it. */
export interface RequestedPeering extends PeeringView {
  /** Absent where no rule has decided it, and where the request was made before, under the same idempotency token. */
  readonly verdict?: Decided
}

/**
 * Asks for a peering. Between two VPCs of one tenant it is active at once; otherwise it becomes at once what the accepter has
 * said beforehand, or waits for the accepter until its time is up.
 *
 * Throws `vpc.requester-not-found`, `vpc.accepter-not-found`, `peering.same-vpc`, `peering.cross-region`,
 * `peering.overlap`, `peering.overlap-elsewhere`, `bandwidth.*`, `link-type.*`, `peering.exists`,
 * `quota.exceeded`, and what `save` throws.
 */
export function createPeering(
  context: Context,
  caller: Caller,
  input: CreatePeering,
): Promise<RequestedPeering> {
  return save<RequestedPeering>(
    context,
    caller,
    async () => {
      const { requester, accepter } = await findEnds(context, caller, input)
      const neighbours = await findNeighbours(context, caller.profile, requester.vpc, accepter.vpc)
      allowPair(requester.vpc, accepter.vpc, neighbours, caller.profile)
      const asked = draft(context, requester.vpc, accepter.vpc, input)
      allowAttributes(asked, input.attributes, caller.profile)
      const { peering, ...sought } = await seekConsent(context, caller, { requester, accepter }, asked)
      return {
        change: {
          peerings: [{ from: null, to: peering }],
          events: [eventOf('peering.requested', null, asked, actorOf(caller)), ...sought.events],
          conditions: [
            ...liveConditions(caller.profile, { requester, accepter }, null, asked),
            ...neighbourConditions(caller.profile, requester.vpc, accepter.vpc, neighbours),
            ...sought.conditions,
          ],
        },
        result: { peering, requester, accepter, ...(sought.verdict && { verdict: sought.verdict }) },
        resultId: peering.id,
        touches: [requester.vpc.id, accepter.vpc.id],
      }
    },
    (resultId) => recallPeering(context, resultId),
  )
}

/** Both VPCs with whose they are. All that is known by now is looked up at once. */
async function findEnds(context: Context, caller: Caller, input: CreatePeering) {
  const { store } = context
  const [requester, accepter, named] = await Promise.all([
    store.findVpc(input.requesterVpc),
    store.findVpc(input.accepterVpc),
    input.accepter && store.findTenant(input.accepter),
  ])
  if (!requester || !owns(principalOf(caller), requester)) {
    throw new DomainError('vpc.requester-not-found', { id: input.requesterVpc })
  }
  if (!fits(accepter, named, input)) {
    // One failure for a VPC that is not there and for one that is not the named account's.
    const tenant = input.accepter ? String(Object.values(input.accepter)[0]) : ''
    throw new DomainError('vpc.accepter-not-found', { id: input.accepterVpc, tenant })
  }
  return {
    requester: { vpc: requester, tenant: caller.tenant ?? (await ownerOf(context, requester)) },
    accepter: { vpc: accepter, tenant: named ?? (await ownerOf(context, accepter)) },
  }
}

/** Whether `vpc` may be the other end: it is there, and whose and where it is said to be. */
function fits(vpc: Vpc | null, named: Tenant | null, input: CreatePeering): vpc is Vpc {
  return (
    vpc !== null &&
    vpc.deletedAtMs === null &&
    (input.accepter === null || isOf(vpc, named, input.accepter)) &&
    (input.accepterRegion === null || vpc.region === input.accepterRegion)
  )
}

/** Whether `vpc` is that of `named`, the tenant that `key` is of; a project is a tenant in one region. */
function isOf(vpc: Vpc, named: Tenant | null, key: TenantKey): boolean {
  if (vpc.tenant !== named?.id) return false
  return !('project' in key) || named.huawei.projects[vpc.region] === key.project
}

async function ownerOf(context: Context, vpc: Vpc) {
  const tenant = await context.store.findTenant({ id: vpc.tenant })
  if (!tenant) throw new Error(`VPC ${vpc.id} belongs to no tenant`)
  return tenant
}

function draft(context: Context, requester: Vpc, accepter: Vpc, input: CreatePeering): Peering {
  const ids = context.ids.peering()
  const nowMs = context.clock.now()
  const waits = requester.tenant !== accepter.tenant
  return {
    id: peeringId(ids.huawei),
    ids,
    name: input.name,
    description: input.description,
    requester: { tenant: requester.tenant, region: requester.region, vpc: requester.id },
    accepter: { tenant: accepter.tenant, region: accepter.region, vpc: accepter.id },
    state: waits ? 'pending-acceptance' : 'active',
    createdAtMs: nowMs,
    updatedAtMs: nowMs,
    expiresAtMs: waits ? nowMs + context.acceptanceTimeoutMs : null,
    version: 1,
    attributes: { ...NO_ATTRIBUTES, ...input.attributes },
  }
}
