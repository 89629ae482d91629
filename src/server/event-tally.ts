import { setTimeout as sleep } from 'node:timers/promises'
import type { EventType } from '../domain/event.ts'
import { PEERING_STATES, type PeeringState } from '../domain/peering.ts'
import type { Store } from '../ports/store.ts'

/** What the event log comes to, up to and with the event numbered `sequence`. */
export interface Tally {
  readonly sequence: number
  readonly states: Readonly<Record<PeeringState, number>>
  readonly events: Readonly<Record<EventType, number>>
}

const SETTING = 'event-tally'
const PAGE = 1_000
/** Between pages, so that whoever asks for something has the store in between. */
const PAUSE_MS = 5
/** So many new events, and what they come to is kept, so that nobody reads them again. */
const KEEP_AFTER = 10_000
/** Who looks waits for what is new this long, milliseconds; then what was known before must do. */
const PATIENCE_MS = 500

const NO_EVENTS: Record<EventType, number> = {
  'peering.requested': 0,
  'peering.accepted': 0,
  'peering.rejected': 0,
  'peering.expired': 0,
  'peering.reopened': 0,
  'peering.deleted': 0,
  'peering.updated': 0,
  'peering.proof-lost': 0,
}

const NOTHING: Tally = {
  sequence: 0,
  states: Object.fromEntries(PEERING_STATES.map((state) => [state, 0])) as Record<PeeringState, number>,
  events: NO_EVENTS,
}

/**
 * How many peerings there are in each state, without counting them: every change of a state is an event, so the numbers
 * are a fold of the event log. A look reads what is new since the last one; now and then the sum is kept as a setting, so that
 * a process that starts does not begin at the first event. Nothing of it is on the way of a request, and nothing
 * happens until somebody looks.
 */
export class EventTally {
  readonly #store: Store
  #known: Tally | null = null
  #keptSequence = 0
  #reading: Promise<void> | null = null
  #stopped = false

  constructor(store: Store) {
    this.#store = store
  }

  /** The tally as of the last event that was read; null while the log has never been read to its end. */
  async look(): Promise<Tally | null> {
    this.#reading ??= this.#readOn().finally(() => {
      this.#reading = null
    })
    const waited = new AbortController()
    const late = sleep(PATIENCE_MS, undefined, { signal: waited.signal }).catch(() => {})
    await Promise.race([this.#reading.catch(() => {}), late])
    waited.abort()
    return this.#known
  }

  /** Reads no further, and waits for the page under way. */
  async stop(): Promise<void> {
    this.#stopped = true
    await this.#reading?.catch(() => {})
  }

  async #readOn(): Promise<void> {
    let tally = this.#known ?? (await this.#kept())
    this.#keptSequence = Math.max(this.#keptSequence, this.#known === null ? tally.sequence : 0)
    while (!this.#stopped) {
      const page = await this.#store.listEvents(tally.sequence, PAGE, null)
      tally = page.reduce(fold, tally)
      if (tally.sequence >= this.#keptSequence + KEEP_AFTER) await this.#keep(tally)
      if (page.length < PAGE) {
        this.#known = tally
        return
      }
      await sleep(PAUSE_MS)
    }
  }

  async #kept(): Promise<Tally> {
    const text = await this.#store.readSetting(SETTING)
    if (text === null) return NOTHING
    const { sequence, states, events } = JSON.parse(text) as Tally
    return { sequence, states: { ...NOTHING.states, ...states }, events: { ...NO_EVENTS, ...events } }
  }

  /** Replicas may keep theirs in any order: each is right by itself. */
  async #keep(tally: Tally): Promise<void> {
    await this.#store.commit({ settings: { [SETTING]: JSON.stringify(tally) }, nowMs: Date.now() })
    this.#keptSequence = tally.sequence
  }
}

/** `tally` with one event more. Pure. */
function fold(
  { states, events }: Tally,
  { sequence, type, from, to }: Awaited<ReturnType<Store['listEvents']>>[number],
): Tally {
  const moved = from === to ? states : { ...states, [to]: states[to] + 1 }
  return {
    sequence,
    states: from === null || from === to ? moved : { ...moved, [from]: moved[from] - 1 },
    events: { ...events, [type]: events[type] + 1 },
  }
}
