import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Crowd, fillRings } from './fill-rings.ts'
import { monotonicMs } from './monotonic.ts'
import type { BenchNetwork, PortBody, Site } from './network.ts'
import { Prober, startEcho } from './prober.ts'
import { Service } from './service.ts'

export interface BedOptions {
  /** VPCs of others, and peerings between them. */
  readonly others: number
  /** VPCs that may be peered with the one that packets are sent from. */
  readonly spokes: number
  readonly onProgress: (text: string) => void
}

const BODY = { region: 'region-a' }
const POLL_MS = 5
/** Packets have been sent for so long when something is asked for, so that all near their source is warm. */
const WARM_MS = 30

/** A service over a network, with a VPC that packets are sent from, others that may answer, and many that are just there. */
export class Bed {
  readonly network: BenchNetwork
  readonly directory: string
  readonly crowd: Crowd
  readonly hub: Site
  readonly spokes: readonly Site[]
  service: Service
  readonly #prober: Prober
  readonly #echoes: readonly { stop(): Promise<void> }[]

  private constructor(
    network: BenchNetwork,
    made: { directory: string; crowd: Crowd; service: Service; hub: Site; spokes: readonly Site[] },
    prober: Prober,
    echoes: readonly { stop(): Promise<void> }[],
  ) {
    this.network = network
    this.directory = made.directory
    this.crowd = made.crowd
    this.service = made.service
    this.hub = made.hub
    this.spokes = made.spokes
    this.#prober = prober
    this.#echoes = echoes
  }

  static async open(network: BenchNetwork, root: string, options: BedOptions): Promise<Bed> {
    const directory = join(root, `others-${options.others}`)
    const crowd = fillRings(directory, options.others)
    const service = await Service.start(directory, network.args)
    try {
      await untilLaid(
        service,
        crowd.owner,
        crowd.peerings.map(({ id }) => id),
        options.onProgress,
      )
      const hub = await makeSite(service, network, crowd.asker, '10.1')
      const spokes: Site[] = []
      for (let index = 0; index < options.spokes; index++) {
        spokes.push(await makeSite(service, network, crowd.answerer, `10.${index + 2}`))
      }
      const echoes = await Promise.all(spokes.map(({ namespace }) => startEcho(namespace)))
      const made = { directory, crowd, service, hub, spokes }
      const bed = new Bed(network, made, await Prober.open(hub.namespace), echoes)
      await network.settle()
      return bed
    } catch (error) {
      await service.stop()
      throw error
    }
  }

  /** Asks for a peering with each of `spokes`, with a route each way, and waits until all of them are laid. */
  async ask(spokes: readonly Site[]): Promise<string[]> {
    const { asker, answerer } = this.crowd
    const calls = spokes.map(({ vpc }) => ({
      path: '/peerings',
      body: { requesterVpc: this.hub.vpc, accepterVpc: vpc, name: 'bench' },
    }))
    const ids = (await this.service.callAll<{ id: string }>(asker, 'POST', calls)).map(({ id }) => id)
    for (const [index, { vpc, cidr }] of spokes.entries()) {
      const peering = ids[index]
      const route = (destination: string) => ({ destination, peering })
      await this.service.call(asker, 'POST', `/vpcs/${this.hub.vpc}/routes`, route(cidr))
      await this.service.call(answerer, 'POST', `/vpcs/${vpc}/routes`, route(this.hub.cidr))
    }
    await untilLaid(this.service, asker, ids)
    await this.network.settle()
    return ids
  }

  /** From when an acceptance was answered to the first packet that came and went. */
  async accept(spoke: Site, peering: string): Promise<number> {
    this.#prober.aim(spoke.address)
    await sleep(WARM_MS)
    const { atMs } = await this.service.call(this.crowd.answerer, 'POST', `/peerings/${peering}/accept`)
    const heardMs = await this.#prober.heard()
    await untilLaid(this.service, this.crowd.asker, [peering])
    await sleep(WARM_MS)
    return heardMs - atMs
  }

  /** From when a deletion was answered to the last packet that was answered. */
  async delete(spoke: Site, peering: string): Promise<number> {
    this.#prober.aim(spoke.address)
    await this.#prober.heard()
    const { atMs } = await this.service.call(this.crowd.asker, 'DELETE', `/peerings/${peering}`)
    const silentMs = await this.#prober.silent()
    await this.untilGone([peering])
    return Math.max(0, silentMs - atMs)
  }

  async deleteAll(peerings: readonly string[]): Promise<void> {
    const calls = peerings.map((id) => ({ path: `/peerings/${id}` }))
    await this.service.callAll(this.crowd.asker, 'DELETE', calls)
    await this.untilGone(peerings)
  }

  /** By hand, from when it is begun to the first packet that came and went. */
  async byHand(spoke: Site): Promise<number> {
    this.#prober.aim(spoke.address)
    await sleep(WARM_MS)
    const startedMs = monotonicMs()
    const laid = this.network.layByHand(this.hub, spoke)
    const [heardMs] = await Promise.all([this.#prober.heard(), laid])
    await sleep(WARM_MS)
    await this.network.removeByHand(this.hub, spoke)
    await this.#prober.silent()
    await this.network.settle()
    return heardMs - startedMs
  }

  /** From when a part of an open peering was taken away by hand to when it was there again, and packets passed. */
  async mend(spoke: Site, peering: string): Promise<number> {
    this.#prober.aim(spoke.address)
    await this.#prober.heard()
    const before = await this.network.partsOf(peering, this.hub)
    const startedMs = monotonicMs()
    await this.network.damage(peering, this.hub)
    for (let now = before; now.length < before.length || now.join() === before.join(); ) {
      now = await this.network.partsOf(peering, this.hub)
    }
    const thereMs = monotonicMs()
    await this.network.settle()
    await this.#prober.heard()
    return Math.max(thereMs, this.#prober.heardAgain(startedMs) ?? 0) - startedMs
  }

  rest(): void {
    this.#prober.aim('')
  }

  async untilGone(peerings: readonly string[]): Promise<void> {
    for (const id of peerings) {
      while ((await this.network.partsOf(id, this.hub)).length > 0) await sleep(POLL_MS)
    }
    await this.network.settle()
  }

  async close(): Promise<void> {
    await this.#prober.stop()
    for (const echo of this.#echoes) await echo.stop()
    await this.service.stop()
  }
}

/** Waits until the network has come to what is wanted of each. */
export async function untilLaid(
  service: Service,
  who: Crowd['owner'],
  peerings: readonly string[],
  onProgress: (text: string) => void = () => {},
): Promise<void> {
  for (const [index, id] of peerings.entries()) {
    if (index > 0 && index % 100 === 0) onProgress(`laid: ${index} of ${peerings.length}`)
    while ((await service.behind(who, [id])) > 0) await sleep(POLL_MS)
  }
}

/** A VPC with a subnet, and a workload that is plugged in. */
async function makeSite(
  service: Service,
  network: BenchNetwork,
  owner: Crowd['owner'],
  prefix: string,
): Promise<Site> {
  const cidr = `${prefix}.0.0/16`
  const make = async <T>(path: string, body: object) =>
    (await service.call<T>(owner, 'POST', path, body)).body
  const vpc = await make<{ id: string }>('/vpcs', { ...BODY, name: prefix, cidrs: [cidr] })
  const path = `/vpcs/${vpc.id}`
  const subnet = await make<{ id: string }>(`${path}/subnets`, { name: prefix, cidr: `${prefix}.1.0/24` })
  const { id } = await make<PortBody>(`${path}/ports`, { subnet: subnet.id })
  for (;;) {
    const { body } = await service.call<{ ports: PortBody[] }>(owner, 'GET', `${path}/ports`)
    const port = body.ports.find((each) => each.id === id)
    if (port?.attach) {
      return { vpc: vpc.id, cidr, address: port.address, namespace: await network.plug(port, vpc.id) }
    }
    await sleep(POLL_MS)
  }
}
