import { mkdirSync } from 'node:fs'
import { DomainError } from '../../../domain/errors.ts'
import type { PeeringId, TenantId, VpcId, WebhookId } from '../../../domain/identity.ts'
import type { PartKind, PartOf } from '../../../domain/network.ts'
import type { Peering } from '../../../domain/peering.ts'
import type { Counter } from '../../../domain/quota.ts'
import type { Realization } from '../../../domain/realization.ts'
import type { AccessKey, Credential, Tenant } from '../../../domain/tenant.ts'
import type { Vpc } from '../../../domain/vpc.ts'
import type { Delivery } from '../../../domain/webhook.ts'
import type { Sealer } from '../../../ports/sealer.ts'
import type {
  Change,
  Claim,
  DeliveryQuery,
  Page,
  PartQuery,
  PeeringQuery,
  PeeringView,
  Revision,
  Store,
  TenantKey,
  VpcQuery,
  WebhookQuery,
  WebhookView,
} from '../../../ports/store.ts'
import type { Telemetry } from '../../../ports/telemetry.ts'
import type { PeeringRevision } from '../conflicts.ts'
import {
  claimFrom,
  eventFrom,
  partFrom,
  peeringFrom,
  present,
  type Row,
  realizationFrom,
  tenantFrom,
  vpcFrom,
} from '../rows.ts'
import { DELIVERY_STATES, deliveryFrom, sealWebhook, webhookFrom } from '../webhook-rows.ts'
import { type Connection, openForReading } from './database.ts'
import { createPrivate, databaseIn, lockDirectory } from './directory.ts'
import { usedOf } from './facts.ts'
import { GroupCommit } from './group-commit.ts'
import { Memory } from './memory.ts'
import { partStatements, peeringStatements, type Statement, vpcStatements } from './queries.ts'

export { DirectoryInUseError } from './directory.ts'

export interface SqliteOptions {
  /** Made where it is missing. */
  readonly directory: string
  readonly sealer: Sealer
  /** Hears of every write that could not be made. */
  readonly onFailure: (message: string) => void
  readonly telemetry?: Telemetry
}

/** How many rows of a kind are kept in memory, at most. A page of peerings names up to two VPCs a row. */
const REMEMBERED = 10_000
const VPCS_REMEMBERED = 50_000
/** Claims that may be on their way to disk, or have failed to get there. */
const CLAIMING_MAX = 100_000

/**
 * The embedded store: one SQLite database, one process. Reads are answered by the calling thread from what is
 * committed; writes by a thread of their own. Rejects with `DirectoryInUseError` where another process has it.
 */
export async function openSqliteStore(options: SqliteOptions): Promise<Store> {
  mkdirSync(options.directory, { recursive: true, mode: 0o700 })
  const lock = lockDirectory(options.directory)
  try {
    const path = databaseIn(options.directory)
    createPrivate(path)
    const writer = await GroupCommit.start(path, options.onFailure, options.telemetry)
    return new SqliteStore(openForReading(path), writer, lock, options.sealer)
  } catch (error) {
    lock.close()
    throw error
  }
}

const TENANT_COLUMNS = {
  id: 'SELECT body, consent FROM tenants WHERE id = ?',
  name: 'SELECT body, consent FROM tenants WHERE name = ?',
  project: 'SELECT body, consent FROM tenants WHERE id = (SELECT tenant FROM projects WHERE id = ?)',
  domainName: 'SELECT body, consent FROM tenants WHERE domain_name = ?',
  alibabaUid: 'SELECT body, consent FROM tenants WHERE alibaba_uid = ?',
  tencentUin: 'SELECT body, consent FROM tenants WHERE tencent_uin = ?',
} as const

class SqliteStore implements Store {
  readonly #reader: Connection
  readonly #writer: GroupCommit
  readonly #lock: { close(): void }
  readonly #sealer: Sealer
  readonly #tenants = {
    id: new Memory<Tenant>(REMEMBERED),
    name: new Memory<Tenant>(REMEMBERED),
    project: new Memory<Tenant>(REMEMBERED),
    domainName: new Memory<Tenant>(REMEMBERED),
    alibabaUid: new Memory<Tenant>(REMEMBERED),
    tencentUin: new Memory<Tenant>(REMEMBERED),
  }
  readonly #accessKeys = new Memory<AccessKey>(REMEMBERED)
  readonly #vpcs = new Memory<Vpc>(VPCS_REMEMBERED)
  readonly #peerings = new Memory<Peering>(REMEMBERED)
  /** Claims that are made and on their way to disk. */
  readonly #claiming = new Set<string>()

  constructor(reader: Connection, writer: GroupCommit, lock: { close(): void }, sealer: Sealer) {
    this.#reader = reader
    this.#writer = writer
    this.#lock = lock
    this.#sealer = sealer
  }

  async readSetting(name: string): Promise<string | null> {
    const row = this.#reader.get('SELECT value FROM settings WHERE name = ?', name)
    return row ? String(row['value']) : null
  }

  async findTenant(by: TenantKey): Promise<Tenant | null> {
    const [[column, value]] = Object.entries(by) as [[keyof typeof TENANT_COLUMNS, string]]
    return this.#tenant(column, value)
  }

  #tenant(column: keyof typeof TENANT_COLUMNS, value: string): Tenant | null {
    const known = this.#tenants[column].get(value)
    if (known) return known
    const row = this.#reader.get(TENANT_COLUMNS[column], value)
    return row ? this.#tenants[column].set(value, tenantFrom(row)) : null
  }

  async listTenants(): Promise<readonly Tenant[]> {
    return this.#reader.all('SELECT body, consent FROM tenants ORDER BY name').map(tenantFrom)
  }

  async findCredential(accessKeyId: string): Promise<Credential | null> {
    const key = this.#accessKey(accessKeyId)
    return key ? { key, tenant: present(this.#tenant('id', key.tenant)) } : null
  }

  #accessKey(id: string): AccessKey | null {
    const known = this.#accessKeys.get(id)
    if (known) return known
    const row = this.#reader.get('SELECT * FROM access_keys WHERE id = ?', id)
    if (!row) return null
    return this.#accessKeys.set(id, {
      id,
      tenant: row['tenant'] as TenantId,
      secret: this.#sealer.open(row['sealed_secret'] as Uint8Array, id),
      createdAtMs: Number(row['created_at_ms']),
    })
  }

  async listAccessKeys(tenant: TenantId): Promise<readonly Omit<AccessKey, 'secret'>[]> {
    return this.#reader
      .all('SELECT id, created_at_ms FROM access_keys WHERE tenant = ? ORDER BY created_at_ms, id', tenant)
      .map((row) => ({ id: String(row['id']), tenant, createdAtMs: Number(row['created_at_ms']) }))
  }

  async findVpc(id: string): Promise<Vpc | null> {
    return this.#vpc(id)
  }

  #vpc(id: string): Vpc | null {
    const known = this.#vpcs.get(id)
    if (known) return known
    const row = this.#byId('vpcs', id)
    if (!row) return null
    const vpc = vpcFrom(row)
    return this.#vpcs.set(vpc.id, vpc, ...otherThan(vpc.id, id))
  }

  /** By the id of whichever dialect: only Huawei's are UUIDs. */
  #byId(table: 'vpcs' | 'peerings' | 'parts', id: string): Row | undefined {
    if (UUID.test(id)) return this.#reader.get(`SELECT * FROM ${table} WHERE id = ?`, id)
    return this.#reader.get(`SELECT * FROM ${table} WHERE alibaba_id = ?1 OR tencent_id = ?1`, id)
  }

  async findPart<K extends PartKind>(kind: K, id: string): Promise<PartOf<K> | null> {
    const row = this.#byId('parts', id)
    return row?.['kind'] === kind ? (partFrom(row) as PartOf<K>) : null
  }

  async listParts<K extends PartKind>(kind: K, query: PartQuery): Promise<Page<PartOf<K>>> {
    const { page, count } = partStatements(kind, query)
    return this.#page(query, page, count, (row) => partFrom(row) as PartOf<K>)
  }

  async listVpcs(query: VpcQuery): Promise<Page<Vpc>> {
    const { page, count } = vpcStatements(query)
    return this.#page(query, page, count, vpcFrom)
  }

  async findPeering(id: string): Promise<PeeringView | null> {
    const known = this.#peerings.get(id)
    if (known) return this.#view(known)
    const row = this.#byId('peerings', id)
    if (!row) return null
    const peering = peeringFrom(row)
    return this.#view(this.#peerings.set(peering.id, peering, ...otherThan(peering.id, id)))
  }

  async listPeerings(query: PeeringQuery): Promise<Page<PeeringView>> {
    const { page, count } = peeringStatements(query)
    return this.#page(query, page, count, (row) => this.#view(peeringFrom(row)))
  }

  #page<T>(
    query: Pick<PeeringQuery, 'window' | 'withTotal'>,
    page: Statement,
    count: Statement,
    from: (row: Row) => T,
  ): Page<T> {
    const rows = this.#reader.all(page.sql, ...page.values)
    if (query.window.before !== undefined) rows.reverse()
    const total = query.withTotal ? Number(this.#reader.get(count.sql, ...count.values)?.['total']) : null
    return { items: rows.map(from), total }
  }

  #view(peering: Peering): PeeringView {
    const { requester, accepter } = peering
    return { peering, requester: this.#side(requester), accepter: this.#side(accepter) }
  }

  #side(side: Peering['requester']): PeeringView['requester'] {
    return { vpc: present(this.#vpc(side.vpc)), tenant: present(this.#tenant('id', side.tenant)) }
  }

  async findRealization(of: PeeringId | VpcId): Promise<Realization | null> {
    const row = this.#reader.get('SELECT * FROM realizations WHERE id = ?', of)
    return row ? realizationFrom(row) : null
  }

  async unrealized(limit: number) {
    const peerings = this.#reader.all(
      `SELECT peerings.id FROM peerings
        JOIN vpcs AS requester ON requester.id = requester_vpc JOIN vpcs AS accepter ON accepter.id = accepter_vpc
        LEFT JOIN realizations ON realizations.id = peerings.id
        WHERE coalesce(realized, 0) <> peerings.version + requester.version + accepter.version
          AND (realized IS NOT NULL OR state IN ('pending-acceptance', 'active')) LIMIT ?`,
      limit,
    )
    const vpcs = this.#reader.all(
      `SELECT vpcs.id FROM vpcs LEFT JOIN realizations ON realizations.id = vpcs.id
        WHERE coalesce(realized, 0) <> version AND (realized IS NOT NULL OR deleted_at_ms IS NULL) LIMIT ?`,
      limit,
    )
    return {
      peerings: peerings.map((row) => row['id'] as PeeringId),
      vpcs: vpcs.map((row) => row['id'] as VpcId),
    }
  }

  async findAllocation(name: string): Promise<number | null> {
    const row = this.#reader.get('SELECT number FROM allocations WHERE name = ?', name)
    return row ? Number(row['number']) : null
  }

  async duePeerings(nowMs: number, limit: number): Promise<readonly Peering[]> {
    return this.#reader
      .all(
        `SELECT * FROM peerings WHERE state = 'pending-acceptance' AND expires_at_ms <= ?
          ORDER BY expires_at_ms LIMIT ?`,
        nowMs,
        limit,
      )
      .map(peeringFrom)
  }

  async nextDeadline(): Promise<number | null> {
    const row = this.#reader.get(
      `SELECT min(expires_at_ms) AS next FROM peerings WHERE state = 'pending-acceptance'`,
    )
    return row?.['next'] == null ? null : Number(row['next'])
  }

  async countOf(counter: Counter): Promise<number> {
    return usedOf(this.#reader, counter)
  }

  async neighboursOf(vpc: VpcId): Promise<readonly { vpc: Vpc; peering: Peering }[]> {
    const live = `deleted = 0 AND state IN ('pending-acceptance', 'active')`
    const rows = this.#reader.all(
      `SELECT * FROM peerings WHERE min(requester_vpc, accepter_vpc) = ?1 AND ${live}
        UNION ALL SELECT * FROM peerings WHERE max(requester_vpc, accepter_vpc) = ?1 AND ${live}`,
      vpc,
    )
    return rows.map(peeringFrom).map((peering) => {
      const other = peering.requester.vpc === vpc ? peering.accepter.vpc : peering.requester.vpc
      return { vpc: present(this.#vpc(other)), peering }
    })
  }

  async listEvents(after: number, limit: number, tenant: TenantId | null) {
    // Each branch is cut to the page by itself, and the ids of the peerings are looked up for that page only. A cross
    // join keeps SQLite to the order of the segments, so a branch stops at the first that fills the page.
    const side = (name: 'requester' | 'accepter') => `SELECT * FROM (
      SELECT events.* FROM segments CROSS JOIN events
        ON events.sequence / 512 = segments.number AND ${name} = ?1
        WHERE sequence > ?2 ${name === 'accepter' ? 'AND requester <> ?1' : ''} LIMIT ?3)`
    const mine = `WITH RECURSIVE segments (number) AS (
        SELECT cast(?2 AS INTEGER) / 512
        UNION ALL SELECT number + 1 FROM segments WHERE number < (SELECT max(sequence) FROM events) / 512)
      ${side('requester')} UNION ALL ${side('accepter')}`
    const all = 'SELECT * FROM events WHERE ?1 IS NULL AND sequence > ?2 ORDER BY sequence LIMIT ?3'
    return this.#reader
      .all(
        `SELECT page.*, alibaba_id, tencent_id FROM (${tenant === null ? all : mine}) AS page
          JOIN peerings ON peerings.id = page.peering ORDER BY sequence LIMIT ?3`,
        tenant,
        after,
        limit,
      )
      .map(eventFrom)
  }

  async recentEvents(before: number, limit: number, tenant: TenantId | null) {
    // As `listEvents`, from the last segment on.
    const side = (name: 'requester' | 'accepter') => `SELECT * FROM (
      SELECT events.* FROM segments CROSS JOIN events
        ON events.sequence / 512 = segments.number AND ${name} = ?1
        WHERE sequence < ?2 ${name === 'accepter' ? 'AND requester <> ?1' : ''}
        ORDER BY segments.number DESC, sequence DESC LIMIT ?3)`
    const mine = `WITH RECURSIVE segments (number) AS (
        SELECT cast(min(?2, (SELECT max(sequence) FROM events)) AS INTEGER) / 512
        UNION ALL SELECT number - 1 FROM segments WHERE number > 0)
      ${side('requester')} UNION ALL ${side('accepter')}`
    const all = 'SELECT * FROM events WHERE ?1 IS NULL AND sequence < ?2 ORDER BY sequence DESC LIMIT ?3'
    return this.#reader
      .all(
        `SELECT page.*, alibaba_id, tencent_id FROM (${tenant === null ? all : mine}) AS page
          JOIN peerings ON peerings.id = page.peering ORDER BY sequence DESC LIMIT ?3`,
        tenant,
        before,
        limit,
      )
      .map(eventFrom)
  }

  async eventsOfPeering(peering: PeeringId, first: number, last: number) {
    const rows = this.#reader.all(
      `SELECT page.*, alibaba_id, tencent_id FROM
          (SELECT * FROM events WHERE sequence BETWEEN ?2 AND ?3 AND +peering = ?1) AS page
          JOIN peerings ON peerings.id = page.peering ORDER BY sequence`,
      peering,
      first,
      last,
    )
    return rows.map(eventFrom)
  }

  async findWebhook(id: WebhookId): Promise<WebhookView | null> {
    const row = this.#reader.get(
      'SELECT * FROM webhooks JOIN webhook_positions ON webhook = id WHERE id = ?',
      id,
    )
    return row ? webhookFrom(this.#sealer, row) : null
  }

  async listWebhooks({ tenant, limit, after = '' }: WebhookQuery): Promise<readonly WebhookView[]> {
    const own = tenant === null ? '' : 'tenant = ? AND'
    const sql = `SELECT * FROM webhooks JOIN webhook_positions ON webhook = id
      WHERE ${own} id > ? ORDER BY id LIMIT ?`
    const values = [...(tenant === null ? [] : [tenant]), after, limit]
    return this.#reader.all(sql, ...values).map((row) => webhookFrom(this.#sealer, row))
  }

  async findDelivery(webhook: WebhookId, sequence: number): Promise<Delivery | null> {
    const sql = 'SELECT * FROM deliveries WHERE webhook = ? AND sequence = ?'
    const row = this.#reader.get(sql, webhook, sequence)
    return row ? deliveryFrom(row) : null
  }

  async listDeliveries({ webhook, state, limit, after = 0 }: DeliveryQuery): Promise<readonly Delivery[]> {
    return this.#reader
      .all(
        `SELECT * FROM deliveries WHERE webhook = ? AND sequence > ? AND ${DELIVERY_STATES[state ?? 'any']}
          ORDER BY sequence LIMIT ?`,
        webhook,
        after,
        limit,
      )
      .map(deliveryFrom)
  }

  async lastEventSequence(): Promise<number> {
    return Number(this.#reader.get('SELECT max(sequence) AS last FROM events')?.['last'] ?? 0)
  }

  async findClaim(key: string, nowMs: number): Promise<Claim | null> {
    return this.#findClaim(key, nowMs)
  }

  #findClaim(key: string, nowMs: number): Claim | null {
    const row = this.#reader.get('SELECT * FROM claims WHERE key = ? AND expires_at_ms > ?', key, nowMs)
    return row ? claimFrom(row) : null
  }

  async claim(claim: Claim, nowMs: number): Promise<boolean> {
    // Nothing may come between looking and making, so this part waits for nothing.
    if (this.#claiming.has(claim.key) || this.#findClaim(claim.key, nowMs)) return false
    this.#writer.check()
    if (this.#claiming.size >= CLAIMING_MAX) {
      throw new DomainError('service.unavailable', { reason: 'too many claims could not be written' })
    }
    this.#claiming.add(claim.key)
    // The writer takes changes in order, so what is committed after this has this on disk too. One that could not be
    // written (the log says so) stays here: it is used up all the same.
    this.#writer.commit({ claims: [claim], accessKeys: [], nowMs }).then(
      () => this.#claiming.delete(claim.key),
      () => {},
    )
    return true
  }

  async commit(change: Change) {
    const { accessKeys = [], webhooks, peerings, ...rest } = change
    const sealed = accessKeys.map(({ secret, ...key }) => ({
      ...key,
      sealedSecret: this.#sealer.seal(secret, key.id).toString('hex'),
    }))
    const changed = this.#changing(change)
    let written = false
    try {
      const outcome = await this.#writer.commit({
        ...rest,
        accessKeys: sealed,
        ...(peerings && { peerings: peerings.map(withoutRest) }),
        ...(webhooks && { webhooks: webhooks.map((revision) => sealWebhook(this.#sealer, revision)) }),
      })
      written = outcome.ok && !change.dryRun
      return outcome
    } finally {
      for (const done of changed) done()
      // Who has asked for a peering comes back to it, and so does whoever is to answer.
      if (written)
        for (const { to } of peerings ?? []) this.#peerings.set(to.id, to, to.ids.alibaba, to.ids.tencent)
    }
  }

  async ping(): Promise<void> {
    this.#reader.get('SELECT 1')
    this.#writer.check()
  }

  async close(): Promise<void> {
    await this.#writer.close()
    this.#reader.close()
    this.#lock.close()
  }

  /**
   * What a commit changes is not remembered until it is over: what is new was not there to be remembered. Answers what is to be
   * called then.
   */
  #changing(change: Change): (() => void)[] {
    const { tenants, consents, accessKeys, deletedAccessKeys, vpcs = [], peerings = [] } = change
    const done: (() => void)[] = []
    if (tenants || consents)
      for (const memory of Object.values(this.#tenants)) done.push(memory.changingAny())
    if (accessKeys || deletedAccessKeys) done.push(this.#accessKeys.changingAny())
    for (const { from, to } of vpcs) if (from) done.push(this.#vpcs.changing(to.id))
    for (const { from, to } of peerings) if (from) done.push(this.#peerings.changing(to.id))
    return done
  }
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** All of it is copied for another thread, which asks little of what was read. */
function withoutRest({ from, to }: Revision<Peering>): PeeringRevision {
  return { from: from && { id: from.id, version: from.version, state: from.state }, to }
}

/** The id by which a row was asked for, unless that is its own. */
const otherThan = (own: string, asked: string) => (asked === own ? [] : [asked])
