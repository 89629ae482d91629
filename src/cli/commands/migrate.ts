import { existsSync, mkdirSync } from 'node:fs'
import { type DatabaseAddress, parseDatabaseUrl } from '../../adapters/store/postgres/address.ts'
import { Dialler } from '../../adapters/store/postgres/dialler.ts'
import {
  migrate as migratePostgres,
  pendingMigrations as pendingOnPostgres,
} from '../../adapters/store/postgres/migrate.ts'
import { Connection, openForWriting, pendingMigrations } from '../../adapters/store/sqlite/database.ts'
import {
  createPrivate,
  DirectoryInUseError,
  databaseIn,
  lockDirectory,
} from '../../adapters/store/sqlite/directory.ts'
import { toldOf } from '../../server/open-store.ts'
import { UsageError } from '../../server/options.ts'
import { command, JSON_OPTION } from '../command.ts'
import { DATA_OPTION, dataDirectory } from '../data-directory.ts'
import { print } from '../print.ts'

/** `isthmus migrate`: brings a schema up to date, which `isthmus serve` does by itself at its start. */
export const migrate = command({
  about: 'bring the schema of a store up to date, or show what that would take',
  options: {
    'database-url': { value: 'URL', about: 'a PostgreSQL database [ISTHMUS_DATABASE_URL]' },
    ...DATA_OPTION,
    'dry-run': { about: 'show which migrations would be run, and change nothing' },
    ...JSON_OPTION,
  },
  details: `A service does this by itself at its start; here it can be done, or looked at, beforehand. Any number may do it at once on
PostgreSQL. On the embedded store the service must be stopped.`,
  examples: [
    'isthmus migrate --dry-run --database-url postgres://isthmus@db1,db2/isthmus',
    'isthmus migrate --data /var/lib/isthmus',
  ],

  async run({ options: values }) {
    const store = chosen(values)
    const dryRun = values['dry-run'] === true
    const migrations = await store.pending()
    if (!dryRun && migrations.length > 0) await store.run()
    const done = migrations.length === 0 ? 'the schema is up to date' : dryRun ? 'would run' : 'has run'
    print(
      values.json,
      { store: store.name, dryRun, migrations },
      [`${store.name}: ${done}`, ...migrations].join('\n  '),
    )
    return 0
  },
})

interface Migrated {
  readonly name: string
  pending(): Promise<readonly string[]>
  run(): Promise<void>
}

/** A flag wins over a variable. Throws UsageError. */
function chosen(values: { data?: string | undefined; 'database-url'?: string | undefined }): Migrated {
  const { data, 'database-url': url } = values
  if (data !== undefined && url !== undefined)
    throw new UsageError('--data and --database-url name two stores; give one of them')
  const address = url ?? (data === undefined ? process.env['ISTHMUS_DATABASE_URL'] : undefined)
  return address === undefined ? embedded(dataDirectory(data)) : postgres(addressOf(address))
}

function addressOf(url: string): DatabaseAddress {
  try {
    return parseDatabaseUrl(url)
  } catch (error) {
    throw new UsageError(`--database-url: ${(error as Error).message}`)
  }
}

function postgres(address: DatabaseAddress): Migrated {
  const dialler = new Dialler(address)
  const told = (error: unknown) => {
    throw toldOf(error, '--database-url')
  }
  return {
    name: describeAddress(address),
    pending: () => pendingOnPostgres(dialler).catch(told),
    run: () => migratePostgres(dialler).catch(told),
  }
}

/** Without the password. */
function describeAddress({ hosts, database }: DatabaseAddress): string {
  return `postgres://${hosts.map(({ host, port }) => `${host}:${port}`).join(',')}/${database ?? ''}`
}

function embedded(directory: string): Migrated {
  const path = databaseIn(directory)
  return {
    name: directory,
    async pending() {
      const connection = new Connection(existsSync(path) ? path : ':memory:', { readOnly: existsSync(path) })
      try {
        return pendingMigrations(connection).map(({ name }) => name)
      } finally {
        connection.close()
      }
    },
    async run() {
      mkdirSync(directory, { recursive: true, mode: 0o700 })
      const lock = lockDirectoryOf(directory)
      try {
        createPrivate(path)
        openForWriting(path).close()
      } finally {
        lock.close()
      }
    },
  }
}

function lockDirectoryOf(directory: string): { close(): void } {
  try {
    return lockDirectory(directory)
  } catch (error) {
    throw error instanceof DirectoryInUseError ? new Error(`${error.message}; stop it first`) : error
  }
}
