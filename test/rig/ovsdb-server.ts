import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { freePort } from './free-port.ts'
import { hasProgram } from './requirements.ts'

const run = promisify(execFile)
const START_TIMEOUT_MS = 15_000

/** Whether this machine has ovsdb-server, from the Debian packages openvswitch-common and openvswitch-switch. */
export const hasOvsdbServer = hasProgram('ovsdb-server') && hasProgram('ovsdb-tool')

/** A schema as `get_schema` answers it. */
export interface SchemaFile {
  readonly name: string
  readonly [member: string]: unknown
}

/** Keys and certificates, by the names of the files that hold them. */
export interface TlsFiles {
  readonly privateKey: string
  readonly certificate: string
  readonly authority: string
}

/** An ovsdb-server of the tests' own, in a directory of its own. */
export interface OvsdbServer {
  /** `unix:` and `tcp:` (or, with TLS, `ssl:`) addresses of it. */
  readonly unix: string
  readonly tcp: string
  readonly port: number
  /** Sends it a signal, and waits for its end where it ends by that. */
  kill(signal: 'SIGKILL' | 'SIGTERM' | 'SIGSTOP' | 'SIGCONT'): Promise<void>
  /** Starts it again, with what it has on disk. */
  start(): Promise<void>
  /** Asks it something by its control socket. */
  control(...command: readonly string[]): Promise<string>
  /** Some columns of all rows of a table, as JSON; also where it does not lead its cluster. Rows that are the same are one. */
  read(database: string, table: string, ...columns: readonly string[]): Promise<string>
  /** Stops it for good, and removes what it has kept. */
  dispose(): Promise<void>
}

/** A standalone server with an empty database. */
export async function startOvsdb(schema: SchemaFile, tls: TlsFiles | null = null): Promise<OvsdbServer> {
  const directory = mkdtempSync(join(tmpdir(), 'isthmus-ovsdb-'))
  const file = join(directory, 'schema')
  writeFileSync(file, JSON.stringify(schema))
  execFileSync('ovsdb-tool', ['create', join(directory, 'db'), file])
  const server = new RunningServer(directory, await freePort(), tls)
  await server.start()
  return server
}

/** Three servers that hold one database between them; at ports of their own, unless they are given. */
export async function startOvsdbCluster(
  schema: SchemaFile,
  ports: readonly number[] = [],
): Promise<OvsdbServer[]> {
  const directories = [1, 2, 3].map(() => mkdtempSync(join(tmpdir(), 'isthmus-ovsdb-')))
  const peers = await Promise.all(directories.map(async () => `tcp:127.0.0.1:${await freePort()}`))
  const servers: OvsdbServer[] = []
  for (const [index, directory] of directories.entries()) {
    const [database, file] = [join(directory, 'db'), join(directory, 'schema')]
    const [first = '', own = ''] = [peers[0], peers[index]]
    writeFileSync(file, JSON.stringify(schema))
    const command =
      index === 0
        ? ['create-cluster', database, file, own]
        : ['join-cluster', database, schema.name, own, first]
    execFileSync('ovsdb-tool', command, { stdio: 'pipe' })
    const server = new RunningServer(directory, ports[index] ?? (await freePort()), null)
    await server.start()
    await run('ovsdb-client', ['--timeout=20', 'wait', server.unix, schema.name, 'connected'])
    servers.push(server)
  }
  return servers
}

/** A shell keeps it: once this process is gone, however it went, the shell reads the end of its input and stops it. */
const KEEPER = '"$0" "$@" & server=$!; trap "" INT TERM; cat >/dev/null; kill -KILL $server; wait $server'

class RunningServer implements OvsdbServer {
  readonly port: number
  readonly #directory: string
  readonly #tls: TlsFiles | null
  #keeper: ChildProcess | null = null

  constructor(directory: string, port: number, tls: TlsFiles | null) {
    this.#directory = directory
    this.port = port
    this.#tls = tls
  }

  get unix(): string {
    return `unix:${join(this.#directory, 'socket')}`
  }

  get tcp(): string {
    return `${this.#tls ? 'ssl' : 'tcp'}:127.0.0.1:${this.port}`
  }

  async start(): Promise<void> {
    const path = (name: string) => join(this.#directory, name)
    const tls = this.#tls && [
      `--private-key=${this.#tls.privateKey}`,
      `--certificate=${this.#tls.certificate}`,
      `--ca-cert=${this.#tls.authority}`,
    ]
    const options = [
      path('db'),
      `--remote=punix:${path('socket')}`,
      `--remote=${tls ? 'pssl' : 'ptcp'}:${this.port}:127.0.0.1`,
      `--pidfile=${path('pid')}`,
      `--unixctl=${path('control')}`,
      `--log-file=${path('log')}`,
      '--no-chdir',
      '--verbose=console:off',
      ...(tls ?? []),
    ]
    this.#keeper = spawn('/bin/sh', ['-c', KEEPER, 'ovsdb-server', ...options], {
      stdio: ['pipe', 'ignore', 'ignore'],
      env: { ...process.env, OVS_RUNDIR: this.#directory, OVS_LOGDIR: this.#directory },
    })
    const deadlineMs = performance.now() + START_TIMEOUT_MS
    while (!(await this.#answers())) {
      if (performance.now() > deadlineMs) throw new Error(`ovsdb-server did not start: ${path('log')}`)
      await sleep(20)
    }
  }

  async kill(signal: 'SIGKILL' | 'SIGTERM' | 'SIGSTOP' | 'SIGCONT'): Promise<void> {
    const pid = Number(readFileSync(join(this.#directory, 'pid'), 'utf8'))
    process.kill(pid, signal)
    if (signal === 'SIGSTOP' || signal === 'SIGCONT') return
    while (isRunning(pid)) await sleep(5)
    await this.#letGo()
  }

  async control(...command: readonly string[]): Promise<string> {
    const { stdout } = await run('ovs-appctl', ['--target', join(this.#directory, 'control'), ...command])
    return stdout
  }

  async read(database: string, table: string, ...columns: readonly string[]): Promise<string> {
    const options = ['--no-leader-only', '--timeout=20', '--format=json']
    const args = [...options, 'dump', this.tcp, database, table, ...columns]
    const { stdout } = await run('ovsdb-client', args)
    return stdout
  }

  async dispose(): Promise<void> {
    await this.#letGo()
    rmSync(this.#directory, { recursive: true, force: true })
  }

  async #letGo(): Promise<void> {
    const keeper = this.#keeper
    this.#keeper = null
    if (!keeper) return
    const exited = once(keeper, 'exit')
    keeper.stdin?.end()
    await exited
  }

  #answers(): Promise<boolean> {
    const socket = connect(this.port, '127.0.0.1')
    return new Promise((resolve) => {
      socket.on('connect', () => resolve(true))
      socket.on('error', () => resolve(false))
    }).finally(() => socket.destroy()) as Promise<boolean>
  }
}

/** A process that has ended is there until its parent has heard of it. */
function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}
