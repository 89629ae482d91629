import type { EventDraft } from '../../../domain/event.ts'
import { LIVE_STATES, type Peering } from '../../../domain/peering.ts'
import { counterMoves } from '../../../domain/quota.ts'
import type { AccessKey, Tenant } from '../../../domain/tenant.ts'
import type { Vpc } from '../../../domain/vpc.ts'
import type { Change, CommitOutcome, Condition, Conflict, Revision } from '../../../ports/store.ts'
import type { Connection, Row } from './database.ts'
import { attributesText, claimFrom } from './rows.ts'

/** A key whose secret can no longer be read. */
export interface SealedAccessKey extends Omit<AccessKey, 'secret'> {
  readonly sealedSecret: Uint8Array
}

/** A change as it reaches the writer: no secret in the clear. */
export interface SealedChange extends Omit<Change, 'accessKeys'> {
  readonly accessKeys: readonly SealedAccessKey[]
}

export type WriteOutcome = CommitOutcome | { readonly failed: string }

const isLive = (peering: Peering) => LIVE_STATES.includes(peering.state)
const LIVE = `state IN ('pending-acceptance', 'active')`

/**
 * The only writer of a database. Each change is first checked, then written; so one that conflicts has written
 * nothing, and a whole batch of them shares one commit.
 */
export class Writer {
  readonly #connection: Connection
  #sequence: number
  #claimsForgottenAtMs = 0

  constructor(connection: Connection) {
    this.#connection = connection
    this.#sequence = this.#lastSequence()
  }

  /**
   * Applies `changes` in order, in one transaction. What is answered as committed is on disk. Where one of them
   * cannot be written at all, it alone fails; a commit that fails fails them all.
   */
  commit(changes: readonly SealedChange[]): readonly WriteOutcome[] {
    try {
      return this.#transaction(() => changes.map((change) => this.#apply(change)))
    } catch {
      return changes.map((change) => this.#applyAlone(change))
    }
  }

  /** One change in a transaction of its own, after a batch that it was in could not be written. */
  #applyAlone(change: SealedChange): WriteOutcome {
    try {
      return this.#transaction(() => this.#apply(change))
    } catch (error) {
      return { failed: String(error) }
    }
  }

  #transaction<T>(work: () => T): T {
    this.#connection.exec('BEGIN IMMEDIATE')
    try {
      const result = work()
      this.#connection.exec('COMMIT')
      return result
    } catch (error) {
      // SQLite has already rolled back after some errors, a full disk among them; then this one has nothing to do.
      try {
        this.#connection.exec('ROLLBACK')
      } catch {}
      this.#sequence = this.#lastSequence()
      throw error
    }
  }

  #apply(change: SealedChange): CommitOutcome {
    const conflict = this.#conflictOf(change)
    if (conflict) return { ok: false, conflict }
    if (!change.dryRun) this.#write(change)
    return { ok: true, lastSequence: this.#sequence }
  }

  #conflictOf(change: SealedChange): Conflict | null {
    for (const claim of change.claims ?? []) {
      const row = this.#connection.get('SELECT * FROM claims WHERE key = ?', claim.key)
      if (row && Number(row['expires_at_ms']) > change.nowMs)
        return { kind: 'claimed', claim: claimFrom(row) }
    }
    for (const tenant of change.tenants ?? []) {
      const conflict = this.#tenantConflict(tenant)
      if (conflict) return conflict
    }
    for (const { id, tenant } of change.accessKeys) {
      const row = this.#connection.get('SELECT tenant FROM access_keys WHERE id = ?', id)
      if (row && row['tenant'] !== tenant) return { kind: 'key-taken', id }
    }
    for (const revision of change.vpcs ?? []) {
      const conflict = this.#revisionConflict('vpcs', revision)
      if (conflict) return conflict
    }
    for (const revision of change.peerings ?? []) {
      const conflict = this.#revisionConflict('peerings', revision) ?? this.#pairConflict(revision.to)
      if (conflict) return conflict
    }
    for (const condition of change.conditions ?? []) {
      const conflict = this.#conditionConflict(condition, change)
      if (conflict) return conflict
    }
    return null
  }

  #tenantConflict(tenant: Tenant): Conflict | null {
    const projects = JSON.stringify(Object.values(tenant.huawei.projects))
    const row = this.#connection.get(
      `SELECT name FROM tenants WHERE id <> ?1 AND (name = ?2 OR domain_name = ?3 OR alibaba_uid = ?4 OR
        tencent_uin = ?5 OR id IN (SELECT tenant FROM projects WHERE id IN (SELECT value FROM json_each(?6))))`,
      tenant.id,
      tenant.name,
      tenant.huawei.domainName,
      tenant.alibaba.uid,
      tenant.tencent.uin,
      projects,
    )
    return row ? { kind: 'tenant-taken', name: String(row['name']) } : null
  }

  #revisionConflict(table: 'vpcs' | 'peerings', { from, to }: Revision<Vpc | Peering>): Conflict | null {
    if (from) {
      const row = this.#connection.get(`SELECT version FROM ${table} WHERE id = ?`, from.id)
      return row?.['version'] === from.version ? null : { kind: 'stale', id: to.id }
    }
    // Any id may be asked for in any dialect, so a new one must be free in all.
    const taken = this.#connection.get(
      `SELECT id FROM ${table}
        WHERE id IN (?1, ?2, ?3) OR alibaba_id IN (?1, ?2, ?3) OR tencent_id IN (?1, ?2, ?3)`,
      to.id,
      to.ids.alibaba,
      to.ids.tencent,
    )
    return taken ? { kind: 'id-taken', id: String(taken['id']) } : null
  }

  #pairConflict(to: Peering): Conflict | null {
    if (!isLive(to)) return null
    const row = this.#connection.get(
      `SELECT id FROM peerings
        WHERE min(requester_vpc, accepter_vpc) = min(?1, ?2) AND max(requester_vpc, accepter_vpc) = max(?1, ?2)
          AND ${LIVE} AND id <> ?3`,
      to.requester.vpc,
      to.accepter.vpc,
      to.id,
    )
    return row ? { kind: 'pair-taken', peering: row['id'] as Peering['id'] } : null
  }

  #conditionConflict(condition: Condition, change: SealedChange): Conflict | null {
    switch (condition.kind) {
      case 'vpc-exists': {
        const sql = 'SELECT 1 FROM vpcs WHERE id = ? AND deleted_at_ms IS NULL'
        return this.#connection.get(sql, condition.vpc) ? null : { kind: 'vpc-missing', vpc: condition.vpc }
      }
      case 'vpc-unpeered': {
        const ending = (change.peerings ?? []).filter(({ to }) => !isLive(to)).map(({ to }) => to.id)
        const row = this.#connection
          .all(
            `SELECT id FROM peerings WHERE requester_vpc = ?1 AND state <> 'deleted' AND ${LIVE}
              UNION ALL SELECT id FROM peerings WHERE accepter_vpc = ?1 AND state <> 'deleted' AND ${LIVE}`,
            condition.vpc,
          )
          .find(({ id }) => !ending.includes(id as Peering['id']))
        return row ? { kind: 'vpc-peered', vpc: condition.vpc, peering: row['id'] as Peering['id'] } : null
      }
      case 'vpc-name-free': {
        const { party, name, vpc } = condition
        const taken = this.#connection.get(
          `SELECT 1 FROM vpcs WHERE tenant = ? AND region = coalesce(?, region) AND name = ? AND id <> ? AND deleted_at_ms IS NULL`,
          party.tenant,
          party.region,
          name,
          vpc,
        )
        return taken ? { kind: 'name-taken', name } : null
      }
      case 'neighbours-are': {
        const rows = this.#connection.all(
          `SELECT id FROM peerings WHERE requester_vpc = ?1 AND state <> 'deleted' AND state = 'active'
            UNION ALL SELECT id FROM peerings WHERE accepter_vpc = ?1 AND state <> 'deleted' AND state = 'active'`,
          condition.vpc,
        )
        const known: readonly string[] = condition.peerings
        const same = rows.length === known.length && rows.every(({ id }) => known.includes(String(id)))
        return same ? null : { kind: 'stale', id: condition.vpc }
      }
      case 'quota': {
        const { counter, limit } = condition
        const row = this.#connection.get('SELECT used FROM counters WHERE key = ?', counter.key)
        const used = Number(row?.['used'] ?? 0)
        const by = (change.peerings ?? [])
          .flatMap(({ from, to }) => counterMoves(from, to))
          .filter((move) => move.counter.key === counter.key)
          .reduce((sum, move) => sum + move.by, 0)
        return used + by > limit ? { kind: 'quota', counter, limit, used } : null
      }
    }
  }

  #write(change: SealedChange): void {
    for (const [name, value] of Object.entries(change.settings ?? {})) {
      this.#connection.run('INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)', name, value)
    }
    for (const tenant of change.tenants ?? []) this.#writeTenant(tenant)
    for (const key of change.accessKeys) {
      this.#connection.run(
        `INSERT INTO access_keys (id, tenant, sealed_secret, created_at_ms) VALUES (?, ?, ?, ?)
          ON CONFLICT (id) DO UPDATE SET sealed_secret = excluded.sealed_secret WHERE tenant = excluded.tenant`,
        key.id,
        key.tenant,
        key.sealedSecret,
        key.createdAtMs,
      )
    }
    for (const id of change.deletedAccessKeys ?? []) {
      this.#connection.run('DELETE FROM access_keys WHERE id = ?', id)
    }
    for (const { from, to } of change.vpcs ?? []) this.#writeVpc(from !== null, to)
    for (const { from, to } of change.peerings ?? []) {
      this.#writePeering(from !== null, to)
      for (const { counter, by } of counterMoves(from, to)) {
        // A counter only falls after it has risen, so the row is there; and a row below zero is refused outright.
        this.#connection.run(
          by > 0
            ? 'INSERT INTO counters (key, used) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET used = used + ?2'
            : 'UPDATE counters SET used = used + ?2 WHERE key = ?1',
          counter.key,
          by,
        )
      }
    }
    for (const event of change.events ?? []) this.#writeEvent(event)
    for (const { key, fingerprint, result, expiresAtMs } of change.claims ?? []) {
      this.#forgetClaims(change.nowMs)
      this.#connection.run(
        'INSERT OR REPLACE INTO claims (key, fingerprint, result, expires_at_ms) VALUES (?, ?, ?, ?)',
        key,
        fingerprint,
        result,
        expiresAtMs,
      )
    }
  }

  #writeEvent({ type, atMs, peering, from, to, requester, accepter, actor }: EventDraft): void {
    this.#sequence++
    this.#connection.run(
      `INSERT INTO events (sequence, at_ms, type, peering, from_state, to_state, requester, accepter,
        actor_kind, actor_tenant, dialect, request_id, remote_address) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      this.#sequence,
      atMs,
      type,
      peering,
      from,
      to,
      requester,
      accepter,
      actor.kind,
      actor.tenant,
      actor.dialect,
      actor.requestId,
      actor.remoteAddress,
    )
  }

  #writeTenant(tenant: Tenant): void {
    this.#connection.run(
      `INSERT INTO tenants (id, name, domain_name, alibaba_uid, tencent_uin, body) VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET name = excluded.name, domain_name = excluded.domain_name,
          alibaba_uid = excluded.alibaba_uid, tencent_uin = excluded.tencent_uin, body = excluded.body`,
      tenant.id,
      tenant.name,
      tenant.huawei.domainName,
      tenant.alibaba.uid,
      tenant.tencent.uin,
      JSON.stringify(tenant),
    )
    this.#connection.run('DELETE FROM projects WHERE tenant = ?', tenant.id)
    for (const [region, project] of Object.entries(tenant.huawei.projects)) {
      this.#connection.run(
        'INSERT INTO projects (id, tenant, region) VALUES (?, ?, ?)',
        project,
        tenant.id,
        region,
      )
    }
  }

  #writeVpc(exists: boolean, vpc: Vpc): void {
    const changing = [vpc.name, vpc.description, JSON.stringify(vpc.cidrs), JSON.stringify(vpc.tags)]
    if (exists) {
      this.#connection.run(
        `UPDATE vpcs SET name = ?, description = ?, cidrs = ?, tags = ?, updated_at_ms = ?, deleted_at_ms = ?,
          version = ? WHERE id = ?`,
        ...changing,
        vpc.updatedAtMs,
        vpc.deletedAtMs,
        vpc.version,
        vpc.id,
      )
    } else {
      this.#connection.run(
        `INSERT INTO vpcs (id, alibaba_id, tencent_id, tenant, region, name, description, cidrs, tags,
          created_at_ms, updated_at_ms, deleted_at_ms, version) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        vpc.id,
        vpc.ids.alibaba,
        vpc.ids.tencent,
        vpc.tenant,
        vpc.region,
        ...changing,
        vpc.createdAtMs,
        vpc.updatedAtMs,
        vpc.deletedAtMs,
        vpc.version,
      )
    }
  }

  #writePeering(exists: boolean, peering: Peering): void {
    const { requester, accepter } = peering
    const attributes = attributesText(peering.attributes)
    if (exists) {
      this.#connection.run(
        `UPDATE peerings SET name = ?, description = ?, state = ?, updated_at_ms = ?, expires_at_ms = ?,
          version = ?, attributes = ? WHERE id = ?`,
        peering.name,
        peering.description,
        peering.state,
        peering.updatedAtMs,
        peering.expiresAtMs,
        peering.version,
        attributes,
        peering.id,
      )
    } else {
      this.#connection.run(
        `INSERT INTO peerings (id, alibaba_id, tencent_id, name, description,
          requester_tenant, requester_region, requester_vpc, accepter_tenant, accepter_region, accepter_vpc,
          state, created_at_ms, updated_at_ms, expires_at_ms, version, attributes)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        peering.id,
        peering.ids.alibaba,
        peering.ids.tencent,
        peering.name,
        peering.description,
        requester.tenant,
        requester.region,
        requester.vpc,
        accepter.tenant,
        accepter.region,
        accepter.vpc,
        peering.state,
        peering.createdAtMs,
        peering.updatedAtMs,
        peering.expiresAtMs,
        peering.version,
        attributes,
      )
    }
  }

  /** Claims that lapsed long enough ago go, a bounded number at a time and not at every commit. */
  #forgetClaims(nowMs: number): void {
    if (nowMs < this.#claimsForgottenAtMs + 1000) return
    this.#claimsForgottenAtMs = nowMs
    this.#connection.run(
      'DELETE FROM claims WHERE key IN (SELECT key FROM claims WHERE expires_at_ms <= ? LIMIT 10000)',
      nowMs,
    )
  }

  #lastSequence(): number {
    const row: Row | undefined = this.#connection.get('SELECT max(sequence) AS last FROM events')
    return Number(row?.['last'] ?? 0)
  }
}
