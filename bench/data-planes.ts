import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openKernel } from '../src/adapters/data-plane/netns/kernel.ts'
import { hasOvn, OVN_NEEDS } from '../test/rig/ovn.ts'
import { Bed, type BedOptions } from './data-planes/bed.ts'
import { askMany } from './data-planes/many.ts'
import { NetnsNetwork } from './data-planes/netns-network.ts'
import type { BenchNetwork } from './data-planes/network.ts'
import { openOvnNetwork } from './data-planes/ovn-network.ts'
import { startOver } from './data-planes/start-over.ts'
import { type Figure, median, percentile } from './report.ts'
import type { BenchOptions } from './workloads.ts'

/** Spokes that are asked for together. */
const SPOKES = 10
/** OVN computes for so long, with many VPCs, that what went before is waited for. */
const QUIET_MS = { alone: 300, crowded: 2_500 }
const NONE = { yardstick: '', yardstickMeasured: null, ratio: null, atLeast: null, unit: 'ms' } as const

/** Real packets through the real service, over both data planes: how soon they pass, and how soon they stop. */
export async function* runDataPlanes(options: BenchOptions): AsyncGenerator<Figure> {
  const root = mkdtempSync(join(tmpdir(), 'isthmus-bench-'))
  try {
    if (isHere('network namespaces', await lackingKernel())) yield* overNetns(root, options)
    if (isHere('OVN', hasOvn ? null : OVN_NEEDS)) yield* overOvn(root, options)
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

const lackingKernel = () =>
  openKernel().then(
    (kernel) => kernel.close().then(() => null),
    (error: Error) => error.message,
  )

/** Whether a data plane can be measured; where it cannot, says so, and where everything must be run, throws. */
function isHere(what: string, lacking: string | null): boolean {
  if (lacking === null) return true
  const message = `not measured: ${what}: this machine lacks ${lacking}`
  if (process.env['ISTHMUS_TEST_REQUIRE'] === 'all') throw new Error(message)
  process.stderr.write(`${message}\n`)
  return false
}

/** Times in milliseconds, one for each cycle. */
interface Times {
  readonly accepted: number[]
  readonly deleted: number[]
  readonly byHand: number[]
  readonly mended: number[]
}

async function* overNetns(root: string, options: BenchOptions): AsyncGenerator<Figure> {
  const times = await over(
    new NetnsNetwork(),
    join(root, 'netns'),
    { ...options, others: 0, spokes: 1 },
    (bed) => cycles(bed, options, { label: 'netns', deletions: 1, byHand: 1 }),
  )
  yield against('netns: accept -> first packet', times.accepted, {
    yardstick: 'by `ip -batch`',
    times: times.byHand,
    atMost: 0.5,
  })
  yield alone('netns: delete -> last packet', times.deleted)
  yield alone('netns: a device removed by hand -> first packet', times.mended)
}

async function* overOvn(root: string, options: BenchOptions): AsyncGenerator<Figure> {
  const spokes = Math.min(SPOKES, options.cycles)
  const quiet = await openOvnNetwork(QUIET_MS.alone)
  const times = await over(quiet, join(root, 'few'), { ...options, others: 0, spokes }, (bed) =>
    cycles(bed, options, { label: 'OVN, no other VPC', deletions: 1, byHand: 0.5 }),
  )
  yield against('OVN: accept -> first packet, no other VPC', times.accepted, {
    yardstick: 'by `ovn-nbctl --wait=hv`',
    times: times.byHand,
    atMost: 1,
  })
  yield alone('OVN: delete -> last packet, no other VPC', times.deleted)
  yield alone('OVN: a port removed by hand -> first packet, no other VPC', times.mended)
  const { vpcs } = options
  const among = `${vpcs} others`
  const busy = await openOvnNetwork(QUIET_MS.crowded)
  const directory = join(root, 'many')
  const [crowded, many, start] = await over(
    busy,
    directory,
    { ...options, others: vpcs, spokes },
    async (bed) =>
      [
        await cycles(bed, options, { label: `OVN, ${among}`, deletions: 0.3, byHand: 0.1 }),
        await askMany(bed, options),
        await startOver(bed, busy, options),
      ] as const,
  )
  yield against(`OVN: accept -> first packet, ${among}`, crowded.accepted, {
    yardstick: 'by `ovn-nbctl --wait=hv`',
    times: crowded.byHand,
    atMost: 0.05,
  })
  const worst = [crowded.accepted, times.accepted].map((each) => percentile(each, 0.99)) as [number, number]
  yield {
    work: `OVN: accept -> first packet, ${among}, p99`,
    measured: worst[0],
    yardstick: 'with no other',
    yardstickMeasured: worst[1],
    ratio: worst[0] / worst[1],
    unit: 'ms',
    atLeast: null,
    atMost: 3,
  }
  yield alone(`OVN: delete -> last packet, ${among}`, crowded.deleted)
  yield alone(`OVN: a port removed by hand -> first packet, ${among}`, crowded.mended)
  yield against(`OVN: ${many.count} peerings asked for at once -> laid, ${among}`, many.all, {
    yardstick: 'one',
    times: many.one,
    atMost: 4,
  })
  yield against(`OVN: start -> all looked at, nothing changed, ${among}`, start.service, {
    yardstick: 'a program that reads the same rows',
    times: start.reader,
    atMost: 3,
  })
}

/** Does `work` with a service over a network, and takes both away. */
async function over<N extends BenchNetwork, T>(
  network: N,
  directory: string,
  options: BedOptions,
  work: (bed: Bed) => Promise<T>,
): Promise<T> {
  try {
    const bed = await Bed.open(network, directory, options)
    try {
      return await work(bed)
    } finally {
      await bed.close()
    }
  } finally {
    await network.dispose()
  }
}

/** Peerings that are asked for, accepted and deleted, one after another, and now and then one that is made by hand. */
async function cycles(
  bed: Bed,
  options: BenchOptions,
  shares: { label: string; deletions: number; byHand: number },
): Promise<Times> {
  const times: Times = { accepted: [], deleted: [], byHand: [], mended: [] }
  const wanted = (share: number) => Math.ceil(options.cycles * share)
  while (times.accepted.length < options.cycles) {
    options.onProgress(`${shares.label}: ${times.accepted.length} of ${options.cycles} cycles`)
    const spokes = bed.spokes.slice(0, options.cycles - times.accepted.length)
    const peerings = await bed.ask(spokes)
    const pairs = spokes.map((spoke, index) => [spoke, peerings[index] ?? ''] as const)
    for (const [spoke, peering] of pairs) times.accepted.push(await bed.accept(spoke, peering))
    // The shares of all are spread over the whole time, as the machine may change.
    const share = times.accepted.length / options.cycles
    for (const [spoke, peering] of pairs) {
      if (times.mended.length < share * wanted(0.1)) times.mended.push(await bed.mend(spoke, peering))
      if (times.deleted.length >= share * wanted(shares.deletions)) break
      times.deleted.push(await bed.delete(spoke, peering))
      peerings.splice(peerings.indexOf(peering), 1)
    }
    bed.rest()
    await bed.deleteAll(peerings)
    for (const spoke of spokes) {
      if (times.byHand.length >= share * wanted(shares.byHand)) break
      times.byHand.push(await bed.byHand(spoke))
    }
  }
  bed.rest()
  return times
}

function alone(work: string, times: readonly number[]): Figure {
  return { ...NONE, work, measured: median(times), p99: percentile(times, 0.99) }
}

function against(
  work: string,
  times: readonly number[],
  other: { readonly yardstick: string; readonly times: readonly number[]; readonly atMost: number },
): Figure {
  return {
    work,
    measured: median(times),
    p99: percentile(times, 0.99),
    yardstick: other.yardstick,
    yardstickMeasured: median(other.times),
    yardstickP99: percentile(other.times, 0.99),
    ratio: median(times) / median(other.times),
    unit: 'ms',
    atLeast: null,
    atMost: other.atMost,
  }
}
