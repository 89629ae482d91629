import { hash } from 'node:crypto'
import type { LoggedEvent } from '../../domain/event.ts'
import type { WebhookId } from '../../domain/identity.ts'
import type { Delivery, Webhook } from '../../domain/webhook.ts'
import type { WebhookView } from '../../ports/store.ts'
import { encodeEvent, encodeTime } from './codec.ts'

/** Its secrets stay here. */
export function encodeWebhook({ webhook, position }: WebhookView) {
  const { id, tenant, url, description, eventTypes, enabled, createdAtMs, updatedAtMs, secrets } = webhook
  const previousSecretUntil = secrets.previous ? encodeTime(secrets.previous.untilMs) : null
  const times = { createdAt: encodeTime(createdAtMs), updatedAt: encodeTime(updatedAtMs) }
  return { id, tenant, url, description, eventTypes, enabled, position, previousSecretUntil, ...times }
}

/** A secret that was just made; it is shown here and never again. */
export function encodeWebhookSecret({ secrets }: Webhook) {
  const { current: secret, previous } = secrets
  return { secret, previousSecretUntil: previous ? encodeTime(previous.untilMs) : null }
}

export function encodeDelivery({ sequence, attempts, attemptedAtMs, nextAttemptAtMs, reason }: Delivery) {
  return {
    sequence,
    state: nextAttemptAtMs === null ? ('dead' as const) : ('waiting' as const),
    attempts,
    attemptedAt: encodeTime(attemptedAtMs),
    nextAttemptAt: nextAttemptAtMs === null ? null : encodeTime(nextAttemptAtMs),
    reason,
  }
}

/** What a receiver is sent. */
export interface WebhookMessage {
  /** The same on each try, and of no other event or webhook. */
  readonly id: string
  readonly contentType: string
  readonly body: string
}

const SOURCE = '/isthmus/v1/events'

/**
 * `event` as a CloudEvent in structured JSON. Numbers of events are given again after a restore from a backup, so its id
 * also tells what happened.
 *
 * Source: CloudEvents 1.0.2, "Required Attributes"; its JSON event format, section 3.
 */
export function encodeWebhookMessage(webhook: WebhookId, event: LoggedEvent): WebhookMessage {
  const data = encodeEvent(event)
  const { sequence, type, atMs, peering, actor } = event
  const told = JSON.stringify([webhook, sequence, type, atMs, peering, actor.requestId])
  const id = `evt_${sequence}_${hash('sha256', told, 'hex').slice(0, 32)}`
  const cloudEvent = {
    specversion: '1.0',
    id,
    source: SOURCE,
    type: `isthmus.${type}`,
    subject: peering,
    time: data.at,
    datacontenttype: 'application/json',
    data,
  }
  return { id, contentType: 'application/cloudevents+json; charset=utf-8', body: JSON.stringify(cloudEvent) }
}
