import type { Consent } from '../../../domain/consent.ts'
import type { EventDraft, LoggedEvent } from '../../../domain/event.ts'
import type { PeeringId, ResourceIds, TenantId, VpcId, WebhookId } from '../../../domain/identity.ts'
import type { NetworkPart } from '../../../domain/network.ts'
import { LIVE_STATES, type Peering, pairOf } from '../../../domain/peering.ts'
import { type Counter, keptMoves } from '../../../domain/quota.ts'
import type { Realization } from '../../../domain/realization.ts'
import type { Tenant } from '../../../domain/tenant.ts'
import type { Vpc } from '../../../domain/vpc.ts'
import type { Delivery } from '../../../domain/webhook.ts'
import type { Claim, Party, WebhookProgress } from '../../../ports/store.ts'
import type {
  Facts,
  Resource,
  SealedAccessKey,
  SealedChange,
  SealedWebhook,
  Versioned,
} from '../conflicts.ts'
import { storableKey } from './session.ts'

/** What a resource is known by. */
export interface ResourceFact {
  readonly id: string
  readonly ids: ResourceIds
}

interface VersionedFact extends ResourceFact {
  readonly version: number
}

export interface VpcFact extends VersionedFact {
  readonly tenant: string
  readonly region: string
  readonly name: string
  readonly deleted: boolean
}

export interface PeeringFact extends VersionedFact {
  readonly requester: string
  readonly accepter: string
  readonly state: Peering['state']
}

/** A row as it shall be, and what it must still be when it is written; null: not there. */
export interface Write<T, From> {
  readonly from: From | null
  readonly to: T
}

export interface DeliveryWrite {
  readonly webhook: WebhookId
  readonly sequence: number
  readonly to: Delivery | null
}

/** What a batch of changes comes to, each row once, however many of them changed it. */
export class Writes {
  readonly settings = new Map<string, string>()
  readonly tenants = new Map<string, Tenant>()
  /** By the version that was read. */
  readonly consents = new Map<string, Write<Consent, number>>()
  /** Null: deleted. */
  readonly accessKeys = new Map<string, SealedAccessKey | null>()
  /** By the version that was read. */
  readonly vpcs = new Map<string, Write<Vpc, number>>()
  readonly peerings = new Map<string, Write<Peering, number>>()
  /** Null: gone. */
  readonly parts = new Map<string, { readonly stored: boolean; readonly to: NetworkPart | null }>()
  /** By the count that was read. */
  readonly counters = new Map<string, Write<number, number>>()
  readonly events: LoggedEvent[] = []
  /** Null: nothing is there any more. */
  readonly realizations = new Map<string, Realization | null>()
  /** Names that are to have a number. */
  readonly allocations = new Set<string>()
  /** By the version that was read; null: it goes. */
  readonly webhooks = new Map<string, Write<SealedWebhook | null, number>>()
  /** Where new webhooks begin. */
  readonly newPositions = new Map<WebhookId, number>()
  readonly positions = new Map<WebhookId, number>()
  /** By webhook and event. Null: it was taken. */
  readonly deliveries = new Map<string, DeliveryWrite>()
  readonly claims = new Map<string, { readonly claim: Claim; readonly madeAtMs: number }>()

  get empty(): boolean {
    const { events, ...others } = this
    return events.length === 0 && Object.values(others).every(({ size }) => size === 0)
  }
}

const isLive = (state: Peering['state']) => LIVE_STATES.includes(state)

/**
 * What the changes of one batch can ask about, as the database has it while nobody else may change it, and then as
 * those of them that were applied leave it. It is asked about nothing that was not looked up: see `lookups.ts`.
 */
export class Snapshot implements Facts {
  readonly writes = new Writes()
  /** By `storableKey`. */
  readonly claims = new Map<string, Claim>()
  readonly tenants = new Map<string, Tenant>()
  readonly keyOwners = new Map<string, TenantId>()
  readonly counters = new Map<string, number>()
  readonly consentVersions = new Map<string, number>()
  /** Blocks of VPCs, with whose they are. */
  readonly #blocks = new Map<string, { readonly tenant: string; readonly cidrs: readonly string[] }>()
  readonly webhooks = new Map<string, { readonly tenant: string; readonly version: number }>()
  readonly #vpcs = new Shelf<VpcFact>()
  readonly #peerings = new Shelf<PeeringFact>()
  readonly #parts = new Shelf<ResourceFact>()
  readonly #shelves: Readonly<Record<Resource, Shelf<ResourceFact>>> = {
    vpcs: this.#vpcs,
    peerings: this.#peerings,
    parts: this.#parts,
  }
  /** Live peerings by the ids of their pair, and of either end. */
  readonly #live = new Map<string, Set<string>>()
  #sequence: number

  constructor(sequence: number) {
    this.#sequence = sequence
  }

  /** The number of the newest event. */
  get sequence(): number {
    return this.#sequence
  }

  addVpc(vpc: VpcFact): void {
    this.#vpcs.put(vpc)
  }

  addBlocks({ id, tenant, cidrs, deletedAtMs }: Pick<Vpc, 'id' | 'tenant' | 'cidrs' | 'deletedAtMs'>): void {
    if (deletedAtMs === null) this.#blocks.set(id, { tenant, cidrs })
    else this.#blocks.delete(id)
  }

  addPeering(peering: PeeringFact): void {
    const before = this.#peerings.get(peering.id)
    const keys = (of: PeeringFact) => [pairKey(of.requester, of.accepter), of.requester, of.accepter]
    if (before) for (const key of keys(before)) this.#live.get(key)?.delete(before.id)
    this.#peerings.put(peering)
    if (!isLive(peering.state)) return
    for (const key of keys(peering)) {
      const known = this.#live.get(key)
      if (known) known.add(peering.id)
      else this.#live.set(key, new Set([peering.id]))
    }
  }

  addPart(part: ResourceFact): void {
    this.#parts.put(part)
  }

  claim(key: string): Claim | null {
    const claim = this.claims.get(storableKey(key))
    return claim ? { ...claim, key } : null
  }

  otherTenantLike(tenant: Tenant): string | null {
    const projects = Object.values(tenant.huawei.projects)
    for (const other of this.tenants.values()) {
      if (other.id === tenant.id) continue
      const like =
        other.name === tenant.name ||
        other.huawei.domainName === tenant.huawei.domainName ||
        other.alibaba.uid === tenant.alibaba.uid ||
        other.tencent.uin === tenant.tencent.uin ||
        Object.values(other.huawei.projects).some((project) => projects.includes(project))
      if (like) return other.name
    }
    return null
  }

  ownerOfKey(id: string): TenantId | null {
    return this.keyOwners.get(id) ?? null
  }

  consentVersion(tenant: TenantId): number {
    return this.consentVersions.get(tenant) ?? 0
  }

  version(resource: Versioned, id: string): number | null {
    return (resource === 'vpcs' ? this.#vpcs : this.#peerings).get(id)?.version ?? null
  }

  holderOf(resource: Resource, { huawei, alibaba, tencent }: ResourceIds): string | null {
    // Any id may be asked for in any dialect, so a new one must be free in all. Only Huawei's are UUIDs.
    const shelf: Shelf<ResourceFact> = this.#shelves[resource]
    return shelf.get(huawei)?.id ?? shelf.find(alibaba)?.id ?? shelf.find(tencent)?.id ?? null
  }

  vpcExists(vpc: VpcId): boolean {
    return this.#vpcs.get(vpc)?.deleted === false
  }

  vpcNamed(name: string, { tenant, region }: Party, except: VpcId): boolean {
    for (const vpc of this.#vpcs.values()) {
      const inside = vpc.tenant === tenant && (region === null || vpc.region === region)
      if (inside && vpc.name === name && vpc.id !== except && !vpc.deleted) return true
    }
    return false
  }

  blocksOf(tenant: TenantId): readonly string[] {
    return [...this.#blocks.values()].filter((vpc) => vpc.tenant === tenant).flatMap(({ cidrs }) => cidrs)
  }

  livePeeringBetween(one: VpcId, other: VpcId, except: PeeringId): PeeringId | null {
    for (const id of this.#live.get(pairKey(one, other)) ?? []) if (id !== except) return id as PeeringId
    return null
  }

  livePeeringsOf(vpc: VpcId): readonly PeeringId[] {
    return [...(this.#live.get(vpc) ?? [])] as PeeringId[]
  }

  activePeeringsOf(vpc: VpcId): readonly PeeringId[] {
    return this.livePeeringsOf(vpc).filter((id) => this.#peerings.get(id)?.state === 'active')
  }

  webhookVersion(id: WebhookId): number | null {
    return this.webhooks.get(id)?.version ?? null
  }

  webhooksOf(tenant: TenantId): number {
    return [...this.webhooks.values()].filter((webhook) => webhook.tenant === tenant).length
  }

  used({ sumOf }: Counter): number {
    return sumOf.reduce((sum, key) => sum + (this.counters.get(key) ?? 0), 0)
  }

  /** Takes `change`, which conflicts with nothing here, for written. */
  apply(change: SealedChange): void {
    const { settings, tenants, consents, accessKeys, vpcs, peerings, parts, realizations, allocations } =
      this.writes
    for (const [name, value] of Object.entries(change.settings ?? {})) settings.set(name, value)
    for (const tenant of change.tenants ?? []) {
      this.tenants.set(tenant.id, tenant)
      tenants.set(tenant.id, tenant)
    }
    for (const { tenant, versionRead, to } of change.consents ?? []) {
      consents.set(tenant, { from: fromOf(consents.get(tenant), versionRead), to })
      this.consentVersions.set(tenant, to.version)
    }
    for (const key of change.accessKeys) {
      this.keyOwners.set(key.id, key.tenant)
      accessKeys.set(key.id, key)
    }
    for (const id of change.deletedAccessKeys ?? []) {
      this.keyOwners.delete(id)
      accessKeys.set(id, null)
    }
    for (const { to } of change.vpcs ?? []) {
      vpcs.set(to.id, { from: fromOf(vpcs.get(to.id), this.#vpcs.get(to.id)?.version), to })
      this.addVpc({ ...to, deleted: to.deletedAtMs !== null })
      this.addBlocks(to)
    }
    // All that goes before all that comes: two routes may change places in one change.
    for (const { from } of change.parts ?? []) {
      if (!from) continue
      parts.set(from.id, { stored: parts.get(from.id)?.stored ?? true, to: null })
      this.#parts.remove(from)
    }
    for (const { to } of change.parts ?? []) {
      if (!to) continue
      parts.set(to.id, { stored: parts.get(to.id)?.stored ?? false, to })
      this.#parts.put(to)
    }
    for (const { from, to } of change.peerings ?? []) {
      peerings.set(to.id, { from: fromOf(peerings.get(to.id), this.#peerings.get(to.id)?.version), to })
      const [requester, accepter] = [to.requester.vpc, to.accepter.vpc]
      this.addPeering({ id: to.id, ids: to.ids, version: to.version, requester, accepter, state: to.state })
      for (const { counter, by } of keptMoves(from?.state ?? null, to)) this.#move(counter.key, by)
    }
    for (const event of change.events ?? []) this.#log(event)
    for (const realization of change.realizations ?? []) realizations.set(realization.of, realization)
    for (const id of change.unrealizations ?? []) realizations.set(id, null)
    for (const name of change.allocations ?? []) allocations.add(name)
    for (const { id, versionRead, to } of change.webhooks ?? []) this.#applyWebhook(id, versionRead, to)
    for (const progress of change.webhookProgress ?? []) this.#applyProgress(progress)
    for (const claim of change.claims ?? []) {
      this.claims.set(storableKey(claim.key), claim)
      this.writes.claims.set(claim.key, { claim, madeAtMs: change.nowMs })
    }
  }

  #applyWebhook(id: WebhookId, versionRead: number | null, to: SealedWebhook | null): void {
    const { webhooks, newPositions } = this.writes
    if (versionRead === null) newPositions.set(id, this.#sequence)
    webhooks.set(id, { from: fromOf(webhooks.get(id), versionRead ?? undefined), to })
    if (to) this.webhooks.set(id, to)
    else this.webhooks.delete(id)
  }

  #applyProgress({ webhook, position, deliveries, settled }: WebhookProgress): void {
    const { positions, deliveries: written } = this.writes
    if (position !== null) positions.set(webhook, Math.max(position, positions.get(webhook) ?? 0))
    for (const sequence of settled) written.set(`${webhook} ${sequence}`, { webhook, sequence, to: null })
    for (const to of deliveries)
      written.set(`${webhook} ${to.sequence}`, { webhook, sequence: to.sequence, to })
  }

  #move(key: string, by: number): void {
    const used = this.counters.get(key)
    const to = (used ?? 0) + by
    this.writes.counters.set(key, { from: fromOf(this.writes.counters.get(key), used), to })
    this.counters.set(key, to)
  }

  #log(event: EventDraft): void {
    this.#sequence++
    this.writes.events.push({ ...event, sequence: this.#sequence })
  }
}

/** What the row was before anything in this batch changed it. */
function fromOf(earlier: Write<unknown, number> | undefined, read: number | undefined): number | null {
  return earlier ? earlier.from : (read ?? null)
}

/** The same whichever way round. */
export const pairKey = (one: string, other: string) => pairOf(one as VpcId, other as VpcId).join(' ')

/** Resources under their own id, and under each of the other dialects'. */
class Shelf<T extends ResourceFact> {
  readonly #byId = new Map<string, T>()
  readonly #byDialectId = new Map<string, T>()

  put(resource: T): void {
    this.#byId.set(resource.id, resource)
    this.#byDialectId.set(resource.ids.alibaba, resource)
    this.#byDialectId.set(resource.ids.tencent, resource)
  }

  remove({ id, ids }: ResourceFact): void {
    this.#byId.delete(id)
    this.#byDialectId.delete(ids.alibaba)
    this.#byDialectId.delete(ids.tencent)
  }

  get(id: string): T | undefined {
    return this.#byId.get(id)
  }

  find(dialectId: string): T | undefined {
    return this.#byDialectId.get(dialectId)
  }

  values(): Iterable<T> {
    return this.#byId.values()
  }
}
