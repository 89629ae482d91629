import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { REVIEWED } from '../../src/server/reconciler.ts'
import type { BenchOptions } from '../workloads.ts'
import type { Bed } from './bed.ts'
import { monotonicMs } from './monotonic.ts'
import type { OvnNetwork } from './ovn-network.ts'
import { Service } from './service.ts'

const READER = fileURLToPath(new URL('./read-once.ts', import.meta.url))

/**
 * From the start of a process to when the service has looked at all that there is and found nothing to do, and to when a
 * program that only reads the same rows has them; milliseconds.
 */
export async function startOver(
  bed: Bed,
  { ovn }: OvnNetwork,
  { rounds, onProgress }: BenchOptions,
): Promise<{ readonly service: number[]; readonly reader: number[] }> {
  const rows = () =>
    ovn
      .nbctl('--bare', '--columns=_uuid', 'list', 'Logical_Router_Port')
      .then((text) => text.split(/\s+/).sort())
  const before = await rows()
  const times = { service: [] as number[], reader: [] as number[] }
  await bed.service.stop()
  // One to warm up.
  for (let round = -1; round < rounds; round++) {
    onProgress(round < 0 ? 'start: warming up' : `start: round ${round + 1} of ${rounds}`)
    const readMs = await timeReader(bed.directory, ovn.northbound)
    const reviewed = Promise.withResolvers<number>()
    const startedMs = monotonicMs()
    bed.service = await Service.start(bed.directory, bed.network.args, (line) => {
      if (line.includes(REVIEWED)) reviewed.resolve(monotonicMs())
    })
    const startMs = (await reviewed.promise) - startedMs
    if (round < rounds - 1) await bed.service.stop()
    if (round < 0) continue
    times.reader.push(readMs)
    times.service.push(startMs)
  }
  if ((await rows()).join() !== before.join()) throw new Error('a start has changed what was as it should be')
  return times
}

async function timeReader(directory: string, northbound: string): Promise<number> {
  const startedMs = monotonicMs()
  const child = spawn(process.execPath, [READER, directory, northbound], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(createInterface(child.stdout), 'line')
  const tookMs = monotonicMs() - startedMs
  if (child.exitCode === null) await once(child, 'exit')
  return tookMs
}
