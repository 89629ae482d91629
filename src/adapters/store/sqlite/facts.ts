import type { PeeringId, ResourceIds, TenantId, VpcId, WebhookId } from '../../../domain/identity.ts'
import type { Counter } from '../../../domain/quota.ts'
import type { Tenant } from '../../../domain/tenant.ts'
import type { Claim, Party } from '../../../ports/store.ts'
import type { Facts, Resource, Versioned } from '../conflicts.ts'
import { claimFrom } from '../rows.ts'
import type { Connection } from './database.ts'

const LIVE = `state IN ('pending-acceptance', 'active')`

const LIVE_BETWEEN = `SELECT id FROM peerings
  WHERE min(requester_vpc, accepter_vpc) = min(?1, ?2) AND max(requester_vpc, accepter_vpc) = max(?1, ?2)
    AND deleted = 0 AND ${LIVE} AND id <> ?3`

const peeringsOf = (states: string) => `SELECT id FROM peerings
    WHERE min(requester_vpc, accepter_vpc) = ?1 AND deleted = 0 AND ${states}
  UNION ALL SELECT id FROM peerings
    WHERE max(requester_vpc, accepter_vpc) = ?1 AND deleted = 0 AND ${states}`
const LIVE_OF = peeringsOf(LIVE)
const ACTIVE_OF = peeringsOf(`state = 'active'`)

const versionIn = (table: Versioned) => `SELECT version FROM ${table} WHERE id = ?`
const VERSION: Readonly<Record<Versioned, string>> = {
  vpcs: versionIn('vpcs'),
  peerings: versionIn('peerings'),
}

// Any id may be asked for in any dialect, so a new one must be free in all. Only Huawei's are UUIDs. As one condition with
// five parts it would take twice as long.
const holderIn = (table: Resource) =>
  [
    ['id', '?1'],
    ['alibaba_id', '?2'],
    ['alibaba_id', '?3'],
    ['tencent_id', '?2'],
    ['tencent_id', '?3'],
  ]
    .map(([column, value]) => `SELECT id FROM ${table} WHERE ${column} = ${value}`)
    .join(' UNION ALL ')
const HOLDER: Readonly<Record<Resource, string>> = {
  vpcs: holderIn('vpcs'),
  peerings: holderIn('peerings'),
  parts: holderIn('parts'),
}

/** What the database says, within the transaction that is under way on its connection. */
export class SqliteFacts implements Facts {
  readonly #connection: Connection
  /** How far counts have moved that are not written yet; see `move`. */
  readonly #moved = new Map<string, number>()

  constructor(connection: Connection) {
    this.#connection = connection
  }

  claim(key: string): Claim | null {
    const row = this.#connection.get('SELECT * FROM claims WHERE key = ?', key)
    return row ? claimFrom(row) : null
  }

  otherTenantLike(tenant: Tenant): string | null {
    const row = this.#connection.get(
      `SELECT name FROM tenants WHERE id <> ?1 AND (name = ?2 OR domain_name = ?3 OR alibaba_uid = ?4 OR
        tencent_uin = ?5 OR id IN (SELECT tenant FROM projects WHERE id IN (SELECT value FROM json_each(?6))))`,
      tenant.id,
      tenant.name,
      tenant.huawei.domainName,
      tenant.alibaba.uid,
      tenant.tencent.uin,
      JSON.stringify(Object.values(tenant.huawei.projects)),
    )
    return row ? String(row['name']) : null
  }

  ownerOfKey(id: string): TenantId | null {
    const row = this.#connection.get('SELECT tenant FROM access_keys WHERE id = ?', id)
    return row ? (row['tenant'] as TenantId) : null
  }

  consentVersion(tenant: TenantId): number {
    const sql = `SELECT json_extract(consent, '$.version') AS version FROM tenants WHERE id = ?`
    return Number(this.#connection.get(sql, tenant)?.['version'] ?? 0)
  }

  version(resource: Versioned, id: string): number | null {
    const row = this.#connection.get(VERSION[resource], id)
    return row ? Number(row['version']) : null
  }

  holderOf(resource: Resource, { huawei, alibaba, tencent }: ResourceIds): string | null {
    const row = this.#connection.get(HOLDER[resource], huawei, alibaba, tencent)
    return row ? String(row['id']) : null
  }

  vpcExists(vpc: VpcId): boolean {
    const sql = 'SELECT 1 FROM vpcs WHERE id = ? AND deleted_at_ms IS NULL'
    return this.#connection.get(sql, vpc) !== undefined
  }

  vpcNamed(name: string, { tenant, region }: Party, except: VpcId): boolean {
    const sql = `SELECT 1 FROM vpcs
      WHERE tenant = ? AND region = coalesce(?, region) AND name = ? AND id <> ? AND deleted_at_ms IS NULL`
    return this.#connection.get(sql, tenant, region, name, except) !== undefined
  }

  blocksOf(tenant: TenantId): readonly string[] {
    const rows = this.#connection.all(
      'SELECT cidrs FROM vpcs WHERE tenant = ? AND deleted_at_ms IS NULL',
      tenant,
    )
    return rows.flatMap(({ cidrs }) => JSON.parse(String(cidrs)) as string[])
  }

  livePeeringBetween(one: VpcId, other: VpcId, except: PeeringId): PeeringId | null {
    const row = this.#connection.get(LIVE_BETWEEN, one, other, except)
    return row ? (row['id'] as PeeringId) : null
  }

  livePeeringsOf(vpc: VpcId): readonly PeeringId[] {
    return this.#peerings(LIVE_OF, vpc)
  }

  activePeeringsOf(vpc: VpcId): readonly PeeringId[] {
    return this.#peerings(ACTIVE_OF, vpc)
  }

  #peerings(sql: string, vpc: VpcId): readonly PeeringId[] {
    return this.#connection.all(sql, vpc).map((row) => row['id'] as PeeringId)
  }

  webhookVersion(id: WebhookId): number | null {
    const row = this.#connection.get('SELECT version FROM webhooks WHERE id = ?', id)
    return row ? Number(row['version']) : null
  }

  webhooksOf(tenant: TenantId): number {
    const row = this.#connection.get('SELECT count(*) AS count FROM webhooks WHERE tenant = ?', tenant)
    return Number(row?.['count'])
  }

  used(counter: Counter): number {
    const moved = counter.sumOf.reduce((sum, key) => sum + (this.#moved.get(key) ?? 0), 0)
    return usedOf(this.#connection, counter) + moved
  }

  /** Counts `by` more. What changes of one transaction do to the same count is written once, at its end: `writeCounts`. */
  move(key: string, by: number): void {
    this.#moved.set(key, (this.#moved.get(key) ?? 0) + by)
  }

  writeCounts(): void {
    for (const [key, by] of this.#moved) {
      // A count only falls after it has risen, so the row is there; and a row below zero is refused outright.
      if (by > 0) this.#connection.run(RAISE, key, by)
      else if (by < 0) this.#connection.run('UPDATE counters SET used = used + ?2 WHERE key = ?1', key, by)
    }
    this.#moved.clear()
  }

  /** Forgets what was to be written. */
  forgetCounts(): void {
    this.#moved.clear()
  }
}

const RAISE =
  'INSERT INTO counters (key, used) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET used = used + ?2'

/** How much is counted. */
export function usedOf(connection: Connection, { sumOf }: Counter): number {
  const used = (key: string) => connection.get('SELECT used FROM counters WHERE key = ?', key)?.['used']
  return sumOf.reduce((sum, key) => sum + Number(used(key) ?? 0), 0)
}
