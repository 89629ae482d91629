import type { PeeringId, ResourceIds, TenantId, VpcId, WebhookId } from '../../../domain/identity.ts'
import type { Counter } from '../../../domain/quota.ts'
import type { Tenant } from '../../../domain/tenant.ts'
import type { Claim, Party } from '../../../ports/store.ts'
import type { Facts, Resource, Versioned } from '../conflicts.ts'
import { claimFrom } from '../rows.ts'
import type { Connection } from './database.ts'

const LIVE = `state IN ('pending-acceptance', 'active')`

/** What the database says, within the transaction that is under way on its connection. */
export class SqliteFacts implements Facts {
  readonly #connection: Connection

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
    const row = this.#connection.get(`SELECT version FROM ${resource} WHERE id = ?`, id)
    return row ? Number(row['version']) : null
  }

  holderOf(resource: Resource, { huawei, alibaba, tencent }: ResourceIds): string | null {
    // Any id may be asked for in any dialect, so a new one must be free in all. Only Huawei's are UUIDs. As one condition
    // with five parts it would take twice as long.
    const by = (column: string, value: string) => `SELECT id FROM ${resource} WHERE ${column} = ${value}`
    const row = this.#connection.get(
      `${by('id', '?1')} UNION ALL ${by('alibaba_id', '?2')} UNION ALL ${by('alibaba_id', '?3')}
        UNION ALL ${by('tencent_id', '?2')} UNION ALL ${by('tencent_id', '?3')}`,
      huawei,
      alibaba,
      tencent,
    )
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
    const row = this.#connection.get(
      `SELECT id FROM peerings
        WHERE min(requester_vpc, accepter_vpc) = min(?1, ?2) AND max(requester_vpc, accepter_vpc) = max(?1, ?2)
          AND deleted = 0 AND ${LIVE} AND id <> ?3`,
      one,
      other,
      except,
    )
    return row ? (row['id'] as PeeringId) : null
  }

  livePeeringsOf(vpc: VpcId): readonly PeeringId[] {
    return this.#peeringsOf(vpc, LIVE)
  }

  activePeeringsOf(vpc: VpcId): readonly PeeringId[] {
    return this.#peeringsOf(vpc, `state = 'active'`)
  }

  #peeringsOf(vpc: VpcId, states: string): readonly PeeringId[] {
    return this.#connection
      .all(
        `SELECT id FROM peerings WHERE min(requester_vpc, accepter_vpc) = ?1 AND deleted = 0 AND ${states}
          UNION ALL
          SELECT id FROM peerings WHERE max(requester_vpc, accepter_vpc) = ?1 AND deleted = 0 AND ${states}`,
        vpc,
      )
      .map((row) => row['id'] as PeeringId)
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
    return usedOf(this.#connection, counter)
  }
}

/** How much is counted. */
export function usedOf(connection: Connection, { sumOf }: Counter): number {
  const used = (key: string) => connection.get('SELECT used FROM counters WHERE key = ?', key)?.['used']
  return sumOf.reduce((sum, key) => sum + Number(used(key) ?? 0), 0)
}
