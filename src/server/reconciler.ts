import type { Context } from '../app/context.ts'
import { reconcilePeering, reconcileVpc } from '../app/reconcile.ts'
import type { PeeringId, VpcId } from '../domain/identity.ts'
import type { DataPlane } from '../ports/data-plane.ts'
import type { Leadership } from '../ports/leadership.ts'
import type { Change, Store } from '../ports/store.ts'
import type { Logger } from './logging.ts'

/** What lags behind is looked for this often; what everybody else has done, in other replicas too. */
const SWEEP_INTERVAL_MS = 1_000
/** Everything is looked at again this often, also what nothing is known to be wrong with. */
const REVIEW_INTERVAL_MS = 60_000
const SWEEP_MAX = 1_000
const PASSES_AT_ONCE = 64
const RETRY_DELAY_MS = { min: 200, max: 10_000 }

type Subject =
  | { readonly kind: 'peering'; readonly id: PeeringId }
  | { readonly kind: 'vpc'; readonly id: VpcId }

interface Entry {
  readonly subject: Subject
  /** Something happened since the pass that is under way began. */
  again: boolean
  failures: number
}

/**
 * Runs passes: one at a time for each peering or VPC, a few at once, again where one failed. Waking it and sweeping do
 * the same. Of several replicas one does it at a time; two would do no harm.
 */
export class Reconciler {
  readonly #context: Context
  readonly #dataPlane: DataPlane
  readonly #logger: Logger
  readonly #candidate: ReturnType<Leadership['stand']>
  readonly #entries = new Map<string, Entry>()
  readonly #queue: Entry[] = []
  readonly #timers = new Set<NodeJS.Timeout>()
  #passes = 0
  #stopped = false
  #led = false
  #lastReviewAtMs = 0
  #idle: (() => void) | null = null

  constructor(context: Context, leadership: Leadership, logger: Logger) {
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

  /** How many passes are waiting or under way. */
  get lag(): number {
    return this.#entries.size
  }

  /** Begins no more passes, and waits for those under way. */
  async stop(): Promise<void> {
    this.#stopped = true
    for (const timer of this.#timers) clearTimeout(timer)
    if (this.#passes > 0) {
      await new Promise<void>((resolve) => {
        this.#idle = resolve
      })
    }
    await this.#candidate.withdraw()
  }

  #wake(subject: Subject): void {
    if (this.#stopped || !this.#candidate.leads) return
    const key = `${subject.kind} ${subject.id}`
    const known = this.#entries.get(key)
    if (known) known.again = true
    else {
      const entry = { subject, again: false, failures: 0 }
      this.#entries.set(key, entry)
      this.#queue.push(entry)
      this.#next()
    }
  }

  #next(): void {
    while (!this.#stopped && this.#passes < PASSES_AT_ONCE) {
      const entry = this.#queue.shift()
      if (!entry) return
      this.#passes++
      entry.again = false
      void this.#pass(entry).finally(() => {
        this.#passes--
        if (this.#passes === 0) this.#idle?.()
        this.#next()
      })
    }
  }

  async #pass(entry: Entry): Promise<void> {
    const { subject } = entry
    const key = `${subject.kind} ${subject.id}`
    try {
      await this.#reconcile(subject)
      entry.failures = 0
      if (entry.again) this.#queue.push(entry)
      else this.#entries.delete(key)
    } catch (error) {
      entry.failures++
      const reason = error instanceof Error ? error.message : String(error)
      // The first is news, and then one now and then.
      if (entry.failures === 1 || entry.failures % 30 === 0) {
        this.#logger.warn(
          { [subject.kind]: subject.id, failures: entry.failures, reason },
          'the network lags behind',
        )
      }
      const delayMs = Math.min(RETRY_DELAY_MS.max, RETRY_DELAY_MS.min * 2 ** Math.min(10, entry.failures - 1))
      this.#after(delayMs, () => {
        this.#queue.push(entry)
        this.#next()
      })
    }
  }

  async #reconcile(subject: Subject): Promise<void> {
    if (subject.kind === 'vpc') return reconcileVpc(this.#context, this.#dataPlane, subject.id)
    const view = await this.#context.store.findPeering(subject.id)
    if (!view) return
    // A link needs both networks; those of VPCs that are new may not have had their turn.
    for (const { id } of [view.requester.vpc, view.accepter.vpc]) {
      if (!(await this.#context.store.findRealization(id)))
        await reconcileVpc(this.#context, this.#dataPlane, id)
    }
    await reconcilePeering(this.#context, this.#dataPlane, subject.id)
  }

  async #sweep(): Promise<void> {
    if (this.#stopped) return
    const { leads } = this.#candidate
    // Who has just got the duty does not know what the last one left behind.
    if (leads && !this.#led) this.#lastReviewAtMs = 0
    this.#led = leads
    if (!leads) return
    try {
      const { peerings, vpcs } = await this.#context.store.unrealized(SWEEP_MAX)
      for (const id of vpcs) this.#wake({ kind: 'vpc', id })
      for (const id of peerings) this.#wake({ kind: 'peering', id })
      if (Date.now() - this.#lastReviewAtMs >= REVIEW_INTERVAL_MS) {
        this.#lastReviewAtMs = Date.now()
        await this.#review()
      }
    } catch (error) {
      this.#logger.warn({ err: error }, 'the network could not be reviewed; it will be tried again')
    }
  }

  /** Looks at all that is in the network and all that should be. */
  async #review(): Promise<void> {
    const { networks, links } = await this.#dataPlane.observe()
    for (const id of links) this.#wake({ kind: 'peering', id })
    for (const id of networks) this.#wake({ kind: 'vpc', id })
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
      for (const { peering } of page.items) this.#wake({ kind: 'peering', id: peering.id })
      after = page.items.length === SWEEP_MAX ? (page.items.at(-1)?.peering.id ?? null) : null
    }
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

/** `store`, whose commits `onCommitted` hears of once they are on disk. */
export function watchCommits(store: Store, onCommitted: (change: Change) => void): Store {
  return new Proxy(store, {
    get(target, name: keyof Store) {
      if (name !== 'commit') {
        const member = target[name]
        return typeof member === 'function' ? member.bind(target) : member
      }
      return async (change: Change) => {
        const outcome = await target.commit(change)
        if (outcome.ok && !change.dryRun) onCommitted(change)
        return outcome
      }
    },
  })
}
