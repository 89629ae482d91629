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

/** Pages of 4 KB. */
const PAGES_HELD = 2_048
const PAGES_HELD_MAX = 16_384

/**
 * How many pages of a database of `pages` to hold. SQLite looks at every one it holds at the end of each commit that has split
 * one, which with 64 MB of them took the writer 10 us a change, more than to read again what 8 MB do not hold. Not so beyond a
 * gigabyte, where it never has to take a number for a page that no page has; and there much more is to be read again.
 */
function pagesToHold(pages: number): number {
  return Math.min(Math.max(PAGES_HELD, Math.floor(pages / 16)), PAGES_HELD_MAX)
}

/**
 * Opens the database for writing, and brings its schema up to date. What a commit answers as done survives a
 * power cut: the log is flushed at every commit (`synchronous=FULL`).
 */
export function openForWriting(path: string): Connection {
  const connection = new Connection(path, { readOnly: false })
  connection.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;')
  // A page that changes often is copied out of the log once for many changes: 64,000 pages are 256 MB of log.
  connection.exec('PRAGMA wal_autocheckpoint = 64000;')
  migrate(connection)
  const pages = Number(connection.get('PRAGMA page_count')?.['page_count'])
  connection.exec(`PRAGMA cache_size = ${pagesToHold(pages)}`)
  return connection
}

export function openForReading(path: string): Connection {
  const connection = new Connection(path, { readOnly: true })
  connection.exec(`PRAGMA cache_size = ${PAGES_HELD}`)
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
