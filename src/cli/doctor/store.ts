import { existsSync, statfsSync } from 'node:fs'
import { join } from 'node:path'
import type { ServeOptions } from '../../server/options.ts'
import { KEY_FILES, MASTER_KEY } from '../data-directory.ts'
import { type Finding, findingsOf } from './finding.ts'
import { lookAtPrivacy } from './private-file.ts'

const MIB = 1024 * 1024
/** Less than this and a commit may not find room any day. */
const FREE_BYTES_MIN = 256 * MIB
const FREE_BYTES_WARNED = 1024 * MIB

const say = findingsOf('store')

/** The data directory with its keys and the room it has, and the store: the one in it, or PostgreSQL. */
export async function lookAtStore(
  options: Pick<ServeOptions, 'data' | 'database-url'>,
): Promise<readonly Finding[]> {
  const { data: directory, 'database-url': address } = options
  const database = address === null ? [] : [await postgres(address)]
  if (!existsSync(directory)) {
    const says = `there is no data directory ${directory} here`
    return [
      ...database,
      say.skipped(says, 'run this where the service runs, and name the directory with --data'),
    ]
  }
  return [
    lookAtPrivacy(directory, 0o700, say),
    ...keys(directory),
    room(directory),
    ...(address === null ? [await embedded(directory)] : database),
  ]
}

function keys(directory: string): Finding[] {
  const there = KEY_FILES.filter((name) => existsSync(join(directory, name)))
  const found = there.map((name) => lookAtPrivacy(join(directory, name), 0o600, say))
  if (there.includes(MASTER_KEY)) return found
  const says = `${directory} has no ${MASTER_KEY}, which the secrets in the store are sealed under`
  return [
    ...found,
    say.bad(says, 'copy it there from a backup, or from another replica, before the service starts'),
  ]
}

function room(directory: string): Finding {
  const { bavail, bsize } = statfsSync(directory)
  const freeBytes = bavail * bsize
  const says = `${Math.floor(freeBytes / MIB)} MiB are free for ${directory}`
  const todo = 'make room: a change that finds none is refused'
  if (freeBytes < FREE_BYTES_MIN) return say.bad(says, todo)
  return freeBytes < FREE_BYTES_WARNED ? say.warning(says, todo) : say.good(says)
}

async function embedded(directory: string): Promise<Finding> {
  const [{ databaseIn }, { Connection, pendingMigrations }] = await Promise.all([
    import('../../adapters/store/sqlite/directory.ts'),
    import('../../adapters/store/sqlite/database.ts'),
  ])
  const path = databaseIn(directory)
  if (!existsSync(path)) return say.warning(`${path} is not there yet`, 'isthmus serve makes it')
  try {
    const connection = new Connection(path, { readOnly: true })
    try {
      return describeSchema(path, pendingMigrations(connection).length)
    } finally {
      connection.close()
    }
  } catch (error) {
    return say.bad(
      `${path} cannot be read: ${(error as Error).message}`,
      'restore a backup: isthmus restore --help',
    )
  }
}

async function postgres(address: NonNullable<ServeOptions['database-url']>): Promise<Finding> {
  const [{ Dialler }, { pendingMigrations }] = await Promise.all([
    import('../../adapters/store/postgres/dialler.ts'),
    import('../../adapters/store/postgres/migrate.ts'),
  ])
  const name = address.hosts.map(({ host, port }) => `${host}:${port}`).join(',')
  try {
    return describeSchema(`PostgreSQL at ${name}`, (await pendingMigrations(new Dialler(address))).length)
  } catch (error) {
    const todo =
      'see that it runs, takes connections from here and knows the user; the options are those of isthmus serve'
    return say.bad(`PostgreSQL at ${name}: ${(error as Error).message}`, todo)
  }
}

function describeSchema(name: string, pending: number): Finding {
  return pending === 0
    ? say.good(`${name} can be read, and its schema is up to date`)
    : say.warning(
        `${name} lacks ${pending} migrations`,
        'isthmus serve runs them at its start; isthmus migrate shows them',
      )
}
