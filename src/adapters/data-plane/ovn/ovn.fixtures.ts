import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Ovn } from '../../../../test/rig/ovn.ts'
import type { PartId, VpcId } from '../../../domain/identity.ts'
import type { WantedLink } from '../../../domain/realization.ts'
import type { Database } from '../../../ovsdb/index.ts'
import type { DataPlane } from '../../../ports/data-plane.ts'
import type { HandMadeRouter, World } from '../data-plane.contract.ts'
import { addressIn } from '../data-plane.fixtures.ts'
import { openOvnDataPlane } from './driver.ts'
import { END_ADDRESS, endName, linkLocalOf, markOf, portName, routerName, type SideName } from './names.ts'
import { OWNED_TABLES } from './rows.ts'
import { type NorthboundRow, type NorthboundTables, openNorthbound } from './tables.ts'

/** Numbers for names, as the store has them: they outlive the driver. */
export function numbers(): (name: string) => Promise<number> {
  const known = new Map<string, number>()
  return async (name) => {
    const number = known.get(name) ?? known.size + 1
    known.set(name, number)
    return number
  }
}

/** A world in an OVN that has been started. Whatever is in it at the end is taken away. */
export async function openOvnWorld(ovn: Ovn): Promise<OvnWorld> {
  const allocate = numbers()
  const northbound = openNorthbound(ovn.northbound)
  await northbound.ready()
  const dataPlane = await openOvnDataPlane({ northbound: ovn.northbound, allocate })
  return new OvnWorld(ovn, northbound, allocate, dataPlane)
}

const SIDES = ['requester', 'accepter'] as const

export class OvnWorld implements World {
  readonly plugsNothing = 'whoever runs the host plugs an interface in, by the ifaceId that the port answers'
  readonly ovn: Ovn
  readonly northbound: Database<NorthboundTables>
  readonly #allocate: (name: string) => Promise<number>
  readonly #tag = randomBytes(4).toString('hex')
  /** What has been plugged in, and where. */
  readonly #plugged = new Map<string, string>()
  #current: DataPlane
  #routers = 0

  constructor(
    ovn: Ovn,
    northbound: Database<NorthboundTables>,
    allocate: (name: string) => Promise<number>,
    dataPlane: DataPlane,
  ) {
    this.ovn = ovn
    this.northbound = northbound
    this.#allocate = allocate
    this.#current = dataPlane
  }

  get dataPlane(): DataPlane {
    return this.#current
  }

  readonly damages = [
    {
      what: 'a port is gone',
      inflict: (link: WantedLink) => this.#byHand('lrp-del', endName(link.peering, 'accepter')),
    },
    {
      what: 'a port is disabled',
      inflict: (link: WantedLink) =>
        this.#byHand('set', 'Logical_Router_Port', endName(link.peering, 'requester'), 'enabled=false'),
    },
    {
      what: 'a port leads elsewhere',
      inflict: (link: WantedLink) =>
        this.#byHand('set', 'Logical_Router_Port', endName(link.peering, 'requester'), 'peer=nowhere'),
    },
    {
      what: 'the routes are gone',
      inflict: (link: WantedLink) => this.#byHand('lr-route-del', routerName(link.requester.vpc)),
    },
    {
      what: 'the routes lead elsewhere',
      inflict: (link: WantedLink) =>
        this.#toEach(this.#routesOf(link), ({ _uuid }) => [
          'set',
          'Logical_Router_Static_Route',
          _uuid,
          'ip_prefix=192.0.2.0/24',
          'nexthop=169.254.0.9',
        ]),
    },
    {
      what: 'the gates are closed',
      inflict: (link: WantedLink) =>
        this.#toEach(this.#setsOf(link), ({ _uuid }) => ['clear', 'Address_Set', _uuid, 'addresses']),
    },
    {
      what: 'the gates let nothing pass',
      inflict: (link: WantedLink) =>
        this.#toEach(this.northbound.find('Logical_Router_Policy', 'peering', link.peering), ({ _uuid }) => [
          'set',
          'Logical_Router_Policy',
          _uuid,
          'action=drop',
        ]),
    },
  ]

  async reopen(): Promise<DataPlane> {
    await this.#current.close()
    this.#current = await openOvnDataPlane({ northbound: this.ovn.northbound, allocate: this.#allocate })
    return this.#current
  }

  async dying(steps: number, work: (dataPlane: DataPlane) => Promise<void>): Promise<boolean> {
    await this.#current.close()
    const { promise: died, resolve: die } = Promise.withResolvers<void>()
    const wire = await startDyingWire(this.ovn.northbound, die)
    wire.live(steps)
    const dataPlane = await openOvnDataPlane({
      northbound: wire.address,
      southbound: this.ovn.southbound,
      allocate: this.#allocate,
    })
    void died.then(() => dataPlane.close())
    try {
      await work(dataPlane)
      return false
    } catch (error) {
      if (!wire.dead) throw error
      return true
    } finally {
      await dataPlane.close()
      await wire.close()
    }
  }

  plug(port: PartId): Promise<string> {
    return this.plugInto(this.ovn.hosts[0] ?? '', port)
  }

  async plugInto(host: string, port: PartId): Promise<string> {
    const attachment = await this.#current.attachmentOf(port)
    if (!attachment || !('ovn' in attachment)) throw new Error(`${port} has not been realized`)
    const { ifaceId, mac } = attachment.ovn
    await this.northbound.sync()
    const [row] = this.northbound.find('Logical_Switch_Port', 'name', portName(port))
    if (!row) throw new Error(`${port} is not there`)
    const own = [...row.addresses].join(' ').split(' ').slice(1)
    const namespace = `it-${this.#tag}-${port.slice(0, 8)}`
    await this.#plugIn(host, namespace, ifaceId, mac, own, this.#gatewaysOf(row))
    return namespace
  }

  exec(namespace: string, program: string, args: readonly string[]): Promise<string> {
    return this.ovn.exec(namespace, program, args)
  }

  async dump(): Promise<string> {
    await this.northbound.sync()
    const roots = (['Logical_Router', 'Logical_Switch', 'Address_Set'] as const).flatMap((table) =>
      [...this.northbound.rows(table).values()].map((row) => ({ table, ...this.#written(row) })),
    )
    return roots
      .map((row) => JSON.stringify(row))
      .sort()
      .join('\n')
  }

  async makeRouter(blocks: readonly string[]): Promise<HandMadeRouter> {
    const name = `byhand-${this.#tag}-${++this.#routers}`
    const gateways = blocks.map((block) => `${addressIn(block, 1)}/${block.replace(/.*\//, '')}`)
    const addresses = blocks.map((block) => addressIn(block, 10))
    const iface = { ifaceId: `${name}-workload`, mac: '02:0a:00:00:00:0a' }
    const lines = [
      ['lr-add', name],
      ['ls-add', name],
      ['lrp-add', name, `${name}-gateway`, '02:0a:00:00:00:01', ...gateways],
      ['lsp-add', name, `${name}-uplink`],
      ['lsp-set-type', `${name}-uplink`, 'router'],
      ['lsp-set-addresses', `${name}-uplink`, 'router'],
      ['lsp-set-options', `${name}-uplink`, `router-port=${name}-gateway`],
      ['lsp-add', name, iface.ifaceId],
      ['lsp-set-addresses', iface.ifaceId, [iface.mac, ...addresses].join(' ')],
      // What others may have there, some of it much like ours.
      ['lr-route-add', name, '10.77.0.0/16', addressIn(blocks[0] ?? '', 77)],
      ['--route-table=isthmus', 'lr-route-add', name, '10.2.0.0/16', addressIn(blocks[0] ?? '', 78)],
      ['lr-policy-add', name, '30000', 'ip4.dst == 203.0.113.0/24', 'drop'],
      ['lr-nat-add', name, 'snat', '192.0.2.1', '10.88.0.0/16'],
      ['set', 'Logical_Router', name, 'external_ids:owner=somebody', 'external_ids:peering=none'],
    ]
    await this.#byHand(...lines.flatMap((line, index) => (index === 0 ? line : ['--', ...line])))
    const namespace = `it-${this.#tag}-byhand${this.#routers}`
    await this.#plugIn(this.ovn.hosts[0] ?? '', namespace, iface.ifaceId, iface.mac, addresses, gateways)
    return {
      adopted: { ovnRouter: name },
      workloads: [{ namespace, addresses }],
      foreignRows: () => this.#foreignRows(),
    }
  }

  async routeByHand(vpc: VpcId, destination: string, link: WantedLink): Promise<void> {
    const side = link.requester.vpc === vpc ? 'requester' : 'accepter'
    const other: SideName = side === 'requester' ? 'accepter' : 'requester'
    await this.northbound.sync()
    const [peer] = this.northbound.find('Logical_Router_Port', 'name', endName(link.peering, other))
    const nextHop = destination.includes(':') ? linkLocalOf(peer?.mac ?? '') : END_ADDRESS[other]
    const port = endName(link.peering, side)
    await this.#byHand('--may-exist', 'lr-route-add', routerName(vpc), destination, nextHop, port)
  }

  async removeTransitGuard(vpc: VpcId): Promise<void> {
    const router = await this.#router(vpc)
    for (const uuid of router.ports) {
      const port = this.northbound.get('Logical_Router_Port', uuid)
      if (port && markOf(port.external_ids)?.peering) {
        await this.#byHand('remove', 'Logical_Router_Port', port.name, 'options', 'route_table')
      }
    }
    await this.#byHand('lr-policy-del', routerName(vpc))
  }

  async openGateByHand(link: WantedLink): Promise<void> {
    await this.northbound.sync()
    for (const side of SIDES) {
      for (const set of this.#setsOf(link).filter(({ name }) => name.includes(side))) {
        const family = set.name.endsWith('6')
        const cidrs = link[side].cidrs.filter((cidr) => cidr.includes(':') === family)
        await this.#byHand('set', 'Address_Set', set._uuid, `addresses=${JSON.stringify(cidrs)}`)
      }
    }
  }

  async dispose(): Promise<void> {
    await this.#current.close()
    for (const [namespace, host] of this.#plugged) await this.ovn.unplug(host, namespace)
    await this.northbound.transact([
      { op: 'delete', table: 'Logical_Router', where: [] },
      { op: 'delete', table: 'Logical_Switch', where: [] },
      { op: 'delete', table: 'Address_Set', where: [] },
    ])
    await this.northbound.close()
  }

  async #router(vpc: VpcId): Promise<NorthboundRow<'Logical_Router'>> {
    await this.northbound.sync()
    const [router] = this.northbound.find('Logical_Router', 'name', routerName(vpc))
    if (!router) throw new Error(`there is no router of ${vpc}`)
    return router
  }

  #routesOf({ peering }: WantedLink) {
    return this.northbound.find('Logical_Router_Static_Route', 'peering', peering)
  }

  #setsOf({ peering }: WantedLink) {
    return this.northbound.find('Address_Set', 'peering', peering)
  }

  /** Waits until every chassis has taken it up. */
  async #byHand(...args: readonly string[]): Promise<void> {
    await this.ovn.nbctl('--wait=hv', ...args)
  }

  async #toEach<T>(rows: readonly T[], line: (row: T) => readonly string[]): Promise<void> {
    if (rows.length === 0) throw new Error('there is nothing to damage')
    await this.#byHand(...rows.flatMap((row, index) => (index === 0 ? line(row) : ['--', ...line(row)])))
  }

  #gatewaysOf(port: NorthboundRow<'Logical_Switch_Port'>): string[] {
    const [network] = this.northbound.find('Logical_Switch', 'ports', port._uuid)
    const uplinks = [...(network?.ports ?? [])]
      .map((uuid) => this.northbound.get('Logical_Switch_Port', uuid)?.options.get('router-port'))
      .filter((name) => name !== undefined)
    return uplinks
      .flatMap((name) => this.northbound.find('Logical_Router_Port', 'name', name))
      .flatMap(({ networks }) => [...networks])
  }

  async #plugIn(
    host: string,
    namespace: string,
    ifaceId: string,
    mac: string,
    own: readonly string[],
    gateways: readonly string[],
  ): Promise<void> {
    const lengthFor = (address: string) =>
      gateways.find((each) => each.includes(':') === address.includes(':'))?.replace(/.*\//, '')
    this.#plugged.set(namespace, host)
    await this.ovn.plug(host, {
      namespace,
      ifaceId,
      mac,
      addresses: own.map((address) => `${address}/${lengthFor(address)}`),
      gateways: gateways.map((each) => each.replace(/\/.*/, '')),
    })
  }

  /** A row with its parts instead of their ids, which are others each time. */
  #written(row: { readonly _uuid: string }): Record<string, unknown> {
    const parts = [
      'Logical_Router_Port',
      'Logical_Router_Static_Route',
      'Logical_Router_Policy',
      'Logical_Switch_Port',
    ]
    const partOf = (uuid: unknown) => {
      for (const table of parts as (keyof NorthboundTables)[]) {
        const part = this.northbound.rows(table).get(uuid as never)
        if (part) return JSON.stringify(this.#written(part))
      }
      return String(uuid)
    }
    return Object.fromEntries(
      (Object.entries(row) as [string, unknown][])
        .filter(([column]) => column !== '_uuid')
        .map(([column, value]) => {
          if (value instanceof Set) return [column, [...value].map(partOf).sort()]
          if (value instanceof Map) return [column, [...value].sort()]
          return [column, value]
        }),
    )
  }

  /** Every row of every table that has no mark, with all its columns, as the server shows it. */
  async #foreignRows(): Promise<string> {
    await this.northbound.sync()
    const ours = new Set(
      OWNED_TABLES.flatMap((table) =>
        [...this.northbound.rows(table).values()]
          .filter(({ external_ids }) => markOf(external_ids))
          .map(({ _uuid }) => _uuid as string),
      ),
    )
    const tables = await Promise.all(
      [...OWNED_TABLES, 'NAT'].map(async (table) => {
        const shown = await this.ovn.nbctl('--format=json', 'list', table)
        const { data } = JSON.parse(shown) as { data: unknown[][] }
        const texts = data.map((row) => withoutReferences(row, ours))
        return texts.filter((text) => ![...ours].some((uuid) => text.includes(uuid))).sort()
      }),
    )
    return tables.flat().join('\n')
  }
}

/** A row as text, without what it says of rows of ours that are its parts. */
function withoutReferences(row: readonly unknown[], ours: ReadonlySet<string>): string {
  const isOurs = (value: unknown) => Array.isArray(value) && value[0] === 'uuid' && ours.has(value[1])
  const columns = row.slice(1).map((value) => {
    if (isOurs(value)) return ['set', []]
    if (!Array.isArray(value) || value[0] !== 'set') return value
    const left = (value[1] as unknown[]).filter((member) => !isOurs(member))
    return left.length === 1 ? left[0] : ['set', left.map((member) => JSON.stringify(member)).sort()]
  })
  return JSON.stringify([row[0], ...columns])
}

/** Stands before a database. */
export interface DyingWire {
  readonly address: string
  /** Whether its time is over. */
  readonly dead: boolean
  /** Lets so many transactions be done from now on; at first there is no end to them. */
  live(steps: number): void
  close(): Promise<void>
}

/**
 * Lets so many transactions be done at a server's socket. With the answer to the last one the process at this end is as good
 * as dead, which `onDeath` hears: it is told nothing more, and whatever it still asks for is not done.
 */
export async function startDyingWire(server: string, onDeath: () => void): Promise<DyingWire> {
  const directory = mkdtempSync(join(tmpdir(), 'isthmus-wire-'))
  const path = join(directory, 'nb.sock')
  const sockets = new Set<Socket>()
  let [left, dead] = [Number.POSITIVE_INFINITY, false]
  const die = () => {
    dead = true
    for (const socket of sockets) socket.destroy()
    onDeath()
  }
  const listener = createServer((client) => {
    if (dead) return client.destroy()
    const upstream = connect(server.slice('unix:'.length))
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => {})
    }
    client.on('data', (bytes: Buffer) => {
      const transactions = bytes.toString('latin1').split('"method":"transact"').length - 1
      if (transactions > 0 && left <= 0) return dead || die()
      left -= transactions
      upstream.write(bytes)
      return undefined
    })
    upstream.on('data', (bytes: Buffer) => {
      if (left > 0 || !bytes.includes('"result"')) client.write(bytes)
      else if (!dead) die()
    })
    client.on('close', () => upstream.destroy())
    upstream.on('close', () => client.destroy())
    return undefined
  })
  await new Promise<void>((resolve) => listener.listen(path, resolve))
  return {
    address: `unix:${path}`,
    get dead() {
      return dead
    },
    live(steps) {
      left = steps
      dead = false
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => listener.close(resolve))
      rmSync(directory, { recursive: true })
    },
  }
}
