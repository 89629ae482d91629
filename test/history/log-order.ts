import { LIVE_STATES, type PeeringState } from '../../src/domain/peering.ts'
import { pairKey } from './event-log.ts'
import {
  describeEvent,
  describeOperation,
  type Ends,
  type History,
  type HistoryEvent,
  type Operation,
  type Violation,
} from './history.ts'
import { after, type Parties } from './rules.ts'

/**
 * Whether the log itself is an order that explains every answer: each operation is given a place in it, a change right
 * at its event, all else after some event; and what was answered before another was asked for has no later place.
 *
 * This is stricter than linearizability peering by peering: it holds the whole service to one order.
 *
 * Places are given in the order of asking, each the earliest it can be; if that fails, so does every other way.
 */
export function checkLogOrder(history: History, eventOf: ReadonlyMap<Operation, HistoryEvent>): Violation[] {
  const log = new Log(history)
  const violations: Violation[] = []
  const floor = new Floor(history.eventsBefore)
  const ceiling = new Ceiling(eventOf)
  const asked = history.operations
    .filter((operation) => eventOf.has(operation) || operation.outcome.kind !== 'unknown')
    .toSorted((a, b) => a.invokedAtMs - b.invokedAtMs)
  for (const operation of asked) {
    const event = eventOf.get(operation)
    const [low, high] = [floor.at(operation.invokedAtMs), ceiling.at(operation.returnedAtMs)]
    const place = event ? event.sequence : log.place(operation, low.place)
    const fits = place !== null && place <= high.place
    // One that fits nowhere is blamed by itself, and holds nothing else to its own mistake.
    floor.add(operation, fits ? place : low.place)
    if (fits) continue
    const lines = [
      `${describeOperation(operation)}${event ? `; it is ${describeEvent(event)}` : ''}`,
      low.by && `not before event ${low.place}, which was there when ${describeOperation(low.by)}`,
      high.by && `not after event ${high.place}, the next being of ${describeOperation(high.by)}`,
    ]
    const text = lines.filter((line) => line !== null).join('\n    ')
    violations.push({ kind: 'out-of-order', peering: operation.peering, text })
  }
  return violations
}

interface Bound {
  readonly place: number
  readonly by: Operation | null
}

/** The latest place of what was answered before a time. To be asked with times that only grow. */
class Floor {
  #bound: Bound
  /** Placed and not yet counted, the first to be answered last. */
  readonly #open: { readonly operation: Operation; readonly returnedAtMs: number; readonly place: number }[] =
    []

  constructor(eventsBefore: number) {
    this.#bound = { place: eventsBefore, by: null }
  }

  add(operation: Operation, place: number): void {
    const { returnedAtMs } = operation
    if (returnedAtMs === null) return
    const at = this.#open.findLastIndex((other) => other.returnedAtMs >= returnedAtMs)
    this.#open.splice(at + 1, 0, { operation, returnedAtMs, place })
  }

  at(timeMs: number): Bound {
    for (let last = this.#open.at(-1); last && last.returnedAtMs < timeMs; last = this.#open.at(-1)) {
      this.#open.pop()
      if (last.place > this.#bound.place) this.#bound = { place: last.place, by: last.operation }
    }
    return this.#bound
  }
}

/** The last place before the event of whatever was asked for after a time. */
class Ceiling {
  /** By the time of asking. Each bound holds for all times before it. */
  readonly #bounds: { readonly invokedAtMs: number; readonly bound: Bound }[]

  constructor(eventOf: ReadonlyMap<Operation, HistoryEvent>) {
    let bound: Bound = NO_CEILING
    const latestFirst = [...eventOf].toSorted(([a], [b]) => b.invokedAtMs - a.invokedAtMs)
    this.#bounds = latestFirst
      .map(([operation, { sequence }]) => {
        if (sequence <= bound.place) bound = { place: sequence - 1, by: operation }
        return { invokedAtMs: operation.invokedAtMs, bound }
      })
      .toReversed()
  }

  at(timeMs: number | null): Bound {
    if (timeMs === null) return NO_CEILING
    let [low, high] = [0, this.#bounds.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if (Number(this.#bounds[middle]?.invokedAtMs) > timeMs) high = middle
      else low = middle + 1
    }
    return this.#bounds[low]?.bound ?? NO_CEILING
  }
}

const NO_CEILING: Bound = { place: Number.POSITIVE_INFINITY, by: null }

/** A state, from an event on. */
interface Step {
  readonly from: number
  readonly state: PeeringState
}

/** What was so after each event. */
class Log {
  readonly #steps = new Map<string, Step[]>()
  readonly #parties = new Map<string, Parties>()
  /** The stretches of the log, first event to last, in which a pair of VPCs is held. */
  readonly #held = new Map<string, { readonly by: string; readonly from: number; to: number }[]>()
  /** When requests lapse, whether or not that is on record: the clock's operations. */
  readonly #lapses: ReadonlyMap<string | null, Operation[]>

  constructor({ events, peerings, operations }: History) {
    this.#lapses = Map.groupBy(
      operations.filter(({ verb }) => verb === 'expire'),
      ({ peering }) => peering,
    )
    for (const { sequence, peering, to, requester, accepter } of events) {
      const steps = this.#steps.get(peering) ?? []
      steps.push({ from: sequence, state: to })
      this.#steps.set(peering, steps)
      this.#parties.set(peering, { requester, accepter })
      const ends = peerings[peering]
      if (ends) this.#hold(ends, peering, sequence, LIVE_STATES.includes(to))
    }
  }

  #hold({ requester, accepter }: Ends, by: string, sequence: number, held: boolean): void {
    const pair = pairKey(requester.vpc, accepter.vpc)
    const stretches = this.#held.get(pair) ?? []
    const open = stretches.find((stretch) => stretch.by === by && stretch.to === Number.POSITIVE_INFINITY)
    if (held && !open) stretches.push({ by, from: sequence, to: Number.POSITIVE_INFINITY })
    if (!held && open) open.to = sequence - 1
    this.#held.set(pair, stretches)
  }

  /** The first place, not before `earliest`, at which what changed nothing is right; null where there is none. */
  place(operation: Operation, earliest: number): number | null {
    const { peering, asked, outcome } = operation
    if (outcome.kind === 'refused' && outcome.code === 'peering.exists' && asked) {
      const stretches = this.#held.get(pairKey(asked.requester.vpc, asked.accepter.vpc)) ?? []
      const stretch = stretches.find(({ to }) => to >= earliest)
      return stretch ? Math.max(stretch.from, earliest) : null
    }
    // What was not about one peering can be right anywhere.
    if (peering === null) return earliest
    // What the log does not know was nobody's, ever.
    const parties = this.#parties.get(peering) ?? { requester: '', accepter: '' }
    const steps = this.#steps.get(peering) ?? []
    const current = steps.findLast(({ from }) => from <= earliest)
    const candidates = [
      { from: earliest, state: current?.state ?? null },
      ...steps.filter(({ from }) => from > earliest),
    ]
    const fitting = candidates.find(
      ({ state }) =>
        after(operation, state, parties) !== undefined ||
        (state === 'pending-acceptance' &&
          this.#lapsedBy(operation) &&
          after(operation, 'expired', parties) !== undefined),
    )
    return fitting?.from ?? null
  }

  #lapsedBy({ peering, returnedAtMs }: Operation): boolean {
    const lapses = this.#lapses.get(peering) ?? []
    return lapses.some(({ invokedAtMs }) => returnedAtMs !== null && invokedAtMs <= returnedAtMs)
  }
}
