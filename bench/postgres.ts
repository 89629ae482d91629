import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { readOrCreateSecret } from '../src/adapters/secrets/aes-gcm.ts'
import { copyStore } from '../src/adapters/store/copy.ts'
import { parseDatabaseUrl } from '../src/adapters/store/postgres/address.ts'
import { copyToPostgres } from '../src/adapters/store/postgres/copying.ts'
import { copyFromSqlite } from '../src/adapters/store/sqlite/copying.ts'
import { MASTER_KEY, sealerOf } from '../src/cli/data-directory.ts'
import { type PostgresServer, startPostgres, type TestDatabase } from '../test/rig/postgres.ts'
import { type FilledStore, fillStore } from './fill-store.ts'
import { LoadGenerator, type Work } from './load-generator.ts'
import { type Figure, median } from './report.ts'
import { huaweiRequest, NewPeerings } from './requests.ts'
import { type BenchServer, startIsthmus } from './servers.ts'
import { atScale, type BenchOptions } from './workloads.ts'

const CLIENTS = 32
/** More than any round here gets through. */
const CREATES_PER_MS = 5
/** Those of the operator's choice that matter here: a default installation is made for a machine of long ago. */
const SERVER_SETTINGS = ['shared_buffers = 256MB', 'max_wal_size = 4GB']

/** A database with peerings in it, and all that serves it. */
interface Database {
  readonly store: FilledStore
  readonly database: TestDatabase
}

/** Operations of a kind for so long; answers how many there were a second. */
type Round = (durationMs: number) => Promise<number>

/** The service on PostgreSQL: against bare INSERTs, with two replicas, and at scale. Each figure as it is found. */
export async function* runPostgres(options: BenchOptions): AsyncGenerator<Figure> {
  const root = mkdtempSync(join(tmpdir(), 'isthmus-bench-'))
  const servers: BenchServer[] = []
  const postgres = await startPostgres(SERVER_SETTINGS)
  const serve = async ({ store, database }: Database) => {
    const server = await startIsthmus(store.directory, null, ['--database-url', database.url])
    servers.push(server)
    return server
  }
  try {
    const small = await fill(postgres, join(root, 'small'), options.small, options)
    const smallServer = await serve(small)
    const smallPeerings = new NewPeerings(smallServer.host, small.store)
    yield await againstInserts(small, smallServer, smallPeerings, options)

    const shared = await fill(postgres, join(root, 'shared'), options.small, options)
    yield await twoReplicas(shared, [await serve(shared), await serve(shared)], options)

    const large = await fill(postgres, join(root, 'large'), options.large, options)
    const largeServer = await serve(large)
    const largePeerings = new NewPeerings(largeServer.host, large.store)
    const figures = atScale(
      { store: large.store, server: largeServer, peerings: largePeerings },
      { store: small.store, server: smallServer, peerings: smallPeerings },
      options,
    )
    for await (const figure of figures) yield { ...figure, work: `PostgreSQL: ${figure.work}` }
  } finally {
    for (const server of servers) await server.stop()
    await postgres.dispose()
    rmSync(root, { recursive: true, force: true })
  }
}

/** As an operator would move an embedded store. */
async function fill(
  postgres: PostgresServer,
  directory: string,
  count: number,
  { onProgress }: BenchOptions,
): Promise<Database> {
  const store = fillStore(directory, count, (done) => {
    if (done % 100_000 === 0) onProgress(`filling: ${done} of ${count}`)
  })
  const database = await postgres.createDatabase()
  const sealer = sealerOf(readOrCreateSecret(directory, MASTER_KEY, () => ''))
  const source = copyFromSqlite(directory, sealer)
  const target = await copyToPostgres(parseDatabaseUrl(database.url))
  const startedMs = performance.now()
  const tables = await copyStore(source, target, ({ doing, table, done, total }) => {
    if (done % 100_000 === 0) onProgress(`${doing} ${table}: ${done} of ${total}`)
  })
  await target.close()
  await source.close()
  const rows = tables.reduce((sum, table) => sum + table.rows, 0)
  onProgress(
    `copied ${rows} rows, and verified them, in ${Math.round((performance.now() - startedMs) / 1000)} s`,
  )
  return { store, database }
}

async function againstInserts(
  { database }: Database,
  server: BenchServer,
  peerings: NewPeerings,
  options: BenchOptions,
): Promise<Figure> {
  options.onProgress('PostgreSQL: create and accept')
  const clients = await Promise.all(Array.from({ length: CLIENTS }, () => connect(database.url)))
  await database.query('CREATE TABLE bare (id text COLLATE "C" PRIMARY KEY, body text NOT NULL)')
  try {
    const ours: Round = (durationMs) => creatingAndAccepting([server], [peerings], durationMs)
    const result = await inTurn(options, ours, (durationMs) => inserting(clients, durationMs))
    const work = `PostgreSQL: create + accept, ${CLIENTS} clients`
    return { work, yardstick: 'one bare INSERT each', ...result, unit: '/s', atLeast: 0.5 }
  } finally {
    await Promise.all(clients.map((client) => client.end()))
  }
}

async function twoReplicas(
  { store }: Database,
  servers: readonly BenchServer[],
  options: BenchOptions,
): Promise<Figure> {
  options.onProgress('PostgreSQL: two replicas')
  const peerings = servers.map(({ host }, index) => new NewPeerings(host, shareOf(store, index)))
  const [first] = servers
  const [own] = peerings
  if (!first || !own) throw new Error('no replica')
  const result = await inTurn(
    options,
    (durationMs) => creatingAndAccepting(servers, peerings, durationMs),
    (durationMs) => creatingAndAccepting([first], [own], durationMs),
  )
  const work = `PostgreSQL: create + accept, ${CLIENTS} clients, two replicas`
  return { work, yardstick: 'one replica', ...result, unit: '/s', atLeast: null }
}

/** Half of the VPCs that are free, so that replicas do not ask for the same. */
function shareOf(store: FilledStore, index: number): FilledStore {
  const share = ({ askers }: Pick<FilledStore, 'askers'>) =>
    askers.map((member) => {
      const [taken, free] = [member.vpcs.slice(0, store.firstFreeVpc), member.vpcs.slice(store.firstFreeVpc)]
      return { ...member, vpcs: [...taken, ...free.filter((_, place) => place % 2 === index)] }
    })
  return { ...store, askers: share(store), answerers: share({ askers: store.answerers }) }
}

/** Requests a second, over all `servers`. */
async function creatingAndAccepting(
  servers: readonly BenchServer[],
  peerings: readonly NewPeerings[],
  durationMs: number,
): Promise<number> {
  const rates = servers.map(async ({ url, host }, index) => {
    const own = peerings[index]
    if (!own) throw new Error('no requests')
    own.makeReady((durationMs * CREATES_PER_MS) / servers.length)
    const generator = await LoadGenerator.open(url, CLIENTS / servers.length)
    try {
      return 2 * (await generator.run(durationMs, () => createAndAccept(host, own)))
    } finally {
      generator.close()
    }
  })
  return (await Promise.all(rates)).reduce((sum, rate) => sum + rate, 0)
}

function createAndAccept(host: string, peerings: NewPeerings): Work | null {
  const next = peerings.take()
  if (!next) return null
  return async (send) => {
    const created = await send(next.request)
    if (created.status !== 201) throw new Error(`answered ${created.status}: ${created.body}`)
    const { id } = (JSON.parse(created.body) as { peering: { id: string } }).peering
    const accepted = await send(huaweiRequest(host, next.answerer, 'PUT', `/v2.0/vpc/peerings/${id}/accept`))
    if (accepted.status !== 200) throw new Error(`answered ${accepted.status}: ${accepted.body}`)
  }
}

let inserted = 0

/** Rows a second; each is on disk before its client goes on. */
async function inserting(clients: readonly Client[], durationMs: number): Promise<number> {
  const startedMs = performance.now()
  const before = inserted
  const insert = async (client: Client) => {
    while (performance.now() < startedMs + durationMs) {
      const values = [`row-${++inserted}`, BODY]
      await client.query({ name: 'insert', text: 'INSERT INTO bare (id, body) VALUES ($1, $2)', values })
    }
  }
  await Promise.all(clients.map(insert))
  return ((inserted - before) * 1000) / (performance.now() - startedMs)
}

/** As long as what is kept of a peering. */
const BODY = 'x'.repeat(400)

async function connect(connectionString: string): Promise<Client> {
  const client = new Client({ connectionString })
  await client.connect()
  return client
}

/** Rounds of ours and of the yardstick in turn, after a warm-up of each: see `compare`. */
async function inTurn({ rounds, roundMs }: BenchOptions, ours: Round, yardstick: Round) {
  const measured: number[] = []
  const yardsticks: number[] = []
  for (let round = -1; round < rounds; round++) {
    const durationMs = round < 0 ? Math.min(1_000, roundMs) : roundMs
    const theirs = await yardstick(durationMs)
    const mine = await ours(durationMs)
    if (round < 0) continue
    measured.push(mine)
    yardsticks.push(theirs)
  }
  const ratio = median(measured.map((value, index) => value / (yardsticks[index] ?? 1)))
  return { measured: median(measured), yardstickMeasured: median(yardsticks), ratio }
}
