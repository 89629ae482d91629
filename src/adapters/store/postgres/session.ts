import { createHash } from 'node:crypto'
import { type Client, types } from 'pg'
import type { Row } from '../rows.ts'
import { LostConnectionError, messageOf } from './failures.ts'

/** What is sent to the server. One with a name is parsed and planned once for each connection. */
export interface Statement {
  readonly name?: string
  readonly text: string
  readonly values?: readonly Value[]
}

export type Value = string | number | boolean | null | Uint8Array | readonly string[] | readonly number[]

let prepared = 0

/** A statement that is used again and again, with other values each time. */
export function prepare(text: string): (...values: Value[]) => Statement {
  const name = `isthmus_${++prepared}`
  return (...values) => ({ name, text, values: values.map(storable) })
}

/** PostgreSQL keeps neither NUL characters nor halves of surrogate pairs; U+FFFD stands for them. */
export function storable<V extends Value>(value: V): V {
  if (typeof value === 'string') return (UNSTORABLE.test(value) ? clean(value) : value) as V
  if (Array.isArray(value)) return value.map(storable) as readonly unknown[] as V
  return value
}

/** More than an index takes, which is some 2,700 bytes of a row. */
const KEY_LENGTH_MAX = 500

/** A key that a client makes up may be of any length; a long one is kept by its hash. */
export function storableKey(key: string): string {
  if (key.length <= KEY_LENGTH_MAX) return storable(key)
  return `sha256:${createHash('sha256').update(key).digest('hex')}`
}

/** `value` as the text of a `json` parameter. */
export function jsonText(value: unknown): string {
  const text = JSON.stringify(value)
  // JSON writes as escapes just what cannot be stored, so most texts need no second look.
  if (!text.includes('\\u')) return text
  return JSON.stringify(value, (_key, part: unknown) => (typeof part === 'string' ? clean(part) : part))
}

const UNSTORABLE = /[\0\ud800-\udfff]/
const clean = (text: string) => text.replaceAll('\0', '\ufffd').toWellFormed()

/** Whole numbers as such, and JSON as its text: `rows.ts` reads what SQLite and PostgreSQL answer alike. */
const PARSERS: Readonly<Record<number, (text: string) => unknown>> = {
  [types.builtins.INT8]: Number,
  [types.builtins.JSON]: String,
  [types.builtins.JSONB]: String,
}

export const TYPES = {
  getTypeParser: ((oid: number, format: 'text') =>
    PARSERS[oid] ?? types.getTypeParser(oid, format)) as typeof types.getTypeParser,
}

/** What the server answered to one statement. */
export interface Answer {
  /** The word for what was done, e.g. `COMMIT`. */
  readonly command: string
  readonly rows: Row[]
}

interface Asked {
  readonly askedAtMs: number
  readonly deadlineMs: number
  readonly reject: (error: Error) => void
}

const WATCH_INTERVAL_MS = 100
/** What nobody waits for any more is still in the way of what is asked after it; with so much of it another connection is better. */
const ABANDONED_MAX = 500
/** Whoever is asked and says nothing at all for so long is gone. */
const SILENCE_MAX_MS = 1_000

/**
 * One connection to a server that may be written to. What is asked on it within one turn of the event loop goes out
 * together and is answered in order; nobody waits for an answer before asking the next thing.
 */
export class Session {
  readonly #client: Client
  readonly #asked = new Set<Asked>()
  readonly #watch: NodeJS.Timeout
  #corked = false
  /** How many statements nobody waits for any more, although they are yet to be answered. */
  #abandoned = 0
  #answeredAtMs = 0
  /** Why it is of no further use; null while it is. */
  #lost: string | null = null
  /** Called once, when it is lost. */
  onLost: (reason: string) => void = () => {}

  /** `client` is connected. */
  constructor(client: Client) {
    this.#client = client
    client.on('error', (error) => this.destroy(messageOf(error)))
    client.on('end', () => this.destroy('the connection was closed'))
    this.#watch = setInterval(() => this.#rejectLate(), WATCH_INTERVAL_MS)
    this.#watch.unref()
  }

  get lost(): string | null {
    return this.#lost
  }

  /** How many statements are yet to be answered. */
  get pending(): number {
    return this.#asked.size + this.#abandoned
  }

  /**
   * Rejects with the server's `DatabaseError`; with `LostConnectionError` where the connection broke or there was no
   * answer within `timeoutMs`, and then nobody knows whether it was done. A connection on which nothing is answered any
   * more is given up.
   */
  query(statement: Statement, timeoutMs: number): Promise<Answer> {
    if (this.#lost !== null) return Promise.reject(new LostConnectionError(this.#lost))
    this.#cork()
    return new Promise((resolve, reject) => {
      const askedAtMs = performance.now()
      const asked = { askedAtMs, deadlineMs: askedAtMs + timeoutMs, reject }
      this.#asked.add(asked)
      const { text, name, values } = statement
      const config = { text, ...(name && { name }), ...(values && { values: [...values] }) }
      // Asked for a promise the driver would make two of its own.
      this.#client.query(config, (error: Error | null, result) => {
        this.#settled(asked)
        if (error) reject(this.#lost === null ? error : new LostConnectionError(this.#lost))
        else {
          this.#answeredAtMs = performance.now()
          resolve(result)
        }
      })
    })
  }

  /** All of `statements`, without waiting in between; rejects as the first of them that fails. */
  all(statements: readonly Statement[], timeoutMs: number): Promise<Answer[]> {
    return Promise.all(statements.map((statement) => this.query(statement, timeoutMs)))
  }

  /** Breaks the connection off. Whoever waits for an answer on it hears `reason`. */
  destroy(reason: string): void {
    if (this.#lost !== null) return
    this.#lost = reason
    clearInterval(this.#watch)
    this.#client.connection.stream.destroy()
    for (const { reject } of this.#asked) reject(new LostConnectionError(reason))
    this.#asked.clear()
    this.onLost(reason)
  }

  /** Says goodbye to the server, or breaks off where that takes long. */
  async close(timeoutMs: number): Promise<void> {
    if (this.#lost !== null) return
    const timer = setTimeout(() => this.destroy('closed'), timeoutMs)
    await this.#client.end()
    clearTimeout(timer)
    this.destroy('closed')
  }

  #settled(asked: Asked): void {
    if (!this.#asked.delete(asked)) this.#abandoned--
  }

  #cork(): void {
    if (this.#corked) return
    const { stream } = this.#client.connection
    this.#corked = true
    stream.cork()
    setImmediate(() => {
      this.#corked = false
      stream.uncork()
    })
  }

  #rejectLate(): void {
    const nowMs = performance.now()
    for (const asked of this.#asked) {
      if (asked.deadlineMs > nowMs) continue
      const silent = this.#answeredAtMs < asked.askedAtMs && nowMs - asked.askedAtMs > SILENCE_MAX_MS
      if (silent || this.#abandoned >= ABANDONED_MAX) {
        this.destroy(LATE)
        return
      }
      this.#asked.delete(asked)
      this.#abandoned++
      asked.reject(new LostConnectionError(LATE))
    }
  }
}

const LATE = 'the database did not answer in time'
