import { execFile, execFileSync } from 'node:child_process'
import { appendFileSync, chownSync, existsSync, globSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { freePort } from './free-port.ts'
import { PASSWORD, RunningPostgres, startPostgres, type TestDatabase, user } from './postgres.ts'

const run = promisify(execFile)
const STANDBY = 'standby'
const SYNC_TIMEOUT_MS = 20_000
/** How long it takes whoever promotes a standby to notice that the primary is gone; in truth it takes longer. */
const NOTICED_AFTER_MS = 1_000

/** Where this machine has all the programs that a standby takes: Debian's package postgresql. Null: nowhere. */
export const pairDirectory: string | null =
  globSync('/usr/lib/postgresql/*/bin')
    .sort()
    .reverse()
    .find((directory) =>
      ['initdb', 'postgres', 'pg_basebackup', 'pg_ctl'].every((program) =>
        existsSync(join(directory, program)),
      ),
    ) ?? null

/** A primary, and a standby that has on disk whatever the primary has answered as committed. */
export interface PostgresPair {
  /** Its `url` names both servers; `query` asks the one that was first the primary. */
  readonly database: TestDatabase
  /** Kills the primary with SIGKILL, and a second later promotes the standby. */
  failOver(): Promise<void>
  dispose(): Promise<void>
}

export async function startPostgresPair(): Promise<PostgresPair> {
  if (pairDirectory === null) throw new Error('this machine lacks the programs of a PostgreSQL standby')
  const bin = (program: string) => join(pairDirectory, program)
  const primary = await startPostgres([], pairDirectory)
  const directory = mkdtempSync(join(tmpdir(), 'isthmus-standby-'))
  if (user) chownSync(directory, user.uid, user.gid)
  const data = join(directory, 'data')
  const from = `host=127.0.0.1 port=${primary.port} user=postgres password='${PASSWORD}' application_name=${STANDBY}`
  execFileSync(bin('pg_basebackup'), ['-D', data, '-R', '-X', 'stream', '-c', 'fast', '-d', from], {
    stdio: 'pipe',
    cwd: '/',
    ...user,
  })
  const port = await freePort()
  // The last of several lines counts.
  appendFileSync(join(data, 'postgresql.auto.conf'), `port = ${port}\n`)
  const standby = new RunningPostgres(bin('postgres'), data, port)
  await standby.start()
  const database = await primary.createDatabase()
  await waitForStandby(database)
  return {
    database: { ...database, url: database.urlAt(primary.port, port) },
    async failOver() {
      await primary.kill()
      await sleep(NOTICED_AFTER_MS)
      await run(bin('pg_ctl'), ['promote', '-D', data, '-w'], { cwd: '/', ...user })
    },
    async dispose() {
      await standby.stop()
      await primary.dispose()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

/** From here on nothing is answered as committed that the standby does not have. */
async function waitForStandby(database: TestDatabase): Promise<void> {
  await database.query(`ALTER SYSTEM SET synchronous_standby_names = '${STANDBY}'`)
  await database.query('SELECT pg_reload_conf()')
  const deadlineMs = performance.now() + SYNC_TIMEOUT_MS
  for (;;) {
    const [row] = await database.query('SELECT sync_state FROM pg_stat_replication')
    if (row?.['sync_state'] === 'sync') return
    if (performance.now() > deadlineMs) throw new Error('the standby does not follow')
    await sleep(20)
  }
}
