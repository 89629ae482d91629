import {
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { chmod, copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Sealer } from '../../../ports/sealer.ts'
import { KEYS_TABLE } from './backup.ts'
import { flush, lockDirectory, putInPlace, removeDatabase } from './directory.ts'
import { type VerifiedDatabase, verifyDatabase } from './verify.ts'

export interface RestoreOptions {
  /** Replace what the directory holds. */
  readonly force: boolean
  /** The file of the key that secrets are sealed under. */
  readonly masterKey: string
  /** More files that may be there already: they are for the backup rather than of another store. */
  readonly expected: readonly string[]
  readonly sealerOf: (masterKey: string) => Sealer
}

/** It cannot be restored there; `message` says why, and what to do. Nothing was changed. */
export class RestoreRefusedError extends Error {}

/**
 * Puts what `backUp` wrote to `file` into `directory`, with the keys that are in it, once it was found whole; in one step,
 * so that a crash leaves what was there before or all of it. Throws RestoreRefusedError, DamagedError, DirectoryInUseError.
 * Safe to repeat.
 */
export async function restore(
  file: string,
  directory: string,
  options: RestoreOptions,
): Promise<VerifiedDatabase> {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const lock = lockDirectory(directory)
  const staged = join(directory, STAGED)
  try {
    removeDatabase(staged)
    if (!options.force) refuseUnlessEmpty(directory, [...options.expected, options.masterKey])
    // A file system that can shares the blocks.
    await copyFile(file, staged, constants.COPYFILE_FICLONE)
    await chmod(staged, 0o600)
    const verified = verifyDatabase(staged)
    const keys = takeKeys(staged)
    checkMasterKey(staged, directory, keys, options)
    for (const [name, value] of Object.entries(keys)) writeKey(directory, name, value)
    putInPlace(directory, staged)
    return verified
  } finally {
    removeDatabase(staged)
    lock.close()
  }
}

const STAGED = 'isthmus.db.restoring'
const LOCK_FILES = /^isthmus\.lock/

function refuseUnlessEmpty(directory: string, expected: readonly string[]): void {
  const there = readdirSync(directory).filter((name) => !expected.includes(name) && !LOCK_FILES.test(name))
  if (there.length === 0) return
  throw new RestoreRefusedError(
    `the data directory ${directory} is not empty (${there.sort().join(', ')}); name another one, or give --force to replace the store in it`,
  )
}

/** The keys that are in the backup, which the database is rid of then, down to the bytes. */
function takeKeys(path: string): Readonly<Record<string, string>> {
  const database = new DatabaseSync(path)
  try {
    database.exec('PRAGMA journal_mode = DELETE; PRAGMA secure_delete = ON')
    const has = database.prepare(`SELECT 1 FROM sqlite_schema WHERE name = ?`).get(KEYS_TABLE)
    if (!has) return {}
    const rows = database.prepare(`SELECT name, value FROM ${KEYS_TABLE}`).all()
    database.exec(`DROP TABLE ${KEYS_TABLE}`)
    return Object.fromEntries(rows.map(({ name, value }) => [String(name), String(value)]))
  } finally {
    database.close()
  }
}

/** Without the right key nobody could sign in. */
function checkMasterKey(
  path: string,
  directory: string,
  keys: Readonly<Record<string, string>>,
  { masterKey: name, force, sealerOf }: RestoreOptions,
): void {
  const there = join(directory, name)
  const own = existsSync(there) ? readFileSync(there, 'utf8').trim() : undefined
  const brought = keys[name]
  const key = brought ?? own
  if (key === undefined) {
    throw new RestoreRefusedError(
      `the backup has no ${name}, and nor has ${directory}; copy there the one of the service that was backed up`,
    )
  }
  if (brought !== undefined && own !== undefined && own !== brought && !force) {
    throw new RestoreRefusedError(
      `${there} is not the one in the backup; remove it, or give --force to replace it`,
    )
  }
  const database = new DatabaseSync(path, { readOnly: true })
  const row = database.prepare('SELECT id, sealed_secret FROM access_keys LIMIT 1').get()
  database.close()
  if (!row) return
  try {
    sealerOf(key).open(row['sealed_secret'] as Uint8Array, String(row['id']))
  } catch {
    throw new RestoreRefusedError(
      `${name} is not the one that the backup's secrets were sealed under; copy to ${there} the one of the service that was backed up`,
    )
  }
}

function writeKey(directory: string, name: string, value: string): void {
  const path = join(directory, name)
  const draft = `${path}.restoring`
  rmSync(draft, { force: true })
  writeFileSync(draft, value, { mode: 0o600, flush: true })
  renameSync(draft, path)
  flush(directory)
}
