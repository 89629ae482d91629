import type { Delivery } from '../domain/webhook.ts'
import type { DeliveryQuery, WebhookView } from '../ports/store.ts'
import { type Caller, type Context, partyOf } from './context.ts'
import { loadWebhook } from './webhook-changes.ts'

/** The webhook that `id` names. Throws `webhook.not-found`. */
export function showWebhook(context: Context, caller: Caller, input: { id: string }): Promise<WebhookView> {
  return loadWebhook(context, caller, input.id)
}

/** The caller's own webhooks, or for the operator everybody's. */
export function listWebhooks(
  context: Context,
  caller: Caller,
  input: { limit: number; after?: string },
): Promise<readonly WebhookView[]> {
  return context.store.listWebhooks({ ...input, tenant: partyOf(caller)?.tenant ?? null })
}

/** What a webhook has not taken: what waits to be tried again, and what is dead. Throws `webhook.not-found`. */
export async function listDeliveries(
  context: Context,
  caller: Caller,
  input: Omit<DeliveryQuery, 'webhook'> & { id: string },
): Promise<readonly Delivery[]> {
  const { id, ...query } = input
  const { webhook } = await loadWebhook(context, caller, id)
  return context.store.listDeliveries({ ...query, webhook: webhook.id })
}
