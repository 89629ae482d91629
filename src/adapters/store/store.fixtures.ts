import { type EventType, eventOf, THE_CLOCK } from '../../domain/event.ts'
import { peeringId, regionName, tenantId, vpcId } from '../../domain/identity.ts'
import { NO_ATTRIBUTES, type Peering } from '../../domain/peering.ts'
import type { Profile } from '../../domain/profile.ts'
import type { Tenant } from '../../domain/tenant.ts'
import { NO_VPC_ATTRIBUTES, type Vpc } from '../../domain/vpc.ts'
import type {
  Change,
  Claim,
  CommitOutcome,
  Conflict,
  PeeringQuery,
  Store,
  VpcQuery,
} from '../../ports/store.ts'

/** Tenants, VPCs and peerings for tests. Each has ids of its own; those made later sort later. */

export const NOW = Date.UTC(2026, 0, 1)
export const WEEK = 7 * 24 * 60 * 60 * 1000
export const REGION_A = regionName('region-a')
export const REGION_B = regionName('region-b')

let made = 0

/** Of `vpc` and of its tenant, as they were kept while the peerings of a VPC were a count of their own. */
export function earlierCounts({ id, tenant, region }: Vpc): [key: string, used: number][] {
  return [
    [`${tenant}:${region}:peerings-per-tenant-region`, 4],
    [`${id}:peerings-per-vpc`, 3],
    [`${id}:same-region-peerings-per-vpc`, 2],
    [`${id}:cross-region-peerings-per-vpc`, 1],
  ]
}

/** A number nobody else got, as eight digits that sort. */
function serial(): string {
  made++
  return String(made).padStart(8, '0')
}

const uuid = (digits: string) => `00000000-0000-7000-8000-0000${digits}`

export function buildTenant(overrides: Partial<Tenant> = {}): Tenant {
  const n = serial()
  return {
    id: tenantId(uuid(n)),
    name: `tenant-${n}`,
    createdAtMs: NOW,
    huawei: {
      domainId: `domain${n}`,
      domainName: `domain-${n}`,
      userId: `user${n}`,
      userName: `user-${n}`,
      passwordHash: null,
      projects: { [REGION_A]: `a${n}`.padStart(32, '0'), [REGION_B]: `b${n}`.padStart(32, '0') },
    },
    alibaba: { uid: `10000000${n}` },
    tencent: { uin: `2000${n}`, appId: `30${n}` },
    quotas: {},
    ...overrides,
  }
}

export function buildVpc(tenant: Pick<Tenant, 'id'>, overrides: Partial<Vpc> = {}): Vpc {
  const n = serial()
  return {
    id: vpcId(uuid(n)),
    ids: { huawei: uuid(n), alibaba: `vpc-bp1${n}`, tencent: `vpc-${n}` },
    tenant: tenant.id,
    region: REGION_A,
    name: `vpc-${n}`,
    description: '',
    cidrs: ['10.0.0.0/16'],
    tags: [],
    createdAtMs: NOW,
    updatedAtMs: NOW,
    deletedAtMs: null,
    version: 1,
    attributes: NO_VPC_ATTRIBUTES,
    ...overrides,
  }
}

/** A request that waits for its answer until a week after `NOW`. */
export function buildPeering(requester: Vpc, accepter: Vpc, overrides: Partial<Peering> = {}): Peering {
  const n = serial()
  const end = ({ tenant, region, id }: Vpc) => ({ tenant, region, vpc: id })
  return {
    id: peeringId(uuid(n)),
    ids: { huawei: uuid(n), alibaba: `pcc-${n}`, tencent: `pcx-${n}` },
    name: `peering-${n}`,
    description: '',
    requester: end(requester),
    accepter: end(accepter),
    state: 'pending-acceptance',
    createdAtMs: NOW,
    updatedAtMs: NOW,
    expiresAtMs: NOW + WEEK,
    version: 1,
    attributes: NO_ATTRIBUTES,
    ...overrides,
  }
}

/** What `peering` is after a change that its version tells of. */
export function revised(peering: Peering, changes: Partial<Peering>): Peering {
  return { ...peering, version: peering.version + 1, ...changes }
}

export function revisedVpc(vpc: Vpc, changes: Partial<Vpc>): Vpc {
  return { ...vpc, version: vpc.version + 1, ...changes }
}

export function buildClaim(overrides: Partial<Claim> = {}): Claim {
  const n = serial()
  return {
    key: `claim-${n}`,
    fingerprint: `fingerprint-${n}`,
    result: `result-${n}`,
    expiresAtMs: NOW + 1000,
    ...overrides,
  }
}

/** The event that tells of `after`, caused by nobody in particular. */
export function draft(after: Peering, type: EventType = 'peering.requested', before: Peering | null = null) {
  return eventOf(type, before, after, THE_CLOCK)
}

/** A change made at `NOW`. */
export function change(parts: Omit<Change, 'nowMs'>): Change {
  return { nowMs: NOW, ...parts }
}

/** Commits what a test takes for granted. */
export async function put(store: Store, parts: Omit<Change, 'nowMs'>): Promise<number> {
  const outcome = await store.commit(change(parts))
  if (!outcome.ok) throw new Error(`could not arrange the test: ${JSON.stringify(outcome.conflict)}`)
  return outcome.lastSequence
}

/** The conflict that stood in the way; null where the change was committed. */
export function conflictOf(outcome: CommitOutcome): Conflict | null {
  return outcome.ok ? null : outcome.conflict
}

/** Two tenants with a VPC each, and a third that has to do with neither. */
export async function putParties(store: Store) {
  const [alice, bob, carol] = [buildTenant(), buildTenant(), buildTenant()]
  const [ours, theirs] = [buildVpc(alice), buildVpc(bob, { cidrs: ['10.1.0.0/16'] })]
  await put(store, {
    tenants: [alice, bob, carol],
    vpcs: [
      { from: null, to: ours },
      { from: null, to: theirs },
    ],
  })
  return { alice, bob, carol, ours, theirs }
}

/** `count` VPCs of `tenant`, stored. */
export async function putVpcs(store: Store, tenant: Tenant, count: number, overrides: Partial<Vpc> = {}) {
  const vpcs = Array.from({ length: count }, () => buildVpc(tenant, overrides))
  await put(store, { vpcs: vpcs.map((to) => ({ from: null, to })) })
  return vpcs
}

export async function putPeerings(store: Store, ...peerings: readonly Peering[]): Promise<void> {
  await put(store, { peerings: peerings.map((to) => ({ from: null, to })) })
}

/** Everybody's peerings, the oldest first, as many as there are; what a test does not ask about is left open. */
export function peeringQuery(parts: Partial<PeeringQuery> = {}): PeeringQuery {
  return { party: null, nowMs: NOW, order: 'id', window: { limit: 1000 }, withTotal: false, ...parts }
}

export function vpcQuery(parts: Partial<VpcQuery> = {}): VpcQuery {
  return { party: null, order: 'id', window: { limit: 1000 }, withTotal: false, ...parts }
}

/** The VPC of that place in `vpcs`; a test that asks for one that is not there is wrong. */
export function at<T>(items: readonly T[], index: number): T {
  const item = items[index]
  if (item === undefined) throw new Error(`nothing at ${index} of ${items.length}`)
  return item
}

export const idsOf = (vpcs: readonly { readonly id: string }[]): readonly string[] => vpcs.map(({ id }) => id)

/** Forbids nothing: a test that is about a rule turns that one on. */
export const OPEN_PROFILE: Profile = {
  overlap: 'allow',
  overlapElsewhere: 'allow',
  crossRegion: 'allow',
  bandwidth: { sameRegion: 'allow', limitMbps: null },
  linkTypeInSameRegion: 'allow',
  updatable: ['pending-acceptance', 'active'],
  concurrentChange: 'retry',
  routes: { peeringStates: ['pending-acceptance', 'active'], refuseInside: null, onlyInsidePeer: false },
  extraCidrs: null,
  routesOnDelete: 'remove',
  vpcNames: 'free',
  quotas: {
    'peerings-per-tenant-region': null,
    'same-region-peerings-per-vpc': null,
    'cross-region-peerings-per-vpc': null,
    'peerings-per-vpc': null,
    'routes-per-route-table': null,
  },
}
