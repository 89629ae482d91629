import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Connection } from './database.ts'

/** The data directory is another process's. */
export class DirectoryInUseError extends Error {}

const LOCK = 'isthmus.lock'

export function databaseIn(directory: string): string {
  return join(directory, 'isthmus.db')
}

/** Keeps all other processes from the directory until it is closed. Throws DirectoryInUseError. */
export function lockDirectory(directory: string): { close(): void } {
  createPrivate(join(directory, LOCK))
  // An open transaction on a database of its own: the kernel lets go of it when the process dies, however it dies.
  const lock = new Connection(join(directory, LOCK), { readOnly: false })
  try {
    lock.exec('PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE')
    return lock
  } catch {
    lock.close()
    throw new DirectoryInUseError(`another process is using the data directory ${directory}`)
  }
}

/** SQLite gives its log the mode of its database, and would make both readable by everybody. */
export function createPrivate(path: string): void {
  try {
    // `wx`, because closing a lock file that is there would let go of this process's locks on it.
    closeSync(openSync(path, 'wx', 0o600))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}

/**
 * Makes `path`, a whole database in the same directory, the directory's own, in one step: whoever looks, even after a
 * power cut, finds the one from before or this one. The directory is locked by the caller.
 */
export function putInPlace(directory: string, path: string): void {
  const target = databaseIn(directory)
  flush(path)
  // A log that is left behind would be applied to the new database. The old one first takes up what is its own.
  if (existsSync(target)) mergeLog(target)
  for (const suffix of ['-wal', '-shm']) rmSync(target + suffix, { force: true })
  renameSync(path, target)
  flush(directory)
}

/** One that is too damaged for that is about to be replaced, and its log is of no use to anybody. */
function mergeLog(path: string): void {
  try {
    const connection = new Connection(path, { readOnly: false })
    connection.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    connection.close()
  } catch {}
}

/** What was written to a file, or which names a directory has, outlasts a power cut afterwards. */
export function flush(path: string): void {
  const file = openSync(path, 'r')
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

export function removeDatabase(path: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(path + suffix, { force: true })
}
