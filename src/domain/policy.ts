import { firstOverlap } from './cidr.ts'
import { DomainError } from './errors.ts'
import type { RegionName, TenantId } from './identity.ts'
import { ACTORS, type Peering, type PeeringAttributes, type PeeringEvent, sameRegion } from './peering.ts'
import type { Profile } from './profile.ts'
import type { Vpc } from './vpc.ts'

/**
 * On whose behalf something is asked: a tenant, in one region or (null) in all of them; or the operator, who may
 * act for either side.
 */
export type Principal =
  | { readonly kind: 'tenant'; readonly tenant: TenantId; readonly region: RegionName | null }
  | { readonly kind: 'operator' }

export type Side = 'requester' | 'accepter'

/** The ends of `peering` that `principal` may speak for. Empty is a stranger, to whom it does not exist. */
export function sidesOf(peering: Peering, principal: Principal): readonly Side[] {
  if (principal.kind === 'operator') return ['requester', 'accepter']
  const { tenant, region } = principal
  return (['requester', 'accepter'] as const).filter(
    (side) => peering[side].tenant === tenant && (region === null || peering[side].region === region),
  )
}

/** Whether `vpc` is `principal`'s, and there. To anybody else it does not exist. */
export function owns(principal: Principal, vpc: Vpc): boolean {
  if (vpc.deletedAtMs !== null) return false
  if (principal.kind === 'operator') return true
  return vpc.tenant === principal.tenant && (principal.region === null || vpc.region === principal.region)
}

/**
 * Lets `principal` cause `event`, or throws: `peering.not-found` for a stranger, `peering.wrong-side` for the
 * party whose decision it is not.
 */
export function authorize(peering: Peering, principal: Principal, event: PeeringEvent): void {
  const sides = sidesOf(peering, principal)
  if (sides.length === 0) throw new DomainError('peering.not-found', { id: peering.id })
  const actor = ACTORS[event]
  if (actor !== 'either' && !sides.some((side) => side === actor)) {
    throw new DomainError('peering.wrong-side', { id: peering.id, event })
  }
}

/** The VPCs that each end is peered with already. A request that still waits makes nobody a neighbour. */
export interface Neighbours {
  readonly requester: readonly { readonly vpc: Vpc; readonly peering: Peering }[]
  readonly accepter: readonly { readonly vpc: Vpc; readonly peering: Peering }[]
}

/**
 * Lets the two VPCs be peered as far as `profile` goes, or throws: `peering.same-vpc`, `peering.cross-region`,
 * `peering.overlap`, `peering.overlap-elsewhere`. Whether the pair is taken and quotas are the store's to hold.
 */
export function allowPair(requester: Vpc, accepter: Vpc, neighbours: Neighbours, profile: Profile): void {
  if (requester.id === accepter.id) throw new DomainError('peering.same-vpc', { id: requester.id })
  if (profile.crossRegion === 'refuse' && requester.region !== accepter.region) {
    throw new DomainError('peering.cross-region', { requester: requester.region, accepter: accepter.region })
  }
  if (profile.overlap === 'refuse') {
    const clash = firstOverlap(requester.cidrs, accepter.cidrs)
    if (clash) throw new DomainError('peering.overlap', { requester: clash[0], accepter: clash[1] })
  }
  allowNeighbours(requester, accepter, neighbours, profile)
}

/**
 * Lets both VPCs have each other beside the neighbours they have, as far as `profile` goes, or throws
 * `peering.overlap-elsewhere`.
 */
export function allowNeighbours(
  requester: Vpc,
  accepter: Vpc,
  neighbours: Neighbours,
  profile: Profile,
): void {
  if (profile.overlapElsewhere === 'allow') return
  refuseClash(accepter, requester, neighbours.requester)
  refuseClash(requester, accepter, neighbours.accepter)
}

/** Throws where `newcomer` would be `hub`'s neighbour beside one whose blocks overlap its own. */
function refuseClash(newcomer: Vpc, hub: Vpc, present: Neighbours['requester']): void {
  for (const { vpc, peering } of present) {
    if (vpc.id === newcomer.id) continue
    const clash = firstOverlap(newcomer.cidrs, vpc.cidrs)
    if (clash) {
      throw new DomainError('peering.overlap-elsewhere', {
        vpc: hub.id,
        block: clash[0],
        peering: peering.id,
      })
    }
  }
}

/**
 * Lets a peering between these ends have `attributes`, or throws: `bandwidth.same-region`, `bandwidth.too-high`,
 * `link-type.same-region`. Only what is given counts.
 */
export function allowAttributes(
  ends: Pick<Peering, 'requester' | 'accepter'>,
  attributes: Partial<PeeringAttributes>,
  profile: Profile,
): void {
  const { bandwidthMbps, linkType } = attributes
  const local = sameRegion(ends)
  if (bandwidthMbps !== null && bandwidthMbps !== undefined) {
    const { sameRegion: inSameRegion, limitMbps } = profile.bandwidth
    if (local && inSameRegion === 'refuse') throw new DomainError('bandwidth.same-region', { bandwidthMbps })
    if (limitMbps !== null && bandwidthMbps > limitMbps) {
      throw new DomainError('bandwidth.too-high', { bandwidthMbps, limitMbps })
    }
  }
  if (linkType && local && profile.linkTypeInSameRegion === 'refuse') {
    throw new DomainError('link-type.same-region', { linkType })
  }
}
