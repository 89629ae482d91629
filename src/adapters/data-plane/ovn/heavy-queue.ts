import { setTimeout as sleep } from 'node:timers/promises'
import type { Claim } from './link.ts'
import type { NorthboundOperation } from './tables.ts'
import { type Turn, unavailable, type Writer } from './writer.ts'

/** A change that has OVN compute everything anew. */
export interface HeavyChange {
  /** The routes it will lay, so that others of the same batch keep out of their way. May throw. */
  readonly claims: () => readonly Claim[]
  /** As of the rows at hand; nothing: it is done. May throw. */
  readonly work: (claims: readonly Claim[]) => {
    readonly operations: readonly NorthboundOperation[]
    readonly advance: readonly Claim[]
  }
}

interface Waiting {
  readonly turn: Turn
  readonly change: HeavyChange
  readonly resolve: (number: number | null) => void
  readonly reject: (error: unknown) => void
}

const BATCH_MAX = 200
/**
 * The first of many that come one after another would have OVN compute everything once for itself, and keep all others
 * waiting. So others are waited for: for a small part of what OVN took last, and again while they keep coming.
 */
const PATIENCE = { atATime: 1 / 20, inAll: 1 / 4 } as const
/** Longer than this OVN was not computing, but away. */
const TOOK_MS_MAX = 2_000

/**
 * Has one transaction at a time computed, and puts all that comes meanwhile into the next: a hundred changes cost OVN little
 * more than one. What is not heavy does not come here, and so overtakes it.
 */
export class HeavyQueue {
  readonly #writer: Writer
  readonly #taken: (number: number) => Promise<unknown>
  readonly #waiting: Waiting[] = []
  #draining = false
  /** How long OVN took for what it computed last. */
  #tookMs = 0

  /** `taken` is fulfilled once OVN has computed what has this number, or it is no use to wait for it any longer. */
  constructor(writer: Writer, taken: (number: number) => Promise<unknown>) {
    this.#writer = writer
    this.#taken = taken
  }

  /** Answers the number of the change; null where nothing was to be done. Rejects with `DataPlaneUnavailableError`. */
  run(turn: Turn, change: HeavyChange): Promise<number | null> {
    const { promise, resolve, reject } = Promise.withResolvers<number | null>()
    this.#waiting.push({ turn, change, resolve, reject })
    if (!this.#draining) {
      this.#draining = true
      // Those that come in the same turn go together.
      setImmediate(() => void this.#drain())
    }
    return promise
  }

  async #drain(): Promise<void> {
    await this.#gather()
    while (this.#waiting.length > 0) {
      const number = await this.#write(this.#takeBatch())
      if (number === null) continue
      const startedMs = performance.now()
      await this.#taken(number)
      this.#tookMs = Math.min(TOOK_MS_MAX, performance.now() - startedMs)
    }
    this.#draining = false
  }

  async #gather(): Promise<void> {
    const untilMs = performance.now() + this.#tookMs * PATIENCE.inAll
    for (let known = 0; known < this.#waiting.length && performance.now() < untilMs; ) {
      known = this.#waiting.length
      await sleep(this.#tookMs * PATIENCE.atATime)
    }
  }

  /** Those of one turn that have waited longest. */
  #takeBatch(): Waiting[] {
    const [first] = this.#waiting
    const others = this.#waiting.findIndex(({ turn }) => turn !== first?.turn)
    return this.#waiting.splice(0, Math.min(BATCH_MAX, others < 0 ? this.#waiting.length : others))
  }

  async #write(batch: readonly Waiting[]): Promise<number | null> {
    const sound = new Set(batch)
    const [first] = batch
    if (!first) return null
    try {
      const number = await this.#writer.settleCounted(first.turn, () => operationsOf(sound))
      for (const { resolve } of sound) resolve(number)
      return number
    } catch (error) {
      // One of them may be to blame, which must not keep the others from being done.
      if (sound.size > 1) return this.#writeEach([...sound])
      for (const { reject } of sound) reject(error)
      return null
    }
  }

  async #writeEach(batch: readonly Waiting[]): Promise<number | null> {
    let last: number | null = null
    for (const each of batch) last = (await this.#write([each])) ?? last
    return last
  }
}

/** What all of them come to. Those that cannot be done hear so, and are left out. */
function operationsOf(sound: Set<Waiting>): NorthboundOperation[] {
  const claims: Claim[] = []
  const trying = <T>(each: Waiting, work: () => readonly T[]): readonly T[] => {
    try {
      return work()
    } catch (error) {
      sound.delete(each)
      each.reject(unavailable(error))
      return []
    }
  }
  for (const each of [...sound]) claims.push(...trying(each, () => each.change.claims()))
  return [...sound].flatMap((each) =>
    trying(each, () => {
      const { operations, advance } = each.change.work(claims)
      claims.push(...advance)
      return operations
    }),
  )
}
