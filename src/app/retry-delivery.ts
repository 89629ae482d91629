import { DomainError } from '../domain/errors.ts'
import type { Delivery, Webhook } from '../domain/webhook.ts'
import type { Caller, Context } from './context.ts'
import { save } from './save.ts'
import { loadWebhook, webhookChange } from './webhook-changes.ts'

/**
 * Has a delivery that waits or is dead tried again now, and then by the schedule from its beginning. Throws
 * `webhook.not-found`, `delivery.not-found`, and what `save` throws. Safe to repeat.
 */
export function retryDelivery(
  context: Context,
  caller: Caller,
  input: { id: string; sequence: number },
): Promise<Delivery> {
  const { store, clock } = context
  const { sequence } = input
  const load = async (): Promise<{ webhook: Webhook; delivery: Delivery }> => {
    const { webhook } = await loadWebhook(context, caller, input.id)
    const delivery = await store.findDelivery(webhook.id, sequence)
    if (!delivery) throw new DomainError('delivery.not-found', { sequence })
    return { webhook, delivery }
  }
  return save(
    context,
    caller,
    async () => {
      const { webhook: from, delivery: before } = await load()
      const delivery = { ...before, attempts: 0, nextAttemptAtMs: clock.realNow() }
      const progress = { webhook: from.id, position: null, deliveries: [delivery], settled: [] }
      // By its version whoever delivers knows that there is something to read anew.
      const webhooks = [{ from, to: { ...from, version: from.version + 1 } }]
      const change = webhookChange(context, { webhooks, webhookProgress: [progress] })
      return { change, result: delivery, resultId: from.id, touches: [] }
    },
    async () => (await load()).delivery,
  )
}
