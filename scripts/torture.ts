import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { describeViolations } from '../test/torture/describe-violations.ts'
import { POSTGRES_PAIR, STORES, type StoreKind } from '../test/torture/stores.ts'
import { type Progress, type TortureReport, torture } from '../test/torture/torture.ts'

/** Clients race for few peerings while replicas are killed; whether anything acknowledged was lost, or won twice. */
const HELP = `npm run torture -- [options]

  --seconds N         how long [60]
  --kills N           until so many kills, however long that takes
  --kill-every-ms N   how often a replica is killed, about [2000; with --kills 150]
  --clients N         [32]
  --pairs N           pairs of VPCs that all clients share, 1 to 30 [5]
  --store NAME        postgres or sqlite [postgres, where this machine has it]
  --database-url URL  a PostgreSQL database; without, one is made and removed
  --primary-failover  on a primary with a synchronous standby: half way the primary is killed, the standby promoted
  --replicas N        [3 on PostgreSQL, 1 on SQLite]
  --seed N            repeats which operations are chosen
  --history FILE      where the history goes if it is wrong [torture-SEED.json]
  --json              the report as JSON

Exit code 1 where the history shows a violation.
`

const OPTIONS = {
  seconds: { type: 'string', default: '60' },
  kills: { type: 'string' },
  'kill-every-ms': { type: 'string' },
  clients: { type: 'string', default: '32' },
  pairs: { type: 'string', default: '5' },
  replicas: { type: 'string' },
  store: { type: 'string' },
  'database-url': { type: 'string' },
  'primary-failover': { type: 'boolean', default: false },
  seed: { type: 'string' },
  history: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const

class UsageError extends Error {}

const values = readArguments()

try {
  if (values.help) process.stdout.write(HELP)
  else process.exitCode = await main()
} catch (error) {
  if (!(error instanceof UsageError)) throw error
  process.stderr.write(`isthmus torture: ${error.message}\n`)
  process.exitCode = 2
}

function readArguments() {
  try {
    return parseArgs({ options: OPTIONS }).values
  } catch (error) {
    process.stderr.write(`isthmus torture: ${(error as Error).message}\n`)
    process.exit(2)
  }
}

/** The whole number that was given, 1 or more, or else `fallback`. */
function numberOf<T>(
  name: 'seconds' | 'kills' | 'kill-every-ms' | 'clients' | 'pairs' | 'replicas' | 'seed',
  fallback: T,
) {
  const given = values[name]
  if (given === undefined) return fallback
  const value = Number(given)
  if (!Number.isSafeInteger(value) || value < 1)
    throw new UsageError(`--${name}: '${given}' is not a whole number`)
  return value
}

async function main(): Promise<number> {
  const store = chosenStore()
  const replicas = numberOf('replicas', store.replicas)
  if (store.name === 'SQLite' && replicas > 1) throw new UsageError('the embedded store is for one replica')
  const seed = numberOf('seed', Math.ceil(Math.random() * 2 ** 31))
  const kills = numberOf('kills', null)
  const options = {
    ...{ replicas, seed, kills },
    clients: numberOf('clients', 0),
    pairs: numberOf('pairs', 0),
    seconds: numberOf('seconds', 0),
    killEveryMs: numberOf('kill-every-ms', kills === null ? 2000 : 150),
  }
  process.stderr.write(`isthmus torture: ${store.name}, --seed ${seed}\n`)
  const directory = mkdtempSync(join(tmpdir(), 'isthmus-torture-'))
  const url = values['database-url']
  const opened = url === undefined ? await store.open() : null
  const serveArguments = opened?.serveArguments ?? ['--database-url', String(url)]
  try {
    const onProgress = process.stderr.isTTY ? showProgress : undefined
    const failOver = opened?.failOver ?? null
    const result = await torture({ ...options, directory, serveArguments, failOver }, onProgress)
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K')
    process.stdout.write(values.json ? `${JSON.stringify(result.report)}\n` : describe(result.report))
    if (result.violations.length === 0) return 0
    process.stderr.write(`\n${describeViolations(result, values.history ?? `torture-${seed}.json`)}`)
    return 1
  } finally {
    await opened?.dispose()
    rmSync(directory, { recursive: true, force: true })
  }
}

/** As asked; else PostgreSQL where this machine has it. Throws UsageError. */
function chosenStore(): StoreKind {
  const url = values['database-url']
  if (values['primary-failover']) {
    if (url !== undefined || values.store !== undefined || values.kills !== undefined)
      throw new UsageError('--primary-failover makes its own servers and goes by --seconds')
    if (!POSTGRES_PAIR.available)
      throw new UsageError('this machine lacks the programs of a standby: install postgresql-15')
    return POSTGRES_PAIR
  }
  const byDefault = url !== undefined || STORES.postgres.available ? 'postgres' : 'sqlite'
  const wanted = values.store ?? byDefault
  if (wanted !== 'sqlite' && wanted !== 'postgres')
    throw new UsageError(`--store: '${wanted}' is neither postgres nor sqlite`)
  if (wanted === 'sqlite' && url !== undefined) throw new UsageError('--store sqlite takes no --database-url')
  const store = STORES[wanted]
  if (!store.available && url === undefined)
    throw new UsageError(`this machine lacks ${store.name}; give --database-url`)
  return store
}

function showProgress({ seconds, operations, kills }: Progress): void {
  process.stderr.write(`\r\x1b[K${seconds.toFixed(0)} s: ${operations} operations, ${kills} kills`)
}

function describe(report: TortureReport): string {
  const { replicas, clients, seconds, operations, acknowledgedChanges, refused, unknown } = report
  return [
    `${replicas} replica(s), ${clients} clients, ${seconds.toFixed(1)} s, ${report.kills} kills with SIGKILL`,
    `${operations} operations: ${acknowledgedChanges} changes acknowledged, ${refused} refused, ${unknown} of unknown outcome`,
    `${report.retried} sent again under their tokens, ${report.unavailable} answers of "temporarily unavailable"`,
    ...(report.secondsWithoutService === null
      ? []
      : [`the primary was killed: ${report.secondsWithoutService.toFixed(1)} s without service`]),
    `${report.peerings} peerings, ${report.events} events`,
    `verdict: ${report.verdict}\n`,
  ].join('\n')
}
