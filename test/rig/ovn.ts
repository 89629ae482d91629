import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { freePortPair } from './free-port.ts'
import { type OvsdbServer, type SchemaFile, startOvsdbCluster } from './ovsdb-server.ts'
import { hasProgram } from './requirements.ts'

const run = promisify(execFile)
const START_TIMEOUT_MS = 30_000
const SCHEMAS = { nb: '/usr/share/ovn/ovn-nb.ovsschema', sb: '/usr/share/ovn/ovn-sb.ovsschema' } as const

/** What a machine must have for OVN to run in namespaces of it, and whether this one does. */
export const OVN_NEEDS =
  'root, and the Debian packages ovn-central, ovn-host, openvswitch-switch and iproute2'
export const hasOvn =
  process.getuid?.() === 0 &&
  ['ovn-northd', 'ovn-controller', 'ovsdb-server', 'ovs-vswitchd', 'ovs-vsctl', 'ethtool'].every(
    hasProgram,
  ) &&
  existsSync(SCHEMAS.nb)

/** The daemons of the centre; those of a host are `HOST/ovsdb`, `HOST/vswitchd` and `HOST/controller`. */
export type Daemon = 'nb' | 'sb' | 'northd' | `${string}/${'ovsdb' | 'vswitchd' | 'controller'}`

/** An OVN of the tests' own: the centre in a directory of its own, and hosts that are namespaces of this machine. */
export interface Ovn {
  /** The addresses of the two databases. */
  readonly northbound: string
  readonly southbound: string
  readonly hosts: readonly string[]
  /** Ends a daemon as a crash would. */
  kill(daemon: Daemon): Promise<void>
  start(daemon: Daemon): Promise<void>
  /** Asks a database something, e.g. `nbctl('show')`. */
  nbctl(...args: readonly string[]): Promise<string>
  sbctl(...args: readonly string[]): Promise<string>
  /** Plugs a namespace, which is made for it, into a host, as a logical port. Safe to repeat. */
  plug(host: string, iface: Interface): Promise<void>
  /** Unplugs it, and takes the namespace away. */
  unplug(host: string, namespace: string): Promise<void>
  exec(namespace: string, program: string, args: readonly string[]): Promise<string>
  dispose(): Promise<void>
}

export interface Interface {
  readonly namespace: string
  readonly ifaceId: string
  readonly mac: string
  /** With the lengths of their blocks. */
  readonly addresses: readonly string[]
  readonly gateways: readonly string[]
}

/** A shell keeps each: once this process is gone, however it went, the shell reads the end of its input and stops it. */
const KEEPER = '"$0" "$@" & daemon=$!; trap "" INT TERM; cat >/dev/null; kill -KILL $daemon; wait $daemon'

/**
 * Starts it with some hosts, which have userspace datapaths, as the kernel may have none, and Geneve between them where there
 * are several.
 */
export async function startOvn(hostCount = 1): Promise<Ovn> {
  return begun(new OvnRig(hostCount))
}

/**
 * The same with one host and three northbound databases that are one cluster; the southbound one listens at the port after
 * each of theirs. Answers the cluster too, whose servers may be killed and started.
 */
export async function startClusteredOvn(): Promise<{
  readonly ovn: Ovn
  readonly northbounds: readonly OvsdbServer[]
}> {
  const schema = JSON.parse(readFileSync(SCHEMAS.nb, 'utf8')) as SchemaFile
  const ports = [await freePortPair(), await freePortPair(), await freePortPair()]
  const northbounds = await startOvsdbCluster(schema, ports)
  const rig = new OvnRig(1, northbounds)
  return { ovn: await begun(rig), northbounds }
}

async function begun(rig: OvnRig): Promise<OvnRig> {
  try {
    await rig.begin()
    return rig
  } catch (error) {
    await rig.dispose()
    throw error
  }
}

let rigs = 0

class OvnRig implements Ovn {
  readonly hosts: readonly string[]
  readonly #directory = mkdtempSync(join(tmpdir(), 'isthmus-ovn-'))
  readonly #prefix = `iso${process.pid.toString(36)}${(rigs++).toString(36)}`
  readonly #keepers = new Map<Daemon, ChildProcess>()
  readonly #namespaces = new Set<string>()
  /** The names of devices, which must be short, by namespace. */
  readonly #devices = new Map<string, string>()
  readonly #cluster: readonly OvsdbServer[]
  #count = 0

  /** `cluster`: the servers of the northbound database, instead of one of this rig's own. */
  constructor(hostCount: number, cluster: readonly OvsdbServer[] = []) {
    this.#cluster = cluster
    this.hosts = Array.from({ length: hostCount }, (_, index) => `${this.#prefix}h${index + 1}`)
  }

  get northbound(): string {
    if (this.#cluster.length > 0) return this.#cluster.map(({ tcp }) => tcp).join(',')
    return `unix:${join(this.#directory, 'ovnnb_db.sock')}`
  }

  get southbound(): string {
    return `unix:${join(this.#directory, 'ovnsb_db.sock')}`
  }

  async begin(): Promise<void> {
    const own = this.#cluster.length > 0 ? (['sb'] as const) : (['nb', 'sb'] as const)
    for (const name of own) {
      execFileSync('ovsdb-tool', ['create', join(this.#directory, `${name}.db`), SCHEMAS[name]])
    }
    for (const daemon of [...own, 'northd'] as const) await this.start(daemon)
    await this.nbctl('--wait=sb', 'init')
    if (this.hosts.length > 1) await this.#makeUnderlay()
    for (const [index, host] of this.hosts.entries()) await this.#startHost(host, index + 1)
  }

  async start(daemon: Daemon): Promise<void> {
    const { command, socket, namespace, directory } = this.#recipe(daemon)
    const argv = namespace === null ? command : ['ip', 'netns', 'exec', namespace, ...command]
    const environment = Object.fromEntries(
      ['OVS_RUNDIR', 'OVS_LOGDIR', 'OVS_DBDIR', 'OVN_RUNDIR', 'OVN_LOGDIR', 'OVN_DBDIR'].map((name) => [
        name,
        directory,
      ]),
    )
    const keeper = spawn('/bin/sh', ['-c', KEEPER, ...argv], {
      stdio: ['pipe', 'ignore', 'ignore'],
      env: { ...process.env, ...environment },
    })
    this.#keepers.set(daemon, keeper)
    if (socket === null) return
    const deadlineMs = performance.now() + START_TIMEOUT_MS
    while (!existsSync(socket)) {
      if (performance.now() > deadlineMs) throw new Error(`${daemon} did not start`)
      await sleep(10)
    }
  }

  async kill(daemon: Daemon): Promise<void> {
    const keeper = this.#keepers.get(daemon)
    this.#keepers.delete(daemon)
    if (!keeper) return
    const exited = keeper.exitCode === null ? once(keeper, 'exit') : null
    keeper.stdin?.end()
    await exited
    const { socket } = this.#recipe(daemon)
    if (socket !== null) rmSync(socket, { force: true })
  }

  nbctl(...args: readonly string[]): Promise<string> {
    return output('ovn-nbctl', [`--db=${this.northbound}`, '--timeout=60', ...args])
  }

  sbctl(...args: readonly string[]): Promise<string> {
    return output('ovn-sbctl', [`--db=${this.southbound}`, '--timeout=60', ...args])
  }

  exec(namespace: string, program: string, args: readonly string[]): Promise<string> {
    return output('ip', ['netns', 'exec', namespace, program, ...args])
  }

  async plug(host: string, { namespace, ifaceId, mac, addresses, gateways }: Interface): Promise<void> {
    if (this.#devices.has(namespace)) return
    const device = `port${this.#count++}`
    this.#devices.set(namespace, device)
    await this.#addNamespace(namespace)
    await ip(
      '-n',
      host,
      'link',
      'add',
      device,
      'type',
      'veth',
      'peer',
      'name',
      'eth0',
      'address',
      mac,
      'netns',
      namespace,
    )
    await this.exec(namespace, 'ethtool', ['-K', 'eth0', 'tx', 'off'])
    // Userspace tunnels take 58 bytes, and nobody tells a sender.
    await ip('-n', namespace, 'link', 'set', 'eth0', 'mtu', '1400', 'up')
    await ip('-n', namespace, 'link', 'set', 'lo', 'up')
    for (const address of addresses) {
      await ip(
        '-n',
        namespace,
        'addr',
        'add',
        address,
        'dev',
        'eth0',
        ...(address.includes(':') ? ['nodad'] : []),
      )
    }
    for (const gateway of gateways) await ip('-n', namespace, 'route', 'add', 'default', 'via', gateway)
    await ip('-n', host, 'link', 'set', device, 'up')
    const port = [
      'add-port',
      'br-int',
      device,
      '--',
      'set',
      'interface',
      device,
      `external_ids:iface-id=${ifaceId}`,
    ]
    await this.#vsctl(host, ...port)
    await this.nbctl('wait-until', 'Logical_Switch_Port', ifaceId, 'up=true')
  }

  async unplug(host: string, namespace: string): Promise<void> {
    const device = this.#devices.get(namespace)
    if (device === undefined) return
    this.#devices.delete(namespace)
    await this.#vsctl(host, '--if-exists', 'del-port', 'br-int', device)
    await ip('-n', host, 'link', 'del', device).catch(() => {})
    await this.#deleteNamespace(namespace)
  }

  async dispose(): Promise<void> {
    for (const daemon of [...this.#keepers.keys()].reverse()) await this.kill(daemon)
    for (const namespace of [...this.#namespaces].reverse()) await this.#deleteNamespace(namespace)
    for (const server of this.#cluster) await server.dispose()
    rmSync(this.#directory, { recursive: true, force: true })
  }

  #recipe(daemon: Daemon): {
    command: readonly string[]
    socket: string | null
    namespace: string | null
    directory: string
  } {
    const [host, part] = daemon.includes('/') ? daemon.split('/') : [null, daemon]
    const directory = host ? join(this.#directory, host) : this.#directory
    const path = (name: string) => join(directory, name)
    const common = (name: string) => [
      `--pidfile=${path(`${name}.pid`)}`,
      `--log-file=${path(`${name}.log`)}`,
      '--no-chdir',
      '--verbose=console:off',
    ]
    const control = (name: string) => `--unixctl=${path(`${name}.ctl`)}`
    const server = (name: string, socket: string) => [
      'ovsdb-server',
      path(`${name}.db`),
      `--remote=punix:${socket}`,
      control(name),
      ...common(name),
    ]
    const recipes: Record<string, { command: readonly string[]; socket: string | null }> = {
      nb: { command: server('nb', path('ovnnb_db.sock')), socket: path('ovnnb_db.sock') },
      sb: {
        command: [
          ...server('sb', path('ovnsb_db.sock')),
          ...this.#cluster.map(({ port }) => `--remote=ptcp:${port + 1}:127.0.0.1`),
        ],
        socket: path('ovnsb_db.sock'),
      },
      northd: {
        command: [
          'ovn-northd',
          `--ovnnb-db=${this.northbound}`,
          `--ovnsb-db=${this.southbound}`,
          control('northd'),
          ...common('northd'),
        ],
        socket: null,
      },
      ovsdb: { command: server('conf', path('db.sock')), socket: path('db.sock') },
      vswitchd: {
        command: ['ovs-vswitchd', `unix:${path('db.sock')}`, control('vswitchd'), ...common('vswitchd')],
        socket: null,
      },
      controller: {
        command: ['ovn-controller', `unix:${path('db.sock')}`, ...common('controller')],
        socket: null,
      },
    }
    const recipe = recipes[part ?? '']
    if (!recipe) throw new Error(`there is no daemon ${daemon}`)
    return { ...recipe, namespace: host, directory }
  }

  async #startHost(host: string, number: number): Promise<void> {
    const directory = join(this.#directory, host)
    mkdirSync(directory)
    await this.#addNamespace(host)
    await ip('-n', host, 'link', 'set', 'lo', 'up')
    execFileSync('ovsdb-tool', [
      'create',
      join(directory, 'conf.db'),
      '/usr/share/openvswitch/vswitch.ovsschema',
    ])
    await this.start(`${host}/ovsdb`)
    await this.#vsctl(host, '--no-wait', 'init')
    await this.start(`${host}/vswitchd`)
    const underlay = `198.51.100.${number}`
    const several = this.hosts.length > 1
    const uplink = several
      ? [
          'add-br',
          'br-phy',
          '--',
          'set',
          'bridge',
          'br-phy',
          'datapath_type=netdev',
          '--',
          'add-port',
          'br-phy',
          'ul',
          '--',
        ]
      : []
    const integration = [
      'add-br',
      'br-int',
      '--',
      'set',
      'bridge',
      'br-int',
      'datapath_type=netdev',
      'fail_mode=secure',
    ]
    await this.#vsctl(host, ...uplink, ...integration, 'other-config:disable-in-band=true')
    if (several) {
      await ip('-n', host, 'addr', 'add', `${underlay}/24`, 'dev', 'br-phy')
      await ip('-n', host, 'link', 'set', 'br-phy', 'up')
    }
    const settings = {
      'system-id': host,
      'ovn-remote': this.southbound,
      'ovn-encap-type': 'geneve',
      'ovn-encap-ip': several ? underlay : '127.0.0.1',
      'ovn-bridge-datapath-type': 'netdev',
    }
    const pairs = Object.entries(settings).map(([name, value]) => `external_ids:${name}="${value}"`)
    await this.#vsctl(host, 'set', 'open_vswitch', '.', ...pairs)
    await this.start(`${host}/controller`)
    await this.sbctl('wait-until', 'Chassis', host)
  }

  async #makeUnderlay(): Promise<void> {
    const underlay = `${this.#prefix}u`
    await this.#addNamespace(underlay)
    await ip('-n', underlay, 'link', 'add', 'ul', 'type', 'bridge', 'forward_delay', '0')
    await ip('-n', underlay, 'link', 'set', 'ul', 'up')
    for (const [index, host] of this.hosts.entries()) {
      await this.#addNamespace(host)
      const device = `ul${index}`
      await ip('-n', underlay, 'link', 'add', device, 'type', 'veth', 'peer', 'name', 'ul', 'netns', host)
      await ip('-n', underlay, 'link', 'set', device, 'master', 'ul', 'up')
      await ip('-n', host, 'link', 'set', 'ul', 'up')
      await this.exec(host, 'ethtool', ['-K', 'ul', 'tx', 'off'])
    }
  }

  #vsctl(host: string, ...args: readonly string[]): Promise<string> {
    return output('ovs-vsctl', [
      `--db=unix:${join(this.#directory, host, 'db.sock')}`,
      '--timeout=30',
      ...args,
    ])
  }

  async #addNamespace(name: string): Promise<void> {
    if (this.#namespaces.has(name)) return
    await ip('netns', 'add', name)
    this.#namespaces.add(name)
  }

  async #deleteNamespace(name: string): Promise<void> {
    if (!this.#namespaces.delete(name)) return
    await ip('netns', 'delete', name).catch(() => {})
  }
}

async function output(program: string, args: readonly string[]): Promise<string> {
  const { stdout } = await run(program, args, { maxBuffer: 1 << 28, timeout: 90_000 })
  return stdout
}

const ip = (...args: readonly string[]) => output('ip', args)
