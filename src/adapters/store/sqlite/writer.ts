import type { EventDraft } from '../../../domain/event.ts'
import type { NetworkPart } from '../../../domain/network.ts'
import type { Peering } from '../../../domain/peering.ts'
import { keptMoves } from '../../../domain/quota.ts'
import type { Tenant } from '../../../domain/tenant.ts'
import type { Vpc } from '../../../domain/vpc.ts'
import type { CommitOutcome } from '../../../ports/store.ts'
import { conflictOf, type SealedAccessKey, type SealedChange } from '../conflicts.ts'
import { attributesText, partColumns, type Row, tenantBody, vpcAttributesText } from '../rows.ts'
import type { Connection } from './database.ts'
import { SqliteFacts } from './facts.ts'
import { writeProgress, writeWebhook } from './webhook-writes.ts'

// What is named here is written anew in every index that goes by it, whether it changes or not.
const updatePeering = (
  more: string,
) => `UPDATE peerings SET name = ?, description = ?, state = ?, updated_at_ms = ?,
  expires_at_ms = ?, version = ?, attributes = ?${more} WHERE id = ?`
const UPDATE_PEERING = updatePeering('')
const DELETE_PEERING = updatePeering(', deleted = 1')

export type WriteOutcome = CommitOutcome | { readonly failed: string }

/**
 * The only writer of a database. Each change is first checked, then written; so one that conflicts has written
 * nothing, and a whole batch of them shares one commit.
 */
export class Writer {
  readonly #connection: Connection
  readonly #facts: SqliteFacts
  #sequence: number
  #claimsForgottenAtMs = 0

  constructor(connection: Connection) {
    this.#connection = connection
    this.#facts = new SqliteFacts(connection)
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
      this.#facts.writeCounts()
      this.#connection.exec('COMMIT')
      return result
    } catch (error) {
      // SQLite has already rolled back after some errors, a full disk among them; then this one has nothing to do.
      try {
        this.#connection.exec('ROLLBACK')
      } catch {}
      this.#facts.forgetCounts()
      this.#sequence = this.#lastSequence()
      throw error
    }
  }

  #apply(change: SealedChange): CommitOutcome {
    const conflict = conflictOf(change, this.#facts)
    if (conflict) return { ok: false, conflict }
    if (!change.dryRun) this.#write(change)
    return { ok: true, lastSequence: this.#sequence }
  }

  #write(change: SealedChange): void {
    for (const [name, value] of Object.entries(change.settings ?? {})) {
      this.#connection.run('INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)', name, value)
    }
    for (const tenant of change.tenants ?? []) this.#writeTenant(tenant)
    for (const { tenant, to } of change.consents ?? []) {
      this.#connection.run('UPDATE tenants SET consent = ? WHERE id = ?', JSON.stringify(to), tenant)
    }
    for (const key of change.accessKeys) this.#writeAccessKey(key)
    for (const id of change.deletedAccessKeys ?? []) {
      this.#connection.run('DELETE FROM access_keys WHERE id = ?', id)
    }
    for (const { from, to } of change.vpcs ?? []) this.#writeVpc(from !== null, to)
    // All that goes before all that comes: two routes may change places in one change.
    for (const { from } of change.parts ?? []) {
      if (from) this.#connection.run('DELETE FROM parts WHERE id = ?', from.id)
    }
    for (const { to } of change.parts ?? []) if (to) this.#writePart(to)
    for (const { from, to } of change.peerings ?? []) {
      this.#writePeering(from !== null, to)
      for (const { counter, by } of keptMoves(from?.state ?? null, to)) {
        this.#facts.move(counter.key, by)
      }
    }
    for (const event of change.events ?? []) this.#writeEvent(event)
    for (const { of, realized, provenAtMs, reason } of change.realizations ?? []) {
      this.#connection.run(
        'INSERT OR REPLACE INTO realizations (id, realized, proven_at_ms, reason) VALUES (?, ?, ?, ?)',
        of,
        realized,
        provenAtMs,
        reason,
      )
    }
    for (const id of change.unrealizations ?? []) {
      this.#connection.run('DELETE FROM realizations WHERE id = ?', id)
    }
    for (const name of change.allocations ?? []) {
      this.#connection.run(
        `INSERT OR IGNORE INTO allocations (name, number)
          VALUES (?, (SELECT coalesce(max(number), 0) + 1 FROM allocations))`,
        name,
      )
    }
    for (const revision of change.webhooks ?? []) writeWebhook(this.#connection, revision, this.#sequence)
    for (const progress of change.webhookProgress ?? []) writeProgress(this.#connection, progress)
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

  #writeEvent({ type, atMs, peering, from, to, requester, accepter, actor, reason }: EventDraft): void {
    this.#sequence++
    this.#connection.run(
      `INSERT INTO events (sequence, at_ms, type, peering, from_state, to_state, requester, accepter,
        actor_kind, actor_tenant, dialect, request_id, remote_address, reason)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
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
      reason,
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
      JSON.stringify(tenantBody(tenant)),
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

  #writeAccessKey({ id, tenant, sealedSecret, createdAtMs }: SealedAccessKey): void {
    this.#connection.run(
      `INSERT INTO access_keys (id, tenant, sealed_secret, created_at_ms) VALUES (?, ?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET sealed_secret = excluded.sealed_secret WHERE tenant = excluded.tenant`,
      id,
      tenant,
      Buffer.from(sealedSecret, 'hex'),
      createdAtMs,
    )
  }

  #writeVpc(exists: boolean, vpc: Vpc): void {
    const attributes = vpcAttributesText(vpc.attributes)
    const changing = [
      vpc.name,
      vpc.description,
      JSON.stringify(vpc.cidrs),
      JSON.stringify(vpc.tags),
      attributes,
    ]
    if (exists) {
      this.#connection.run(
        `UPDATE vpcs SET name = ?, description = ?, cidrs = ?, tags = ?, attributes = ?, updated_at_ms = ?, deleted_at_ms = ?,
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
          attributes, created_at_ms, updated_at_ms, deleted_at_ms, version) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
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

  #writePart(to: NetworkPart): void {
    const { routeTable, peering, destination, isDefault } = partColumns(to)
    this.#connection.run(
      `INSERT INTO parts (id, kind, alibaba_id, tencent_id, tenant, region, vpc, name, route_table, peering,
        destination, is_default, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      to.id,
      to.kind,
      to.ids.alibaba,
      to.ids.tencent,
      to.tenant,
      to.region,
      to.vpc,
      to.name,
      routeTable,
      peering,
      destination,
      isDefault ? 1 : 0,
      JSON.stringify(to),
    )
  }

  #writePeering(exists: boolean, peering: Peering): void {
    const { requester, accepter } = peering
    const attributes = attributesText(peering.attributes)
    const deleted = peering.state === 'deleted'
    if (exists) {
      this.#connection.run(
        deleted ? DELETE_PEERING : UPDATE_PEERING,
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
          state, deleted, created_at_ms, updated_at_ms, expires_at_ms, version, attributes)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
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
        deleted ? 1 : 0,
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
