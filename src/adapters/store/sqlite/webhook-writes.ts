import { DEAD_MAX } from '../../../domain/webhook.ts'
import type { WebhookProgress } from '../../../ports/store.ts'
import type { SealedWebhookRevision } from '../conflicts.ts'
import type { Connection } from './database.ts'

/** A new webhook begins after event `sequence`. */
export function writeWebhook(
  connection: Connection,
  revision: SealedWebhookRevision,
  sequence: number,
): void {
  const { id, versionRead, to } = revision
  if (to === null) {
    connection.run('DELETE FROM webhooks WHERE id = ?', id)
    return
  }
  const changing = [
    to.url,
    to.description,
    to.eventTypes && JSON.stringify(to.eventTypes),
    to.enabled ? 1 : 0,
    Buffer.from(to.sealedSecrets, 'hex'),
    to.updatedAtMs,
    to.version,
  ]
  if (versionRead === null) {
    connection.run(
      `INSERT INTO webhooks (url, description, event_types, enabled, sealed_secrets, updated_at_ms, version,
        id, tenant, created_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ...changing,
      id,
      to.tenant,
      to.createdAtMs,
    )
    connection.run('INSERT INTO webhook_positions (webhook, position) VALUES (?, ?)', id, sequence)
  } else {
    connection.run(
      `UPDATE webhooks SET url = ?, description = ?, event_types = ?, enabled = ?, sealed_secrets = ?,
        updated_at_ms = ?, version = ? WHERE id = ?`,
      ...changing,
      id,
    )
  }
}

export function writeProgress(connection: Connection, progress: WebhookProgress): void {
  const { webhook, position, deliveries, settled } = progress
  if (position !== null) {
    connection.run(
      'UPDATE webhook_positions SET position = max(position, ?) WHERE webhook = ?',
      position,
      webhook,
    )
  }
  for (const sequence of settled) {
    connection.run('DELETE FROM deliveries WHERE webhook = ? AND sequence = ?', webhook, sequence)
  }
  for (const { sequence, attempts, attemptedAtMs, nextAttemptAtMs, reason } of deliveries) {
    // Whoever deletes a webhook need not know what is under way.
    connection.run(
      `INSERT OR REPLACE INTO deliveries (webhook, sequence, attempts, attempted_at_ms, next_attempt_at_ms, reason)
        SELECT id, ?, ?, ?, ?, ? FROM webhooks WHERE id = ?`,
      sequence,
      attempts,
      attemptedAtMs,
      nextAttemptAtMs,
      reason,
      webhook,
    )
  }
  if (deliveries.some(({ nextAttemptAtMs }) => nextAttemptAtMs === null)) {
    connection.run(
      `DELETE FROM deliveries WHERE webhook = ?1 AND next_attempt_at_ms IS NULL AND sequence <= (
        SELECT sequence FROM deliveries WHERE webhook = ?1 AND next_attempt_at_ms IS NULL
          ORDER BY sequence DESC LIMIT 1 OFFSET ?2)`,
      webhook,
      DEAD_MAX,
    )
  }
}
