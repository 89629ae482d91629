import { setTimeout as sleep } from 'node:timers/promises'
import type { Dialler, Settings } from './dialler.ts'
import { messageOf, unavailable } from './failures.ts'
import type { Session } from './session.ts'

const RETRY_FIRST_MS = 50
const RETRY_MAX_MS = 500
const GOODBYE_TIMEOUT_MS = 1_000

/**
 * One connection that is made when it is first needed, and made anew whenever it is lost. Once a new one could not be
 * had, the database is known to be down, and whoever asks is told so at once, until it can: as soon as any other connection
 * through the same dialler was made, this one is being made, and who asks waits for it.
 */
export class Link {
  readonly #dialler: Dialler
  readonly #purpose: string
  readonly #settings: Settings
  #session: Session | null = null
  #down: string | null = null
  /** The call under way: fulfilled once it was answered or not. */
  #calling: Promise<void> | null = null
  #trying = false
  #pausing = new AbortController()
  #closed = false
  /** Whether somebody has found a server since the last call was made. */
  #reachedElsewhere = false
  readonly #ignore: () => void
  /** Hears why, once it is known that the database is down. */
  onDown: (reason: string) => void = () => {}

  constructor(dialler: Dialler, purpose: string, settings: Settings) {
    this.#dialler = dialler
    this.#purpose = purpose
    this.#settings = settings
    this.#ignore = dialler.whenReached(() => this.#reached())
  }

  /** The connection there is at this moment. */
  get session(): Session | null {
    return this.#session
  }

  /** Why there is no connection; null where there is one, or one may be had. */
  get down(): string | null {
    return this.#down
  }

  /** The connection, waiting for a call that is under way. Throws `service.unavailable` where there is none. */
  async open(): Promise<Session> {
    while (this.#session === null) {
      if (this.#down !== null) throw unavailable(this.#down)
      if (this.#closed) throw unavailable('the store is closing')
      await this.#call()
    }
    return this.#session
  }

  /** The connection, however long it takes to be had, up to `deadlineMs`. Throws `service.unavailable`. */
  async openBefore(deadlineMs: number): Promise<Session> {
    for (;;) {
      try {
        return await this.open()
      } catch (error) {
        if (performance.now() + RETRY_FIRST_MS > deadlineMs || this.#closed) throw error
        await sleep(RETRY_FIRST_MS)
      }
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#ignore()
    this.#pausing.abort()
    await this.#calling
    await this.#session?.close(GOODBYE_TIMEOUT_MS)
  }

  #call(): Promise<void> {
    if (this.#calling) return this.#calling
    this.#reachedElsewhere = false
    this.#calling = this.#dialler
      .connect(this.#purpose, this.#settings)
      .then(
        (session) => this.#opened(session),
        (error: unknown) => this.#failed(messageOf(error)),
      )
      .finally(() => {
        this.#calling = null
      })
    return this.#calling
  }

  #opened(session: Session): void {
    this.#down = null
    this.#reachedElsewhere = false
    if (session.lost !== null) return
    this.#session = session
    session.onLost = () => {
      this.#session = null
      if (!this.#closed) void this.#call()
    }
    // Closed meanwhile; whoever closes it waits for this call and then finds the session.
  }

  #failed(reason: string): void {
    // It had been made before the server was there.
    if (!this.#reachedElsewhere) {
      const first = this.#down === null
      this.#down = reason
      if (first) this.onDown(reason)
    }
    if (!this.#trying) void this.#tryUntilUp()
  }

  async #tryUntilUp(): Promise<void> {
    this.#trying = true
    let delayMs = RETRY_FIRST_MS
    while (this.#session === null && !this.#closed) {
      if (!this.#reachedElsewhere) await this.#pause(delayMs)
      delayMs = Math.min(delayMs * 2, RETRY_MAX_MS)
      if (!this.#closed) await this.#call()
    }
    this.#trying = false
  }

  /** Waits so long, or until somebody has found a server or it is closed. */
  async #pause(delayMs: number): Promise<void> {
    this.#pausing = new AbortController()
    await sleep(delayMs, undefined, { signal: this.#pausing.signal }).catch(() => {})
  }

  /** Somebody has found a server: a call that fails now was made before. */
  #reached(): void {
    if (this.#session !== null) return
    this.#down = null
    this.#reachedElsewhere = true
    this.#pausing.abort()
  }
}
