import type { PartId, PeeringId, VpcId } from '../../../domain/identity.ts'
import type { WantedLink, WantedNetwork, WantedSide } from '../../../domain/realization.ts'
import {
  type Attachment,
  type DataPlane,
  DataPlaneUnavailableError,
  type Proof,
} from '../../../ports/data-plane.ts'
import { type End, endOf } from './end.ts'
import { type Kernel, openKernel } from './kernel.ts'
import { isLaid, layLink, peeringsIn, removeLink } from './link.ts'
import { Locks } from './locks.ts'
import { deviceName, isPortNamespace, portNamespace, vpcNamespace, vpcOfNamespace } from './names.ts'
import { inspect, isRight, layNetwork, planOf, portDevice, removeNetwork, residentsOf } from './network.ts'
import { type Inhabited, proveClosed, proveOpen } from './proof.ts'

/** What the driver needs. */
export interface NetnsOptions {
  /** The number of a name: the same for ever, and no other name's. */
  readonly allocate: (name: string) => Promise<number>
  /** Absent: this machine's. */
  readonly kernel?: Kernel
}

/** A few of what has been laid are looked at this often, in turn. */
const WATCH_INTERVAL_MS = 400
const LINKS_AT_ONCE = 8
const NAMESPACES_AT_ONCE = 4

/**
 * VPCs as network namespaces of this machine, and peerings as pairs of devices between them; there is no daemon of ours.
 * Rejects with `DataPlaneUnavailableError` where a right or a program is missing, and says which.
 */
export async function openNetnsDataPlane(options: NetnsOptions): Promise<DataPlane> {
  return new NetnsDataPlane(options.allocate, options.kernel ?? (await openKernel()))
}

class NetnsDataPlane implements DataPlane {
  readonly name = 'netns'
  readonly #allocate: (name: string) => Promise<number>
  readonly #kernel: Kernel
  readonly #locks = new Locks()
  /** In which namespaces there may be something of a peering. */
  readonly #places = new Map<PeeringId, Set<string>>()
  /** Whether what was there before has been looked for; null: not yet. */
  #surveyed: Promise<void> | null = null
  readonly #laid = new Map<PeeringId, readonly [End, End]>()
  readonly #networks = new Map<VpcId, WantedNetwork>()
  #watching: { timer: NodeJS.Timeout | null } | null = null
  #closed = false

  constructor(allocate: (name: string) => Promise<number>, kernel: Kernel) {
    this.#allocate = allocate
    this.#kernel = kernel
  }

  async realizeNetwork(vpc: VpcId, wanted: WantedNetwork | null): Promise<void> {
    if (wanted?.adopted) return this.#requireNamespace(namespaceOf(wanted))
    const namespace = vpcNamespace(vpc)
    await this.#locks.with([namespace], async () => {
      if (wanted === null) {
        this.#networks.delete(vpc)
        return removeNetwork(this.#kernel, namespace)
      }
      this.#networks.set(vpc, wanted)
      await layNetwork(this.#kernel, await planOf(wanted, this.#allocate))
    })
  }

  async realizeLink(peering: PeeringId, wanted: WantedLink | null): Promise<void> {
    const device = await this.#deviceOf(peering)
    await this.#survey()
    const places = this.#places
    const named = wanted ? [wanted.requester, wanted.accepter].map(namespaceOf) : []
    const ends = wanted && isToBeLaid(wanted) ? await this.#endsOf(wanted, device) : null
    await this.#locks.with([...named, ...(places.get(peering) ?? [])], async () => {
      const known = places.get(peering) ?? new Set<string>()
      const wrong = [...new Set([...known, ...named])].filter((each) => !ends || !named.includes(each))
      if (wrong.length > 0) {
        this.#laid.delete(peering)
        const there = wrong.filter((each) => this.#kernel.namespaces().includes(each))
        await removeLink(this.#kernel, there, device, (namespace) => this.#isLast(peering, namespace))
        for (const each of wrong) known.delete(each)
        if (known.size === 0) places.delete(peering)
      }
      if (!ends) return
      const before = { nothing: known.size === 0, laid: this.#laid.get(peering) ?? null }
      places.set(peering, new Set([...known, ...named]))
      this.#laid.set(peering, ends)
      await layLink(this.#kernel, ends, before)
    })
  }

  async attachmentOf(port: PartId): Promise<Attachment | null> {
    const given = [...this.#networks.values()].flatMap(({ ports }) => ports).find(({ id }) => id === port)
    const namespace = given?.namespace ?? portNamespace(port)
    if (!this.#kernel.namespaces().includes(namespace)) return null
    return { netns: { namespace, interface: await portDevice(port, this.#allocate) } }
  }

  async prove(peering: PeeringId, wanted: WantedLink | null): Promise<Proof> {
    const device = await this.#deviceOf(peering)
    if (wanted === null) {
      const places = this.#places.get(peering)
      if (!places) return { kind: 'proven' }
      return { kind: 'unconfirmed', reason: `${device} may still be in ${[...places].join(' and ')}` }
    }
    const [one, other] = await Promise.all([
      this.#inhabited(wanted.requester),
      this.#inhabited(wanted.accepter),
    ])
    return wanted.open
      ? proveOpen(this.#kernel, one, other, this.#allocate)
      : proveClosed(this.#kernel, one, other)
  }

  async observe(): Promise<{ readonly networks: readonly VpcId[]; readonly links: readonly PeeringId[] }> {
    this.#surveyed = null
    await this.#survey()
    const networks = this.#kernel.namespaces().map(vpcOfNamespace)
    return { networks: networks.filter((vpc) => vpc !== null), links: [...this.#places.keys()] }
  }

  watch(onDrift: Parameters<DataPlane['watch']>[0]): void {
    const watching: { timer: NodeJS.Timeout | null } = { timer: null }
    this.#watching = watching
    let turn = 0
    const look = async () => {
      turn++
      // What cannot be looked at now has its turn again.
      await Promise.allSettled([this.#watchLinks(turn, onDrift), this.#watchNetwork(turn, onDrift)])
      if (!this.#closed) watching.timer = setTimeout(look, WATCH_INTERVAL_MS)
    }
    watching.timer = setTimeout(look, WATCH_INTERVAL_MS)
  }

  async ping(): Promise<void> {
    if (this.#closed) throw new DataPlaneUnavailableError('the data plane is closed')
    this.#kernel.namespaces()
  }

  async close(): Promise<void> {
    this.#closed = true
    if (this.#watching?.timer) clearTimeout(this.#watching.timer)
    await this.#kernel.close()
  }

  async #deviceOf(peering: PeeringId): Promise<string> {
    return deviceName(await this.#allocate(`peering ${peering}`))
  }

  async #endsOf(wanted: WantedLink, device: string): Promise<readonly [End, End]> {
    const { peering, open, requester, accepter } = wanted
    const sides = (own: WantedSide, other: WantedSide) => ({ own, other, namespace: namespaceOf(own) })
    return Promise.all([
      endOf('requester', peering, device, open, sides(requester, accepter), this.#allocate),
      endOf('accepter', peering, device, open, sides(accepter, requester), this.#allocate),
    ])
  }

  async #inhabited(side: WantedSide): Promise<Inhabited> {
    const namespace = namespaceOf(side)
    const managed = side.adopted === null && this.#kernel.namespaces().includes(namespace)
    return { side, residents: managed ? await residentsOf(this.#kernel, namespace) : [] }
  }

  #isLast(peering: PeeringId, namespace: string): boolean {
    for (const [other, namespaces] of this.#places) {
      if (other !== peering && namespaces.has(namespace)) return false
    }
    return true
  }

  /** Looks into every namespace, once, as a link may end in any but those of workloads. */
  #survey(): Promise<void> {
    this.#surveyed ??= this.#lookAround().catch((error) => {
      this.#surveyed = null
      throw error
    })
    return this.#surveyed
  }

  async #lookAround(): Promise<void> {
    const queue = this.#kernel.namespaces().filter((namespace) => !isPortNamespace(namespace))
    const work = async () => {
      for (let namespace = queue.pop(); namespace !== undefined; namespace = queue.pop()) {
        for (const peering of await peeringsIn(this.#kernel, namespace)) {
          this.#places.set(peering, (this.#places.get(peering) ?? new Set()).add(namespace))
        }
      }
    }
    await Promise.all(Array.from({ length: NAMESPACES_AT_ONCE }, work))
  }

  #requireNamespace(namespace: string): void {
    if (this.#kernel.namespaces().includes(namespace)) return
    throw new DataPlaneUnavailableError(`there is no network namespace ${namespace}`)
  }

  async #watchLinks(turn: number, onDrift: Parameters<DataPlane['watch']>[0]): Promise<void> {
    const links = [...this.#laid]
    const start = links.length === 0 ? 0 : (turn * LINKS_AT_ONCE) % links.length
    const some = [...links.slice(start), ...links.slice(0, start)].slice(0, LINKS_AT_ONCE)
    for (const [peering, ends] of some) {
      if (ends.some(({ namespace }) => this.#locks.holds(namespace))) continue
      const right = await isLaid(this.#kernel, ends).catch(() => false)
      // What changed since is in good hands.
      if (!right && this.#laid.get(peering) === ends && !this.#closed) onDrift({ peering })
    }
  }

  async #watchNetwork(turn: number, onDrift: Parameters<DataPlane['watch']>[0]): Promise<void> {
    const networks = [...this.#networks]
    const [vpc, wanted] = networks[turn % Math.max(1, networks.length)] ?? []
    if (!vpc || !wanted || this.#locks.holds(vpcNamespace(vpc))) return
    const plan = await planOf(wanted, this.#allocate)
    const right = await inspect(this.#kernel, plan).then(isRight, () => false)
    if (!right && this.#networks.get(vpc) === wanted && !this.#closed) onDrift({ vpc })
  }
}

/**
 * A request is laid as a link is that nothing may pass: with gates that are shut, and without routes. So all that is left
 * when it is accepted is to open them. In a namespace of somebody else's there is nothing until then.
 */
function isToBeLaid({ open, requester, accepter }: WantedLink): boolean {
  return open || (requester.adopted === null && accepter.adopted === null)
}

/** The namespace that is, or stands for, a VPC. Throws `DataPlaneUnavailableError` where it is no namespace. */
function namespaceOf({ vpc, adopted }: Pick<WantedSide, 'vpc' | 'adopted'>): string {
  if (adopted === null) return vpcNamespace(vpc)
  if ('netns' in adopted) {
    // Else one tenant could have its peerings end in another's VPC.
    if (vpcOfNamespace(adopted.netns) === null) return adopted.netns
    throw new DataPlaneUnavailableError(
      `the namespace ${adopted.netns} cannot be adopted: it is a managed VPC`,
    )
  }
  throw new DataPlaneUnavailableError(
    `the VPC ${vpc} has adopted an OVN router, which needs another data plane`,
  )
}
