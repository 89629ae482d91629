import type { QuotaName } from './errors.ts'
import type { TenantId } from './identity.ts'
import { type Peering, sameRegion } from './peering.ts'
import type { Quotas } from './profile.ts'

/** A running count, e.g. the peerings of one VPC. The key is unique across counts. */
export interface Counter {
  /** The quota that limits it; null: none does, though a policy of consent may. */
  readonly quota: QuotaName | null
  readonly key: string
}

/** One that a quota limits. */
export type QuotaCounter = Counter & { readonly quota: QuotaName }

export const isQuota = (counter: Counter): counter is QuotaCounter => counter.quota !== null

/**
 * The requests of one tenant that wait for another. Its key begins with the requester, as that of the requester's own quota
 * does: the two lie next to each other on disk, and are written together.
 */
export function waitingCounter(requester: TenantId, accepter: TenantId): Counter {
  return { quota: null, key: `${requester}:waiting:${accepter}` }
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
  const counter = (quota: QuotaName, subject: string): Counter => ({ quota, key: `${subject}:${quota}` })
  return [
    counter('peerings-per-tenant-region', `${tenant}:${region}`),
    counter('peerings-per-vpc', vpc),
    counter(sameRegion(peering) ? 'same-region-peerings-per-vpc' : 'cross-region-peerings-per-vpc', vpc),
  ]
}

/** How each counter moves when `before` becomes `after`; null before is a new peering. */
export function counterMoves(
  before: Peering | null,
  after: Peering,
): readonly { counter: Counter; by: 1 | -1 }[] {
  const had = before ? countersOf(before) : []
  const has = countersOf(after)
  const missing = (from: readonly Counter[], other: readonly Counter[]) =>
    from.filter((counter) => !other.some((another) => another.key === counter.key))
  return [
    ...missing(had, has).map((counter) => ({ counter, by: -1 as const })),
    ...missing(has, had).map((counter) => ({ counter, by: 1 as const })),
  ]
}

/** The limits that apply: the dialect's, where the operator has not said otherwise for this tenant. */
export function limitsFor(profile: Quotas, tenant: Partial<Quotas>): Quotas {
  return { ...profile, ...tenant }
}
