import { setImmediate } from 'node:timers/promises'
import type { Context } from '../app/context.ts'
import { reconcilePeering, reconcileVpc } from '../app/reconcile.ts'
import type { PeeringId, VpcId } from '../domain/identity.ts'
import type { DataPlane } from '../ports/data-plane.ts'
import type { Leadership } from '../ports/leadership.ts'
import type { Change } from '../ports/store.ts'
import type { Logger } from './logging.ts'

/** What lags behind is looked for this often; what everybody else has done, in other replicas too. */
const SWEEP_INTERVAL_MS = 1_000
/** Everything is looked at again this often, also what nothing is known to be wrong with. */
const REVIEW_INTERVAL_MS = 60_000
const SWEEP_MAX = 1_000
/** Those of which a change is known, or which are known to lag; they go first, and what they write can be written together. */
const DUE_AT_ONCE = 256
/** Those that are only looked at again. Few, so that they are in nobody's way. */
const REVIEWS_AT_ONCE = 16
/** For so long they may keep the thread busy; then requests have a turn. */
const BUSY_MS_MAX = 5
const RETRY_DELAY_MS = { min: 200, max: 10_000 }

/** What is logged once all that there was when this process got the duty has been looked at. */
export const REVIEWED = 'all of the network has been looked at'

type Subject =
  | { readonly kind: 'peering'; readonly id: PeeringId }
  | { readonly kind: 'vpc'; readonly id: VpcId }

type Urgency = 'due' | 'review'

/** Runs a pass, for those who count and follow passes. */
export type RunPass = (subject: Subject, pass: () => Promise<void>) => Promise<void>

interface Entry {
  readonly subject: Subject
  /** Where it waits for its turn; null: its pass is under way, or is to be tried again later. */
  queued: Urgency | null
  /** Given when something has happened since the pass that is under way, or is waited for, began. */
  overtaken: AbortController
  failures: number
  /** Since when it is known to lag; null: it is only looked at again. */
  dueSinceMs: number | null
  /** Those that wait for the end of a pass, however it ends. */
  readonly waiting: (() => void)[]
}

/**
 * Runs passes: one at a time for each peering or VPC, a few at once, again where one failed. Waking it and sweeping do
 * the same. Of several replicas one does it at a time; two would do no harm.
 */
export class Reconciler {
  readonly #context: Context
  readonly #dataPlane: DataPlane
  readonly #logger: Logger
  readonly #runPass: RunPass
  readonly #candidate: ReturnType<Leadership['stand']>
  readonly #entries = new Map<string, Entry>()
  readonly #queues: Readonly<Record<Urgency, Entry[]>> = { due: [], review: [] }
  readonly #timers = new Set<NodeJS.Timeout>()
  readonly #passes: Record<Urgency, number> = { due: 0, review: 0 }
  #stopped = false
  #led = false
  #lastReviewAtMs = 0
  #gaveWayAtMs = 0
  #givingWay: Promise<void> | null = null
  #idle: (() => void) | null = null
  readonly #firstReview = Promise.withResolvers<void>()

  constructor(
    context: Context,
    leadership: Leadership,
    logger: Logger,
    runPass: RunPass = (_subject, pass) => pass(),
  ) {
    this.#runPass = runPass
    this.#context = context
    this.#dataPlane = context.dataPlane
    this.#logger = logger
    this.#candidate = leadership.stand('reconciler')
    this.#dataPlane.watch((what) => {
      if (what === null) this.#lastReviewAtMs = 0
      else if ('vpc' in what) this.#wake({ kind: 'vpc', id: what.vpc })
      else this.#wake({ kind: 'peering', id: what.peering })
    })
    this.#every(SWEEP_INTERVAL_MS, () => this.#sweep())
    void this.#sweep()
  }

  /** What a change has to do with is looked at now, rather than at the next sweep. */
  committed(change: Change): void {
    // A link goes before the networks it joins, so that what must stop stops first.
    for (const { to } of change.peerings ?? []) this.#wake({ kind: 'peering', id: to.id })
    for (const { to } of change.vpcs ?? []) this.#wake({ kind: 'vpc', id: to.id })
    for (const { from, to } of change.parts ?? []) {
      for (const part of [from, to]) {
        if (part?.kind === 'route') this.#wake({ kind: 'peering', id: part.nextHop })
      }
    }
  }

  /** Fulfilled once all that there was when this process began has been looked at, or is another process's to look at. */
  get reviewed(): Promise<void> {
    return this.#firstReview.promise
  }

  /** How many passes are waiting or under way. */
  get lag(): number {
    return this.#entries.size
  }

  /** How long what lags longest has been known to, milliseconds; 0 where nothing does. */
  get oldestDueMs(): number {
    const nowMs = performance.now()
    let oldestMs = 0
    for (const { dueSinceMs } of this.#entries.values()) {
      if (dueSinceMs !== null) oldestMs = Math.max(oldestMs, nowMs - dueSinceMs)
    }
    return oldestMs
  }

  /** Begins no more passes, and waits for those under way. */
  async stop(): Promise<void> {
    this.#stopped = true
    for (const timer of this.#timers) clearTimeout(timer)
    if (this.#passes.due + this.#passes.review > 0) {
      await new Promise<void>((resolve) => {
        this.#idle = resolve
      })
    }
    await this.#candidate.withdraw()
  }

  /** Something has happened to it, of which a pass that is under way may not know. */
  #wake(subject: Subject): void {
    const known = this.#entries.get(keyOf(subject))
    if (!known) return void this.#lookAt(subject, 'due')
    known.overtaken.abort()
    known.dueSinceMs ??= performance.now()
    // What has changed need not wait until it is its turn to be looked at again.
    if (known.queued === 'review') this.#enqueue(known, 'due')
  }

  /** Has it looked at, unless that is about to happen; null where it is not for this process to do. */
  #lookAt(subject: Subject, urgency: Urgency): Entry | null {
    if (this.#stopped || !this.#candidate.leads) return null
    const key = keyOf(subject)
    const known = this.#entries.get(key)
    if (known) return known
    const dueSinceMs = urgency === 'due' ? performance.now() : null
    const overtaken = new AbortController()
    const entry: Entry = { subject, queued: null, overtaken, failures: 0, dueSinceMs, waiting: [] }
    this.#entries.set(key, entry)
    this.#enqueue(entry, urgency)
    return entry
  }

  #enqueue(entry: Entry, urgency: Urgency): void {
    entry.queued = urgency
    this.#queues[urgency].push(entry)
    this.#next('due', DUE_AT_ONCE)
    this.#next('review', REVIEWS_AT_ONCE)
  }

  #next(urgency: Urgency, atOnce: number): void {
    while (!this.#stopped && this.#passes[urgency] < atOnce) {
      const entry = this.#queues[urgency].shift()
      if (!entry) return
      if (entry.queued !== urgency) continue
      entry.queued = null
      entry.overtaken = new AbortController()
      this.#passes[urgency]++
      void this.#turn(entry, urgency).finally(() => {
        for (const passed of entry.waiting.splice(0)) passed()
        this.#passes[urgency]--
        if (this.#passes.due + this.#passes.review === 0) this.#idle?.()
        this.#next(urgency, atOnce)
      })
    }
  }

  async #turn(entry: Entry, urgency: Urgency): Promise<void> {
    // Most of those that find nothing to do wait for nothing either, and all else would have to wait for all of them.
    if (urgency === 'review' && performance.now() - this.#gaveWayAtMs > BUSY_MS_MAX) {
      this.#givingWay ??= this.#giveWay()
      await this.#givingWay
    }
    await this.#pass(entry)
  }

  async #giveWay(): Promise<void> {
    await setImmediate()
    this.#gaveWayAtMs = performance.now()
    this.#givingWay = null
  }

  async #pass(entry: Entry): Promise<void> {
    const { subject } = entry
    const key = keyOf(subject)
    try {
      await this.#runPass(subject, () => this.#reconcile(subject, entry.overtaken.signal))
      entry.failures = 0
      entry.dueSinceMs = entry.overtaken.signal.aborted ? performance.now() : null
      if (entry.overtaken.signal.aborted) this.#enqueue(entry, 'due')
      else this.#entries.delete(key)
    } catch (error) {
      entry.failures++
      entry.dueSinceMs ??= performance.now()
      const reason = error instanceof Error ? error.message : String(error)
      // The first is news, and then one now and then.
      if (entry.failures === 1 || entry.failures % 30 === 0) {
        this.#logger.warn(
          { [subject.kind]: subject.id, failures: entry.failures, reason },
          'the network lags behind',
        )
      }
      const delayMs = Math.min(RETRY_DELAY_MS.max, RETRY_DELAY_MS.min * 2 ** Math.min(10, entry.failures - 1))
      this.#after(delayMs, () => this.#enqueue(entry, 'due'))
    }
  }

  async #reconcile(subject: Subject, overtaken: AbortSignal): Promise<void> {
    if (subject.kind === 'vpc') return reconcileVpc(this.#context, this.#dataPlane, subject.id)
    const view = await this.#context.store.findPeering(subject.id)
    if (!view) return
    // A link needs both networks; those of VPCs that are new may not have had their turn.
    for (const { id } of [view.requester.vpc, view.accepter.vpc]) {
      if (!(await this.#context.store.findRealization(id)))
        await reconcileVpc(this.#context, this.#dataPlane, id)
    }
    await reconcilePeering(this.#context, this.#dataPlane, subject.id, overtaken)
  }

  async #sweep(): Promise<void> {
    if (this.#stopped) return
    const { leads } = this.#candidate
    // Who has just got the duty does not know what the last one left behind.
    const isFirst = leads && !this.#led
    if (isFirst) this.#lastReviewAtMs = 0
    this.#led = leads
    if (!leads) return this.#firstReview.resolve()
    try {
      const { peerings, vpcs } = await this.#context.store.unrealized(SWEEP_MAX)
      for (const id of vpcs) this.#lookAt({ kind: 'vpc', id }, 'due')
      for (const id of peerings) this.#lookAt({ kind: 'peering', id }, 'due')
      if (Date.now() - this.#lastReviewAtMs >= REVIEW_INTERVAL_MS) {
        this.#lastReviewAtMs = Date.now()
        await this.#review(isFirst)
      }
    } catch (error) {
      this.#logger.warn({ err: error }, 'the network could not be reviewed; it will be tried again')
    }
  }

  /** Looks at all that is in the network and all that should be; says when it has, if it `isFirst`. */
  async #review(isFirst: boolean): Promise<void> {
    const startedMs = performance.now()
    const { networks, links } = await this.#dataPlane.observe()
    const passes = new Map<Entry, Promise<void>>()
    const lookAt = (subject: Subject) => {
      const entry = this.#lookAt(subject, 'review')
      if (entry && !passes.has(entry)) {
        passes.set(entry, new Promise((resolve) => entry.waiting.push(resolve)))
      }
    }
    for (const id of links) lookAt({ kind: 'peering', id })
    for (const id of networks) lookAt({ kind: 'vpc', id })
    const { store } = this.#context
    const live = { states: ['active', 'pending-acceptance'], nowMs: this.#context.clock.now() } as const
    for (let after: string | null = ''; after !== null; ) {
      const page = await store.listPeerings({
        party: null,
        ...live,
        order: 'id',
        window: { limit: SWEEP_MAX, ...(after !== '' && { after }) },
        withTotal: false,
      })
      for (const { peering } of page.items) lookAt({ kind: 'peering', id: peering.id })
      after = page.items.length === SWEEP_MAX ? (page.items.at(-1)?.peering.id ?? null) : null
    }
    if (!isFirst) return
    void Promise.all(passes.values()).then(() => {
      const durationMs = Math.round(performance.now() - startedMs)
      this.#logger.info({ passes: passes.size, durationMs }, REVIEWED)
      this.#firstReview.resolve()
    })
  }

  #every(intervalMs: number, work: () => Promise<void>): void {
    this.#after(intervalMs, () => void work().finally(() => this.#every(intervalMs, work)))
  }

  #after(delayMs: number, work: () => void): void {
    if (this.#stopped) return
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      if (!this.#stopped) work()
    }, delayMs)
    this.#timers.add(timer)
  }
}

const keyOf = ({ kind, id }: Subject) => `${kind} ${id}`
