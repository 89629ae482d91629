import type { Operation } from './history.ts'
import { after, isChange, type Parties, type State } from './rules.ts'

/** Where every attempt to put operations in an order has ended; the one that got furthest. */
export interface Stuck {
  readonly state: State
  /** Explained, in the order that explains them. */
  readonly explained: readonly Operation[]
  /** What would have to come next, and cannot in that state. */
  readonly next: readonly Operation[]
}

/**
 * Null where the operations on one peering are linearizable: each can be given one moment between being asked for and
 * being answered, so that all answers are right if everything happens at those moments. One without an answer may have
 * its moment at any time after it was asked for, or never.
 *
 * The search is Wing and Gong's ("Testing and Verifying Concurrent Objects", 1993) with Lowe's memory of what was tried
 * ("Testing for Linearizability", 2017). What changes nothing is taken as soon as it fits: that never closes a way.
 */
export function linearize(operations: readonly Operation[], parties: Parties): Stuck | null {
  const search = new Search(operations, parties)
  return search.from({ taken: new Set(), order: [], state: null }) ? null : search.furthest
}

interface Point {
  readonly taken: Set<Operation>
  readonly order: Operation[]
  readonly state: State
}

const endOf = ({ returnedAtMs }: Operation) => returnedAtMs ?? Number.POSITIVE_INFINITY

class Search {
  readonly #operations: readonly Operation[]
  readonly #parties: Parties
  readonly #tried = new Set<string>()
  furthest: Stuck = { state: null, explained: [], next: [] }

  constructor(operations: readonly Operation[], parties: Parties) {
    this.#operations = operations.toSorted((a, b) => a.invokedAtMs - b.invokedAtMs)
    this.#parties = parties
  }

  from(point: Point): boolean {
    this.#takeWhatChangesNothing(point)
    const next = this.#next(point)
    if (next.every(({ outcome }) => outcome.kind === 'unknown')) return true
    const key = `${point.state} ${this.#operations.map((operation) => Number(point.taken.has(operation))).join('')}`
    if (this.#tried.has(key)) return false
    this.#tried.add(key)
    for (const operation of next) {
      const state = after(operation, point.state, this.#parties)
      if (!isChange(operation) || state === undefined) continue
      const taken = new Set(point.taken).add(operation)
      if (this.from({ taken, order: [...point.order, operation], state })) return true
    }
    if (point.order.length >= this.furthest.explained.length) {
      this.furthest = { state: point.state, explained: point.order, next }
    }
    return false
  }

  /** What may come next: whatever was asked for before any of the rest was answered. */
  #next({ taken }: Point): Operation[] {
    const next: Operation[] = []
    let answeredAtMs = Number.POSITIVE_INFINITY
    for (const operation of this.#operations) {
      if (operation.invokedAtMs > answeredAtMs) break
      if (taken.has(operation)) continue
      next.push(operation)
      answeredAtMs = Math.min(answeredAtMs, endOf(operation))
    }
    return next.filter(({ invokedAtMs }) => invokedAtMs <= answeredAtMs)
  }

  #takeWhatChangesNothing(point: Point): void {
    for (;;) {
      const fitting = this.#next(point).filter(
        (operation) => !isChange(operation) && after(operation, point.state, this.#parties) !== undefined,
      )
      if (fitting.length === 0) return
      for (const operation of fitting) {
        point.taken.add(operation)
        point.order.push(operation)
      }
    }
  }
}
