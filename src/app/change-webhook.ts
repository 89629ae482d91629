import { SECRET_OVERLAP_MS, type Webhook } from '../domain/webhook.ts'
import type { Caller, Context } from './context.ts'
import type { CreateWebhook } from './create-webhook.ts'
import { save } from './save.ts'
import {
  allowReceiver,
  draftWebhookSecret,
  loadWebhook,
  recallWebhook,
  webhookChange,
} from './webhook-changes.ts'

/** What is said of a webhook anew; the rest stays. */
export type WebhookUpdate = Partial<Omit<CreateWebhook, 'tenant'>>

/** Changes a webhook. Throws `webhook.not-found`, `request.invalid`, and what `save` throws. Safe to repeat. */
export function updateWebhook(
  context: Context,
  caller: Caller,
  input: { id: string; update: WebhookUpdate },
): Promise<Webhook> {
  const { id, update } = input
  if (update.url !== undefined) allowReceiver(context, update.url)
  return revise(context, caller, id, () => update)
}

/**
 * Gives a webhook another secret, to be shown as that of a new one is. The one before signs along for a day. Throws
 * `webhook.not-found`, and what `save` throws.
 */
export function rotateWebhookSecret(
  context: Context,
  caller: Caller,
  input: { id: string },
): Promise<Webhook> {
  return revise(context, caller, input.id, ({ secrets }) => {
    const untilMs = context.clock.realNow() + SECRET_OVERLAP_MS
    const previous = { secret: secrets.current, untilMs }
    return { secrets: { current: draftWebhookSecret(context), previous } }
  })
}

function revise(
  context: Context,
  caller: Caller,
  id: string,
  update: (webhook: Webhook) => Partial<Webhook>,
): Promise<Webhook> {
  return save(
    context,
    caller,
    async () => {
      const { webhook: from } = await loadWebhook(context, caller, id)
      const to = { ...from, ...update(from), updatedAtMs: context.clock.now(), version: from.version + 1 }
      const change = webhookChange(context, { webhooks: [{ from, to }] })
      return { change, result: to, resultId: to.id, touches: [] }
    },
    (resultId) => recallWebhook(context, resultId),
  )
}

/** Takes a webhook away, with what it has not taken. Throws `webhook.not-found`, and what `save` throws. */
export function deleteWebhook(context: Context, caller: Caller, input: { id: string }): Promise<void> {
  return save(
    context,
    caller,
    async () => {
      const { webhook: from } = await loadWebhook(context, caller, input.id)
      const change = webhookChange(context, { webhooks: [{ from, to: null }] })
      return { change, result: undefined, resultId: from.id, touches: [] }
    },
    async () => {},
  )
}
