import type { PeeringId, TenantId, VpcId, WebhookId } from '../../../domain/identity.ts'
import type { PartKind, PartOf } from '../../../domain/network.ts'
import type { Peering, PeeringSide } from '../../../domain/peering.ts'
import type { Counter } from '../../../domain/quota.ts'
import type { Realization } from '../../../domain/realization.ts'
import type { AccessKey, Credential, Tenant } from '../../../domain/tenant.ts'
import type { Delivery } from '../../../domain/webhook.ts'
import type { Leadership } from '../../../ports/leadership.ts'
import type { Sealer } from '../../../ports/sealer.ts'
import type {
  Change,
  Claim,
  DeliveryQuery,
  Page,
  PartQuery,
  PeeringQuery,
  PeeringView,
  Store,
  TenantKey,
  VpcQuery,
  WebhookQuery,
  WebhookView,
} from '../../../ports/store.ts'
import type { Telemetry } from '../../../ports/telemetry.ts'
import { KEY_CHECK } from '../key-check.ts'
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
import type { DatabaseAddress } from './address.ts'
import { Claims } from './claims.ts'
import { Dialler } from './dialler.ts'
import { unavailable } from './failures.ts'
import { Finder } from './finder.ts'
import { GroupCommit } from './group-commit.ts'
import { PostgresLeadership } from './leadership.ts'
import { livePeeringsOf } from './lookups.ts'
import { migrate } from './migrate.ts'
import { WrongKeyError } from './opening-errors.ts'
import { partStatements, peeringStatements, vpcStatements } from './queries.ts'
import { READ_TIMEOUT_MS, Readers } from './readers.ts'
import { Remembered } from './remembered.ts'
import { prepare, type Statement, storableKey } from './session.ts'
import { peeringViews, viewsFrom } from './views.ts'

export interface PostgresOptions {
  readonly address: DatabaseAddress
  readonly sealer: Sealer
  /** Hears of every change that could not be written although the database was there. */
  readonly onFailure: (message: string) => void
  readonly telemetry?: Telemetry
}

/** Texts that are not read anew each time, of a kind. */
const REMEMBERED = 10_000

/**
 * A PostgreSQL database, which any number of processes may share. Nothing is remembered here: what another process has
 * written is what is read. Throws UnreachableError, ImpossibleError and WrongKeyError.
 */
export async function openPostgresStore(
  options: PostgresOptions,
): Promise<{ store: Store; leadership: Leadership }> {
  const { address, sealer, onFailure, telemetry } = options
  const dialler = new Dialler(address)
  await migrate(dialler)
  const readers = new Readers(dialler, telemetry)
  const writer = new GroupCommit(dialler, onFailure, telemetry)
  const store = new PostgresStore(readers, writer, new Claims(dialler, telemetry), sealer)
  try {
    await checkKey(readers, sealer)
  } catch (error) {
    await store.close()
    throw error
  }
  return { store, leadership: new PostgresLeadership(dialler) }
}

const PUT_ONCE = prepare('INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING')
const READ_SETTING = prepare('SELECT value FROM settings WHERE name = $1')

/** The first process leaves something sealed; all others must be able to open it. */
async function checkKey(readers: Readers, sealer: Sealer): Promise<void> {
  await readers.read(PUT_ONCE(KEY_CHECK, sealer.seal(KEY_CHECK, KEY_CHECK).toString('base64')))
  const [row] = await readers.read(READ_SETTING(KEY_CHECK))
  try {
    sealer.open(Buffer.from(String(row?.['value']), 'base64'), KEY_CHECK)
  } catch {
    throw new WrongKeyError('the database was written with another master key')
  }
}

const LIST_TENANTS = prepare('SELECT body, consent FROM tenants ORDER BY name')
const LIST_ACCESS_KEYS = prepare(
  'SELECT id, created_at_ms FROM access_keys WHERE tenant = $1 ORDER BY created_at_ms, id COLLATE "C"',
)
const FIND_PART = prepare('SELECT body FROM parts WHERE kind = $1 AND id = $2')
const FIND_PART_ELSEWHERE = prepare(
  'SELECT body FROM parts WHERE kind = $1 AND (alibaba_id = $2 OR tencent_id = $2)',
)
const FIND_REALIZATION = prepare('SELECT * FROM realizations WHERE id = $1')
const UNREALIZED_PEERINGS = prepare(`SELECT peerings.id FROM peerings
    JOIN vpcs AS requester ON requester.id = requester_vpc JOIN vpcs AS accepter ON accepter.id = accepter_vpc
    LEFT JOIN realizations ON realizations.id = peerings.id
  WHERE coalesce(realized, 0) <> peerings.version + requester.version + accepter.version
    AND (realized IS NOT NULL OR state IN ('pending-acceptance', 'active')) LIMIT $1`)
const UNREALIZED_VPCS = prepare(`SELECT vpcs.id FROM vpcs LEFT JOIN realizations ON realizations.id = vpcs.id
  WHERE coalesce(realized, 0) <> version AND (realized IS NOT NULL OR deleted_at_ms IS NULL) LIMIT $1`)
const FIND_ALLOCATION = prepare('SELECT number FROM allocations WHERE name = $1')
const COUNT_OF = prepare('SELECT sum(used) AS used FROM counters WHERE key = ANY($1::text[])')
const DUE_PEERINGS =
  prepare(`SELECT * FROM peerings WHERE state = 'pending-acceptance' AND expires_at_ms <= $1
  ORDER BY expires_at_ms LIMIT $2`)
const NEXT_DEADLINE = prepare(
  `SELECT min(expires_at_ms) AS next FROM peerings WHERE state = 'pending-acceptance'`,
)
const NEIGHBOURS = prepare(peeringViews(livePeeringsOf('$1')))
/** `mine` selects events; the ids of their peerings are looked up for one page only. */
const events = (mine: string) =>
  prepare(`SELECT page.*, alibaba_id, tencent_id FROM (${mine} ORDER BY sequence LIMIT $2) AS page
    JOIN peerings ON peerings.id = page.peering ORDER BY sequence`)
const LIST_EVENTS = events('SELECT * FROM events WHERE sequence > $1')
// Each branch is cut to the page by itself, so that none is read further than one page can need.
const LIST_EVENTS_OF = events(`
  (SELECT * FROM events WHERE requester = $3 AND sequence > $1 ORDER BY sequence LIMIT $2) UNION ALL
  (SELECT * FROM events WHERE accepter = $3 AND requester <> $3 AND sequence > $1 ORDER BY sequence LIMIT $2)`)
const recentEvents = (mine: string) =>
  prepare(`SELECT page.*, alibaba_id, tencent_id FROM (${mine} ORDER BY sequence DESC LIMIT $2) AS page
    JOIN peerings ON peerings.id = page.peering ORDER BY sequence DESC`)
const RECENT_EVENTS = recentEvents('SELECT * FROM events WHERE sequence < $1')
const RECENT_EVENTS_OF = recentEvents(`
  (SELECT * FROM events WHERE requester = $3 AND sequence < $1 ORDER BY sequence DESC LIMIT $2) UNION ALL
  (SELECT * FROM events WHERE accepter = $3 AND requester <> $3 AND sequence < $1
    ORDER BY sequence DESC LIMIT $2)`)
const EVENTS_OF_PEERING = prepare(`SELECT events.*, alibaba_id, tencent_id FROM events
  JOIN peerings ON peerings.id = events.peering
  WHERE events.peering = $1 AND sequence BETWEEN $2 AND $3 ORDER BY sequence`)
const LAST_EVENT = prepare('SELECT max(sequence) AS last FROM events')
const FIND_CLAIM = prepare('SELECT * FROM claims WHERE key = $1 AND expires_at_ms > $2')
const FIND_WEBHOOK = prepare('SELECT * FROM webhooks JOIN webhook_positions ON webhook = id WHERE id = $1')
const LIST_WEBHOOKS = prepare(`SELECT * FROM webhooks JOIN webhook_positions ON webhook = id
  WHERE id > $1 ORDER BY id LIMIT $2`)
const LIST_WEBHOOKS_OF = prepare(`SELECT * FROM webhooks JOIN webhook_positions ON webhook = id
  WHERE tenant = $3 AND id > $1 ORDER BY id LIMIT $2`)
const FIND_DELIVERY = prepare('SELECT * FROM deliveries WHERE webhook = $1 AND sequence = $2')
const listDeliveries = (state: keyof typeof DELIVERY_STATES) =>
  prepare(`SELECT * FROM deliveries WHERE webhook = $1 AND sequence > $2 AND ${DELIVERY_STATES[state]}
    ORDER BY sequence LIMIT $3`)
const LIST_DELIVERIES = {
  any: listDeliveries('any'),
  waiting: listDeliveries('waiting'),
  dead: listDeliveries('dead'),
}
const VPCS = prepare('SELECT * FROM vpcs WHERE id = ANY($1::text[])')
const TENANTS = prepare('SELECT id, body, consent FROM tenants WHERE id = ANY($1::text[])')
const PING = prepare('SELECT 1')

/** What every request looks up, by whichever key it has. */
function findersOf(readers: Readers) {
  const by = (column: string) =>
    new Finder(readers, `SELECT ${column}, body, consent FROM tenants WHERE ${column} = ANY($1::text[])`, [
      column,
    ])
  // Only Huawei's ids are UUIDs; the others are looked for as either dialect's.
  const elsewhere = 'alibaba_id = ANY($1::text[]) OR tencent_id = ANY($1::text[])'
  const [own, others] = [['id'], ['alibaba_id', 'tencent_id']]
  const peerings = (where: string) => peeringViews(`SELECT * FROM peerings WHERE ${where}`)
  return {
    credential: new Finder(
      readers,
      `SELECT access_keys.*, body, consent FROM access_keys JOIN tenants ON tenants.id = tenant
        WHERE access_keys.id = ANY($1::text[])`,
      own,
    ),
    tenant: {
      id: by('id'),
      name: by('name'),
      project: new Finder(
        readers,
        `SELECT projects.id, body, consent FROM projects JOIN tenants ON tenants.id = tenant
          WHERE projects.id = ANY($1::text[])`,
        own,
      ),
      domainName: by('domain_name'),
      alibabaUid: by('alibaba_uid'),
      tencentUin: by('tencent_uin'),
    },
    vpc: new Finder(readers, 'SELECT * FROM vpcs WHERE id = ANY($1::text[])', own),
    vpcElsewhere: new Finder(readers, `SELECT * FROM vpcs WHERE ${elsewhere}`, others),
    peering: new Finder(readers, peerings('id = ANY($1::text[])'), own),
    peeringElsewhere: new Finder(readers, peerings(elsewhere), others),
  }
}

type Finders = ReturnType<typeof findersOf>

class PostgresStore implements Store {
  readonly #readers: Readers
  readonly #find: Finders
  readonly #tenants = new Remembered<Tenant>(REMEMBERED)
  readonly #secrets = new Remembered<string>(REMEMBERED)
  readonly #writer: GroupCommit
  readonly #claims: Claims
  readonly #sealer: Sealer

  constructor(readers: Readers, writer: GroupCommit, claims: Claims, sealer: Sealer) {
    this.#readers = readers
    this.#find = findersOf(readers)
    this.#writer = writer
    this.#claims = claims
    this.#sealer = sealer
  }

  async readSetting(name: string): Promise<string | null> {
    const row = await this.#row(READ_SETTING(name))
    return row ? String(row['value']) : null
  }

  async findTenant(by: TenantKey): Promise<Tenant | null> {
    const [[key, value]] = Object.entries(by) as [[keyof Finders['tenant'], string]]
    const row = await this.#find.tenant[key].find(value)
    return row ? this.#tenantFrom(row) : null
  }

  #tenantFrom(row: Row): Tenant {
    return this.#tenants.get(`${row['body']} ${row['consent']}`, () => tenantFrom(row))
  }

  async listTenants(): Promise<readonly Tenant[]> {
    return (await this.#readers.read(LIST_TENANTS())).map(tenantFrom)
  }

  async findCredential(accessKeyId: string): Promise<Credential | null> {
    const row = await this.#find.credential.find(accessKeyId)
    if (!row) return null
    const tenant = this.#tenantFrom(row)
    const [id, sealed] = [String(row['id']), row['sealed_secret'] as Buffer]
    const secret = this.#secrets.get(`${id} ${sealed.toString('latin1')}`, () =>
      this.#sealer.open(sealed, id),
    )
    return { key: { id, tenant: tenant.id, secret, createdAtMs: Number(row['created_at_ms']) }, tenant }
  }

  async listAccessKeys(tenant: TenantId): Promise<readonly Omit<AccessKey, 'secret'>[]> {
    const rows = await this.#readers.read(LIST_ACCESS_KEYS(tenant))
    return rows.map((row) => ({ id: String(row['id']), tenant, createdAtMs: Number(row['created_at_ms']) }))
  }

  async findVpc(id: string) {
    const row = await (UUID.test(id) ? this.#find.vpc : this.#find.vpcElsewhere).find(id)
    return row ? vpcFrom(row) : null
  }

  async listVpcs(query: VpcQuery) {
    return this.#page(query, vpcStatements(query), (rows) => rows.map(vpcFrom))
  }

  async findPeering(id: string): Promise<PeeringView | null> {
    const row = await (UUID.test(id) ? this.#find.peering : this.#find.peeringElsewhere).find(id)
    return row ? (viewsFrom([row])[0] ?? null) : null
  }

  async listPeerings(query: PeeringQuery): Promise<Page<PeeringView>> {
    const deadlineMs = performance.now() + READ_TIMEOUT_MS
    const { items, total } = await this.#page(query, peeringStatements(query), (rows) =>
      rows.map(peeringFrom),
    )
    return { items: await this.#views(items, deadlineMs), total }
  }

  /**
   * With the ends of each, which are looked up apart: they are the same for many, and joined to the page they took longer to plan
   * for than to find. No peering ever changes its ends, nor does a row of theirs go.
   */
  async #views(peerings: readonly Peering[], deadlineMs: number): Promise<readonly PeeringView[]> {
    if (peerings.length === 0) return []
    const sides = peerings.flatMap(({ requester, accepter }) => [requester, accepter])
    const [vpcRows, tenantRows] = await Promise.all([
      this.#readers.read(VPCS([...new Set(sides.map(({ vpc }) => vpc))]), deadlineMs),
      this.#readers.read(TENANTS([...new Set(sides.map(({ tenant }) => tenant))]), deadlineMs),
    ])
    const vpcs = new Map(vpcRows.map((row) => [row['id'], vpcFrom(row)]))
    const tenants = new Map(tenantRows.map((row) => [row['id'], this.#tenantFrom(row)]))
    const end = ({ vpc, tenant }: PeeringSide) => ({
      vpc: present(vpcs.get(vpc)),
      tenant: present(tenants.get(tenant)),
    })
    return peerings.map((peering) => ({
      peering,
      requester: end(peering.requester),
      accepter: end(peering.accepter),
    }))
  }

  async findPart<K extends PartKind>(kind: K, id: string): Promise<PartOf<K> | null> {
    const row = await this.#row((UUID.test(id) ? FIND_PART : FIND_PART_ELSEWHERE)(kind, id))
    return row ? (partFrom(row) as PartOf<K>) : null
  }

  async listParts<K extends PartKind>(kind: K, query: PartQuery): Promise<Page<PartOf<K>>> {
    return this.#page(query, partStatements(kind, query), (rows) => rows.map(partFrom) as PartOf<K>[])
  }

  async #page<T>(
    query: Pick<PeeringQuery, 'window' | 'withTotal'>,
    { page, count }: { page: Statement; count: Statement },
    from: (rows: readonly Row[]) => T[],
  ): Promise<Page<T>> {
    const [rows, total] = await Promise.all([
      this.#readers.read(page),
      query.withTotal ? this.#row(count).then((row) => Number(row?.['total'])) : null,
    ])
    if (query.window.before !== undefined) rows.reverse()
    return { items: from(rows), total }
  }

  async findRealization(of: PeeringId | VpcId): Promise<Realization | null> {
    const row = await this.#row(FIND_REALIZATION(of))
    return row ? realizationFrom(row) : null
  }

  async unrealized(limit: number) {
    const [peerings, vpcs] = await Promise.all([
      this.#readers.read(UNREALIZED_PEERINGS(limit)),
      this.#readers.read(UNREALIZED_VPCS(limit)),
    ])
    return {
      peerings: peerings.map((row) => row['id'] as PeeringId),
      vpcs: vpcs.map((row) => row['id'] as VpcId),
    }
  }

  async findAllocation(name: string): Promise<number | null> {
    const row = await this.#row(FIND_ALLOCATION(name))
    return row ? Number(row['number']) : null
  }

  async duePeerings(nowMs: number, limit: number) {
    return (await this.#readers.read(DUE_PEERINGS(nowMs, limit))).map(peeringFrom)
  }

  async nextDeadline(): Promise<number | null> {
    const row = await this.#row(NEXT_DEADLINE())
    return row?.['next'] == null ? null : Number(row['next'])
  }

  async countOf({ sumOf }: Counter): Promise<number> {
    return Number((await this.#row(COUNT_OF(sumOf)))?.['used'] ?? 0)
  }

  async neighboursOf(vpc: VpcId) {
    return viewsFrom(await this.#readers.read(NEIGHBOURS(vpc))).map(({ peering, requester, accepter }) => ({
      vpc: requester.vpc.id === vpc ? accepter.vpc : requester.vpc,
      peering,
    }))
  }

  async listEvents(after: number, limit: number, tenant: TenantId | null) {
    const statement = tenant === null ? LIST_EVENTS(after, limit) : LIST_EVENTS_OF(after, limit, tenant)
    return (await this.#readers.read(statement)).map(eventFrom)
  }

  async recentEvents(before: number, limit: number, tenant: TenantId | null) {
    const statement = tenant === null ? RECENT_EVENTS(before, limit) : RECENT_EVENTS_OF(before, limit, tenant)
    return (await this.#readers.read(statement)).map(eventFrom)
  }

  async eventsOfPeering(peering: PeeringId, first: number, last: number) {
    return (await this.#readers.read(EVENTS_OF_PEERING(peering, first, last))).map(eventFrom)
  }

  async findWebhook(id: WebhookId): Promise<WebhookView | null> {
    const row = await this.#row(FIND_WEBHOOK(id))
    return row ? webhookFrom(this.#sealer, row) : null
  }

  async listWebhooks({ tenant, limit, after = '' }: WebhookQuery): Promise<readonly WebhookView[]> {
    const statement = tenant === null ? LIST_WEBHOOKS(after, limit) : LIST_WEBHOOKS_OF(after, limit, tenant)
    return (await this.#readers.read(statement)).map((row) => webhookFrom(this.#sealer, row))
  }

  async findDelivery(webhook: WebhookId, sequence: number): Promise<Delivery | null> {
    const row = await this.#row(FIND_DELIVERY(webhook, sequence))
    return row ? deliveryFrom(row) : null
  }

  async listDeliveries({ webhook, state, limit, after = 0 }: DeliveryQuery): Promise<readonly Delivery[]> {
    const statement = LIST_DELIVERIES[state ?? 'any'](webhook, after, limit)
    return (await this.#readers.read(statement)).map(deliveryFrom)
  }

  async lastEventSequence(): Promise<number> {
    return Number((await this.#row(LAST_EVENT()))?.['last'] ?? 0)
  }

  async findClaim(key: string, nowMs: number): Promise<Claim | null> {
    const row = await this.#row(FIND_CLAIM(storableKey(key), nowMs))
    return row ? { ...claimFrom(row), key } : null
  }

  claim(claim: Claim, nowMs: number): Promise<boolean> {
    return this.#claims.make(claim, nowMs)
  }

  async commit(change: Change) {
    const { accessKeys = [], webhooks, ...rest } = change
    const sealed = accessKeys.map(({ secret, ...key }) => ({
      ...key,
      sealedSecret: this.#sealer.seal(secret, key.id).toString('hex'),
    }))
    return this.#writer.commit({
      ...rest,
      accessKeys: sealed,
      ...(webhooks && { webhooks: webhooks.map((revision) => sealWebhook(this.#sealer, revision)) }),
    })
  }

  async ping(): Promise<void> {
    await this.#readers.read(PING())
    const { refusal } = this.#writer
    if (refusal !== null) throw unavailable(refusal)
  }

  async close(): Promise<void> {
    await Promise.all([this.#writer.close(), this.#claims.close()])
    await this.#readers.close()
  }

  async #row(statement: Statement): Promise<Row | undefined> {
    return (await this.#readers.read(statement))[0]
  }
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
