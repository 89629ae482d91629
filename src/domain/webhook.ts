import { DomainError } from './errors.ts'
import type { EventType, LoggedEvent } from './event.ts'
import type { TenantId, WebhookId } from './identity.ts'

/** How many webhooks a tenant may have. */
export const WEBHOOKS_MAX = 10
/** How many deliveries of one webhook may wait for another try; further events wait in the log. */
export const WAITING_MAX = 100
/** How many dead deliveries of one webhook are kept; beyond that the oldest is forgotten. */
export const DEAD_MAX = 1_000
/** How long a secret that was replaced signs along, milliseconds. */
export const SECRET_OVERLAP_MS = 24 * 60 * 60 * 1000

/** Where a tenant wants to be told of what happens to its peerings. */
export interface Webhook {
  readonly id: WebhookId
  readonly tenant: TenantId
  /** `http:` or `https:`. */
  readonly url: string
  readonly description: string
  /** Null: all of them. */
  readonly eventTypes: readonly EventType[] | null
  /** While it is off nothing is sent; what happens meanwhile is sent afterwards. */
  readonly enabled: boolean
  readonly secrets: WebhookSecrets
  /** Milliseconds since the epoch, on the service's clock. */
  readonly createdAtMs: number
  readonly updatedAtMs: number
  /** Raised by one with every change. */
  readonly version: number
}

/** `whsec_` and the key in base64, in the clear here and nowhere else. */
export interface WebhookSecrets {
  readonly current: string
  /** The one before, while it signs along; `untilMs` is real time. */
  readonly previous: { readonly secret: string; readonly untilMs: number } | null
}

/** One event that a webhook has not taken yet. */
export interface Delivery {
  readonly webhook: WebhookId
  /** The event's. */
  readonly sequence: number
  /** How often it was tried. */
  readonly attempts: number
  /** Real time. */
  readonly attemptedAtMs: number
  /** When it is tried again, real time; null: it is dead. */
  readonly nextAttemptAtMs: number | null
  /** Why the last try failed. */
  readonly reason: string
}

const TYPES: Record<EventType, true> = {
  'peering.requested': true,
  'peering.accepted': true,
  'peering.rejected': true,
  'peering.expired': true,
  'peering.reopened': true,
  'peering.deleted': true,
  'peering.updated': true,
  'peering.proof-lost': true,
}

/** What a webhook may ask to be told of. */
export const EVENT_TYPES_ALL = Object.keys(TYPES) as EventType[]

/** Whether `webhook` is to be told of `event`. */
export function wants(webhook: Webhook, { type, requester, accepter }: LoggedEvent): boolean {
  const concerned = webhook.tenant === requester || webhook.tenant === accepter
  return concerned && (webhook.eventTypes?.includes(type) ?? true)
}

/** The secrets that sign at `nowMs`, real time: the current one first. */
export function secretsAt({ current, previous }: WebhookSecrets, nowMs: number): readonly string[] {
  return previous && previous.untilMs > nowMs ? [current, previous.secret] : [current]
}

/** How a delivery that failed is tried again: each wait is twice the one before. */
export interface RetrySchedule {
  readonly firstDelayMs: number
  readonly delayMsMax: number
  /** With the first one. */
  readonly attemptsMax: number
}

/** The last wait is over after some 23 hours. */
export const RETRY_SCHEDULE: RetrySchedule = {
  firstDelayMs: 5_000,
  delayMsMax: 6 * 60 * 60 * 1000,
  attemptsMax: 16,
}

/**
 * How long to wait after so many failed attempts, milliseconds; null: no more. `chance`, from 0 to 1, moves it by up to a
 * fifth either way, so that what failed together does not come back together.
 */
export function retryDelayMs(schedule: RetrySchedule, attempts: number, chance: number): number | null {
  const { firstDelayMs, delayMsMax, attemptsMax } = schedule
  if (attempts >= attemptsMax) return null
  const delayMs = Math.min(delayMsMax, firstDelayMs * 2 ** (attempts - 1))
  return Math.round(delayMs * (0.8 + 0.4 * chance))
}

const URL_LENGTH_MAX = 2_048

/**
 * `text` as the address of a receiver. Throws `request.invalid` for what is no absolute `http:` or `https:` URL, or holds
 * a password, which would be shown to whoever may see the webhook.
 */
export function parseReceiver(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null
  const reason =
    text.length > URL_LENGTH_MAX
      ? `at most ${URL_LENGTH_MAX} characters`
      : !url || (url.protocol !== 'http:' && url.protocol !== 'https:')
        ? 'must be an absolute http or https URL'
        : url.username !== '' || url.password !== ''
          ? 'must not hold a user name or password'
          : null
  if (reason === null && url) return url
  const problem = text.length > URL_LENGTH_MAX ? 'too-long' : 'format'
  throw new DomainError('request.invalid', { field: 'url', problem, reason: String(reason), value: text })
}
