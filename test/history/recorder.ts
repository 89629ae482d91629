import type { PeeringState } from '../../src/domain/peering.ts'
import type { Ends, History, HistoryEvent, Operation, Outcome, Verb } from './history.ts'

/** What a client is about to do. */
export interface Intent {
  readonly client: string
  readonly verb: Verb
  /** A tenant's id, or `operator`. */
  readonly by: string
  readonly peering: string | null
  readonly asked: Ends | null
}

/** How it ended. `peering` is that which was made, for a request. */
export interface Ending {
  readonly outcome: Outcome
  readonly requestId: string | null
  readonly peering?: string
}

/** An operation that is under way. */
export interface Open {
  /** An attempt had no answer; the next one carries the same idempotency token. */
  unanswered(): void
  end(ending: Ending): void
}

/** Remembers who asked for what, when, and how it was answered; over all clients, on one clock. */
export class Recorder {
  readonly #operations: Operation[] = []
  readonly #peerings: Record<string, Ends> = {}
  readonly #now: () => number
  #begun = 0

  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  get operations(): readonly Operation[] {
    return this.#operations
  }

  begin(intent: Intent): Open {
    const number = ++this.#begun
    const invokedAtMs = this.#now()
    let unansweredAttempts = 0
    return {
      unanswered: () => {
        unansweredAttempts++
      },
      end: ({ outcome, requestId, peering = intent.peering }) => {
        // An attempt that was cut off may still come through after a later one was refused.
        const settled: Outcome =
          outcome.kind === 'refused' && unansweredAttempts > 0 ? { kind: 'unknown' } : outcome
        const open = settled.kind === 'unknown'
        this.#operations.push({
          ...intent,
          number,
          peering,
          invokedAtMs,
          returnedAtMs: open ? null : this.#now(),
          outcome: settled,
          requestId: open ? null : requestId,
          unansweredAttempts,
        })
        if (peering !== null && intent.asked) this.met(peering, intent.asked)
      },
    }
  }

  /** One answer has shown several peerings. */
  saw(invokedAtMs: number, by: Pick<Intent, 'client' | 'by'>, shown: readonly Shown[]): void {
    for (const { peering, state, ends } of shown) {
      this.met(peering, ends)
      this.#operations.push({
        ...by,
        number: ++this.#begun,
        verb: 'show',
        peering,
        asked: null,
        invokedAtMs,
        returnedAtMs: this.#now(),
        outcome: { kind: 'done', state },
        requestId: null,
        unansweredAttempts: 0,
      })
    }
  }

  /** One answer has shown everything there is, and these were not there. */
  missed(invokedAtMs: number, by: Pick<Intent, 'client' | 'by'>, peerings: readonly string[]): void {
    for (const peering of peerings) {
      this.#operations.push({
        ...by,
        number: ++this.#begun,
        verb: 'show',
        peering,
        asked: null,
        invokedAtMs,
        returnedAtMs: this.#now(),
        outcome: { kind: 'refused', code: 'peering.not-found' },
        requestId: null,
        unansweredAttempts: 0,
      })
    }
  }

  /** The peerings that any answer told of. */
  get peerings(): Readonly<Record<string, Ends>> {
    return this.#peerings
  }

  /** An answer has told whose the peering is. */
  met(peering: string, ends: Ends): void {
    this.#peerings[peering] = ends
  }

  now(): number {
    return this.#now()
  }

  history(eventsBefore: number, events: readonly HistoryEvent[]): History {
    return { operations: this.#operations, eventsBefore, events, peerings: this.#peerings }
  }
}

/** A peering as an answer shows it. */
export interface Shown {
  readonly peering: string
  readonly state: PeeringState
  readonly ends: Ends
}
