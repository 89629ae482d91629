import type { PartId, PeeringId, VpcId } from '../../../domain/identity.ts'
import type { WantedLink, WantedNetwork, WantedSide } from '../../../domain/realization.ts'
import type { Change, Database } from '../../../ovsdb/index.ts'
import {
  type Attachment,
  type DataPlane,
  DataPlaneUnavailableError,
  type Proof,
} from '../../../ports/data-plane.ts'
import { requireSockets, southboundOf } from './address.ts'
import { Barrier } from './barrier.ts'
import { type HeavyChange, HeavyQueue } from './heavy-queue.ts'
import {
  claimsOf,
  closingOperations,
  type LinkPlan,
  type LinkWork,
  linkWork,
  removalOperations,
} from './link.ts'
import { type Mark, markOf, portName } from './names.ts'
import { firstAddress, type NetworkPlan, networkOperations, planNetwork } from './network.ts'
import { proveNoPath, provePath } from './proof.ts'
import { isGate, OWNED_TABLES, rowsMarked } from './rows.ts'
import {
  type NorthboundOperation,
  type NorthboundTables,
  openNorthbound,
  openSouthbound,
  type SouthboundTables,
} from './tables.ts'
import { plugsOf, routerOf } from './topology.ts'
import { type Turn, unavailable, Writer } from './writer.ts'

/** What the driver needs. */
export interface OvnOptions {
  /** Where the northbound database is: `unix:`, `tcp:` or `ssl:` addresses, separated by commas. */
  readonly northbound: string
  /** Absent: beside the northbound one. */
  readonly southbound?: string
  /** The number of a name: the same for ever, and no other name's. */
  readonly allocate: (name: string) => Promise<number>
}

const START_TIMEOUT_MS = 5_000
const PING_TIMEOUT_MS = 1_000
/** When nothing has happened for so long, the chassis are asked whether they are all there, as OVN computes much for that. */
const QUIET_MS = 2_000
/** So often, where nothing changes. */
const SIGN_OF_LIFE_MS = 300_000

/**
 * VPCs as logical routers of OVN, and peerings as ports between them. Talks to OVN's databases only; there is no program of
 * ours on any host. Rejects with `DataPlaneUnavailableError` where a database cannot be reached, and says what is missing.
 */
export async function openOvnDataPlane(options: OvnOptions): Promise<DataPlane> {
  const { northbound, southbound = southboundOf(northbound) } = options
  for (const addresses of [northbound, southbound]) requireSockets(addresses)
  const databases = [openNorthbound(northbound), openSouthbound(southbound)] as const
  try {
    await Promise.all(databases.map((each) => each.ready({ timeoutMs: START_TIMEOUT_MS })))
  } catch (error) {
    await Promise.all(databases.map((each) => each.close()))
    throw unavailable(error)
  }
  return new OvnDataPlane(databases[0], databases[1], options.allocate)
}

/** Nothing, which OVN counts all the same. */
function countOnly(): HeavyChange {
  let left: NorthboundOperation[] = [{ op: 'comment', comment: 'isthmus: who has taken it up?' }]
  return {
    claims: () => [],
    work: () => {
      const operations = left
      left = []
      return { operations, advance: [] }
    },
  }
}

/** What this process knows of a link that it has brought to what is wanted. */
interface KnownLink {
  readonly plan: LinkPlan | null
  /** OVN's number of the last change to it. */
  readonly number: number
  /** Where its packets come and go. */
  readonly chassis: readonly string[]
}

class OvnDataPlane implements DataPlane {
  readonly name = 'ovn'
  readonly #northbound: Database<NorthboundTables>
  readonly #southbound: Database<SouthboundTables>
  readonly #allocate: (name: string) => Promise<number>
  readonly #writer: Writer
  readonly #barrier: Barrier
  readonly #heavy: HeavyQueue
  readonly #links = new Map<PeeringId, KnownLink>()
  readonly #networks = new Map<VpcId, NetworkPlan>()
  /** What is being worked on; how often. */
  readonly #busy = new Map<string, number>()
  /** The number that there was when the driver began: what it finds done, was done by then. */
  readonly #first: number
  #onDrift: Parameters<DataPlane['watch']>[0] = () => {}
  #quiet: NodeJS.Timeout | null = null
  #askedAtMs = Number.NEGATIVE_INFINITY
  #closed = false

  constructor(
    northbound: Database<NorthboundTables>,
    southbound: Database<SouthboundTables>,
    allocate: (name: string) => Promise<number>,
  ) {
    this.#northbound = northbound
    this.#southbound = southbound
    this.#allocate = allocate
    this.#writer = new Writer(northbound)
    this.#barrier = new Barrier(southbound)
    this.#heavy = new HeavyQueue(this.#writer, (number) =>
      this.#barrier.untilComputed(number).catch(() => {}),
    )
    this.#first = this.#current
    northbound.on('change', (changes) => this.#heard(changes))
  }

  async realizeNetwork(vpc: VpcId, wanted: WantedNetwork | null): Promise<void> {
    await this.#doing(`vpc ${vpc}`, async (turn) => {
      if (wanted?.adopted) {
        routerOf(this.#northbound, wanted)
        return
      }
      const plan = wanted && (await planNetwork(wanted, this.#allocate))
      if (plan) this.#networks.set(vpc, plan)
      else this.#networks.delete(vpc)
      const operations = () => networkOperations(this.#northbound, vpc, plan)
      const number = await this.#change(turn, operations, {
        claims: () => [],
        work: () => ({ operations: operations(), advance: [] }),
      })
      if (number !== null) await this.#barrier.untilComputed(number)
    })
  }

  async realizeLink(peering: PeeringId, wanted: WantedLink | null): Promise<void> {
    await this.#doing(`peering ${peering}`, async (turn) => {
      const plan = wanted && { wanted, number: await this.#allocate(`peering ${peering}`) }
      const before = this.#links.get(peering)
      const here = plan ? this.#chassisOf(plan.wanted) : []
      const found = this.#work(peering, plan)
      const isRight = found.operations.length === 0
      const number = isRight ? null : await this.#bring(turn, peering, plan)
      const chassis = [...new Set([...here, ...(before?.chassis ?? [])])]
      const known = { plan, number: number ?? before?.number ?? this.#first, chassis }
      this.#links.set(peering, known)
      await this.#taken(peering, known)
      if (plan) this.#links.set(peering, { ...known, chassis: isRight ? here : this.#chassisOf(plan.wanted) })
      // Most passes change nothing, and asking costs OVN much.
      if (!isRight || performance.now() - this.#askedAtMs > SIGN_OF_LIFE_MS) this.#askWhenQuiet()
      const [obstacle] = (isRight ? found : this.#work(peering, plan)).obstacles
      if (obstacle) throw new DataPlaneUnavailableError(obstacle)
    })
  }

  async attachmentOf(port: PartId): Promise<Attachment | null> {
    const ifaceId = portName(port)
    const [row] = this.#northbound.find('Logical_Switch_Port', 'name', ifaceId)
    return row ? { ovn: { ifaceId, ...firstAddress(row) } } : null
  }

  async prove(peering: PeeringId, wanted: WantedLink | null): Promise<Proof> {
    await this.ping()
    const proof = this.#proveByRows(peering, wanted)
    if (proof.kind === 'failed') return proof
    if (!this.#barrier.shows(this.#setsOf(peering))) {
      return { kind: wanted?.open ? 'failed' : 'unconfirmed', reason: 'ovn-northd has not taken it up yet' }
    }
    const known = this.#links.get(peering)
    const chassis = wanted ? this.#chassisOf(wanted) : (known?.chassis ?? this.#barrier.allChassis())
    const silent = this.#barrier.behind(chassis, Math.min(known?.number ?? this.#first, this.#current))
    if (silent.length === 0) {
      if (wanted === null) this.#links.delete(peering)
      return proof
    }
    const reason = `the chassis ${silent.join(', ')} ${silent.length > 1 ? 'do' : 'does'} not say what it forwards`
    return { kind: wanted?.open ? 'failed' : 'unconfirmed', reason }
  }

  async observe(): Promise<{ readonly networks: readonly VpcId[]; readonly links: readonly PeeringId[] }> {
    await this.#northbound.sync().catch((error) => Promise.reject(unavailable(error)))
    const networks = new Set<VpcId>()
    const links = new Set<PeeringId>()
    for (const table of OWNED_TABLES) {
      for (const { external_ids } of this.#northbound.rows(table).values()) {
        const mark = markOf(external_ids)
        if (mark?.vpc) networks.add(mark.vpc)
        if (mark?.peering) links.add(mark.peering)
      }
    }
    return { networks: [...networks], links: [...links] }
  }

  watch(onDrift: Parameters<DataPlane['watch']>[0]): void {
    this.#onDrift = onDrift
  }

  async ping(): Promise<void> {
    const options = { timeoutMs: PING_TIMEOUT_MS }
    try {
      await Promise.all([this.#northbound.ready(options), this.#southbound.ready(options)])
    } catch (error) {
      throw unavailable(error)
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    if (this.#quiet) clearTimeout(this.#quiet)
    this.#barrier.close()
    await Promise.all([this.#northbound.close(), this.#southbound.close()])
  }

  /** OVN's number of the last change of anybody's. */
  get #current(): number {
    return Math.max(0, ...[...this.#northbound.rows('NB_Global').values()].map(({ nb_cfg }) => nb_cfg))
  }

  /** Does what is to be done for a link, what must stop first; answers its number, null where it has none. */
  async #bring(turn: Turn, peering: PeeringId, plan: LinkPlan | null): Promise<number | null> {
    const stops = closingOperations(this.#northbound, peering, plan).length > 0
    if (stops) await this.#close(turn, peering, plan)
    const laid = await this.#lay(turn, peering, plan)
    // A gate is shut at once. That every chassis has shut it is only known once OVN has counted.
    return stops ? (laid ?? (await this.#heavy.run(turn, countOnly()))) : laid
  }

  /** What must stop, stops before anything is computed anew. */
  async #close(turn: Turn, peering: PeeringId, plan: LinkPlan | null): Promise<void> {
    const closing = () => closingOperations(this.#northbound, peering, plan)
    if (closing().length === 0 || this.#work(peering, plan).operations.every(isGate)) return
    await this.#writer.settle(turn, closing)
    await this.#barrier.untilShown(() => this.#setsOf(peering))
  }

  #lay(turn: Turn, peering: PeeringId, plan: LinkPlan | null): Promise<number | null> {
    return this.#change(turn, () => this.#work(peering, plan).operations, {
      claims: () => (plan ? claimsOf(this.#northbound, plan) : []),
      work: (claims) => (plan ? linkWork(this.#northbound, plan, claims) : this.#work(peering, plan)),
    })
  }

  /** Does what is to be done: at once where OVN need not compute everything anew, else together with others. */
  async #change(
    turn: Turn,
    operations: () => LinkWork['operations'],
    heavy: HeavyChange,
  ): Promise<number | null> {
    const found = operations()
    if (!found.every(isGate)) return this.#heavy.run(turn, heavy)
    if (found.length > 0) await this.#writer.settle(turn, operations)
    return null
  }

  #work(peering: PeeringId, plan: LinkPlan | null): LinkWork {
    if (plan) return linkWork(this.#northbound, plan)
    return { operations: removalOperations(this.#northbound, peering), obstacles: [], advance: [] }
  }

  /** Waits until the network has taken a link up; for a chassis that is silent, not for ever. */
  async #taken(peering: PeeringId, { number, chassis }: KnownLink): Promise<void> {
    // A database that was made anew counts anew.
    const counted = Math.min(number, this.#current)
    await this.#barrier.untilComputed(counted)
    await this.#barrier.untilShown(() => this.#setsOf(peering))
    await this.#barrier.untilTaken(chassis, counted)
  }

  #setsOf(peering: PeeringId): Map<string, ReadonlySet<string>> {
    const sets = this.#northbound.find('Address_Set', 'peering', peering)
    return new Map(sets.map(({ name, addresses }) => [name, addresses]))
  }

  #chassisOf(wanted: WantedLink): string[] {
    const portsOf = (side: WantedSide) =>
      plugsOf(this.#northbound, routerOf(this.#northbound, side)).map(({ name }) => name)
    return this.#barrier.chassisOf([wanted.requester, wanted.accepter].flatMap(portsOf))
  }

  #proveByRows(peering: PeeringId, wanted: WantedLink | null): Proof {
    if (wanted === null) {
      const left = rowsMarked(this.#northbound, 'peering', peering).length
      return left === 0
        ? { kind: 'proven' }
        : { kind: 'failed', reason: `${left} rows of it are still there` }
    }
    const isPlugged = (port: string) => this.#barrier.chassisOf([port]).length > 0
    return (wanted.open ? provePath : proveNoPath)(this.#northbound, wanted, isPlugged)
  }

  /** Asks all chassis for a sign of life, once little else is going on: a gate is opened and closed without one. */
  #askWhenQuiet(): void {
    if (this.#quiet) clearTimeout(this.#quiet)
    if (this.#closed) return
    this.#quiet = setTimeout(() => void this.#ask().catch(() => {}), QUIET_MS)
    this.#quiet.unref()
  }

  async #ask(): Promise<void> {
    const { turn } = this.#writer
    if (!turn) return
    this.#askedAtMs = performance.now()
    const number = await this.#writer.count(turn)
    await this.#barrier.untilComputed(number)
    const silent = await this.#barrier.untilTaken(this.#barrier.allChassis(), number)
    for (const [peering, known] of this.#links) {
      if (known.number >= number) continue
      this.#links.set(peering, { ...known, number })
      if (known.chassis.some((name) => silent.includes(name))) this.#onDrift({ peering })
    }
  }

  async #doing<T>(what: string, work: (turn: Turn) => Promise<T>): Promise<T> {
    this.#busy.set(what, (this.#busy.get(what) ?? 0) + 1)
    try {
      await this.ping()
      return await work(await this.#writer.begin())
    } finally {
      const left = (this.#busy.get(what) ?? 1) - 1
      if (left === 0) this.#busy.delete(what)
      else this.#busy.set(what, left)
    }
  }

  /** Somebody has changed rows; where these are ours, and not as they should be, that is drift. */
  #heard(changes: readonly Change<NorthboundTables>[]): void {
    const touched = new Map<string, Mark>()
    for (const { before, after } of changes) {
      for (const row of [before, after]) {
        if (!row || !('external_ids' in row)) continue
        const { vpc, peering } = markOf(row.external_ids) ?? {}
        if (vpc) touched.set(`vpc ${vpc}`, { vpc })
        if (peering) touched.set(`peering ${peering}`, { peering })
      }
    }
    for (const [what, { vpc, peering }] of touched) {
      if (this.#busy.has(what)) continue
      if (peering && this.#isOff(peering)) this.#onDrift({ peering })
      if (vpc && this.#isNetworkOff(vpc)) this.#onDrift({ vpc })
    }
  }

  #isOff(peering: PeeringId): boolean {
    try {
      const known = this.#links.get(peering)
      if (known) return this.#work(peering, known.plan).operations.length > 0
      return rowsMarked(this.#northbound, 'peering', peering).length > 0
    } catch {
      // A router is missing.
      return true
    }
  }

  #isNetworkOff(vpc: VpcId): boolean {
    const plan = this.#networks.get(vpc) ?? null
    return networkOperations(this.#northbound, vpc, plan).length > 0
  }
}
