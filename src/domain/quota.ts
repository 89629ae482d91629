import type { QuotaName } from './errors.ts'
import type { TenantId } from './identity.ts'
import { type Peering, sameRegion } from './peering.ts'
import type { Quotas } from './profile.ts'

/** A running count, e.g. the peerings of one VPC. The key is unique across counts. */
export interface Counter {
  /** The quota that limits it; null: none does, though a policy of consent may. */
  readonly quota: QuotaName | null
  readonly key: string
  /** The keys of the counts that it is the sum of; of one that is kept itself, just its own. */
  readonly sumOf: readonly string[]
}

/** One that a quota limits. */
export type QuotaCounter = Counter & { readonly quota: QuotaName }

export const isQuota = (counter: Counter): counter is QuotaCounter => counter.quota !== null

/** The requests of one tenant that wait for another. */
export function waitingCounter(requester: TenantId, accepter: TenantId): Counter {
  return { quota: null, ...kept(requester, `waiting:${accepter}`) }
}

/** Keys begin with the tenant: what one request moves lies together on disk, and is written together. */
function kept(tenant: TenantId, subject: string): Omit<Counter, 'quota'> {
  const key = `${tenant}:${subject}`
  return { key, sumOf: [key] }
}

/**
 * The counters that `peering` is counted in. A waiting request counts for its requester, and as waiting; an active peering
 * for both; a dead one for nobody.
 * Source: Huawei Cloud VPC FAQ on how many peering connections an account may have. Assumed for the others.
 */
export function countersOf(peering: Peering): readonly Counter[] {
  if (peering.state === 'pending-acceptance') {
    const { requester, accepter } = peering
    return [...countersOfSide(peering, 'requester'), waitingCounter(requester.tenant, accepter.tenant)]
  }
  if (peering.state !== 'active') return []
  const counters = [...countersOfSide(peering, 'requester'), ...countersOfSide(peering, 'accepter')]
  // Two VPCs of one tenant and region fill one place of that tenant's quota, not two.
  return counters.filter(
    (counter, index) => counters.findIndex((other) => other.key === counter.key) === index,
  )
}

function countersOfSide(peering: Peering, side: 'requester' | 'accepter'): readonly Counter[] {
  const { tenant, region, vpc } = peering[side]
  const counter = (quota: QuotaName, subject: string) => ({ quota, ...kept(tenant, `${subject}:${quota}`) })
  const [near, far] = [
    counter('same-region-peerings-per-vpc', vpc),
    counter('cross-region-peerings-per-vpc', vpc),
  ]
  const all = counter('peerings-per-vpc', vpc)
  return [
    counter('peerings-per-tenant-region', region),
    { ...all, sumOf: [near.key, far.key] },
    sameRegion(peering) ? near : far,
  ]
}

/** How each counter moves when a peering comes to `after` from the state `before`; null before is a new one. */
export function counterMoves(
  before: Peering['state'] | null,
  after: Peering,
): readonly { counter: Counter; by: 1 | -1 }[] {
  const has = countersOf(after)
  if (before === null) return has.map((counter) => ({ counter, by: 1 }))
  if (before === after.state) return []
  // Its ends are what they were.
  const had = countersOf({ ...after, state: before })
  const missing = (from: readonly Counter[], other: readonly Counter[]) =>
    from.filter((counter) => !other.some((another) => another.key === counter.key))
  return [
    ...missing(had, has).map((counter) => ({ counter, by: -1 as const })),
    ...missing(has, had).map((counter) => ({ counter, by: 1 as const })),
  ]
}

/** As `counterMoves`, of the counts that are kept; the others follow. */
export function keptMoves(before: Peering['state'] | null, after: Peering) {
  return counterMoves(before, after).filter(({ counter: { key, sumOf } }) => sumOf.includes(key))
}

/** The limits that apply: the dialect's, where the operator has not said otherwise for this tenant. */
export function limitsFor(profile: Quotas, tenant: Partial<Quotas>): Quotas {
  return { ...profile, ...tenant }
}
