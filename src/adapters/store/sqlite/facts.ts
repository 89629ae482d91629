import type { PeeringId, TenantId } from '../../../domain/identity.ts'
import type { Facts } from '../conflicts.ts'
import type { Connection } from './database.ts'
import { claimFrom } from './rows.ts'

const LIVE = `state IN ('pending-acceptance', 'active')`

/** What the database says, within the transaction that is under way on `connection`. */
export function factsOf(connection: Connection): Facts {
  const peeringsOf = (vpc: string, states: string): readonly PeeringId[] =>
    connection
      .all(
        `SELECT id FROM peerings WHERE requester_vpc = ?1 AND state <> 'deleted' AND ${states}
          UNION ALL SELECT id FROM peerings WHERE accepter_vpc = ?1 AND state <> 'deleted' AND ${states}`,
        vpc,
      )
      .map((row) => row['id'] as PeeringId)
  return {
    claim(key) {
      const row = connection.get('SELECT * FROM claims WHERE key = ?', key)
      return row ? claimFrom(row) : null
    },
    otherTenantLike(tenant) {
      const row = connection.get(
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
    },
    ownerOfKey(id) {
      const row = connection.get('SELECT tenant FROM access_keys WHERE id = ?', id)
      return row ? (row['tenant'] as TenantId) : null
    },
    version(resource, id) {
      const row = connection.get(`SELECT version FROM ${resource} WHERE id = ?`, id)
      return row ? Number(row['version']) : null
    },
    holderOf(resource, { huawei, alibaba, tencent }) {
      // Any id may be asked for in any dialect, so a new one must be free in all.
      const row = connection.get(
        `SELECT id FROM ${resource}
          WHERE id IN (?1, ?2, ?3) OR alibaba_id IN (?1, ?2, ?3) OR tencent_id IN (?1, ?2, ?3)`,
        huawei,
        alibaba,
        tencent,
      )
      return row ? String(row['id']) : null
    },
    vpcExists(vpc) {
      return connection.get('SELECT 1 FROM vpcs WHERE id = ? AND deleted_at_ms IS NULL', vpc) !== undefined
    },
    vpcNamed(name, { tenant, region }, except) {
      const sql = `SELECT 1 FROM vpcs
        WHERE tenant = ? AND region = coalesce(?, region) AND name = ? AND id <> ? AND deleted_at_ms IS NULL`
      return connection.get(sql, tenant, region, name, except) !== undefined
    },
    livePeeringBetween(one, other, except) {
      const row = connection.get(
        `SELECT id FROM peerings
          WHERE min(requester_vpc, accepter_vpc) = min(?1, ?2) AND max(requester_vpc, accepter_vpc) = max(?1, ?2)
            AND ${LIVE} AND id <> ?3`,
        one,
        other,
        except,
      )
      return row ? (row['id'] as PeeringId) : null
    },
    livePeeringsOf: (vpc) => peeringsOf(vpc, LIVE),
    activePeeringsOf: (vpc) => peeringsOf(vpc, `state = 'active'`),
    used({ key }) {
      return Number(connection.get('SELECT used FROM counters WHERE key = ?', key)?.['used'] ?? 0)
    },
  }
}
