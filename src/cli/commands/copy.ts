import {
  type CopiedTable,
  type CopyProgress,
  type CopySource,
  type CopyTarget,
  copyStore,
} from '../../adapters/store/copy.ts'
import { type DatabaseAddress, parseDatabaseUrl } from '../../adapters/store/postgres/address.ts'
import { copyFromPostgres, copyToPostgres } from '../../adapters/store/postgres/copying.ts'
import { copyFromSqlite, copyToSqlite } from '../../adapters/store/sqlite/copying.ts'
import { DirectoryInUseError } from '../../adapters/store/sqlite/directory.ts'
import { DamagedError } from '../../adapters/store/sqlite/verify.ts'
import { toldOf } from '../../server/open-store.ts'
import { UsageError } from '../../server/options.ts'
import { command, JSON_OPTION } from '../command.ts'
import { MASTER_KEY, sealerIn } from '../data-directory.ts'
import { print } from '../print.ts'
import { Progress, share } from '../progress.ts'

/** `isthmus copy`: a whole store from one database to another. */
export const copy = command({
  about: 'move a store between the embedded database and PostgreSQL',
  options: {
    from: {
      value: 'DIR|URL',
      about: 'a data directory with the embedded store, or a PostgreSQL database (postgres://…)',
      complete: 'directory',
    },
    to: {
      value: 'URL|DIR',
      about: 'an empty database, or a data directory without a store',
      complete: 'directory',
    },
    ...JSON_OPTION,
  },
  details: `Every table is read back at the other end, and its rows counted and summed up, before anything is committed. All is committed
at once; after a failure nothing was left behind, and the command can be given again. Services on either must be stopped.
Secrets stay sealed under the ${MASTER_KEY} they were sealed under: a data directory to copy to needs that file beforehand, and
every replica on a database that was copied to needs a copy of it.`,
  examples: [
    'isthmus copy --from /var/lib/isthmus --to postgres://isthmus@db1,db2/isthmus',
    'isthmus copy --from postgres://isthmus@db1/isthmus --to /var/lib/isthmus-new',
  ],

  async run({ options: values }) {
    const { from, to } = values
    if (from === undefined || to === undefined)
      throw new UsageError('both --from and --to are needed; see --help')
    const source = await told('--from', () => openSource(from))
    try {
      const target = await told('--to', () => openTarget(to))
      try {
        const progress = new Progress()
        const tables = await copyStore(source, target, (made) => progress.show(describe(made)))
        progress.end()
        print(values.json, { tables }, summary(tables))
        return 0
      } finally {
        await target.close()
      }
    } finally {
      await source.close()
    }
  },
})

async function openSource(named: string): Promise<CopySource> {
  const address = addressOf(named, '--from')
  return address ? copyFromPostgres(address) : copyFromSqlite(named, sealerIn(named, '--from'))
}

async function openTarget(named: string): Promise<CopyTarget> {
  const address = addressOf(named, '--to')
  return address ? copyToPostgres(address) : copyToSqlite(named, sealerIn(named, '--to'))
}

/** Null: it is a directory. */
function addressOf(named: string, option: string): DatabaseAddress | null {
  if (!/^\w+:\/\//.test(named)) return null
  try {
    return parseDatabaseUrl(named)
  } catch (error) {
    throw new UsageError(`${option}: ${(error as Error).message}`)
  }
}

async function told<T>(option: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof UsageError) throw error
    if (error instanceof DirectoryInUseError) throw new Error(`${option}: ${error.message}; stop it first`)
    if (error instanceof DamagedError)
      throw new Error(`${option}: the store is damaged: ${error.message}; restore a backup first`)
    throw toldOf(error, option)
  }
}

function describe({ doing, table, done, total }: CopyProgress): string {
  return `${doing} ${table}: ${share(done, total)} of ${total} rows`
}

function summary(tables: readonly CopiedTable[]): string {
  const width = Math.max(...tables.map(({ rows }) => String(rows).length))
  const lines = tables.map(
    ({ table, rows, checksum }) =>
      `${table.padEnd(14)}${String(rows).padStart(width)} rows  ${checksum.slice(0, 16)}`,
  )
  return [...lines, 'Copied, and verified at the other end.'].join('\n')
}
