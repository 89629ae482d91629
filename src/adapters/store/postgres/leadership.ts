import type { Candidate, Leadership } from '../../../ports/leadership.ts'
import type { Dialler } from './dialler.ts'
import { messageOf } from './failures.ts'
import { Link } from './link.ts'
import { prepare, type Session } from './session.ts'

/** How often whoever leads says that it is alive, and whoever does not asks whether it may. */
const INTERVAL_MS = 1_000
/** Who has said nothing for this long is dead, or as good as dead: the server ends its session, and with it its lock. */
const SILENCE_MAX_MS = 5_000
const ANSWER_TIMEOUT_MS = 2_000
/** For work that waits for its turn; how long others may take, and how long it may take itself. */
const TURN_TIMEOUT_MS = 60_000

const TRY = prepare(`SELECT pg_try_advisory_lock(hashtext('isthmus duty'), hashtext($1)) AS leads`)
const LEAVE = prepare(`SELECT pg_advisory_unlock(hashtext('isthmus duty'), hashtext($1))`)
const WAIT = prepare(`SELECT pg_advisory_lock(hashtext('isthmus work'), hashtext($1))`)
const ALIVE = prepare('SELECT 1')

/**
 * Leads whoever holds a lock of the database, on a session that is kept for it. A process that dies loses the session at
 * once; one that stops without dying, when the server has not heard from it for a while.
 */
export class PostgresLeadership implements Leadership {
  readonly #dialler: Dialler

  constructor(dialler: Dialler) {
    this.#dialler = dialler
  }

  stand(duty: string): Candidate {
    return new Standing(this.#dialler, duty)
  }

  async alone<T>(name: string, work: () => Promise<T>): Promise<T> {
    const session = await this.#dialler.connectWithin(TURN_TIMEOUT_MS, 'work', {
      idle_session_timeout: TURN_TIMEOUT_MS,
    })
    try {
      await session.query(WAIT(name), TURN_TIMEOUT_MS)
      return await work()
    } finally {
      await session.close(ANSWER_TIMEOUT_MS)
    }
  }
}

class Standing implements Candidate {
  readonly #link: Link
  readonly #duty: string
  readonly #timer: NodeJS.Timeout
  /** The session that the lock is held on. */
  #held: Session | null = null
  #asking: Promise<void> | null = null

  constructor(dialler: Dialler, duty: string) {
    this.#link = new Link(dialler, 'leader', { idle_session_timeout: SILENCE_MAX_MS })
    this.#duty = duty
    this.#timer = setInterval(() => this.#beat(), INTERVAL_MS)
    this.#beat()
  }

  get leads(): boolean {
    return this.#held !== null && this.#held.lost === null
  }

  async withdraw(): Promise<void> {
    clearInterval(this.#timer)
    await this.#asking
    await this.#held?.query(LEAVE(this.#duty), ANSWER_TIMEOUT_MS).catch(() => {})
    this.#held = null
    await this.#link.close()
  }

  #beat(): void {
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = null
    })
  }

  /** Never rejects: who cannot ask does not lead. */
  async #ask(): Promise<void> {
    try {
      const session = await this.#link.open()
      if (this.#held === session) await session.query(ALIVE(), ANSWER_TIMEOUT_MS)
      else {
        const { rows } = await session.query(TRY(this.#duty), ANSWER_TIMEOUT_MS)
        this.#held = rows[0]?.['leads'] ? session : null
      }
    } catch (error) {
      this.#held?.destroy(messageOf(error))
      this.#held = null
    }
  }
}
