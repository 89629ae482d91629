import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { asOperator } from '../dialects/native/client.ts'
import { hasOvn, type Interface, OVN_NEEDS, type Ovn, startOvn } from '../rig/ovn.ts'
import { hasProgram, requires } from '../rig/requirements.ts'
import { ADMIN_TOKEN, startService, type TestService } from '../rig/service.ts'

/** What the guides about routers of others have in common: an OVN with such a router, and a reader who types. */

const root = dirname(dirname(import.meta.dirname))
const read = (file: string) => readFileSync(join(root, file), 'utf8')
const SETTLE_TIMEOUT_MS = 60_000

/** The block after `<!-- test: NAME -->`. */
function blockIn(page: string, name: string): string {
  const found = new RegExp(`<!-- test: ${name} -->\n\`\`\`\\w+\n([^]*?)\n\`\`\``).exec(page)?.[1]
  assert.ok(found, `there is no block for ${name}`)
  return found
}

/** A router as its maker lays it, and the workload behind it. */
export interface ForeignNetwork {
  readonly router: string
  /** One transaction of ovn-nbctl after the other. */
  readonly rows: readonly (readonly string[])[]
  readonly workload: Omit<Interface, 'namespace'>
}

/** A workload that packets come from and go to. */
export interface Place {
  readonly namespace: string
  readonly address: string
}

/** Whether what the guide needs is here; else the test is skipped, out loud. */
export function canAdopt(test: TestContext): boolean {
  return requires(test, OVN_NEEDS, hasOvn) && requires(test, 'curl', hasProgram('curl'))
}

export class Adoption {
  readonly ovn: Ovn
  readonly #guide: string
  readonly #network: ForeignNetwork
  readonly #directory = mkdtempSync(join(tmpdir(), 'isthmus-guide-'))
  /** What was there before the service was. */
  foreign = ''
  #service: TestService | null = null
  #shell: Shell | null = null

  private constructor(guide: string, network: ForeignNetwork, ovn: Ovn) {
    this.#guide = guide
    this.#network = network
    this.ovn = ovn
  }

  /** An OVN in which `network` is, its workload plugged in, and the service that drives it. */
  static async begin(guide: string, network: ForeignNetwork): Promise<Adoption> {
    const adoption = new Adoption(read(guide), network, await startOvn())
    try {
      for (const line of network.rows) await adoption.ovn.nbctl('--wait=hv', ...line)
      await adoption.ovn.plug(adoption.#host, { namespace: adoption.theirs.namespace, ...network.workload })
      adoption.foreign = await adoption.foreignRows()
      mkdirSync(join(adoption.#directory, 'data'))
      await adoption.startService()
      return adoption
    } catch (error) {
      await adoption.end()
      throw error
    }
  }

  get service(): TestService {
    assert.ok(this.#service)
    return this.#service
  }

  /** What lives behind the foreign router. */
  get theirs(): Place {
    const [address = ''] = this.#network.workload.addresses
    return { namespace: `${this.#host}-theirs`, address: address.replace(/\/.*/, '') }
  }

  async startService(): Promise<void> {
    this.#service = await startService({
      directory: join(this.#directory, 'data'),
      bootstrap: { ...JSON.parse(blockIn(read('README.md'), 'bootstrap')), vpcs: [] },
      args: ['--dataplane', 'ovn', '--ovn-nb', this.ovn.northbound],
    })
    // It is at another port each time.
    await this.#shell?.run(`URL=${this.#service.url}/isthmus/v1`)
  }

  async stopService(): Promise<void> {
    await this.#service?.close()
    this.#service = null
  }

  /** Types a block of the guide, in the same shell as those before; answers what was printed. */
  async type(name: string): Promise<string> {
    this.#shell ??= new Shell(this.#directory, this.ovn)
    const here = blockIn(this.#guide, name).replaceAll('127.0.0.1:4750', this.service.host)
    return this.#shell.run(here)
  }

  /** A variable of the reader's shell. */
  async variable(name: string): Promise<string> {
    return (await this.#shell?.run(`echo "$${name}"`)) ?? ''
  }

  /** Plugs in the one port of a VPC that the service made. */
  async plugOurs(vpc: string): Promise<Place> {
    interface PortBody {
      readonly address: string
      readonly prefixLength: number
      readonly mac: string
      readonly gateway: string
      readonly attach: { readonly ovn: { readonly ifaceId: string } }
    }
    const { body } = await asOperator(this.service)('GET', `/vpcs/${vpc}/ports`)
    const [port] = (body as unknown as { ports: PortBody[] }).ports
    assert.ok(port?.attach)
    const namespace = `${this.#host}-ours`
    await this.ovn.plug(this.#host, {
      namespace,
      ifaceId: port.attach.ovn.ifaceId,
      mac: port.mac,
      addresses: [`${port.address}/${port.prefixLength}`],
      gateways: [port.gateway],
    })
    return { namespace, address: port.address }
  }

  /** Waits until the network is where the records are. */
  async settled(peering: string): Promise<void> {
    await this.until(async () => {
      const { body } = await asOperator(this.service)('GET', `/peerings/${peering}/realization`)
      const { wanted, realized } = body as unknown as { wanted: number; realized: number }
      return wanted === realized
    }, 'what was agreed is in the network')
  }

  async until(condition: () => Promise<boolean>, what: string): Promise<void> {
    const deadlineMs = performance.now() + SETTLE_TIMEOUT_MS
    while (!(await condition())) {
      if (performance.now() > deadlineMs) throw new Error(`waited in vain until ${what}`)
      await sleep(20)
    }
  }

  async passes(
    from: Place,
    to: Place,
    patience: readonly string[] = ['-c', '1', '-W', '1'],
  ): Promise<boolean> {
    const args = ['-n', '-q', '-i', '0.05', ...patience, to.address]
    return this.ovn.exec(from.namespace, 'ping', args).then(
      () => true,
      () => false,
    )
  }

  async assertReach(one: Place, other: Place): Promise<void> {
    for (const [from, to] of [
      [one, other],
      [other, one],
    ] as const) {
      await this.until(() => this.passes(from, to), `${to.address} answers ${from.address}`)
    }
  }

  /** How many echo requests have arrived at a workload. */
  async heard({ namespace }: Place): Promise<number> {
    const text = await this.ovn.exec(namespace, 'cat', ['/proc/net/snmp'])
    const [names, values] = text.split('\n').filter((line) => line.startsWith('Icmp:'))
    return Number(values?.split(' ')[names?.split(' ').indexOf('InEchos') ?? -1])
  }

  /** The ids of the rows of a table that are the service's, in the foreign router or anywhere. */
  async ownRows(table: string): Promise<readonly string[]> {
    const found = await this.ovn.nbctl(
      '--bare',
      '--columns=_uuid',
      'find',
      table,
      'external_ids:owner=isthmus',
    )
    return found.split(/\s+/).filter((uuid) => uuid !== '')
  }

  /** The router's ports and rows that are the service's. */
  async ownRowsInRouter(): Promise<string[]> {
    const { router } = this.#network
    const columns = await this.ovn.nbctl(
      '--bare',
      '--columns=ports,static_routes,policies',
      'find',
      'Logical_Router',
      `name="${router}"`,
    )
    const all = await Promise.all(
      ['Logical_Router_Port', 'Logical_Router_Static_Route', 'Logical_Router_Policy'].map((table) =>
        this.ownRows(table),
      ),
    )
    return all.flat().filter((uuid) => columns.includes(uuid))
  }

  /** Every row that is not the service's, with all its columns, but for what is said in them of rows that are. */
  async foreignRows(): Promise<string> {
    const tables = await Promise.all(
      TABLES.map(async (table) => {
        const listed = JSON.parse(await this.ovn.nbctl('--format=json', 'list', table)) as Listed
        return listed.data.map((row) => ({ table, row, isOurs: JSON.stringify(row).includes(MARK) }))
      }),
    )
    const ours = new Set(tables.flat().flatMap(({ row, isOurs }) => (isOurs ? [idOf(row[0])] : [])))
    return tables
      .flat()
      .filter(({ isOurs }) => !isOurs)
      .map(({ table, row }) => `${table} ${JSON.stringify(row.map((value) => without(ours, value)))}`)
      .sort()
      .join('\n')
  }

  async end(): Promise<void> {
    this.#shell?.end()
    await this.stopService()
    await this.ovn.dispose()
    rmSync(this.#directory, { recursive: true, force: true })
  }

  get #host(): string {
    return this.ovn.hosts[0] ?? ''
  }
}

const TABLES = [
  'Logical_Router',
  'Logical_Router_Port',
  'Logical_Router_Static_Route',
  'Logical_Router_Policy',
  'Logical_Switch',
  'Logical_Switch_Port',
  'Address_Set',
  'ACL',
  'NAT',
  'Port_Group',
]

const MARK = '["owner","isthmus"]'

interface Listed {
  readonly data: readonly (readonly unknown[])[]
}

const idOf = (value: unknown) => (Array.isArray(value) ? String(value[1]) : '')

/** A column without the ids of rows that are not to count; ids always as a set, in an order of their own. */
function without(ours: ReadonlySet<string>, value: unknown): unknown {
  if (!Array.isArray(value)) return value
  const [kind, content] = value as [string, unknown]
  if (kind !== 'uuid' && kind !== 'set') return value
  const members = (kind === 'uuid' ? [value] : content) as readonly unknown[]
  const left = members.filter((each) => !ours.has(idOf(each)))
  return ['set', left.map((each) => JSON.stringify(each)).sort()]
}

/** One shell for all that a reader types, which ends at the first command that fails. */
class Shell {
  readonly #process: ChildProcess
  #count = 0
  #printed = ''
  #errors = ''
  #look: () => void = () => {}

  constructor(directory: string, ovn: Ovn) {
    mkdirSync(join(directory, '.isthmus'))
    writeFileSync(join(directory, '.isthmus/admin-token'), ADMIN_TOKEN)
    this.#process = spawn('bash', ['-eu', '-o', 'pipefail'], {
      cwd: directory,
      env: { ...process.env, OVN_NB_DB: ovn.northbound, OVN_SB_DB: ovn.southbound },
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    this.#process.stdout?.on('data', (bytes: Buffer) => {
      this.#printed += bytes.toString()
      this.#look()
    })
    this.#process.stderr?.on('data', (bytes: Buffer) => {
      this.#errors += bytes.toString()
    })
    this.#process.on('exit', () => this.#look())
  }

  /** What is printed. Rejects where a command fails, with what was said of it. */
  run(text: string): Promise<string> {
    const end = `\ndone-${++this.#count}\n`
    this.#printed = ''
    return new Promise((resolve, reject) => {
      this.#look = () => {
        if (this.#printed.endsWith(end)) resolve(this.#printed.slice(0, -end.length).trim())
        else if (this.#process.exitCode !== null) reject(new Error(`${this.#printed}${this.#errors}`))
      }
      this.#look()
      this.#process.stdin?.write(`${text}\nprintf '\\ndone-${this.#count}\\n'\n`)
    })
  }

  end(): void {
    this.#process.stdin?.end()
    this.#process.kill()
  }
}
