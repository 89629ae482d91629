import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import type { DatabaseAddress } from './address.ts'
import { messageOf } from './failures.ts'
import { ImpossibleError, UnreachableError } from './opening-errors.ts'
import { Session, TYPES } from './session.ts'

/** How long one server may take to answer a call, milliseconds. */
const CONNECT_TIMEOUT_MS = 1_500
const RETRY_DELAY_MS = 200
/** `idle_session_timeout` came with 14. */
const VERSION_MIN = 140_000

/**
 * Settings of a session that are not the server's own.
 * Source: PostgreSQL documentation, "Client Connection Defaults", version 18.
 */
export type Settings = Readonly<Record<string, string | number>>

/**
 * For who looks up few rows of what may be many, and each of them by an index: it is never right to read a table whole for
 * that, or much of one in order, however small the table was when that was planned.
 */
export const BY_INDEX: Settings = {
  enable_seqscan: 'off',
  enable_hashjoin: 'off',
  enable_mergejoin: 'off',
  plan_cache_mode: 'force_generic_plan',
}

/**
 * Calls the servers of a database in turn, the one that answered last first, until one takes writes: a standby answers,
 * but is not the one that is looked for.
 */
export class Dialler {
  readonly #address: DatabaseAddress
  /** Who wants to know that a server is there. */
  readonly #waiting = new Set<() => void>()
  #lastGood = 0

  constructor(address: DatabaseAddress) {
    this.#address = address
  }

  /** Throws UnreachableError; ImpossibleError where waiting would not help. */
  async connect(purpose: string, settings: Settings): Promise<Session> {
    const { hosts } = this.#address
    const reasons: string[] = []
    let impossible = true
    for (let count = 0; count < hosts.length; count++) {
      const index = (this.#lastGood + count) % hosts.length
      const { host, port } = hosts[index] ?? { host: '', port: 0 }
      try {
        const call = () => this.#call({ host, port }, purpose, settings)
        // Whoever has the connections ended that there are does not mean the one that is made after them.
        const session = await call().catch((error) => (isEnded(error) ? call() : Promise.reject(error)))
        this.#lastGood = index
        for (const reached of this.#waiting) reached()
        return session
      } catch (error) {
        impossible &&= error instanceof ImpossibleError
        reasons.push(`${host}:${port}: ${messageOf(error)}`)
      }
    }
    const message = `no PostgreSQL server takes writes: ${reasons.join('; ')}`
    throw impossible ? new ImpossibleError(message) : new UnreachableError(message)
  }

  /** The same, for somebody who has time: a server may be starting, or have many others to answer. */
  async connectWithin(timeoutMs: number, purpose: string, settings: Settings): Promise<Session> {
    const deadlineMs = performance.now() + timeoutMs
    for (;;) {
      try {
        return await this.connect(purpose, settings)
      } catch (error) {
        if (error instanceof ImpossibleError || performance.now() > deadlineMs) throw error
        await sleep(RETRY_DELAY_MS)
      }
    }
  }

  /** Calls `reached` whenever anybody has found a server, until what it answers is called. */
  whenReached(reached: () => void): () => void {
    this.#waiting.add(reached)
    return () => this.#waiting.delete(reached)
  }

  async #call(server: { host: string; port: number }, purpose: string, settings: Settings): Promise<Session> {
    const { user, password, database, ssl } = this.#address
    const client = new Client({
      ...server,
      ...(user !== null && { user }),
      ...(password !== null && { password }),
      ...(database !== null && { database }),
      ssl,
      application_name: `isthmus ${purpose}`,
      options: Object.entries({ ...BASICS, ...settings })
        .map(([name, value]) => `-c ${name}=${value}`)
        .join(' '),
      types: TYPES,
      pipeline: true,
      keepAlive: true,
      keepAliveInitialDelayMillis: 5_000,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    })
    // An error without anybody who listens ends the process. The first says why; what is asked later learns less.
    let broken: Error | null = null
    client.on('error', (error) => {
      broken ??= error
    })
    try {
      await client.connect()
    } catch (error) {
      client.connection.stream.destroy()
      if (IMPOSSIBLE.includes((error as { code?: string }).code ?? ''))
        throw new ImpossibleError(messageOf(error))
      throw error
    }
    const session = new Session(client)
    try {
      await greet(session, 'synchronous_commit' in settings)
    } catch (error) {
      session.destroy(messageOf(error))
      throw broken ?? error
    }
    return session
  }
}

const BASICS: Settings = {
  // A server that loses sight of this process must not keep its locks for long.
  ...{ tcp_keepalives_idle: 5, tcp_keepalives_interval: 2, tcp_keepalives_count: 3 },
  // Statements here find few rows. What a server takes for costly it would compile first, for tens of milliseconds.
  jit: 'off',
}

/**
 * Wrong password, no such role, no such database, not let in.
 * Source: PostgreSQL documentation, "PostgreSQL Error Codes", version 18.
 */
const IMPOSSIBLE: readonly string[] = ['28P01', '28000', '3D000', '42501']

/** `admin_shutdown`, which is also what `pg_terminate_backend` says. */
const isEnded = (error: unknown) => (error as { code?: string }).code === '57P01'

/** What is answered as committed is on disk, whatever this server's default may be; unless that was said to be no matter. */
async function greet(session: Session, anyCommit: boolean): Promise<void> {
  const text = `SELECT current_setting('transaction_read_only') = 'on' AS read_only,
    current_setting('server_version_num')::integer AS version,
    CASE WHEN NOT ${anyCommit} AND current_setting('synchronous_commit') IN ('off', 'local')
      THEN set_config('synchronous_commit', 'on', false) END`
  const { rows } = await session.query({ text }, CONNECT_TIMEOUT_MS)
  const { read_only: readOnly, version } = rows[0] ?? {}
  if (Number(version) < VERSION_MIN) throw new ImpossibleError('PostgreSQL 14 or newer is needed')
  if (readOnly) throw new Error('is a standby, or read-only')
}
