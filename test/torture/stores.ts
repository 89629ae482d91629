import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { postgresDirectory, startPostgres } from '../rig/postgres.ts'
import { pairDirectory, startPostgresPair } from '../rig/postgres-pair.ts'

/** A store that was opened for a test. */
export interface OpenStore {
  /** The options of `isthmus serve` that choose it. */
  readonly serveArguments: readonly string[]
  /** What is counted for each quota, by key, as the store keeps it; not to be had over HTTP. */
  readCounters(directory: string): Promise<ReadonlyMap<string, number>>
  /** Kills the server that takes writes, and lets another take its place; null where there is no other. */
  readonly failOver: (() => Promise<void>) | null
  dispose(): Promise<void>
}

/** A kind of store that the service runs over, and how many replicas it is for. */
export interface StoreKind {
  readonly name: 'SQLite' | 'PostgreSQL' | 'PostgreSQL with a standby'
  readonly replicas: number
  /** Whether this machine has it. */
  readonly available: boolean
  open(): Promise<OpenStore>
}

const countersFrom = (rows: readonly Record<string, unknown>[]) =>
  new Map(rows.map(({ key, used }) => [String(key), Number(used)]))

const COUNTERS = 'SELECT key, used FROM counters'

const SQLITE: StoreKind = {
  name: 'SQLite',
  replicas: 1,
  available: true,
  open: async () => ({
    serveArguments: [],
    async readCounters(directory) {
      const database = new DatabaseSync(join(directory, 'isthmus.db'), { readOnly: true })
      try {
        return countersFrom(database.prepare(COUNTERS).all())
      } finally {
        database.close()
      }
    },
    failOver: null,
    dispose: async () => {},
  }),
}

const POSTGRES: StoreKind = {
  name: 'PostgreSQL',
  replicas: 3,
  available: postgresDirectory !== null,
  async open() {
    const server = await startPostgres()
    const database = await server.createDatabase()
    return {
      serveArguments: ['--database-url', database.url],
      readCounters: async () => countersFrom(await database.query(COUNTERS)),
      failOver: null,
      dispose: () => server.dispose(),
    }
  },
}

/** A primary with a synchronous standby, from Debian's packages: those from npm cannot make one. */
export const POSTGRES_PAIR: StoreKind = {
  name: 'PostgreSQL with a standby',
  replicas: 3,
  available: pairDirectory !== null,
  async open() {
    const pair = await startPostgresPair()
    return {
      serveArguments: ['--database-url', pair.database.url],
      readCounters: async () => countersFrom(await pair.database.query(COUNTERS)),
      failOver: () => pair.failOver(),
      dispose: () => pair.dispose(),
    }
  },
}

export const STORES = { sqlite: SQLITE, postgres: POSTGRES }
