import { setTimeout as sleep } from 'node:timers/promises'
import { DatabaseError } from 'pg'
import { SILENCE, type Telemetry } from '../../../ports/telemetry.ts'
import type { Row } from '../rows.ts'
import { BY_INDEX, type Dialler } from './dialler.ts'
import { cureOf, messageOf, unavailable } from './failures.ts'
import { Link } from './link.ts'
import type { Session, Statement } from './session.ts'

/** Whoever reads has an answer, or is told that there is none, within this time, milliseconds. */
export const READ_TIMEOUT_MS = 3_000
/** More than this at once and the database is not keeping up; better to say so than to remember it all. */
const PENDING_MAX = 2_000
/** As soon as every connection has so many questions to answer, another one is made. */
const PENDING_ENOUGH = 4

/** How many connections there are for what is planned anew each time. */
const CONNECTIONS = 3

/** The connections for reads. Each carries many reads at once, so a few are enough. */
export class Readers {
  readonly #links: readonly Link[]
  /** For what every request looks up, a few rows by their keys: one connection that always plans for that. */
  readonly #keyed: readonly Link[]
  readonly #telemetry: Telemetry
  #pending = 0

  constructor(dialler: Dialler, telemetry: Telemetry = SILENCE) {
    this.#telemetry = telemetry
    telemetry.waiting.reads.from(() => this.#pending)
    // The server gives up a slow statement before its connection is given up, with all the others that wait on it.
    const settings = { statement_timeout: READ_TIMEOUT_MS - 500 }
    this.#links = Array.from({ length: CONNECTIONS }, () => new Link(dialler, 'reader', settings))
    this.#keyed = [new Link(dialler, 'reader', { ...settings, ...BY_INDEX })]
  }

  /** The rows that `statement` finds, by `deadlineMs` where that is sooner than usual. Throws `service.unavailable`. */
  read(statement: Statement, deadlineMs = Number.POSITIVE_INFINITY): Promise<Row[]> {
    return this.counting((usualMs) => this.#ask(this.#links, statement, Math.min(deadlineMs, usualMs)))
  }

  /** What `reading` comes to, which is to be over by the deadline it is given. Throws `service.unavailable` where too many wait. */
  async counting<T>(reading: (deadlineMs: number) => Promise<T>): Promise<T> {
    if (this.#pending >= PENDING_MAX) {
      this.#telemetry.refused.reads.add()
      throw unavailable('too many reads are waiting for the database')
    }
    this.#pending++
    try {
      return await reading(performance.now() + READ_TIMEOUT_MS)
    } finally {
      this.#pending--
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#links, ...this.#keyed].map((link) => link.close()))
  }

  /** The rows that `statement` finds by their keys, for who counts it. Throws `service.unavailable`. */
  byKey(statement: Statement, deadlineMs: number): Promise<Row[]> {
    return this.#ask(this.#keyed, statement, deadlineMs)
  }

  /** A read is safe to repeat; one that was on a connection when that was lost is, as long as there is time. */
  async #ask(links: readonly Link[], statement: Statement, deadlineMs: number): Promise<Row[]> {
    for (;;) {
      const session = sessionOf(links) ?? (await before(deadlineMs, openOneOf(links)))
      try {
        return (await session.query(statement, deadlineMs - performance.now())).rows
      } catch (error) {
        const cure = cureOf(error)
        if (cure === 'none') throw error
        if (cure === 'repeat' || performance.now() >= deadlineMs) throw unavailable(messageOf(error))
        // What reached its time by itself has not lost the connection, which may be busy with the reads of others.
        if (error instanceof DatabaseError) session.destroy(messageOf(error))
      }
    }
  }
}

/** The first that has little to do, for the fewer have work the fewer are to be woken; or else the one that has the least. */
function sessionOf(links: readonly Link[]): Session | null {
  let least: Session | null = null
  let missing: Link | null = null
  for (const link of links) {
    const { session } = link
    if (session === null) missing ??= link
    else if (session.pending < PENDING_ENOUGH) return session
    else if (least === null || session.pending < least.pending) least = session
  }
  // Another one is made in the background; what there is serves meanwhile.
  if (least !== null && missing !== null && missing.down === null) missing.open().catch(() => {})
  return least
}

function openOneOf([first]: readonly Link[]): Promise<Session> {
  if (!first) throw new Error('no connections for reads')
  return first.open()
}

/** What `work` comes to, or `service.unavailable` where that takes too long. */
export async function before<T>(deadlineMs: number, work: Promise<T>): Promise<T> {
  const stop = new AbortController()
  const late = sleep(Math.max(0, deadlineMs - performance.now()), undefined, { signal: stop.signal }).then(
    () => {
      throw unavailable('the database did not answer in time')
    },
  )
  late.catch(() => {})
  try {
    return await Promise.race([work, late])
  } finally {
    stop.abort()
  }
}
