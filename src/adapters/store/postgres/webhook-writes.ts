import { DEAD_MAX, type Delivery } from '../../../domain/webhook.ts'
import type { SealedWebhook } from '../conflicts.ts'
import { jsonText, prepare, type Statement } from './session.ts'
import type { Writes } from './snapshot.ts'

const INSERT = prepare('INSERT INTO webhooks SELECT * FROM json_populate_recordset(null::webhooks, $1::json)')
const UPDATE = prepare(`WITH found AS (UPDATE webhooks SET url = wanted.url, description = wanted.description,
    event_types = wanted.event_types, enabled = wanted.enabled, sealed_secrets = wanted.sealed_secrets,
    updated_at_ms = wanted.updated_at_ms, version = wanted.version
  FROM json_to_recordset($1::json) AS wanted (id text, url text, description text, event_types jsonb,
    enabled boolean, sealed_secrets bytea, updated_at_ms bigint, version bigint, version_read bigint)
  WHERE webhooks.id = wanted.id AND webhooks.version = wanted.version_read RETURNING 1)
  SELECT expect_rows(count(*), $2::integer) FROM found`)
const DELETE = prepare('DELETE FROM webhooks WHERE id = ANY($1::text[])')
const BEGIN_AT = prepare(
  'INSERT INTO webhook_positions SELECT * FROM json_populate_recordset(null::webhook_positions, $1::json)',
)
const MOVE = prepare(`UPDATE webhook_positions
  SET position = greatest(webhook_positions.position, wanted.position)
  FROM json_populate_recordset(null::webhook_positions, $1::json) AS wanted
  WHERE webhook_positions.webhook = wanted.webhook`)
const SETTLE = prepare(`DELETE FROM deliveries
  USING json_to_recordset($1::json) AS taken (webhook text, sequence bigint)
  WHERE deliveries.webhook = taken.webhook AND deliveries.sequence = taken.sequence`)
// Whoever deletes a webhook need not know what is under way.
const KEEP = prepare(`INSERT INTO deliveries
  SELECT wanted.* FROM json_populate_recordset(null::deliveries, $1::json) AS wanted
    JOIN webhooks ON webhooks.id = wanted.webhook
  ON CONFLICT (webhook, sequence) DO UPDATE SET attempts = excluded.attempts,
    attempted_at_ms = excluded.attempted_at_ms, next_attempt_at_ms = excluded.next_attempt_at_ms,
    reason = excluded.reason`)
const FORGET = prepare(`DELETE FROM deliveries
  USING unnest($1::text[]) AS concerned (webhook) CROSS JOIN LATERAL (
    SELECT sequence FROM deliveries AS dead
    WHERE dead.webhook = concerned.webhook AND next_attempt_at_ms IS NULL
    ORDER BY sequence DESC LIMIT 1 OFFSET ${DEAD_MAX}) AS last
  WHERE deliveries.webhook = concerned.webhook AND deliveries.next_attempt_at_ms IS NULL
    AND deliveries.sequence <= last.sequence`)

/** The statements that write what has to do with webhooks. */
export function webhookStatements({ webhooks, newPositions, positions, deliveries }: Writes): Statement[] {
  if (webhooks.size + positions.size + deliveries.size === 0) return []
  const statements: Statement[] = []
  const all = (rows: readonly unknown[], statement: (text: string, count: number) => Statement) => {
    if (rows.length > 0) statements.push(statement(jsonText(rows), rows.length))
  }
  const added: object[] = []
  const changed: object[] = []
  const gone: string[] = []
  for (const [id, { from, to }] of webhooks) {
    if (to && from === null) added.push(webhookRow(to))
    else if (to) changed.push({ ...webhookRow(to), version_read: from })
    else gone.push(id)
  }
  if (gone.length > 0) statements.push(DELETE(gone))
  all(added, (rows) => INSERT(rows))
  all(changed, UPDATE)
  // One that came and went in the same batch has never been there.
  const begin = [...newPositions].filter(([id]) => webhooks.get(id)?.to)
  all(begin.map(positionRow), (rows) => BEGIN_AT(rows))
  all([...positions].map(positionRow), (rows) => MOVE(rows))
  const written = [...deliveries.values()]
  all(
    written.filter(({ to }) => to === null).map(({ webhook, sequence }) => ({ webhook, sequence })),
    (rows) => SETTLE(rows),
  )
  const kept = written.map(({ to }) => to).filter((to) => to !== null)
  all(kept.map(deliveryRow), (rows) => KEEP(rows))
  const dead = kept.filter(({ nextAttemptAtMs }) => nextAttemptAtMs === null)
  if (dead.length > 0) statements.push(FORGET([...new Set(dead.map(({ webhook }) => webhook))]))
  return statements
}

function webhookRow(webhook: SealedWebhook) {
  return {
    id: webhook.id,
    tenant: webhook.tenant,
    url: webhook.url,
    description: webhook.description,
    event_types: webhook.eventTypes,
    enabled: webhook.enabled,
    sealed_secrets: `\\x${webhook.sealedSecrets}`,
    created_at_ms: webhook.createdAtMs,
    updated_at_ms: webhook.updatedAtMs,
    version: webhook.version,
  }
}

const positionRow = ([webhook, position]: readonly [string, number]) => ({ webhook, position })

function deliveryRow({ webhook, sequence, attempts, attemptedAtMs, nextAttemptAtMs, reason }: Delivery) {
  return {
    webhook,
    sequence,
    attempts,
    attempted_at_ms: attemptedAtMs,
    next_attempt_at_ms: nextAttemptAtMs,
    reason,
  }
}
