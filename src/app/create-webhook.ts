import type { EventType } from '../domain/event.ts'
import { webhookId } from '../domain/identity.ts'
import type { Tenant } from '../domain/tenant.ts'
import { WEBHOOKS_MAX, type Webhook } from '../domain/webhook.ts'
import { type Caller, type Context, requireSelf } from './context.ts'
import { save } from './save.ts'
import { allowReceiver, draftWebhookSecret, recallWebhook, webhookChange } from './webhook-changes.ts'

export interface CreateWebhook {
  readonly tenant: Tenant
  readonly url: string
  readonly description: string
  /** Null: all of them. */
  readonly eventTypes: readonly EventType[] | null
  readonly enabled: boolean
}

/**
 * Makes a webhook, which is told of what happens from now on. Its secret is to be shown here and never again, but to the
 * same request under the same idempotency token. Throws `request.invalid`, `webhook.limit-exceeded`, and what `save` throws.
 */
export function createWebhook(context: Context, caller: Caller, input: CreateWebhook): Promise<Webhook> {
  return save(
    context,
    caller,
    async () => {
      const { tenant, ...rest } = input
      requireSelf(caller, tenant, 'make a webhook for it')
      allowReceiver(context, rest.url)
      const nowMs = context.clock.now()
      const webhook: Webhook = {
        ...rest,
        id: webhookId(context.ids.uuid()),
        tenant: tenant.id,
        secrets: { current: draftWebhookSecret(context), previous: null },
        createdAtMs: nowMs,
        updatedAtMs: nowMs,
        version: 1,
      }
      const change = webhookChange(context, { webhooks: [{ from: null, to: webhook }] })
      const conditions = [{ kind: 'webhooks-below', tenant: tenant.id, limit: WEBHOOKS_MAX } as const]
      return { change: { ...change, conditions }, result: webhook, resultId: webhook.id, touches: [] }
    },
    (resultId) => recallWebhook(context, resultId),
  )
}
