import {
  type CanonicalRow,
  CopyRefusedError,
  type CopySource,
  type CopyTarget,
  canonicalRow,
} from '../copy.ts'
import { KEY_CHECK } from '../key-check.ts'
import { countAll, selectAll, TABLES, type Table } from '../tables.ts'
import type { DatabaseAddress } from './address.ts'
import { Dialler } from './dialler.ts'
import { migrate } from './migrate.ts'
import { jsonText, type Session, type Statement } from './session.ts'

const ROWS_A_TIME = 2_000
/** For one statement, milliseconds. Nobody else waits for it. */
const STATEMENT_TIMEOUT_MS = 10 * 60 * 1000
const CONNECT_TIMEOUT_MS = 10_000
const GOODBYE_TIMEOUT_MS = 1_000

const SETTINGS = {
  statement_timeout: 0,
  lock_timeout: 0,
  idle_in_transaction_session_timeout: 0,
  idle_session_timeout: 0,
}

/** A database that no replica is using. Throws CopyRefusedError; UnreachableError and ImpossibleError (see `opening-errors.ts`). */
export async function copyFromPostgres(address: DatabaseAddress): Promise<CopySource> {
  const session = await connect(address)
  return closedOnError(session, async () => {
    await session.query({ text: 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY' }, STATEMENT_TIMEOUT_MS)
    const { rows } = await ask(session, {
      text: 'SELECT value FROM settings WHERE name = $1',
      values: [KEY_CHECK],
    })
    const [row] = rows
    return { keyCheck: row ? String(row['value']) : null, ...reading(session), close: () => close(session) }
  })
}

/** An empty database, which gets its schema first. Throws as `copyFromPostgres` does. */
export async function copyToPostgres(address: DatabaseAddress): Promise<CopyTarget> {
  await migrate(new Dialler(address))
  const session = await connect(address)
  return closedOnError(session, async () => {
    const names = [...TABLES.map(({ name }) => name), 'event_sequence']
    // Whoever comes meanwhile waits until it is over.
    await ask(session, { text: `BEGIN; LOCK TABLE ${names.join(', ')} IN ACCESS EXCLUSIVE MODE` })
    await refuseUnlessEmpty(session)
    return {
      keyCheck: null,
      ...reading(session),
      async write(table, rows) {
        await ask(session, insertInto(table, rows))
      },
      async commit(keyCheck) {
        await ask(session, {
          text: 'UPDATE event_sequence SET last = (SELECT coalesce(max(sequence), 0) FROM events)',
        })
        if (keyCheck !== null) {
          const text = `INSERT INTO settings (name, value) VALUES ($1, $2)
            ON CONFLICT (name) DO UPDATE SET value = excluded.value`
          await ask(session, { text, values: [KEY_CHECK, keyCheck] })
        }
        const { command } = await ask(session, { text: 'COMMIT' })
        if (command !== 'COMMIT') throw new Error(`the transaction ended in ${command}`)
        // So that the first who ask need not wait for the server to count for itself.
        await ask(session, { text: 'ANALYZE' })
      },
      close: () => close(session),
    }
  })
}

function connect(address: DatabaseAddress): Promise<Session> {
  return new Dialler(address).connectWithin(CONNECT_TIMEOUT_MS, 'copy', SETTINGS)
}

/** Ends a transaction that is under way without a trace. */
async function close(session: Session): Promise<void> {
  await session.close(GOODBYE_TIMEOUT_MS)
}

async function closedOnError<T>(session: Session, work: () => Promise<T>): Promise<T> {
  try {
    await refuseWhileServed(session)
    return await work()
  } catch (error) {
    await close(session)
    throw error
  }
}

const ask = (session: Session, statement: Statement) => session.query(statement, STATEMENT_TIMEOUT_MS)

/** What a replica acknowledges while it is copied would be missing at the other end. */
async function refuseWhileServed(session: Session): Promise<void> {
  const { rows } = await ask(session, {
    text: `SELECT count(*) AS count FROM pg_stat_activity WHERE datname = current_database()
      AND application_name LIKE 'isthmus %' AND application_name NOT IN ('isthmus copy', 'isthmus migration')`,
  })
  const count = Number(rows[0]?.['count'])
  if (count > 0)
    throw new CopyRefusedError(`replicas are using the database (${count} connections); stop them first`)
}

async function refuseUnlessEmpty(session: Session): Promise<void> {
  for (const table of TABLES) {
    const count = await countOf(session, table)
    if (count > 0)
      throw new CopyRefusedError(
        `the database is not empty: it has ${count} ${table.name}; name an empty one`,
      )
  }
}

async function countOf(session: Session, table: Table): Promise<number> {
  return Number((await ask(session, { text: countAll(table) })).rows[0]?.['count'])
}

function reading(session: Session): Pick<CopySource, 'count' | 'rows'> {
  return {
    count: (table) => countOf(session, table),
    async *rows(table) {
      await ask(session, { text: `DECLARE every_row NO SCROLL CURSOR FOR ${selectAll(table)}` })
      for (;;) {
        const { rows } = await ask(session, { text: `FETCH ${ROWS_A_TIME} FROM every_row` })
        if (rows.length === 0) break
        yield rows.map((row) => canonicalRow(table, row))
      }
      await ask(session, { text: 'CLOSE every_row' })
    },
  }
}

/** Columns that are this database's own: what they are for rows that come from elsewhere. */
const OWN_COLUMNS: Readonly<Record<string, Readonly<Record<string, number>>>> = { claims: { made_at_ms: 0 } }

/** All `rows` as one value: see `writes.ts`. */
function insertInto({ name, columns }: Table, rows: readonly CanonicalRow[]): Statement {
  const own = OWN_COLUMNS[name] ?? {}
  const bytes = Object.keys(columns).filter((column) => columns[column] === 'bytes')
  const sent = rows.map((row) => ({
    ...row,
    ...Object.fromEntries(bytes.map((column) => [column, `\\x${row[column]}`])),
    ...own,
  }))
  return {
    text: `INSERT INTO ${name} SELECT * FROM json_populate_recordset(null::${name}, $1::json)`,
    values: [jsonText(sent)],
  }
}
