import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface, type Interface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const PROGRAM = fileURLToPath(new URL('./probe.ts', import.meta.url))
const PATIENCE_MS = 60_000
/** Longer than a machine that is busy keeps a packet waiting. */
const LASTING_MS = 120

interface Started {
  readonly child: ChildProcess
  readonly lines: Interface
}

/** The program of `probe.ts` in a namespace. */
async function start(namespace: string, role: 'echo' | 'ask'): Promise<Started> {
  const command = ['netns', 'exec', namespace, process.execPath, PROGRAM, role]
  const child = spawn('ip', command, { stdio: ['pipe', 'pipe', 'inherit'] })
  if (!child.stdout) throw new Error('no standard output')
  const lines = createInterface(child.stdout)
  const ended = once(child, 'exit').then(() => Promise.reject(new Error(`no probe in ${namespace}`)))
  ended.catch(() => {})
  await Promise.race([once(lines, 'line'), ended])
  return { child, lines }
}

async function stop({ child }: Started): Promise<void> {
  if (child.exitCode !== null) return
  const exited = once(child, 'exit')
  child.stdin?.end()
  await exited
}

/** Answers whatever is sent to a workload, until it is stopped. */
export async function startEcho(namespace: string): Promise<{ stop(): Promise<void> }> {
  const started = await start(namespace, 'echo')
  return { stop: () => stop(started) }
}

/** Packets from a workload, all the time: it knows since when they are answered, both ways being open, and since when not. */
export class Prober {
  readonly #started: Started
  #heardMs: number | null = null
  #silentMs = 0
  /** When each row of answers without a gap has begun. */
  readonly #beginnings: number[] = []
  #look: (() => void) | null = null

  private constructor(started: Started) {
    this.#started = started
    started.lines.on('line', (line) => {
      const [what, ms] = line.split(' ')
      this.#heardMs = what === 'heard' ? Number(ms) : null
      if (what === 'silent') this.#silentMs = Number(ms)
      else this.#beginnings.push(Number(ms))
      this.#look?.()
    })
  }

  static async open(namespace: string): Promise<Prober> {
    return new Prober(await start(namespace, 'ask'))
  }

  /** Sends to that address from now on; to none: nothing. */
  aim(address: string): void {
    this.#heardMs = null
    this.#started.child.stdin?.write(`${address}\n`)
  }

  /** When the first answer came of those that have come without a gap, on the clock of `monotonicMs`. */
  async heard(): Promise<number> {
    await this.#until(() => this.#heardMs !== null)
    return this.#heardMs ?? 0
  }

  /** When answers came again for the first time after `sinceMs`; null: there has been no gap. */
  heardAgain(sinceMs: number): number | null {
    return this.#beginnings.find((beganMs) => beganMs > sinceMs) ?? null
  }

  /** When the last answer came before a silence that lasts, on the clock of `monotonicMs`. */
  async silent(): Promise<number> {
    for (;;) {
      await this.#until(() => this.#heardMs === null)
      const sinceMs = this.#silentMs
      await sleep(LASTING_MS)
      if (this.#heardMs === null && this.#silentMs === sinceMs) return sinceMs
    }
  }

  stop(): Promise<void> {
    return stop(this.#started)
  }

  async #until(holds: () => boolean): Promise<void> {
    if (holds()) return
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('waited for packets in vain')), PATIENCE_MS)
      this.#look = () => {
        if (!holds()) return
        clearTimeout(timer)
        this.#look = null
        resolve()
      }
    })
  }
}
