import { firstOverlap } from '../../domain/cidr.ts'
import type { PeeringId, ResourceIds, TenantId, VpcId, WebhookId } from '../../domain/identity.ts'
import { LIVE_STATES, type Peering } from '../../domain/peering.ts'
import { type Counter, counterMoves } from '../../domain/quota.ts'
import type { AccessKey, Tenant } from '../../domain/tenant.ts'
import type { Vpc } from '../../domain/vpc.ts'
import type { Webhook } from '../../domain/webhook.ts'
import type { Change, Claim, Condition, Conflict, Party, Revision } from '../../ports/store.ts'

/** A key whose secret can no longer be read. */
export interface SealedAccessKey extends Omit<AccessKey, 'secret'> {
  /** Hexadecimal, as all of a change is text and numbers. */
  readonly sealedSecret: string
}

/** A webhook whose secrets can no longer be read. */
export interface SealedWebhook extends Omit<Webhook, 'secrets'> {
  /** Hexadecimal. */
  readonly sealedSecrets: string
}

/** As `WebhookRevision`; of what was there its version tells. */
export interface SealedWebhookRevision {
  readonly id: WebhookId
  /** Null: it is new. */
  readonly versionRead: number | null
  /** Null: it goes. */
  readonly to: SealedWebhook | null
}

/** As a `Revision`, with what matters of the peering as it was read. */
export interface PeeringRevision {
  readonly from: Pick<Peering, 'id' | 'version' | 'state'> | null
  readonly to: Peering
}

/** A change as it reaches whoever writes it: no secret in the clear. */
export interface SealedChange extends Omit<Change, 'accessKeys' | 'peerings' | 'webhooks'> {
  readonly accessKeys: readonly SealedAccessKey[]
  readonly peerings?: readonly PeeringRevision[]
  readonly webhooks?: readonly SealedWebhookRevision[]
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
  /** Of the tenant's policy of consent; 0: there never was one. */
  consentVersion(tenant: TenantId): number
  /** The id of what has one of `ids`, in whichever dialect. */
  holderOf(resource: Resource, ids: ResourceIds): string | null
  vpcExists(vpc: VpcId): boolean
  /** Whether a VPC other than `except` has this name. */
  vpcNamed(name: string, party: Party, except: VpcId): boolean
  /** Of all of the tenant's VPCs. */
  blocksOf(tenant: TenantId): readonly string[]
  livePeeringBetween(one: VpcId, other: VpcId, except: PeeringId): PeeringId | null
  livePeeringsOf(vpc: VpcId): readonly PeeringId[]
  activePeeringsOf(vpc: VpcId): readonly PeeringId[]
  used(counter: Counter): number
  webhookVersion(id: WebhookId): number | null
  webhooksOf(tenant: TenantId): number
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
  for (const { tenant, versionRead } of change.consents ?? []) {
    if (facts.consentVersion(tenant) !== versionRead) return { kind: 'stale', id: tenant }
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
  for (const { id, versionRead } of change.webhooks ?? []) {
    if (facts.webhookVersion(id) !== versionRead) return { kind: 'stale', id }
  }
  for (const condition of change.conditions ?? []) {
    const conflict = conditionConflict(condition, change, facts)
    if (conflict) return conflict
  }
  return null
}

function revisionConflict(
  resource: Versioned,
  { from, to }: Revision<Vpc> | PeeringRevision,
  facts: Facts,
): Conflict | null {
  if (from) return facts.version(resource, from.id) === from.version ? null : { kind: 'stale', id: to.id }
  const holder = facts.holderOf(resource, to.ids)
  return holder === null ? null : { kind: 'id-taken', id: holder }
}

function pairConflict(to: Peering, facts: Facts): Conflict | null {
  return isLive(to) ? takenConflict([to.requester.vpc, to.accepter.vpc], to.id, facts) : null
}

function takenConflict(
  [one, other]: readonly [VpcId, VpcId],
  except: PeeringId,
  facts: Facts,
): Conflict | null {
  const peering = facts.livePeeringBetween(one, other, except)
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
    case 'webhooks-below': {
      const { tenant, limit } = condition
      return facts.webhooksOf(tenant) < limit ? null : { kind: 'webhook-limit', limit }
    }
    case 'consent-is': {
      const { tenant, version } = condition
      return facts.consentVersion(tenant) === version ? null : { kind: 'stale', id: tenant }
    }
    case 'overlap-is': {
      const { tenant, cidrs, overlaps } = condition
      const found = firstOverlap(cidrs, facts.blocksOf(tenant)) !== null
      return found === overlaps ? null : { kind: 'stale', id: tenant }
    }
    case 'full-is': {
      const { counter, limit, full } = condition
      return facts.used(counter) >= limit === full ? null : { kind: 'stale', id: counter.key }
    }
    case 'pair-free':
      return takenConflict(condition.pair, condition.except, facts)
    case 'quota': {
      const { counter, limit } = condition
      const used = facts.used(counter)
      const by = (change.peerings ?? [])
        .flatMap(({ from, to }) => counterMoves(from?.state ?? null, to))
        .filter((move) => move.counter.key === counter.key)
        .reduce((sum, move) => sum + move.by, 0)
      return used + by > limit ? { kind: 'quota', counter, limit, used } : null
    }
  }
}
