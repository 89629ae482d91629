import { randomBytes } from 'node:crypto'
import { existsSync, linkSync, unlinkSync } from 'node:fs'
import { dirname } from 'node:path'
import { backup, DatabaseSync } from 'node:sqlite'
import { createPrivate, databaseIn, flush, removeDatabase } from './directory.ts'
import { type VerifiedDatabase, verifyDatabase } from './verify.ts'

/** Pages that are copied before anything else of this process has its turn. */
const PAGES_A_STEP = 1_000

/** Where a backup keeps the keys that were put into it. Not part of any schema. */
export const KEYS_TABLE = 'backup_keys'

export interface BackupOptions {
  /** Put into the backup, by the names of their files; a backup without them is of no use without them. */
  readonly keys: Readonly<Record<string, string>>
  readonly onProgress: (done: number, total: number) => void
}

/** There is a file of that name. */
export class FileExistsError extends Error {}

/**
 * Writes all that was committed when it began, and nothing that was committed later, to `file`, whether a service has the
 * directory or not; it goes on reading and writing meanwhile. `file` is one database, readable by its owner only, and has
 * its name only once it is whole, was verified and is on disk. Throws FileExistsError, DamagedError. Safe to repeat.
 */
export async function backUp(
  directory: string,
  file: string,
  { keys, onProgress }: BackupOptions,
): Promise<VerifiedDatabase> {
  if (existsSync(file)) throw new FileExistsError(file)
  const draft = `${file}.${randomBytes(6).toString('hex')}`
  try {
    createPrivate(draft)
    await copyPages(databaseIn(directory), draft, onProgress)
    if (Object.keys(keys).length > 0) addKeys(draft, keys)
    const verified = verifyDatabase(draft)
    flush(draft)
    giveName(draft, file)
    flush(dirname(file))
    return verified
  } finally {
    removeDatabase(draft)
  }
}

async function copyPages(path: string, to: string, onProgress: BackupOptions['onProgress']): Promise<void> {
  const source = new DatabaseSync(path, { readOnly: true, timeout: 5_000 })
  try {
    // As long as this transaction reads, it reads the same: without it, every commit would make the copy start again.
    source.exec('BEGIN; SELECT count(*) FROM sqlite_schema')
    await backup(source, to, {
      rate: PAGES_A_STEP,
      progress: ({ totalPages, remainingPages }) => onProgress(totalPages - remainingPages, totalPages),
    })
  } finally {
    source.close()
  }
}

function addKeys(path: string, keys: Readonly<Record<string, string>>): void {
  const database = new DatabaseSync(path)
  try {
    database.exec(
      `PRAGMA journal_mode = DELETE; CREATE TABLE ${KEYS_TABLE} (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT`,
    )
    const insert = database.prepare(`INSERT INTO ${KEYS_TABLE} (name, value) VALUES (?, ?)`)
    for (const [name, value] of Object.entries(keys)) insert.run(name, value)
  } finally {
    database.close()
  }
}

/** Unlike a rename it never replaces what somebody else has put there meanwhile. */
function giveName(draft: string, file: string): void {
  try {
    linkSync(draft, file)
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'EEXIST' ? new FileExistsError(file) : error
  }
  unlinkSync(draft)
}
