import { DomainError } from '../domain/errors.ts'
import { webhookId } from '../domain/identity.ts'
import { mayReceive } from '../domain/receiver-networks.ts'
import { parseReceiver, type Webhook } from '../domain/webhook.ts'
import type { Change, WebhookProgress, WebhookRevision, WebhookView } from '../ports/store.ts'
import { type Caller, type Context, principalOf } from './context.ts'

/** Another value with every change of webhooks that whoever delivers must hear of, in whichever replica. */
export const WEBHOOKS_SETTING = 'webhooks-changed'

/** A change of webhooks by their owner. */
export function webhookChange(
  context: Context,
  what: {
    readonly webhooks?: readonly WebhookRevision[]
    readonly webhookProgress?: readonly WebhookProgress[]
  },
): Pick<Change, 'settings' | 'webhooks' | 'webhookProgress'> {
  return { ...what, settings: { [WEBHOOKS_SETTING]: context.ids.uuid() } }
}

/**
 * The webhook that `id` names. Throws `webhook.not-found` for one that does not exist, and for one of another tenant: the
 * two are not to be told apart.
 */
export async function loadWebhook(context: Context, caller: Caller, id: string): Promise<WebhookView> {
  const principal = principalOf(caller)
  const view = await context.store.findWebhook(webhookId(id))
  if (!view || (principal.kind === 'tenant' && view.webhook.tenant !== principal.tenant)) {
    throw new DomainError('webhook.not-found', { id })
  }
  return view
}

/** What an idempotency token was spent on, as it is now. */
export async function recallWebhook(context: Context, id: string): Promise<Webhook> {
  const view = await context.store.findWebhook(webhookId(id))
  if (!view) throw new DomainError('webhook.not-found', { id })
  return view.webhook
}

/**
 * Lets `url` be a receiver's, or throws `request.invalid`. A name may come to stand for another address later, so whoever
 * sends looks at that again.
 */
export function allowReceiver({ receiverNetworks }: Context, url: string): void {
  const { hostname } = parseReceiver(url)
  const address = hostname.replace(/^\[(.*)\]$/, '$1')
  if (!/^[\d.]+$|:/.test(address) || mayReceive(address, receiverNetworks)) return
  const reason = 'the operator allows no receivers at this address'
  throw new DomainError('request.invalid', { field: 'url', problem: 'range', reason, value: url })
}

/** As Standard Webhooks has it: `whsec_` and the base64 of the key, of 256 bits of randomness. */
export function draftWebhookSecret({ ids }: Context): string {
  return `whsec_${Buffer.from(ids.secret(43)).toString('base64')}`
}
