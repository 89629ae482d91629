import { migrationFiles } from '../migrations.ts'
import type { Dialler } from './dialler.ts'
import { messageOf } from './failures.ts'
import type { Session } from './session.ts'

/** Long enough for another replica's migration of a large database. */
const MIGRATION_TIMEOUT_MS = 10 * 60 * 1000
/** A service that starts together with its database waits for it so long. */
const START_TIMEOUT_MS = 10_000
/** The lock that replicas take turns by; any number will do, as long as it stays. */
const LOCK = `pg_advisory_xact_lock(hashtext('isthmus schema'))`

/**
 * Brings the schema up to date. Any number of processes may do so at once: one of them does it, in one transaction.
 * Throws where a newer version has been at this database.
 */
export async function migrate(dialler: Dialler): Promise<void> {
  const session = await dialler.connectWithin(START_TIMEOUT_MS, 'migration', {
    statement_timeout: 0,
    lock_timeout: 0,
  })
  const run = (text: string) => session.query({ text }, MIGRATION_TIMEOUT_MS)
  const files = migrationFiles(import.meta.dirname)
  try {
    if ((await versionOf(session, files.length)) === files.length) return
    await run(`BEGIN; SELECT ${LOCK}`)
    const done = await versionOf(session, files.length)
    for (const file of files.slice(done)) await run(file.sql)
    await run(`CREATE TABLE IF NOT EXISTS schema_version (
      singleton boolean PRIMARY KEY CHECK (singleton), version integer NOT NULL)`)
    await run(`INSERT INTO schema_version VALUES (true, ${files.length})
      ON CONFLICT (singleton) DO UPDATE SET version = excluded.version`)
    await run('COMMIT')
  } catch (error) {
    session.destroy(messageOf(error))
    throw error
  } finally {
    await session.close(1_000)
  }
}

/** What `migrate` would run at this moment: names of files, in order. */
export async function pendingMigrations(dialler: Dialler): Promise<readonly string[]> {
  const session = await dialler.connectWithin(START_TIMEOUT_MS, 'migration', {})
  const files = migrationFiles(import.meta.dirname)
  try {
    return files.slice(await versionOf(session, files.length)).map(({ name }) => name)
  } finally {
    await session.close(1_000)
  }
}

/** How many of the files the database has had. */
async function versionOf(session: Session, known: number): Promise<number> {
  // Read as rows: to_regclass may still answer from what the session remembers of the catalogue from before its turn.
  const there = await session.query(
    {
      text: `SELECT 1 FROM pg_tables WHERE schemaname = current_schema() AND tablename = 'schema_version'`,
    },
    MIGRATION_TIMEOUT_MS,
  )
  if (there.rows.length === 0) return 0
  const { rows } = await session.query({ text: 'SELECT version FROM schema_version' }, MIGRATION_TIMEOUT_MS)
  const version = Number(rows[0]?.['version'] ?? 0)
  if (version > known) {
    throw new Error(`the database was written by a newer version (schema ${version}, known ${known})`)
  }
  return version
}
