import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type Logger, pino } from 'pino'
import { type RunningService, startService as start } from '../../src/server/main.ts'
import { parseServeOptions } from '../../src/server/options.ts'
import { BOOTSTRAP } from './tenants.ts'

export const ADMIN_TOKEN = 'the-operators-token'

export interface RigOptions {
  /** Kept between starts where it is given; else made, and removed at the end. */
  readonly directory?: string
  /** Null: none, so that the service makes its demonstration tenants. */
  readonly bootstrap?: unknown
  /** More options of `isthmus serve`. */
  readonly args?: readonly string[]
  /** Of a service in this process; nothing is logged where it is not given. */
  readonly logger?: Logger
  /** Options of Node.js itself; only of a process of its own. */
  readonly nodeArgs?: readonly string[]
}

/** A service on a free port. `close` stops it and removes what was made for it. */
export interface TestService {
  readonly url: string
  /** `127.0.0.1:PORT`, as SDKs want it that are told an endpoint without a scheme. */
  readonly host: string
  readonly directory: string
  close(): Promise<void>
}

/** In this very process: quick to start, and its inside can be looked at. With a clock that can be moved. */
export async function startService(
  options: RigOptions = {},
): Promise<TestService & { service: RunningService }> {
  const directory = options.directory ?? mkdtempSync(join(tmpdir(), 'isthmus-test-'))
  const service = await start(
    parseServeOptions(argumentsFor(directory, options), {}),
    options.logger ?? pino({ level: 'silent' }),
  )
  return {
    service,
    url: service.url,
    host: new URL(service.url).host,
    directory,
    async close() {
      await service.stop()
      if (!options.directory) rmSync(directory, { recursive: true, force: true })
    },
  }
}

/** As a process of its own, which can be killed. */
export async function spawnService(
  options: RigOptions = {},
): Promise<TestService & { process: ChildProcess }> {
  const directory = options.directory ?? mkdtempSync(join(tmpdir(), 'isthmus-test-'))
  const command = [...(options.nodeArgs ?? []), MAIN, 'serve', ...argumentsFor(directory, options)]
  const child = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'pipe'] })
  let errors = ''
  child.stderr.on('data', (chunk: Buffer) => {
    errors = (errors + chunk.toString()).slice(-10_000)
  })
  const exited = once(child, 'exit')
  const lines = createInterface(child.stdout)
  const url = await Promise.race([
    once(lines, 'line').then(([line]) => /^isthmus ready (\S+)$/.exec(String(line))?.[1]),
    exited.then(() => undefined),
  ])
  if (url === undefined) throw new Error(`the service did not start: ${errors}`)
  return {
    process: child,
    url,
    host: new URL(url).host,
    directory,
    async close() {
      child.kill('SIGTERM')
      await exited
      if (!options.directory) rmSync(directory, { recursive: true, force: true })
    },
  }
}

export const MAIN = join(import.meta.dirname, '../../src/cli/main.ts')

function argumentsFor(directory: string, { bootstrap = BOOTSTRAP, args = [] }: RigOptions): string[] {
  const file = join(directory, 'bootstrap.json')
  if (bootstrap !== null) writeFileSync(file, JSON.stringify(bootstrap))
  return [
    ...['--listen', '127.0.0.1:0', '--data', directory, '--admin-token', ADMIN_TOKEN, '--clock', 'manual'],
    ...(bootstrap === null ? [] : ['--bootstrap', file]),
    ...args,
  ]
}

/** A call of the native API, with its JSON answer. */
export async function native(
  service: { url: string },
  token: string,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: never; headers: Headers }> {
  const response = await fetch(`${service.url}/isthmus/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return {
    status: response.status,
    headers: response.headers,
    body: (text === '' ? null : JSON.parse(text)) as never,
  }
}

/** Moves the clock of a service forward, e.g. by `P7D`. */
export async function advance(service: { url: string }, duration: string): Promise<void> {
  const { status } = await native(service, ADMIN_TOKEN, 'POST', '/clock', { advance: duration })
  if (status !== 200) throw new Error(`the clock did not move: ${status}`)
}
