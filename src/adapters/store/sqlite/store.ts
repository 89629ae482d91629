import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { SQLInputValue } from 'node:sqlite'
import type { TenantId, VpcId } from '../../../domain/identity.ts'
import type { Peering } from '../../../domain/peering.ts'
import type { AccessKey, Tenant } from '../../../domain/tenant.ts'
import type { Vpc } from '../../../domain/vpc.ts'
import type { Sealer } from '../../../ports/sealer.ts'
import type {
  Change,
  Page,
  PeeringQuery,
  PeeringView,
  Store,
  TenantKey,
  VpcQuery,
} from '../../../ports/store.ts'
import { Connection, openForReading, type Row } from './database.ts'
import { GroupCommit } from './group-commit.ts'
import { peeringStatements, type Statement, vpcStatements } from './queries.ts'
import { claimFrom, eventFrom, peeringFrom, tenantFrom, vpcFrom } from './rows.ts'

/** The data directory is another process's. */
export class DirectoryInUseError extends Error {}

export interface SqliteOptions {
  /** Made where it is missing. */
  readonly directory: string
  readonly sealer: Sealer
  /** Hears of every write that could not be made. */
  readonly onFailure: (message: string) => void
}

const TENANTS_REMEMBERED = 10_000

/**
 * The embedded store: one SQLite database, one process. Reads are answered by the calling thread from what is
 * committed; writes by a thread of their own. Rejects with `DirectoryInUseError` where another process has it.
 */
export async function openSqliteStore(options: SqliteOptions): Promise<Store> {
  mkdirSync(options.directory, { recursive: true, mode: 0o700 })
  const lock = lockDirectory(options.directory)
  try {
    const path = join(options.directory, 'isthmus.db')
    const writer = await GroupCommit.start(path, options.onFailure)
    return new SqliteStore(openForReading(path), writer, lock, options.sealer)
  } catch (error) {
    lock.close()
    throw error
  }
}

/** An open transaction on a database of its own: the kernel lets go of it when the process dies, however it dies. */
function lockDirectory(directory: string): Connection {
  const lock = new Connection(join(directory, 'isthmus.lock'), { readOnly: false })
  try {
    lock.exec('PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE')
    return lock
  } catch {
    lock.close()
    throw new DirectoryInUseError(`another process is using the data directory ${directory}`)
  }
}

const TENANT_COLUMNS = {
  id: 'SELECT body FROM tenants WHERE id = ?',
  name: 'SELECT body FROM tenants WHERE name = ?',
  project: 'SELECT body FROM tenants WHERE id = (SELECT tenant FROM projects WHERE id = ?)',
  domainName: 'SELECT body FROM tenants WHERE domain_name = ?',
  alibabaUid: 'SELECT body FROM tenants WHERE alibaba_uid = ?',
  tencentUin: 'SELECT body FROM tenants WHERE tencent_uin = ?',
} as const

class SqliteStore implements Store {
  readonly #reader: Connection
  readonly #writer: GroupCommit
  readonly #lock: Connection
  readonly #sealer: Sealer
  // No other process writes this database, so what is remembered goes stale only by our own commits.
  readonly #tenants = new Map<string, Tenant>()
  readonly #accessKeys = new Map<string, AccessKey>()

  constructor(reader: Connection, writer: GroupCommit, lock: Connection, sealer: Sealer) {
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
    const key = `${column}:${value}`
    const known = this.#tenants.get(key)
    if (known) return known
    const row = this.#reader.get(TENANT_COLUMNS[column], value)
    if (!row) return null
    const tenant = tenantFrom(row)
    if (this.#tenants.size >= TENANTS_REMEMBERED) this.#tenants.clear()
    this.#tenants.set(key, tenant)
    return tenant
  }

  async listTenants(): Promise<readonly Tenant[]> {
    return this.#reader.all('SELECT body FROM tenants ORDER BY name').map(tenantFrom)
  }

  async findAccessKey(id: string): Promise<AccessKey | null> {
    const known = this.#accessKeys.get(id)
    if (known) return known
    const row = this.#reader.get('SELECT * FROM access_keys WHERE id = ?', id)
    if (!row) return null
    const key = {
      id,
      tenant: row['tenant'] as TenantId,
      secret: this.#sealer.open(row['sealed_secret'] as Uint8Array, id),
      createdAtMs: Number(row['created_at_ms']),
    }
    if (this.#accessKeys.size >= TENANTS_REMEMBERED) this.#accessKeys.clear()
    this.#accessKeys.set(id, key)
    return key
  }

  async listAccessKeys(tenant: TenantId): Promise<readonly Omit<AccessKey, 'secret'>[]> {
    return this.#reader
      .all('SELECT id, created_at_ms FROM access_keys WHERE tenant = ? ORDER BY created_at_ms, id', tenant)
      .map((row) => ({ id: String(row['id']), tenant, createdAtMs: Number(row['created_at_ms']) }))
  }

  async findVpc(id: string): Promise<Vpc | null> {
    const row = this.#reader.get('SELECT * FROM vpcs WHERE id = ?1 OR alibaba_id = ?1 OR tencent_id = ?1', id)
    return row ? vpcFrom(row) : null
  }

  async listVpcs(query: VpcQuery): Promise<Page<Vpc>> {
    const { page, count } = vpcStatements(query)
    return this.#page(query, page, count, vpcFrom)
  }

  async findPeering(id: string): Promise<PeeringView | null> {
    const row = this.#reader.get(
      'SELECT * FROM peerings WHERE id = ?1 OR alibaba_id = ?1 OR tencent_id = ?1',
      id,
    )
    return row ? this.#view(peeringFrom(row), new Map()) : null
  }

  async listPeerings(query: PeeringQuery): Promise<Page<PeeringView>> {
    const { page, count } = peeringStatements(query)
    const vpcs = new Map<string, Vpc>()
    return this.#page(query, page, count, (row) => this.#view(peeringFrom(row), vpcs))
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

  /** `vpcs` remembers those already read for this answer: a list names the same few over and over. */
  #view(peering: Peering, vpcs: Map<string, Vpc>): PeeringView {
    const side = ({ tenant, vpc }: Peering['requester']) => ({
      vpc: this.#vpc(vpc, vpcs),
      tenant: this.#owner(tenant),
    })
    return { peering, requester: side(peering.requester), accepter: side(peering.accepter) }
  }

  #vpc(id: VpcId, known: Map<string, Vpc>): Vpc {
    const found = known.get(id)
    if (found) return found
    const vpc = vpcFrom(this.#must('SELECT * FROM vpcs WHERE id = ?', id))
    known.set(id, vpc)
    return vpc
  }

  #owner(id: TenantId): Tenant {
    const tenant = this.#tenant('id', id)
    if (!tenant) throw new Error(`no tenant ${id}`)
    return tenant
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

  async neighboursOf(vpc: VpcId): Promise<readonly { vpc: Vpc; peering: Peering }[]> {
    const live = `state <> 'deleted' AND state IN ('pending-acceptance', 'active')`
    const rows = this.#reader.all(
      `SELECT * FROM peerings WHERE requester_vpc = ?1 AND ${live}
        UNION ALL SELECT * FROM peerings WHERE accepter_vpc = ?1 AND ${live}`,
      vpc,
    )
    const known = new Map<string, Vpc>()
    return rows.map(peeringFrom).map((peering) => {
      const other = peering.requester.vpc === vpc ? peering.accepter.vpc : peering.requester.vpc
      return { vpc: this.#vpc(other, known), peering }
    })
  }

  async listEvents(after: number, limit: number, tenant: TenantId | null) {
    if (tenant === null) {
      const sql = 'SELECT * FROM events WHERE sequence > ? ORDER BY sequence LIMIT ?'
      return this.#reader.all(sql, after, limit).map(eventFrom)
    }
    return this.#reader
      .all(
        `SELECT * FROM (SELECT * FROM events WHERE requester = ?1 AND sequence > ?2 ORDER BY sequence LIMIT ?3)
          UNION ALL
          SELECT * FROM (SELECT * FROM events WHERE accepter = ?1 AND requester <> ?1 AND sequence > ?2
            ORDER BY sequence LIMIT ?3)
          ORDER BY sequence LIMIT ?3`,
        tenant,
        after,
        limit,
      )
      .map(eventFrom)
  }

  async lastEventSequence(): Promise<number> {
    return Number(this.#reader.get('SELECT max(sequence) AS last FROM events')?.['last'] ?? 0)
  }

  async findClaim(key: string, nowMs: number) {
    const row = this.#reader.get('SELECT * FROM claims WHERE key = ? AND expires_at_ms > ?', key, nowMs)
    return row ? claimFrom(row) : null
  }

  async commit(change: Change) {
    const { accessKeys = [], ...rest } = change
    const sealed = accessKeys.map(({ secret, ...key }) => ({
      ...key,
      sealedSecret: this.#sealer.seal(secret, key.id),
    }))
    const outcome = await this.#writer.commit({ ...rest, accessKeys: sealed })
    if (change.tenants) this.#tenants.clear()
    if (change.accessKeys || change.deletedAccessKeys) this.#accessKeys.clear()
    return outcome
  }

  async ping(): Promise<void> {
    this.#reader.get('SELECT 1')
  }

  async close(): Promise<void> {
    await this.#writer.close()
    this.#reader.close()
    this.#lock.close()
  }

  #must(sql: string, ...values: SQLInputValue[]): Row {
    const row = this.#reader.get(sql, ...values)
    if (!row) throw new Error(`nothing for ${sql} ${values.join(' ')}`)
    return row
  }
}
