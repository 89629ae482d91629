import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type FilledStore, fillStore } from './fill-store.ts'
import { type Answer, LoadGenerator, type Work } from './load-generator.ts'
import { type Figure, median } from './report.ts'
import { huaweiRequest, NewPeerings, repeating, tencentLegacyRequest } from './requests.ts'
import { type BenchServer, startBare, startIsthmus } from './servers.ts'

export interface BenchOptions {
  /** Peerings in the small store and in the large one. */
  readonly small: number
  readonly large: number
  readonly rounds: number
  readonly roundMs: number
  /** How often a peering is made and ended, and VPCs of others that are there meanwhile, on a data plane. */
  readonly cycles: number
  readonly vpcs: number
  readonly onProgress: (text: string) => void
}

const CONNECTIONS = 32
/** More than any round here gets through. */
const CREATES_PER_MS = 10

/** A server under load, with what makes its next round. */
interface Side {
  readonly server: BenchServer
  readonly round: () => () => Work | null
}

/**
 * Rounds of ours and of the yardstick in turn, after a warm-up of each, so that a machine whose speed drifts drifts
 * for both. The ratio is the median over the pairs of rounds.
 */
export async function compare(options: BenchOptions, ours: Side, yardstick: Side) {
  const measured: number[] = []
  const yardsticks: number[] = []
  for (let round = -1; round < options.rounds; round++) {
    const durationMs = round < 0 ? Math.min(1_000, options.roundMs) : options.roundMs
    const theirs = await measure(yardstick, durationMs)
    const mine = await measure(ours, durationMs)
    if (round < 0) continue
    measured.push(mine)
    yardsticks.push(theirs)
  }
  const ratio = median(measured.map((value, index) => value / (yardsticks[index] ?? 1)))
  return { measured: median(measured), yardstickMeasured: median(yardsticks), ratio, unit: '/s' }
}

async function measure({ server, round }: Side, durationMs: number): Promise<number> {
  const next = round()
  const generator = await LoadGenerator.open(server.url, CONNECTIONS)
  try {
    return await generator.run(durationMs, next)
  } finally {
    generator.close()
  }
}

/** The engine by itself: showing, creating, refusing, and the same at scale. Each figure as it is found. */
export async function* runEngine(options: BenchOptions): AsyncGenerator<Figure> {
  const root = mkdtempSync(join(tmpdir(), 'isthmus-bench-'))
  const servers: BenchServer[] = []
  try {
    const keep = async (started: Promise<BenchServer>) => {
      const server = await started
      servers.push(server)
      return server
    }
    yield await startUp(join(root, 'empty'), options)
    const small = fill(join(root, 'small'), options.small, options)
    const smallServer = await keep(startIsthmus(small.directory, null))
    yield {
      ...memory(`memory, ${options.small} peerings`, smallServer),
      work: `memory idle, ${options.small} peerings`,
    }
    // It is loaded when it is first asked for.
    await fetch(`${smallServer.url}/isthmus/v1/openapi.json`)
    yield memory('memory idle, the native API in use', smallServer)
    const smallPeerings = new NewPeerings(smallServer.host, small)
    yield await showOne(small, smallServer, keep, options)
    yield await createOne(smallServer, smallPeerings, keep, options)
    yield await createAndReject(smallServer, smallPeerings, keep, options)
    const large = fill(join(root, 'large'), options.large, options)
    const largeServer = await keep(startIsthmus(large.directory, null))
    yield memory(`memory idle, ${options.large} peerings`, largeServer)
    const largeSide = {
      store: large,
      server: largeServer,
      peerings: new NewPeerings(largeServer.host, large),
    }
    yield* atScale(largeSide, { store: small, server: smallServer, peerings: smallPeerings }, options)
    yield memory(`memory after load, ${options.large} peerings`, largeServer)
  } finally {
    for (const server of servers) await server.stop()
    rmSync(root, { recursive: true, force: true })
  }
}

function fill(directory: string, count: number, { onProgress }: BenchOptions): FilledStore {
  const filled = fillStore(directory, count, (done) => {
    if (count > 20_000 && done % 20_000 === 0) onProgress(`filling: ${done} of ${count}`)
  })
  return filled
}

async function startUp(directory: string, { rounds }: BenchOptions): Promise<Figure> {
  const times: number[] = []
  for (let round = 0; round < rounds; round++) {
    const startedAtMs = performance.now()
    const server = await startIsthmus(`${directory}-${round}`, null)
    times.push((performance.now() - startedAtMs) / 1000)
    await server.stop()
  }
  const figure = { yardstick: '', yardstickMeasured: null, ratio: null, atLeast: null }
  return { work: 'start to ready, empty store', measured: median(times), unit: 's', ...figure }
}

function memory(work: string, server: BenchServer): Figure {
  const figure = { yardstick: '', yardstickMeasured: null, ratio: null, atLeast: null }
  return { work, measured: server.memoryMb(), unit: 'MB', ...figure }
}

type Keep = (started: Promise<BenchServer>) => Promise<BenchServer>

function showRequests({ host }: BenchServer, { samples }: FilledStore): Buffer[] {
  return samples.map(({ peering, asker }) =>
    huaweiRequest(host, asker, 'GET', `/v2.0/vpc/peerings/${peering.id}`),
  )
}

async function showOne(
  store: FilledStore,
  server: BenchServer,
  keep: Keep,
  options: BenchOptions,
): Promise<Figure> {
  options.onProgress('show one peering')
  const [first] = showRequests(server, store)
  const bare = await keep(startBare(200, await bodyOf(server, first)))
  const result = await compare(
    options,
    { server, round: () => repeating(showRequests(server, store), 200) },
    { server: bare, round: () => repeating(showRequests(bare, store), 200) },
  )
  await bare.stop()
  return { work: 'show one peering, 32 connections', yardstick: 'bare node:http', ...result, atLeast: 0.45 }
}

/** Work that asks for one new peering after another. */
function creating(peerings: NewPeerings, { roundMs }: BenchOptions): () => Work | null {
  peerings.makeReady(roundMs * CREATES_PER_MS)
  return () => {
    const next = peerings.take()
    return next && (async (send) => expect(await send(next.request), 201))
  }
}

/** Work that asks for a new peering and has it refused by the other side. */
function creatingAndRejecting(
  host: string,
  peerings: NewPeerings,
  { roundMs }: BenchOptions,
): () => Work | null {
  peerings.makeReady(roundMs * CREATES_PER_MS)
  return () => {
    const next = peerings.take()
    if (!next) return null
    return async (send) => {
      const created = await send(next.request)
      expect(created, 201)
      const { id } = (JSON.parse(created.body) as { peering: { id: string } }).peering
      const parameters = { peeringConnectionId: id }
      const { body } = await send(
        tencentLegacyRequest(host, next.answerer, 'RejectVpcPeeringConnection', parameters),
      )
      // The yardstick knows only one answer.
      if (body !== created.body && !body.includes('"code":0')) throw new Error(body)
    }
  }
}

function expect({ status, body }: Answer, wanted: number): void {
  if (status !== wanted) throw new Error(`answered ${status}: ${body}`)
}

async function createOne(
  server: BenchServer,
  peerings: NewPeerings,
  keep: Keep,
  options: BenchOptions,
): Promise<Figure> {
  options.onProgress('create a pending peering')
  const { bare, barePeerings } = await bareCreation(server, peerings, keep)
  const result = await compare(
    options,
    { server, round: () => creating(peerings, options) },
    { server: bare, round: () => creating(barePeerings(), options) },
  )
  await bare.stop()
  return {
    work: 'create a pending peering, 32 connections',
    yardstick: 'bare node:http',
    ...result,
    atLeast: 0.15,
  }
}

async function createAndReject(
  server: BenchServer,
  peerings: NewPeerings,
  keep: Keep,
  options: BenchOptions,
): Promise<Figure> {
  options.onProgress('create and reject')
  const { bare, barePeerings } = await bareCreation(server, peerings, keep)
  const result = await compare(
    options,
    { server, round: () => creatingAndRejecting(server.host, peerings, options) },
    { server: bare, round: () => creatingAndRejecting(bare.host, barePeerings(), options) },
  )
  await bare.stop()
  const work = 'create + reject (Tencent legacy), 32 connections'
  return { work, yardstick: 'two bare requests', ...result, atLeast: 0.15 }
}

/** A bare server that answers what ours answers to a create. It is sent requests of the same making. */
async function bareCreation(server: BenchServer, peerings: NewPeerings, keep: Keep) {
  peerings.makeReady(1)
  const bare = await keep(startBare(201, await bodyOf(server, peerings.take()?.request)))
  return { bare, barePeerings: () => peerings.elsewhere(bare.host) }
}

/** A store under test at one of two sizes. */
export interface ScaleSide {
  readonly store: FilledStore
  readonly server: BenchServer
  readonly peerings: NewPeerings
}

/** What is done at both sizes. */
interface ScaleWork {
  readonly work: (side: ScaleSide) => () => Work | null
  /**
   * How many rounds of it the large store has first. Its log is a file that grows as the store is written, to a gigabyte, and is
   * then written over and over; until then every page of it is new to the machine. The small store has been through that by now.
   */
  readonly settlingRounds: number
}

/** The same work on the large store and on the small one, in turn. */
export async function* atScale(
  large: ScaleSide,
  small: ScaleSide,
  options: BenchOptions,
): AsyncGenerator<Figure> {
  const works: Readonly<Record<string, ScaleWork>> = {
    show: { work: ({ server, store }) => repeating(showRequests(server, store), 200), settlingRounds: 0 },
    'list one page of 20': {
      work: ({ server, store }) => repeating(listRequests(server, store), 200),
      settlingRounds: 0,
    },
    create: { work: ({ peerings }) => creating(peerings, options), settlingRounds: 4 },
  }
  for (const [name, { work, settlingRounds }] of Object.entries(works)) {
    const label = `${name} at ${options.large} peerings`
    options.onProgress(label)
    const sideOf = (side: ScaleSide) => ({ server: side.server, round: () => work(side) })
    const [ours, yardstick] = [sideOf(large), sideOf(small)]
    const settling: number[] = []
    for (let round = 0; round < settlingRounds; round++) settling.push(await measure(ours, options.roundMs))
    const result = await compare(options, ours, yardstick)
    const { yardstickMeasured } = result
    if (settlingRounds > 0) {
      const measured = median(settling)
      const figure = { yardstick: `at ${options.small}`, yardstickMeasured, unit: '/s', atLeast: null }
      yield { work: `${label}, the log new`, measured, ratio: measured / yardstickMeasured, ...figure }
    }
    yield { work: label, yardstick: `at ${options.small}`, ...result, atLeast: 0.67 }
  }
}

function listRequests({ host }: BenchServer, { askers }: FilledStore): Buffer[] {
  return askers.map((asker) => huaweiRequest(host, asker, 'GET', '/v2.0/vpc/peerings?limit=20'))
}

async function bodyOf(server: BenchServer, request: Buffer | undefined): Promise<string> {
  if (!request) throw new Error('no request')
  const generator = await LoadGenerator.open(server.url, 1)
  let body = ''
  let left = 1
  await generator.run(1_000, () => {
    if (left-- === 0) return null
    return async (send) => {
      const answer = await send(request)
      if (answer.status >= 300) throw new Error(`answered ${answer.status}: ${answer.body}`)
      body = answer.body
    }
  })
  generator.close()
  return body
}
