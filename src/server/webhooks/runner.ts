import { encodeWebhookMessage } from '../../dialects/native/webhook-codec.ts'
import type { LoggedEvent } from '../../domain/event.ts'
import type { WebhookId } from '../../domain/identity.ts'
import {
  DEAD_MAX,
  type Delivery,
  type RetrySchedule,
  retryDelayMs,
  secretsAt,
  WAITING_MAX,
  type Webhook,
  wants,
} from '../../domain/webhook.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Receivers } from '../../ports/receivers.ts'
import type { Store, WebhookProgress, WebhookView } from '../../ports/store.ts'
import { signedHeaders } from './signature.ts'
import type { Slots } from './slots.ts'

/** What came of one try. */
export type DeliveryOutcome = 'delivered' | 'failed' | 'dead'

export interface RunnerContext {
  readonly store: Store
  readonly clock: Clock
  readonly receivers: Receivers
  readonly schedule: RetrySchedule
  readonly slots: Slots
  /** Whether this process still has the duty. */
  readonly leads: () => boolean
  readonly onOutcome: (webhook: Webhook, sequence: number, outcome: DeliveryOutcome, reason: string) => void
  /** Hears of a store that does not answer. */
  readonly onTrouble: (webhook: WebhookId, error: unknown) => void
}

/** Events that are read, sent one by one and then written down together. After a crash as many are sent again. */
const EVENTS_AT_ONCE = 20
/** What was sent is written down after so long, even if there is more to send. */
const UNSAVED_MS_MAX = 1_000
/** Events that do not concern a webhook are passed over so far without writing that down. */
const UNSAVED_EVENTS_MAX = 1_000
const TROUBLE_DELAY_MS = 1_000
/** Longer timers are not taken. */
const TIMER_MS_MAX = 60 * 60 * 1000

/**
 * Tells one webhook of its events: each for the first time in the order of their commits, and one at a time. What it does
 * not take is tried again by the schedule, in turns with what is new. While many wait, new events stay in the log.
 */
export class Runner {
  readonly #context: RunnerContext
  readonly #stop = new AbortController()
  #webhook: Webhook
  #position: number
  #savedPosition: number
  #waiting = new Map<number, Delivery>()
  /** What is here may not be what is stored. */
  #stale = true
  /** There may be events after the position. */
  #behind = true
  #retriedLast = false
  #running: Promise<void> | null = null
  #timer: NodeJS.Timeout | undefined

  constructor(context: RunnerContext, { webhook, position }: WebhookView) {
    this.#context = context
    this.#webhook = webhook
    this.#position = position
    this.#savedPosition = position
    this.#wake()
  }

  /** How many deliveries wait to be tried again. */
  get waiting(): number {
    return this.#waiting.size
  }

  /** Event `sequence` concerns its tenant, and is the first after the last such one. */
  happened(sequence: number): void {
    // Whoever has nothing to catch up with need not look through what happened to others.
    const idle = !this.#behind && !this.#stale && this.#running === null
    if (idle) this.#position = Math.max(this.#position, sequence - 1)
    this.#behind = true
    this.#wake()
  }

  /** The webhook was changed by its owner, perhaps. */
  changed(webhook: Webhook): void {
    if (webhook.version === this.#webhook.version) return
    this.#stale = true
    this.#wake()
  }

  /** Breaks off what is being sent, and waits until what was sent is written down. */
  async stop(): Promise<void> {
    this.#stop.abort()
    clearTimeout(this.#timer)
    await this.#running
  }

  get #goesOn(): boolean {
    return !this.#stop.signal.aborted && this.#context.leads()
  }

  #wake(): void {
    clearTimeout(this.#timer)
    this.#running ??= this.#run().finally(() => {
      this.#running = null
      this.#rest()
    })
  }

  /** Never rejects. */
  async #run(): Promise<void> {
    try {
      while (this.#goesOn) {
        if (this.#stale) await this.#load()
        const due = this.#due()
        const fresh = this.#behind && this.#waiting.size < WAITING_MAX
        if (!due && !fresh) break
        this.#retriedLast = due !== null && !(fresh && this.#retriedLast)
        if (due && this.#retriedLast) await this.#retry(due)
        else await this.#tell()
      }
    } catch (error) {
      this.#stale = true
      this.#behind = true
      this.#position = 0
      this.#context.onTrouble(this.#webhook.id, error)
    }
  }

  /** Until something is due again. What has come meanwhile is seen to at once. */
  #rest(): void {
    if (!this.#goesOn) return
    const nowMs = this.#context.clock.realNow()
    const times = [...this.#waiting.values()].map(({ nextAttemptAtMs }) => nextAttemptAtMs ?? nowMs)
    const fresh = this.#behind && this.#waiting.size < WAITING_MAX
    const dueAtMs = this.#stale ? nowMs + TROUBLE_DELAY_MS : fresh ? nowMs : Math.min(...times)
    if (dueAtMs === Number.POSITIVE_INFINITY) return
    this.#timer = setTimeout(() => this.#wake(), Math.min(TIMER_MS_MAX, Math.max(0, dueAtMs - nowMs)))
  }

  async #load(): Promise<void> {
    const { store } = this.#context
    this.#stale = false
    const view = await store.findWebhook(this.#webhook.id)
    if (!view) {
      this.#stop.abort()
      return
    }
    const query = { webhook: view.webhook.id, state: 'waiting', limit: WAITING_MAX + DEAD_MAX } as const
    const waiting = await store.listDeliveries(query)
    this.#webhook = view.webhook
    this.#savedPosition = view.position
    if (this.#position < view.position) {
      this.#position = view.position
      this.#behind = true
    }
    this.#waiting = new Map(waiting.map((delivery) => [delivery.sequence, delivery]))
  }

  /** What should have been tried again first. */
  #due(): Delivery | null {
    const nowMs = this.#context.clock.realNow()
    let first: Delivery | null = null
    for (const delivery of this.#waiting.values()) {
      const { nextAttemptAtMs } = delivery
      const earlier = first === null || Number(nextAttemptAtMs) < Number(first.nextAttemptAtMs)
      if (nextAttemptAtMs !== null && nextAttemptAtMs <= nowMs && earlier) first = delivery
    }
    return first
  }

  /** Sends what is new. */
  async #tell(): Promise<void> {
    const { store } = this.#context
    this.#behind = false
    const startedAtMs = performance.now()
    const events = await store.listEvents(this.#position, EVENTS_AT_ONCE, this.#webhook.tenant)
    if (events.length === EVENTS_AT_ONCE) this.#behind = true
    const failed: Delivery[] = []
    let sent = false
    for (const event of events) {
      const wanted = wants(this.#webhook, event)
      const late = performance.now() - startedAtMs > UNSAVED_MS_MAX
      if (wanted && (!this.#goesOn || late || this.#waiting.size >= WAITING_MAX)) {
        this.#behind = true
        break
      }
      const reason = wanted ? await this.#send(event) : null
      if (wanted && reason !== null && !this.#goesOn) {
        // Whether it was taken is not known; whoever comes next sends it.
        this.#behind = true
        break
      }
      sent ||= wanted
      this.#position = event.sequence
      if (reason !== null) failed.push(this.#failed(event.sequence, 1, reason))
    }
    if (sent || this.#position >= this.#savedPosition + UNSAVED_EVENTS_MAX) {
      await this.#save({ position: this.#position, deliveries: failed, settled: [] })
      this.#savedPosition = this.#position
    }
  }

  /** Sends again what was not taken. */
  async #retry({ sequence, attempts }: Delivery): Promise<void> {
    const [event] = await this.#context.store.listEvents(sequence - 1, 1, null)
    const reason = event?.sequence === sequence ? await this.#send(event) : null
    if (reason === null) {
      this.#waiting.delete(sequence)
      await this.#save({ position: null, deliveries: [], settled: [sequence] })
    } else if (this.#goesOn) {
      const delivery = this.#failed(sequence, attempts + 1, reason)
      await this.#save({ position: null, deliveries: [delivery], settled: [] })
    }
  }

  /** Why the receiver did not take it; null: it did. */
  async #send(event: LoggedEvent): Promise<string | null> {
    const { clock, receivers, slots, onOutcome } = this.#context
    const { id, url, secrets } = this.#webhook
    const message = encodeWebhookMessage(id, event)
    try {
      const status = await slots.run(() => {
        const nowMs = clock.realNow()
        const signed = signedHeaders(message.id, nowMs, message.body, secretsAt(secrets, nowMs))
        const headers = { 'content-type': message.contentType, ...signed }
        return receivers.post(url, headers, message.body, this.#stop.signal)
      })
      if (status < 200 || status > 299) return `it answered ${status}`
      onOutcome(this.#webhook, event.sequence, 'delivered', '')
      return null
    } catch (error) {
      return error instanceof Error ? error.message : String(error)
    }
  }

  /** What is to be kept of an event that was not taken. */
  #failed(sequence: number, attempts: number, reason: string): Delivery {
    const { clock, schedule, onOutcome } = this.#context
    const attemptedAtMs = clock.realNow()
    const delayMs = retryDelayMs(schedule, attempts, Math.random())
    const nextAttemptAtMs = delayMs === null ? null : attemptedAtMs + delayMs
    const webhook = this.#webhook.id
    const delivery = { webhook, sequence, attempts, attemptedAtMs, nextAttemptAtMs, reason }
    if (nextAttemptAtMs === null) this.#waiting.delete(sequence)
    else this.#waiting.set(sequence, delivery)
    onOutcome(this.#webhook, sequence, nextAttemptAtMs === null ? 'dead' : 'failed', reason)
    return delivery
  }

  async #save(progress: Omit<WebhookProgress, 'webhook'>): Promise<void> {
    const { store, clock } = this.#context
    const webhookProgress = [{ webhook: this.#webhook.id, ...progress }]
    await store.commit({ webhookProgress, nowMs: clock.realNow() })
  }
}
