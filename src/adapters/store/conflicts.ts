import type { PeeringId, ResourceIds, TenantId, VpcId } from '../../domain/identity.ts'
import { LIVE_STATES, type Peering } from '../../domain/peering.ts'
import { type Counter, counterMoves } from '../../domain/quota.ts'
import type { AccessKey, Tenant } from '../../domain/tenant.ts'
import type { Vpc } from '../../domain/vpc.ts'
import type { Change, Claim, Condition, Conflict, Party, Revision } from '../../ports/store.ts'

/** A key whose secret can no longer be read. */
export interface SealedAccessKey extends Omit<AccessKey, 'secret'> {
  readonly sealedSecret: Uint8Array
}

/** A change as it reaches whoever writes it: no secret in the clear. */
export interface SealedChange extends Omit<Change, 'accessKeys'> {
  readonly accessKeys: readonly SealedAccessKey[]
}

/** What has rows with the ids of every dialect. */
export type Resource = 'vpcs' | 'peerings' | 'parts'

/** What has versions of its own; a part has its VPC's. */
export type Versioned = Exclude<Resource, 'parts'>

/**
 * What there is, as a change finds it: everything committed and everything that was written before it in the same
 * transaction. Nothing else may write between an answer and what is written because of it.
 */
export interface Facts {
  /** Whether it lapsed or not. */
  claim(key: string): Claim | null
  /** The name of another tenant that has this one's name, or one of its account numbers or projects. */
  otherTenantLike(tenant: Tenant): string | null
  ownerOfKey(id: string): TenantId | null
  version(resource: Versioned, id: string): number | null
  /** The id of what has one of `ids`, in whichever dialect. */
  holderOf(resource: Resource, ids: ResourceIds): string | null
  vpcExists(vpc: VpcId): boolean
  /** Whether a VPC other than `except` has this name. */
  vpcNamed(name: string, party: Party, except: VpcId): boolean
  livePeeringBetween(one: VpcId, other: VpcId, except: PeeringId): PeeringId | null
  livePeeringsOf(vpc: VpcId): readonly PeeringId[]
  activePeeringsOf(vpc: VpcId): readonly PeeringId[]
  used(counter: Counter): number
}

const isLive = (peering: Peering) => LIVE_STATES.includes(peering.state)

/** Why `change` cannot be written; null where it can. The one statement of what every store refuses. */
export function conflictOf(change: SealedChange, facts: Facts): Conflict | null {
  for (const { key } of change.claims ?? []) {
    const claim = facts.claim(key)
    if (claim && claim.expiresAtMs > change.nowMs) return { kind: 'claimed', claim }
  }
  for (const tenant of change.tenants ?? []) {
    const name = facts.otherTenantLike(tenant)
    if (name !== null) return { kind: 'tenant-taken', name }
  }
  for (const { id, tenant } of change.accessKeys) {
    const owner = facts.ownerOfKey(id)
    if (owner !== null && owner !== tenant) return { kind: 'key-taken', id }
  }
  for (const revision of change.vpcs ?? []) {
    const conflict = revisionConflict('vpcs', revision, facts)
    if (conflict) return conflict
  }
  for (const { from, to } of change.parts ?? []) {
    if (from || !to) continue
    const holder = facts.holderOf('parts', to.ids)
    if (holder !== null) return { kind: 'id-taken', id: holder }
  }
  for (const revision of change.peerings ?? []) {
    const conflict = revisionConflict('peerings', revision, facts) ?? pairConflict(revision.to, facts)
    if (conflict) return conflict
  }
  for (const condition of change.conditions ?? []) {
    const conflict = conditionConflict(condition, change, facts)
    if (conflict) return conflict
  }
  return null
}

function revisionConflict(
  resource: Versioned,
  { from, to }: Revision<Vpc | Peering>,
  facts: Facts,
): Conflict | null {
  if (from) return facts.version(resource, from.id) === from.version ? null : { kind: 'stale', id: to.id }
  const holder = facts.holderOf(resource, to.ids)
  return holder === null ? null : { kind: 'id-taken', id: holder }
}

function pairConflict(to: Peering, facts: Facts): Conflict | null {
  if (!isLive(to)) return null
  const peering = facts.livePeeringBetween(to.requester.vpc, to.accepter.vpc, to.id)
  return peering === null ? null : { kind: 'pair-taken', peering }
}

function conditionConflict(condition: Condition, change: SealedChange, facts: Facts): Conflict | null {
  switch (condition.kind) {
    case 'vpc-exists':
      return facts.vpcExists(condition.vpc) ? null : { kind: 'vpc-missing', vpc: condition.vpc }
    case 'unchanged': {
      const { of, id, version } = condition
      return facts.version(of, id) === version ? null : { kind: 'stale', id }
    }
    case 'vpc-unpeered': {
      const ending = (change.peerings ?? []).filter(({ to }) => !isLive(to)).map(({ to }) => to.id)
      const peering = facts.livePeeringsOf(condition.vpc).find((id) => !ending.includes(id))
      return peering === undefined ? null : { kind: 'vpc-peered', vpc: condition.vpc, peering }
    }
    case 'vpc-name-free': {
      const { party, name, vpc } = condition
      return facts.vpcNamed(name, party, vpc) ? { kind: 'name-taken', name } : null
    }
    case 'neighbours-are': {
      const active = facts.activePeeringsOf(condition.vpc)
      const known = condition.peerings
      const same = active.length === known.length && active.every((id) => known.includes(id))
      return same ? null : { kind: 'stale', id: condition.vpc }
    }
    case 'quota': {
      const { counter, limit } = condition
      const used = facts.used(counter)
      const by = (change.peerings ?? [])
        .flatMap(({ from, to }) => counterMoves(from, to))
        .filter((move) => move.counter.key === counter.key)
        .reduce((sum, move) => sum + move.by, 0)
      return used + by > limit ? { kind: 'quota', counter, limit, used } : null
    }
  }
}
