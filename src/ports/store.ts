import type { Consent } from '../domain/consent.ts'
import type { EventDraft, LoggedEvent } from '../domain/event.ts'
import type { PartId, PeeringId, RegionName, TenantId, VpcId, WebhookId } from '../domain/identity.ts'
import type { NetworkPart, PartKind, PartOf } from '../domain/network.ts'
import type { Peering, PeeringState, Tag } from '../domain/peering.ts'
import type { Counter, QuotaCounter } from '../domain/quota.ts'
import type { Realization } from '../domain/realization.ts'
import type { AccessKey, Credential, Tenant } from '../domain/tenant.ts'
import type { Vpc } from '../domain/vpc.ts'
import type { Delivery, Webhook } from '../domain/webhook.ts'

/**
 * Where everything that must outlast the process is kept.
 *
 * Reads answer from what is committed, and see every change that was acknowledged before they began. Writes are
 * one operation, `commit`: a change described as data, with what it takes for granted, applied whole or not at
 * all. The rules that must never break (one live peering per pair, quotas, legal successions of versions, claims
 * made once, event numbers without a gap) are held here, under concurrency, and not by whoever read before.
 */
export interface Store {
  /** The region names and settings that were last saved; see `Change.settings`. */
  readSetting(name: string): Promise<string | null>
  findTenant(by: TenantKey): Promise<Tenant | null>
  listTenants(): Promise<readonly Tenant[]>
  /** A key that was deleted is not found. */
  findCredential(accessKeyId: string): Promise<Credential | null>
  listAccessKeys(tenant: TenantId): Promise<readonly Omit<AccessKey, 'secret'>[]>
  /** By any dialect's id. Deleted ones are found too; their `deletedAtMs` says so. */
  findVpc(id: string): Promise<Vpc | null>
  listVpcs(query: VpcQuery): Promise<Page<Vpc>>
  /** By any dialect's id. Deleted ones are found too; their state says so. */
  findPeering(id: string): Promise<PeeringView | null>
  listPeerings(query: PeeringQuery): Promise<Page<PeeringView>>
  /** By any dialect's id. A part that was deleted is not found. */
  findPart<K extends PartKind>(kind: K, id: string): Promise<PartOf<K> | null>
  listParts<K extends PartKind>(kind: K, query: PartQuery): Promise<Page<PartOf<K>>>
  /** How far the network has come; null where it holds nothing of it. */
  findRealization(of: PeeringId | VpcId): Promise<Realization | null>
  /** Peerings and VPCs whose wanted generation is not the realized one, at most `limit` of each. */
  unrealized(
    limit: number,
  ): Promise<{ readonly peerings: readonly PeeringId[]; readonly vpcs: readonly VpcId[] }>
  /** The number that was allocated to `name`: a small one, that no other name ever gets. Null: none was. */
  findAllocation(name: string): Promise<number | null>
  /** Waiting requests whose time was up by `nowMs`, the oldest deadline first. */
  duePeerings(nowMs: number, limit: number): Promise<readonly Peering[]>
  /** The next deadline of any waiting request, milliseconds since the epoch; null where none waits. */
  nextDeadline(): Promise<number | null>
  /** How much is counted. */
  countOf(counter: Counter): Promise<number>
  /** Live peerings of `vpc` with the VPC at the other end. */
  neighboursOf(vpc: VpcId): Promise<readonly { vpc: Vpc; peering: Peering }[]>
  /** Events after sequence number `after`, in order; of one tenant's peerings, or (null) all. */
  listEvents(after: number, limit: number, tenant: TenantId | null): Promise<readonly LoggedEvent[]>
  /** Events before sequence number `before`, the newest first; of one tenant's peerings, or (null) all. */
  recentEvents(before: number, limit: number, tenant: TenantId | null): Promise<readonly LoggedEvent[]>
  /** The events of one peering from number `first` to `last`, in order; what it costs grows with their distance. */
  eventsOfPeering(peering: PeeringId, first: number, last: number): Promise<readonly LoggedEvent[]>
  findWebhook(id: WebhookId): Promise<WebhookView | null>
  /** In the order of their ids, which is that in which they were made. */
  listWebhooks(query: WebhookQuery): Promise<readonly WebhookView[]>
  findDelivery(webhook: WebhookId, sequence: number): Promise<Delivery | null>
  /** What the webhook has not taken, in the order of the events. */
  listDeliveries(query: DeliveryQuery): Promise<readonly Delivery[]>
  /** The number of the newest event; 0 where there is none. */
  lastEventSequence(): Promise<number>
  /** The claim that was made on `key`, unless it lapsed before `nowMs`. */
  findClaim(key: string, nowMs: number): Promise<Claim | null>
  /**
   * Makes `claim` unless it was made before and had not lapsed by `nowMs`; answers whether it did. One of many that
   * make it at once does. It is on disk no later than whatever is committed after it, and nobody waits for that.
   */
  claim(claim: Claim, nowMs: number): Promise<boolean>
  /**
   * Applies `change` whole, or not at all. What is answered as committed is on disk. Not safe to repeat after
   * an error: look whether it happened. Rejects with `service.unavailable` where the store cannot take it.
   */
  commit(change: Change): Promise<CommitOutcome>
  /** Rejects where the store cannot answer; `/readyz` asks this. */
  ping(): Promise<void>
  /** Finishes what is under way, then lets go of everything. */
  close(): Promise<void>
}

export type TenantKey =
  | { readonly id: TenantId }
  | { readonly name: string }
  | { readonly project: string }
  | { readonly domainName: string }
  | { readonly alibabaUid: string }
  | { readonly tencentUin: string }

/** A peering with what is needed to show it in any dialect. */
export interface PeeringView {
  readonly peering: Peering
  readonly requester: { readonly vpc: Vpc; readonly tenant: Tenant }
  readonly accepter: { readonly vpc: Vpc; readonly tenant: Tenant }
}

/** What a tenant may see: what it takes part in, in one region or in all. */
export interface Party {
  readonly tenant: TenantId
  readonly region: RegionName | null
}

/** Which rows of a sorted list. A keyset page stays cheap however long the list is. */
export interface Window {
  readonly limit: number
  readonly offset?: number
  /** Rows that come after this id in the order asked for. */
  readonly after?: string
  /** Rows that come before this id; still answered in the order asked for. */
  readonly before?: string
}

export interface Page<T> {
  readonly items: readonly T[]
  /** How many match in all; null unless asked for. */
  readonly total: number | null
}

/** Filters are ANDed; a list inside one filter is ORed. An absent filter lets everything pass. */
export interface PeeringQuery {
  /** Null: everybody's. */
  readonly party: Party | null
  /** Any dialect's ids. */
  readonly ids?: readonly string[]
  /** VPCs that must each be at one end or the other. */
  readonly vpcs?: readonly VpcId[]
  /** VPCs one of which must be at one end or the other. */
  readonly anyVpcs?: readonly VpcId[]
  /** A tenant (and region) that must be at either end, beside `party`. */
  readonly other?: Party
  readonly name?: string
  readonly names?: readonly string[]
  readonly states?: readonly PeeringState[]
  /** Tags as the party itself has set them; each must be there. A null value matches any. */
  readonly tags?: readonly { key: string; value: string | null }[]
  /** The resource group that the party has put it in; null: none. */
  readonly resourceGroup?: string | null
  /** What "expired" is measured by. */
  readonly nowMs: number
  readonly order: 'id' | 'id-descending' | 'name' | 'name-descending'
  readonly window: Window
  readonly withTotal: boolean
}

export interface VpcQuery {
  readonly party: Party | null
  readonly ids?: readonly string[]
  readonly name?: string
  readonly tags?: readonly { key: string; value: string | null }[]
  readonly order: 'id' | 'id-descending'
  readonly window: Window
  readonly withTotal: boolean
}

/** Parts of VPCs, in the order of their ids. Filters are ANDed; a list inside one is ORed. */
export interface PartQuery {
  /** Whose VPCs; null: everybody's. */
  readonly party: Party | null
  /** Any dialect's ids. */
  readonly ids?: readonly string[]
  readonly vpcs?: readonly VpcId[]
  /** Routes of the table; subnets that go by it (null: by the default table of their VPC). */
  readonly routeTable?: PartId | null
  /** Routes through the peering. */
  readonly peering?: PeeringId
  readonly name?: string
  readonly window: Window
  readonly withTotal: boolean
}

/** A webhook with how far it has come: the number of the last event that it was told of, or that did not concern it. */
export interface WebhookView {
  readonly webhook: Webhook
  readonly position: number
}

export interface WebhookQuery {
  /** Null: everybody's. */
  readonly tenant: TenantId | null
  readonly limit: number
  /** Those whose ids come after this one. */
  readonly after?: string
}

export interface DeliveryQuery {
  readonly webhook: WebhookId
  /** Absent: both. */
  readonly state?: 'waiting' | 'dead'
  readonly limit: number
  /** Those of events after this one. */
  readonly after?: number
}

/** One webhook as it was read, and as it shall be; null before: it is new; null after: it goes, with its deliveries. */
export interface WebhookRevision {
  readonly from: Webhook | null
  readonly to: Webhook | null
}

/** What has come of telling a webhook of events. Of one that is gone nothing is written. */
export interface WebhookProgress {
  readonly webhook: WebhookId
  /** How far it has come; null: as far as before. It never goes back. */
  readonly position: number | null
  /** As they are from now on. */
  readonly deliveries: readonly Delivery[]
  /** Events that it has taken in the end. */
  readonly settled: readonly number[]
}

/** One part as it was read, and as it shall be; null before: it is new; null after: it goes. */
export interface PartRevision {
  readonly from: NetworkPart | null
  readonly to: NetworkPart | null
}

/** One row as it was read, and as it shall be. `from` null: it must not exist yet. */
export interface Revision<T> {
  readonly from: T | null
  readonly to: T
}

/** What a tenant says from now on about requests of others, and the version of what it said before; 0: nothing yet. */
export interface ConsentRevision {
  readonly tenant: TenantId
  readonly versionRead: number
  readonly to: Consent
}

/** Something that may be done once: a nonce used, an idempotency token spent. */
export interface Claim {
  readonly key: string
  /** What the claim was made for, so that its reuse for something else is told apart. */
  readonly fingerprint: string
  /** What came of it, e.g. the id of the peering that was made. */
  readonly result: string
  /** Real time; the claim may be made again afterwards. */
  readonly expiresAtMs: number
}

export type Condition =
  /** The VPC is there, and not deleted. */
  | { readonly kind: 'vpc-exists'; readonly vpc: VpcId }
  /** No live peering names the VPC. */
  | { readonly kind: 'vpc-unpeered'; readonly vpc: VpcId }
  /** No other VPC of that tenant and region has this name. */
  | { readonly kind: 'vpc-name-free'; readonly vpc: VpcId; readonly party: Party; readonly name: string }
  /** The active peerings of the VPC are these. */
  | { readonly kind: 'neighbours-are'; readonly vpc: VpcId; readonly peerings: readonly PeeringId[] }
  /** The VPC or peering is still at this version. */
  | {
      readonly kind: 'unchanged'
      readonly of: 'vpcs' | 'peerings'
      readonly id: string
      readonly version: number
    }
  /** The tenant has fewer webhooks than `limit`. */
  | { readonly kind: 'webhooks-below'; readonly tenant: TenantId; readonly limit: number }
  /** After the change the counter is at most `limit`. */
  | { readonly kind: 'quota'; readonly counter: QuotaCounter; readonly limit: number }
  /** Whether the counter has come to `limit` before the change. */
  | { readonly kind: 'full-is'; readonly counter: Counter; readonly limit: number; readonly full: boolean }
  /** The tenant's policy of consent is still at this version; 0: there never was one. */
  | { readonly kind: 'consent-is'; readonly tenant: TenantId; readonly version: number }
  /** Whether `cidrs` share an address with any VPC of the tenant's. */
  | {
      readonly kind: 'overlap-is'
      readonly tenant: TenantId
      readonly cidrs: readonly string[]
      readonly overlaps: boolean
    }
  /** No live peering but `except` has this pair, either way round. */
  | { readonly kind: 'pair-free'; readonly pair: readonly [VpcId, VpcId]; readonly except: PeeringId }

export interface Change {
  readonly settings?: Readonly<Record<string, string>>
  /** Added, or replaced whole, but for what `consents` changes. */
  readonly tenants?: readonly Tenant[]
  readonly consents?: readonly ConsentRevision[]
  /** Added; the secret of one that the same tenant has already is replaced. */
  readonly accessKeys?: readonly AccessKey[]
  readonly deletedAccessKeys?: readonly string[]
  readonly vpcs?: readonly Revision<Vpc>[]
  /**
   * Always together with a revision of each part's VPC: by its version the store knows that nothing else of the VPC
   * has changed since it was read.
   */
  readonly parts?: readonly PartRevision[]
  readonly peerings?: readonly Revision<Peering>[]
  readonly events?: readonly EventDraft[]
  /** As they are from now on. */
  readonly realizations?: readonly Realization[]
  /** Of what is no longer in the network at all. */
  readonly unrealizations?: readonly (PeeringId | VpcId)[]
  /** Names that get a number each, unless they have one. */
  readonly allocations?: readonly string[]
  /** A new one begins with the events that come after this change. */
  readonly webhooks?: readonly WebhookRevision[]
  readonly webhookProgress?: readonly WebhookProgress[]
  readonly claims?: readonly Claim[]
  readonly conditions?: readonly Condition[]
  /** Real time: a claim that lapsed by then does not stand in the way of a new one. */
  readonly nowMs: number
  /** Find out whether it would be committed, and write nothing. */
  readonly dryRun?: boolean
}

/** Why a change was not committed: what it took for granted does not hold. Nothing was written. */
export type Conflict =
  /** The row has changed, come or gone since it was read. */
  | { readonly kind: 'stale'; readonly id: string }
  /** One of the new ids is in use. */
  | { readonly kind: 'id-taken'; readonly id: string }
  | { readonly kind: 'pair-taken'; readonly peering: PeeringId }
  | { readonly kind: 'quota'; readonly counter: QuotaCounter; readonly limit: number; readonly used: number }
  | { readonly kind: 'claimed'; readonly claim: Claim }
  | { readonly kind: 'vpc-missing'; readonly vpc: VpcId }
  | { readonly kind: 'vpc-peered'; readonly vpc: VpcId; readonly peering: PeeringId }
  | { readonly kind: 'name-taken'; readonly name: string }
  /** Another tenant, called `name`, has this name or one of these account numbers or projects. */
  | { readonly kind: 'tenant-taken'; readonly name: string }
  | { readonly kind: 'webhook-limit'; readonly limit: number }
  /** The access key is another tenant's. */
  | { readonly kind: 'key-taken'; readonly id: string }

export type CommitOutcome =
  | { readonly ok: true; readonly lastSequence: number }
  | { readonly ok: false; readonly conflict: Conflict }

export type { Tag }
