import { DomainError } from '../domain/errors.ts'
import { LIVE_STATES, type Peering } from '../domain/peering.ts'
import type { Profile } from '../domain/profile.ts'
import { counterMoves, isQuota, limitsFor } from '../domain/quota.ts'
import type { Condition, PeeringView } from '../ports/store.ts'

/**
 * What must hold when a peering is live afterwards, whatever it was before: both VPCs are there, and whoever is newly
 * counted for it has room. None where it is not live. Throws `vpc.requester-not-found` or `vpc.accepter-not-found`
 * for a VPC that is known to be gone.
 */
export function liveConditions(
  profile: Profile,
  view: Omit<PeeringView, 'peering'>,
  before: Peering | null,
  after: Peering,
): readonly Condition[] {
  if (!LIVE_STATES.includes(after.state)) return []
  const { requester, accepter } = view
  if (requester.vpc.deletedAtMs !== null) {
    throw new DomainError('vpc.requester-not-found', { id: requester.vpc.id })
  }
  if (accepter.vpc.deletedAtMs !== null) {
    throw new DomainError('vpc.accepter-not-found', { id: accepter.vpc.id, tenant: '' })
  }
  // A request counts for who asks; being accepted, it comes to count for who agreed as well.
  const counted = before?.state === 'pending-acceptance' ? accepter : requester
  const limits = limitsFor(profile.quotas, counted.tenant.quotas)
  const conditions: Condition[] = [
    { kind: 'vpc-exists', vpc: requester.vpc.id },
    { kind: 'vpc-exists', vpc: accepter.vpc.id },
  ]
  for (const { counter } of counterMoves(before?.state ?? null, after)) {
    if (!isQuota(counter)) continue
    const limit = limits[counter.quota]
    if (limit !== null) conditions.push({ kind: 'quota', counter, limit })
  }
  return conditions
}
