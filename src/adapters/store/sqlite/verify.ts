import { closeSync, openSync, readSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import { migrationFiles } from '../migrations.ts'

/** What is in a database that was found to be whole. */
export interface VerifiedDatabase {
  readonly schema: number
  readonly tenants: number
  readonly vpcs: number
  readonly peerings: number
  readonly events: number
}

/** The database is not whole, or not one of ours; `message` says in what. */
export class DamagedError extends Error {}

/**
 * Looks at every page and every row of the database at `path`, which nobody has open. Writes nothing, nor leaves any file
 * beside it. Throws DamagedError.
 */
export function verifyDatabase(path: string): VerifiedDatabase {
  if (!hasHeader(path)) throw new DamagedError('it is no SQLite database')
  const url = pathToFileURL(path)
  url.searchParams.set('immutable', '1')
  const database = new DatabaseSync(url, { readOnly: true })
  try {
    return verify((sql) => database.prepare(sql).all() as Record<string, unknown>[])
  } catch (error) {
    throw error instanceof DamagedError ? error : new DamagedError((error as Error).message)
  } finally {
    database.close()
  }
}

function verify(ask: (sql: string) => Record<string, unknown>[]): VerifiedDatabase {
  const number = (sql: string) => Number(Object.values(ask(sql)[0] ?? {})[0] ?? 0)
  const schema = number('PRAGMA user_version')
  const known = migrationFiles(import.meta.dirname).length
  if (schema === 0) throw new DamagedError('it is not a database of this service')
  if (schema > known)
    throw new DamagedError(`a newer version has written it (schema ${schema}, known ${known})`)
  const [integrity] = ask('PRAGMA integrity_check(1)').map(({ integrity_check }) => integrity_check)
  if (integrity !== 'ok')
    throw new DamagedError(`the integrity check says: ${String(integrity).replaceAll('\n', ' ')}`)
  const [broken] = ask('PRAGMA foreign_key_check')
  if (broken)
    throw new DamagedError(
      `a row of ${broken['table']} refers to a row of ${broken['parent']} that is missing`,
    )
  const events = number('SELECT count(*) FROM events')
  const [first, last] = [
    number('SELECT min(sequence) FROM events'),
    number('SELECT max(sequence) FROM events'),
  ]
  if (last !== events || first !== Math.min(1, events))
    throw new DamagedError(`events are missing: there are ${events}, numbered from ${first} to ${last}`)
  const count = (table: string) => number(`SELECT count(*) FROM ${table}`)
  return {
    schema,
    tenants: count('tenants'),
    vpcs: count('vpcs'),
    peerings: count('peerings'),
    events,
  }
}

const HEADER = 'SQLite format 3\0'

function hasHeader(path: string): boolean {
  const file = openSync(path, 'r')
  try {
    const bytes = Buffer.alloc(HEADER.length)
    readSync(file, bytes, 0, bytes.length, 0)
    return bytes.toString('latin1') === HEADER
  } finally {
    closeSync(file)
  }
}
