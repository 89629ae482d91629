import type { BenchOptions } from '../workloads.ts'
import { type Bed, untilLaid } from './bed.ts'
import { monotonicMs } from './monotonic.ts'

/** VPCs on either side; every one is asked to peer with every one of the others. */
const SIDE = 10

/** From when peerings are asked for to when all are laid: of one, and of many at once; milliseconds. */
export async function askMany(
  bed: Bed,
  { rounds, onProgress }: BenchOptions,
): Promise<{ readonly count: number; readonly one: number[]; readonly all: number[] }> {
  const { asker, answerer } = bed.crowd
  const make = (who: typeof asker, first: number) =>
    bed.service.callAll<{ id: string }>(
      who,
      'POST',
      Array.from({ length: SIDE }, (_, index) => {
        const name = `many-${first + index}`
        return { path: '/vpcs', body: { name, region: 'region-a', cidrs: [`10.${first + index}.0.0/16`] } }
      }),
    )
  const [ours, theirs] = [await make(asker, 100), await make(answerer, 150)]
  const pairs = ours.flatMap((one) =>
    theirs.map((other) => ({ requesterVpc: one.id, accepterVpc: other.id, name: 'many' })),
  )
  const timed = async (bodies: typeof pairs) => {
    await bed.network.settle()
    const startedMs = monotonicMs()
    const calls = bodies.map((body) => ({ path: '/peerings', body }))
    const made = await bed.service.callAll<{ id: string }>(asker, 'POST', calls)
    const ids = made.map(({ id }) => id)
    await untilLaid(bed.service, asker, ids)
    const tookMs = monotonicMs() - startedMs
    await bed.deleteAll(ids)
    return tookMs
  }
  const times = { one: [] as number[], all: [] as number[] }
  for (let round = 0; round < rounds; round++) {
    onProgress(`${pairs.length} peerings at once: round ${round + 1} of ${rounds}`)
    times.one.push(await timed(pairs.slice(round, round + 1)))
    times.all.push(await timed(pairs))
  }
  return { count: pairs.length, ...times }
}
