import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** A server in a process of its own, as every server that is measured is. */
export interface BenchServer {
  readonly url: string
  readonly host: string
  /** Resident memory, MB. */
  memoryMb(): number
  stop(): Promise<void>
}

/** Node's own server, answering `body`. */
export function startBare(status: number, body: string): Promise<BenchServer> {
  return startProcess([join(import.meta.dirname, 'bare-server.ts'), String(status), body])
}

/** The service, on `directory`; `more` are options of `isthmus serve`; `onLog` hears each line that it logs. */
export function startIsthmus(
  directory: string,
  bootstrap: string | null,
  more: readonly string[] = [],
  onLog: ((line: string) => void) | null = null,
): Promise<BenchServer> {
  const main = join(import.meta.dirname, '../src/cli/main.ts')
  const options = ['--listen', '127.0.0.1:0', '--data', directory, ...more]
  return startProcess([main, 'serve', ...options, ...(bootstrap ? ['--bootstrap', bootstrap] : [])], onLog)
}

// As `npm start` does it.
const cache = join(import.meta.dirname, '../node_modules/.cache/compiled')
const env = { NODE_COMPILE_CACHE: cache, ...process.env }

async function startProcess(
  args: string[],
  onLog: ((line: string) => void) | null = null,
): Promise<BenchServer> {
  const stdio = ['ignore', 'pipe', onLog ? 'pipe' : 'ignore'] as const
  const child: ChildProcess = spawn(process.execPath, args, { stdio: [...stdio], env })
  if (child.stderr && onLog) createInterface(child.stderr).on('line', onLog)
  const exited = once(child, 'exit')
  if (!child.stdout) throw new Error('no standard output')
  const line = await Promise.race([
    once(createInterface(child.stdout), 'line').then(([text]) => String(text)),
    exited.then(() => ''),
  ])
  const url = /http:\S+$/.exec(line)?.[0]
  if (!url) throw new Error(`${args[0]} did not start`)
  return {
    url,
    host: new URL(url).host,
    memoryMb: () => residentMb(child.pid ?? 0),
    async stop() {
      child.kill('SIGTERM')
      await exited
    },
  }
}

function residentMb(pid: number): number {
  const kilobytes = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Math.round(Number(kilobytes ?? 0) / 1024)
}
