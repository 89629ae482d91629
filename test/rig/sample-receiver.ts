import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'

export const SAMPLE_RECEIVER = join(
  dirname(dirname(import.meta.dirname)),
  'examples/webhook-receiver/receiver.mjs',
)

/** The sample receiver of the guide, as a process. */
export interface SampleReceiver {
  readonly port: number
  /** What it has printed of events. */
  readonly printed: readonly string[]
  /** Resolves once it has printed so many lines in all. */
  until(count: number): Promise<readonly string[]>
  close(): Promise<void>
}

/** Resolves once `child`, which runs the sample receiver, says that it waits. */
export async function sampleReceiverOf(child: ChildProcess): Promise<SampleReceiver> {
  if (!child.stdout) throw new Error('its output is not read')
  const lines = createInterface(child.stdout)
  const exited = once(child, 'exit')
  const [first] = (await Promise.race([once(lines, 'line'), exited.then(() => ['nothing'])])) as [string]
  const port = Number(/^waiting for events on port (\d+)$/.exec(first)?.[1])
  if (!Number.isInteger(port)) throw new Error(`the sample receiver said: ${first}`)
  const printed: string[] = []
  lines.on('line', (line) => printed.push(line))
  return {
    port,
    printed,
    async until(count) {
      while (printed.length < count) await once(lines, 'line')
      return printed
    },
    async close() {
      child.kill('SIGKILL')
      await exited
    },
  }
}

export function startSampleReceiver(secrets: string, port = 0): Promise<SampleReceiver> {
  const env = { ...process.env, WEBHOOK_SECRET: secrets, PORT: String(port) }
  return sampleReceiverOf(
    spawn(process.execPath, [SAMPLE_RECEIVER], { env, stdio: ['ignore', 'pipe', 'inherit'] }),
  )
}
