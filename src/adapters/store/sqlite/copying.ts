import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Sealer } from '../../../ports/sealer.ts'
import {
  type CanonicalRow,
  CopyRefusedError,
  type CopySource,
  type CopyTarget,
  canonicalRow,
} from '../copy.ts'
import { KEY_CHECK } from '../key-check.ts'
import type { Row } from '../rows.ts'
import { type ColumnKind, countAll, selectAll, TABLES, type Table } from '../tables.ts'
import { openForWriting } from './database.ts'
import { createPrivate, databaseIn, lockDirectory, putInPlace, removeDatabase } from './directory.ts'
import { verifyDatabase } from './verify.ts'

const ROWS_A_TIME = 2_000
const STAGED = 'isthmus.db.copying'

/**
 * The embedded store in a directory that no service is using, found whole. Throws CopyRefusedError, DirectoryInUseError,
 * DamagedError.
 */
export function copyFromSqlite(directory: string, sealer: Sealer): CopySource {
  const path = databaseIn(directory)
  if (!existsSync(path)) throw new CopyRefusedError(`there is no store in ${directory}`)
  const lock = lockDirectory(directory)
  try {
    // Its log is merged into it when it is closed, so all of it is in the file that is looked at.
    openForWriting(path).close()
    verifyDatabase(path)
    const database = new DatabaseSync(path, { readOnly: true })
    checkKey(database, sealer, directory)
    return {
      keyCheck: sealer.seal(KEY_CHECK, KEY_CHECK).toString('base64'),
      ...reading(database),
      async close() {
        database.close()
        lock.close()
      },
    }
  } catch (error) {
    lock.close()
    throw error
  }
}

/** A store of its own for a directory that has none yet. Throws CopyRefusedError, DirectoryInUseError. */
export function copyToSqlite(directory: string, sealer: Sealer): CopyTarget {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const lock = lockDirectory(directory)
  const staged = join(directory, STAGED)
  try {
    refuseUnlessEmpty(directory)
    removeDatabase(staged)
    createPrivate(staged)
    openForWriting(staged).close()
  } catch (error) {
    lock.close()
    throw error
  }
  const database = new DatabaseSync(staged)
  database.exec('PRAGMA journal_mode = DELETE; PRAGMA foreign_keys = ON; BEGIN')
  return {
    keyCheck: null,
    ...reading(database),
    async write(table, rows) {
      const insert = database.prepare(insertInto(table))
      for (const row of rows) insert.run(...valuesOf(table, row))
    },
    async commit(keyCheck) {
      if (keyCheck !== null) open(sealer, Buffer.from(keyCheck, 'base64'), KEY_CHECK, directory)
      database.exec('COMMIT')
      database.close()
      putInPlace(directory, staged)
    },
    async close() {
      if (database.isOpen) database.close()
      removeDatabase(staged)
      lock.close()
    },
  }
}

function refuseUnlessEmpty(directory: string): void {
  const path = databaseIn(directory)
  if (!existsSync(path)) return
  const database = new DatabaseSync(path, { readOnly: true })
  try {
    const migrated = database.prepare('PRAGMA user_version').get()?.['user_version']
    const full = migrated
      ? TABLES.find((table) => Number(database.prepare(countAll(table)).get()?.['count']))
      : null
    if (full)
      throw new CopyRefusedError(`${directory} is not empty: there are ${full.name}; name another directory`)
  } finally {
    database.close()
  }
}

function reading(database: DatabaseSync): Pick<CopySource, 'count' | 'rows'> {
  return {
    count: async (table) => Number(database.prepare(countAll(table)).get()?.['count']),
    async *rows(table) {
      let rows: CanonicalRow[] = []
      for (const row of database.prepare(selectAll(table)).iterate()) {
        rows.push(canonicalRow(table, row as Row))
        if (rows.length < ROWS_A_TIME) continue
        yield rows
        rows = []
      }
      if (rows.length > 0) yield rows
    },
  }
}

type Own = Readonly<Record<string, (row: CanonicalRow) => Value>>

/** Columns that are this database's own, by the table: what they are for rows that come from elsewhere. */
const OWN_COLUMNS: Readonly<Record<string, Own>> = {
  peerings: { deleted: ({ state }) => (state === 'deleted' ? 1 : 0) },
}

function insertInto({ name, columns }: Table): string {
  const names = [...Object.keys(columns), ...Object.keys(OWN_COLUMNS[name] ?? {})]
  return `INSERT INTO ${name} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`
}

type Value = string | number | Uint8Array | null

function valuesOf({ name: table, columns }: Table, row: CanonicalRow): Value[] {
  const values = Object.entries(columns).map(([name, kind]) => {
    const value = row[name]
    return value === null || value === undefined ? null : VALUES[kind](value)
  })
  return [...values, ...Object.values(OWN_COLUMNS[table] ?? {}).map((of) => of(row))]
}

const VALUES: Readonly<Record<ColumnKind, (value: unknown) => Value>> = {
  text: String,
  'long-key': String,
  integer: Number,
  boolean: (value) => (value ? 1 : 0),
  json: (value) => JSON.stringify(value),
  bytes: (value) => Buffer.from(String(value), 'hex'),
}

function checkKey(database: DatabaseSync, sealer: Sealer, directory: string): void {
  const row = database.prepare('SELECT id, sealed_secret FROM access_keys LIMIT 1').get()
  if (row) open(sealer, row['sealed_secret'] as Uint8Array, String(row['id']), directory)
}

function open(sealer: Sealer, sealed: Uint8Array, label: string, directory: string): void {
  try {
    sealer.open(sealed, label)
  } catch {
    throw new CopyRefusedError(
      `master.key in ${directory} is not the one that the secrets were sealed under; copy there the one that they were`,
    )
  }
}
