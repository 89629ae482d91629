import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { migrationFiles } from '../migrations.ts'
import type { Row } from '../rows.ts'

/** One connection, with each statement prepared once. */
export class Connection {
  readonly #database: DatabaseSync
  readonly #statements = new Map<string, StatementSync>()

  constructor(path: string, options: { readOnly: boolean }) {
    this.#database = new DatabaseSync(path, { readOnly: options.readOnly, timeout: 5000 })
  }

  get(sql: string, ...values: SQLInputValue[]): Row | undefined {
    return this.#prepare(sql).get(...values) as Row | undefined
  }

  all(sql: string, ...values: SQLInputValue[]): Row[] {
    return this.#prepare(sql).all(...values) as Row[]
  }

  run(sql: string, ...values: SQLInputValue[]): void {
    this.#prepare(sql).run(...values)
  }

  /** Several statements at once, without parameters. */
  exec(sql: string): void {
    this.#database.exec(sql)
  }

  /** Whether the schema can be changed only by statements that are made for it, as it can be unless told otherwise. */
  defend(active: boolean): void {
    this.#database.enableDefensive(active)
  }

  close(): void {
    this.#statements.clear()
    this.#database.close()
  }

  #prepare(sql: string): StatementSync {
    const known = this.#statements.get(sql)
    if (known) return known
    const statement = this.#database.prepare(sql)
    this.#statements.set(sql, statement)
    return statement
  }
}

/** A number of pages, of 4 KB, that grows with the database: one for so many that it has, within these bounds. */
interface Share {
  readonly of: number
  readonly least: number
  readonly most: number
}

/**
 * How many pages to hold in memory. SQLite looks at every one at the end of each commit that has split one, which with 64 MB of
 * them took the writer 10 us a change, more than to read again what 8 MB do not hold. Not so beyond a gigabyte, where it never
 * has to take a number for a page that no page has; and there much more is to be read again.
 */
const HELD: Share = { of: 16, least: 2_048, most: 16_384 }

/**
 * How long the log may become, before what is in it is copied into the database and it begins anew. A page that changes often is
 * copied once for many changes. A gigabyte of log is read in half a second where a start finds it, and copied in one.
 */
const LOGGED: Share = { of: 1, least: 64_000, most: 256_000 }

const shareOf = (pages: number, { of, least, most }: Share) =>
  Math.min(Math.max(least, Math.floor(pages / of)), most)

/**
 * Opens the database for writing, and brings its schema up to date. What a commit answers as done survives a
 * power cut: the log is flushed at every commit (`synchronous=FULL`).
 */
export function openForWriting(path: string): Connection {
  const connection = new Connection(path, { readOnly: false })
  connection.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;')
  const pages = Number(connection.get('PRAGMA page_count')?.['page_count'])
  connection.exec(`PRAGMA cache_size = ${shareOf(pages, HELD)}`)
  connection.exec(`PRAGMA wal_autocheckpoint = ${shareOf(pages, LOGGED)}`)
  migrate(connection)
  return connection
}

export function openForReading(path: string): Connection {
  const connection = new Connection(path, { readOnly: true })
  connection.exec(`PRAGMA cache_size = ${HELD.least}`)
  return connection
}

/** Brings the schema up to date. */
function migrate(connection: Connection): void {
  const pending = pendingMigrations(connection)
  if (pending.length === 0) return
  // Some change the text of checks in place, on which nothing that is stored depends.
  connection.defend(false)
  for (const { sql, version } of pending) {
    connection.exec(`BEGIN IMMEDIATE; ${sql}; PRAGMA user_version = ${version}; COMMIT;`)
  }
  connection.defend(true)
}

/**
 * The numbered files that the database has not had yet, in order; `user_version` says how many it has had. Throws where a
 * newer version has been at it.
 */
export function pendingMigrations(connection: Connection) {
  const files = migrationFiles(import.meta.dirname)
  const done = Number(connection.get('PRAGMA user_version')?.['user_version'] ?? 0)
  if (done > files.length) {
    throw new Error(
      `the data directory was written by a newer version (schema ${done}, known ${files.length})`,
    )
  }
  return files.map((file, index) => ({ ...file, version: index + 1 })).slice(done)
}
