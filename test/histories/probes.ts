import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { everyFlow, type Flow, type Workload } from './oracle.ts'

const PROBER = fileURLToPath(new URL('./prober.ts', import.meta.url))

/** A packet that arrived. Times in microseconds, by the clock of the machine. */
export interface Packet extends Flow {
  /** Just before it was sent. */
  readonly sentUs: number
  /** Just after it was received. */
  readonly receivedUs: number
}

/** The clock that packets are timed by. */
export const nowUs = () => Number(process.hrtime.bigint() / 1_000n)

interface Report {
  readonly rounds: number
  readonly received: readonly [from: number, address: string, sentUs: number, receivedUs: number][]
}

/** A process in the namespace of each workload, which sends to all the others all the time. */
export class Probes {
  readonly #processes: readonly ChildProcess[]
  readonly #lines: readonly AsyncIterator<string>[]

  private constructor(processes: readonly ChildProcess[]) {
    this.#processes = processes
    this.#lines = processes.map(({ stdout }) => {
      if (!stdout) throw new Error('a prober says nothing')
      return createInterface(stdout)[Symbol.asyncIterator]()
    })
  }

  static async start(workloads: readonly (Workload & { readonly namespace: string })[]): Promise<Probes> {
    const flows = everyFlow(workloads)
    const processes = workloads.map(({ namespace }, number) => {
      const targets = new Set(flows.filter(({ from }) => from === number).map(({ address }) => address))
      const command = [process.execPath, PROBER, String(number), ...targets]
      return spawn('ip', ['netns', 'exec', namespace, ...command], { stdio: ['pipe', 'pipe', 'inherit'] })
    })
    const probes = new Probes(processes)
    await probes.#nextLines()
    return probes
  }

  /** What has arrived since this was asked last, and how often the slowest of them has sent since it started. */
  async collect(): Promise<{ readonly packets: readonly Packet[]; readonly rounds: number }> {
    for (const { stdin } of this.#processes) stdin?.write('\n')
    const reports = (await this.#nextLines()).map((line) => JSON.parse(line) as Report)
    const packets = reports.flatMap(({ received }, to) =>
      received.map(([from, address, sentUs, receivedUs]) => ({ from, address, to, sentUs, receivedUs })),
    )
    return { packets, rounds: Math.min(...reports.map(({ rounds }) => rounds)) }
  }

  async stop(): Promise<void> {
    const running = this.#processes.filter(
      ({ exitCode, signalCode }) => exitCode === null && signalCode === null,
    )
    await Promise.all(
      running.map((child) => {
        const ended = once(child, 'exit')
        child.kill('SIGKILL')
        return ended
      }),
    )
  }

  #nextLines(): Promise<string[]> {
    return Promise.all(
      this.#lines.map(async (lines) => {
        const { value, done } = await lines.next()
        if (done) throw new Error('a prober has ended')
        return value as string
      }),
    )
  }
}
