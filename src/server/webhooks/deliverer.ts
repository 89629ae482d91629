import type { Context } from '../../app/context.ts'
import { WEBHOOKS_SETTING } from '../../app/webhook-changes.ts'
import type { TenantId, WebhookId } from '../../domain/identity.ts'
import type { RetrySchedule } from '../../domain/webhook.ts'
import type { Candidate, Leadership } from '../../ports/leadership.ts'
import type { Receivers } from '../../ports/receivers.ts'
import type { Change, WebhookView } from '../../ports/store.ts'
import type { Telemetry } from '../../ports/telemetry.ts'
import type { Logger } from '../logging.ts'
import type { Runner, RunnerContext } from './runner.ts'
import { Slots } from './slots.ts'

export interface DelivererOptions {
  /** Made once the first webhook is there: most services have none. */
  readonly openReceivers: () => Promise<Receivers>
  readonly schedule: RetrySchedule
  readonly telemetry: Pick<Telemetry, 'webhookDeliveries' | 'webhooksWaiting'>
}

/** What other replicas have done is looked for this often. */
const SWEEP_INTERVAL_MS = 1_000
/** What happens within this time is looked at together. */
const GATHER_MS = 10
const EVENTS_AT_ONCE = 500
const WEBHOOKS_AT_ONCE = 500
const SENDING_MAX = 256

/**
 * Tells webhooks of events. Of several replicas one does it at a time; if two ever did, receivers would be told twice, and
 * know it by the id. How far each webhook has come is in the store, so that whoever comes next goes on from there.
 */
export class Deliverer {
  readonly #context: Context
  readonly #logger: Logger
  readonly #options: DelivererOptions
  readonly #candidate: Candidate
  readonly #runners = new Map<WebhookId, { readonly runner: Runner; readonly tenant: TenantId }>()
  readonly #byTenant = new Map<TenantId, Set<Runner>>()
  /** Those of webhooks that are gone or off, while they finish. */
  readonly #stopping = new Set<Promise<void>>()
  #runnerContext: RunnerContext | null = null
  /** `WEBHOOKS_SETTING` as the runners have it; undefined: there are none. */
  #known: string | null | undefined
  /** Everything up to this event was looked at. */
  #seen = 0
  #sweeping: Promise<void> | null = null
  #again = false
  #timer: NodeJS.Timeout | undefined
  #stopped = false

  constructor(context: Context, leadership: Leadership, logger: Logger, options: DelivererOptions) {
    this.#context = context
    this.#logger = logger
    this.#options = options
    this.#candidate = leadership.stand('webhooks')
    options.telemetry.webhooksWaiting.from(() =>
      [...this.#runners.values()].reduce((sum, { runner }) => sum + runner.waiting, 0),
    )
    this.#sweep()
  }

  /** Looks at what a change has to do with webhooks now, rather than at the next sweep. */
  committed({ settings, events = [] }: Change): void {
    if (!this.#candidate.leads) return
    const concerned =
      settings?.[WEBHOOKS_SETTING] !== undefined ||
      (this.#byTenant.size > 0 &&
        events.some(
          ({ requester, accepter }) => this.#byTenant.has(requester) || this.#byTenant.has(accepter),
        ))
    if (concerned && !this.#again) {
      this.#again = true
      if (this.#sweeping === null) this.#sweepIn(GATHER_MS)
    }
  }

  /** Sends nothing more, and lets another replica have the duty. */
  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#timer)
    await this.#sweeping
    this.#stopAll()
    await Promise.all(this.#stopping)
    await this.#candidate.withdraw()
  }

  #sweepIn(delayMs: number): void {
    clearTimeout(this.#timer)
    if (!this.#stopped) this.#timer = setTimeout(() => this.#sweep(), delayMs)
  }

  #sweep(): void {
    this.#sweeping ??= this.#look()
      .catch((error: unknown) =>
        this.#logger.warn({ err: error }, 'webhooks could not be looked after; it will be tried again'),
      )
      .finally(() => {
        this.#sweeping = null
        this.#sweepIn(this.#again ? GATHER_MS : SWEEP_INTERVAL_MS)
      })
  }

  async #look(): Promise<void> {
    this.#again = false
    if (!this.#candidate.leads) {
      this.#stopAll()
      return
    }
    const { store } = this.#context
    const known = await store.readSetting(WEBHOOKS_SETTING)
    if (known !== this.#known) {
      await this.#read()
      this.#known = known
    }
    if (this.#runners.size > 0) await this.#scan()
  }

  /** Has a runner for each webhook that is on, and for no other. */
  async #read(): Promise<void> {
    const { store } = this.#context
    const views: WebhookView[] = []
    for (;;) {
      const after = views.at(-1)?.webhook.id
      const query = { tenant: null, limit: WEBHOOKS_AT_ONCE, ...(after !== undefined && { after }) }
      const page = await store.listWebhooks(query)
      views.push(...page)
      if (page.length < WEBHOOKS_AT_ONCE) break
    }
    const wanted = views.filter(({ webhook }) => webhook.enabled)
    const ids = new Set(wanted.map(({ webhook }) => webhook.id))
    for (const id of this.#runners.keys()) if (!ids.has(id)) this.#end(id)
    if (wanted.length === 0) return
    // Whoever has just begun reads by itself what happened before.
    if (this.#runners.size === 0) this.#seen = await store.lastEventSequence()
    const { Runner } = await import('./runner.ts')
    const context = await this.#openContext()
    for (const view of wanted) {
      const { webhook } = view
      const there = this.#runners.get(webhook.id)
      if (there) there.runner.changed(webhook)
      else this.#begin(webhook.id, webhook.tenant, new Runner(context, view))
    }
  }

  async #openContext(): Promise<RunnerContext> {
    this.#runnerContext ??= {
      store: this.#context.store,
      clock: this.#context.clock,
      receivers: await this.#options.openReceivers(),
      schedule: this.#options.schedule,
      slots: new Slots(SENDING_MAX),
      leads: () => this.#candidate.leads,
      onOutcome: ({ id, tenant }, sequence, outcome, reason) => {
        this.#options.telemetry.webhookDeliveries[outcome].add()
        if (outcome === 'dead')
          this.#logger.error({ webhook: id, tenant, event: sequence, reason }, 'a webhook delivery is dead')
      },
      onTrouble: (webhook, error) =>
        this.#logger.warn({ webhook, err: error }, 'a webhook waits for the store; it will be tried again'),
    }
    return this.#runnerContext
  }

  /** Wakes whoever is concerned by what is new. */
  async #scan(): Promise<void> {
    for (;;) {
      const events = await this.#context.store.listEvents(this.#seen, EVENTS_AT_ONCE, null)
      for (const { sequence, requester, accepter } of events) {
        for (const tenant of new Set([requester, accepter])) {
          for (const runner of this.#byTenant.get(tenant) ?? []) runner.happened(sequence)
        }
        this.#seen = sequence
      }
      if (events.length < EVENTS_AT_ONCE || this.#stopped) return
    }
  }

  #begin(id: WebhookId, tenant: TenantId, runner: Runner): void {
    this.#runners.set(id, { runner, tenant })
    const known = this.#byTenant.get(tenant)
    if (known) known.add(runner)
    else this.#byTenant.set(tenant, new Set([runner]))
  }

  #end(id: WebhookId): void {
    const there = this.#runners.get(id)
    if (!there) return
    const { runner, tenant } = there
    this.#runners.delete(id)
    const others = this.#byTenant.get(tenant)
    others?.delete(runner)
    if (others?.size === 0) this.#byTenant.delete(tenant)
    const stopping = runner.stop().finally(() => this.#stopping.delete(stopping))
    this.#stopping.add(stopping)
  }

  #stopAll(): void {
    for (const id of [...this.#runners.keys()]) this.#end(id)
    this.#known = undefined
  }
}
