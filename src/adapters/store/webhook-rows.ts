import type { WebhookId } from '../../domain/identity.ts'
import type { Delivery, Webhook, WebhookSecrets } from '../../domain/webhook.ts'
import type { Sealer } from '../../ports/sealer.ts'
import type { WebhookRevision, WebhookView } from '../../ports/store.ts'
import type { SealedWebhook, SealedWebhookRevision } from './conflicts.ts'
import type { Row } from './rows.ts'

const labelOf = (id: WebhookId) => `webhook ${id}`

export function sealWebhook(sealer: Sealer, { from, to }: WebhookRevision): SealedWebhookRevision {
  const id = (to ?? from)?.id
  if (id === undefined) throw new Error('a revision of nothing')
  return { id, versionRead: from?.version ?? null, to: to && sealed(sealer, to) }
}

function sealed(sealer: Sealer, { secrets, ...webhook }: Webhook): SealedWebhook {
  const sealed = sealer.seal(JSON.stringify(secrets), labelOf(webhook.id))
  return { ...webhook, sealedSecrets: sealed.toString('hex') }
}

/** `row` has the position of its webhook beside what is its own. */
export function webhookFrom(sealer: Sealer, row: Row): WebhookView {
  const id = row['id'] as WebhookId
  const types = row['event_types']
  const webhook: Webhook = {
    id,
    tenant: row['tenant'] as Webhook['tenant'],
    url: String(row['url']),
    description: String(row['description']),
    eventTypes: types == null ? null : (JSON.parse(String(types)) as Webhook['eventTypes']),
    enabled: Boolean(row['enabled']),
    secrets: JSON.parse(sealer.open(row['sealed_secrets'] as Uint8Array, labelOf(id))) as WebhookSecrets,
    createdAtMs: Number(row['created_at_ms']),
    updatedAtMs: Number(row['updated_at_ms']),
    version: Number(row['version']),
  }
  return { webhook, position: Number(row['position']) }
}

export function deliveryFrom(row: Row): Delivery {
  const next = row['next_attempt_at_ms']
  return {
    webhook: row['webhook'] as WebhookId,
    sequence: Number(row['sequence']),
    attempts: Number(row['attempts']),
    attemptedAtMs: Number(row['attempted_at_ms']),
    nextAttemptAtMs: next == null ? null : Number(next),
    reason: String(row['reason']),
  }
}

/** A condition on deliveries for each state that may be asked for. */
export const DELIVERY_STATES = {
  any: 'true',
  waiting: 'next_attempt_at_ms IS NOT NULL',
  dead: 'next_attempt_at_ms IS NULL',
} as const
