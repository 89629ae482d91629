import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Call } from '../dialects/native/client.ts'
import { advance } from '../rig/service.ts'
import { type Home, ok, type Site, until } from '../rig/site.ts'
import { alice, bob, mallory } from '../rig/tenants.ts'
import type { Random } from '../torture/random.ts'
import { Consent } from './consent.ts'
import { consented, everyFlow, flowKey, passing, type Records, type Workload } from './oracle.ts'
import { nowUs, Probes } from './probes.ts'

const ACTIONS_PER_HISTORY = 24
/** Pairs of VPCs that are asked for in a history: few, so that what is begun is often carried through. */
const PAIRS_PER_HISTORY = 4
/** How often everybody has sent to everybody before it is believed that nothing more arrives. */
const ROUNDS = 5
const ARRIVAL_TIMEOUT_MS = 10_000
/** A request that is under way when the service is killed has got this far at most. */
const HEAD_START_MS_MAX = 25

/** How often each is chosen, where there is something to do it to. */
const WEIGHTS = {
  ask: 4,
  accept: 6,
  reject: 0.7,
  route: 14,
  unroute: 1.5,
  delete: 1.5,
  expire: 0.7,
  settle: 4,
  restart: 0.4,
  kill: 1,
} as const
type Kind = keyof typeof WEIGHTS
/** Those that are one request. */
type Request = Exclude<Kind, 'settle' | 'restart' | 'kill'>

interface Prepared {
  readonly says: string
  send(): Promise<unknown>
}

/** What was done and seen, over all histories. */
export interface Tally {
  readonly actions: Partial<Record<Kind, number>>
  rests: number
  /** Flows that passed, of those that were looked at while the network was at rest. */
  passed: number
  looked: number
  packets: number
}

/**
 * Six VPCs of three tenants, in which histories happen one after another: two of one tenant, two with two blocks, two with
 * IPv6, and two whose blocks and addresses overlap.
 */
export class Neighbourhood {
  readonly tally: Tally = { actions: {}, rests: 0, passed: 0, looked: 0, packets: 0 }
  readonly #site: Site
  readonly #homes: readonly Home[]
  readonly #workloads: readonly Workload[]
  readonly #probes: Probes
  readonly #consent = new Consent()
  readonly #bare: string
  #story: string[] = []
  #pairs: readonly (readonly [Home, Home])[] = []
  /** As of the last action. */
  #records: Records = { peerings: [], routes: [] }

  private constructor(site: Site, homes: readonly Home[], probes: Probes, bare: string) {
    this.#site = site
    this.#homes = homes
    this.#workloads = workloadsOf(homes)
    this.#probes = probes
    this.#bare = bare
    // What is local needs nobody's consent, ever.
    this.#consent.became(consented({ peerings: [], routes: [] }, this.#workloads), 0)
  }

  static async settle(site: Site): Promise<Neighbourhood> {
    const homes = [
      await site.inhabit(alice, ['10.1.0.0/16'], [['10.1.1.0/24']]),
      await site.inhabit(alice, ['10.2.0.0/16', '172.20.0.0/16'], [['10.2.1.0/24'], ['172.20.5.0/24']]),
      await site.inhabit(bob, ['10.3.0.0/16', 'fd00:3::/48'], [['10.3.1.0/24', 'fd00:3:0:1::/64']]),
      await site.inhabit(bob, ['10.4.0.0/16'], [['10.4.1.0/24']]),
      await site.inhabit(mallory, ['10.4.1.0/24'], [['10.4.1.0/24']]),
      await site.inhabit(mallory, ['10.6.0.0/16', 'fd00:6::/48'], [['10.6.1.0/24', 'fd00:6:0:1::/64']]),
    ]
    await site.untilSettled()
    const bare = await site.network.dump()
    return new Neighbourhood(site, homes, await Probes.start(workloadsOf(homes)), bare)
  }

  /** Has a history happen, and then everything end. Throws where packets tell otherwise than the records. */
  async live(random: Random): Promise<void> {
    this.#story = []
    this.#pairs = Array.from({ length: PAIRS_PER_HISTORY }, () => this.#somePair(random))
    try {
      for (let action = 0; action < ACTIONS_PER_HISTORY; action++) await this.#act(random)
      await this.#rest()
      await this.#endAll(random)
    } catch (error) {
      const records = JSON.stringify(this.#records, null, 1)
      const told = [String(error instanceof Error ? error.stack : error), ...this.#story, records]
      throw new Error(told.join('\n'), { cause: error })
    }
  }

  async stop(): Promise<void> {
    await this.#probes.stop()
  }

  async #act(random: Random): Promise<void> {
    const kind = random.weighted(WEIGHTS)
    if (kind === 'settle') {
      this.#tell(kind, '')
      return this.#rest()
    }
    const { says, send } = this.#prepare(kind, random)
    this.#tell(kind, says)
    const askedUs = nowUs()
    if (kind === 'kill') await this.#killDuring(send, random)
    else {
      await send()
      if (kind === 'restart') {
        await this.#site.stop()
        await this.#site.start()
      }
    }
    await this.#note(askedUs)
  }

  async #killDuring(send: Prepared['send'], random: Random): Promise<void> {
    const answered = send().catch(() => {})
    await sleep(random.between(0, HEAD_START_MS_MAX))
    await this.#site.kill()
    await answered
    await this.#site.start()
  }

  /** A request of this kind, or, where there is nothing to do that to, of another. */
  #prepare(kind: Exclude<Kind, 'settle'>, random: Random): Prepared {
    const request = kind === 'restart' || kind === 'kill' ? random.weighted(REQUESTS) : kind
    return this.#possible(request, random) ?? this.#prepare('restart', random)
  }

  #possible(kind: Request, random: Random): Prepared | null {
    const records = this.#records
    const inState = (...states: string[]) => records.peerings.filter(({ state }) => states.includes(state))
    const some = <T>(items: readonly T[]) => (items.length === 0 ? null : random.pick(items))
    const answer = (peering: Records['peerings'][number] | null, verb: 'accept' | 'reject') =>
      peering && this.#request(peering.accepter.vpc, 'POST', `/peerings/${peering.id}/${verb}`)
    switch (kind) {
      case 'ask':
        return this.#ask(records, random)
      case 'accept':
      case 'reject':
        return answer(some(inState('pending-acceptance')), kind)
      case 'route':
        return this.#route(inState('active', 'pending-acceptance'), records, random)
      case 'unroute': {
        const route = some(records.routes)
        return route && this.#request(route.vpc, 'DELETE', `/vpcs/${route.vpc}/routes/${route.id}`)
      }
      case 'delete': {
        const peering = some(records.peerings)
        const side = peering && random.pick([peering.requester, peering.accepter])
        return peering && side && this.#request(side.vpc, 'DELETE', `/peerings/${peering.id}`)
      }
      case 'expire':
        if (inState('pending-acceptance').length === 0) return null
        return { says: 'every request that waits', send: () => advance(this.#site, 'P7D') }
    }
  }

  #ask({ peerings }: Records, random: Random): Prepared | null {
    const taken = new Set(
      peerings
        .filter(({ state }) => state === 'active' || state === 'pending-acceptance')
        .flatMap(({ requester, accepter }) => [
          `${requester.vpc} ${accepter.vpc}`,
          `${accepter.vpc} ${requester.vpc}`,
        ]),
    )
    const [one, other] = random.pick(this.#pairs)
    if (taken.has(`${one.vpc} ${other.vpc}`)) return null
    const body = { requesterVpc: one.vpc, accepterVpc: other.vpc, name: 'p' }
    return this.#request(one.vpc, 'POST', '/peerings', body)
  }

  #somePair(random: Random): readonly [Home, Home] {
    const one = random.pick(this.#homes)
    return [one, random.pick(this.#homes.filter((each) => each !== one))]
  }

  /** A route of one side that it does not have yet, to a whole block of the other or to what is inside one. */
  #route(peerings: Records['peerings'], { routes }: Records, random: Random): Prepared | null {
    const wanting = peerings.flatMap(({ id, requester, accepter }) =>
      [
        [requester, accepter],
        [accepter, requester],
      ].flatMap(([own, other]) => {
        const [here, there] = [this.#homeOf(own?.vpc), this.#homeOf(other?.vpc)]
        const present = routes.filter(({ vpc }) => vpc === here.vpc).map(({ destination }) => destination)
        const local = here.subnets.flatMap(({ cidrs }) => cidrs)
        return [...there.cidrs, ...there.subnets.flatMap(({ cidrs }) => cidrs)]
          .filter((destination) => !present.includes(destination) && !local.includes(destination))
          .map((destination) => ({ vpc: here.vpc, body: { destination, peering: id } }))
      }),
    )
    if (wanting.length === 0) return null
    // Mostly where there is none yet, so that packets come to pass.
    const bare = wanting.filter(
      ({ vpc, body }) => !routes.some((route) => route.vpc === vpc && route.peering === body.peering),
    )
    const { vpc, body } = random.pick(bare.length > 0 && random.chance(0.8) ? bare : wanting)
    return this.#request(vpc, 'POST', `/vpcs/${vpc}/routes`, body)
  }

  #request(vpc: string, method: string, path: string, body?: unknown): Prepared {
    const { tenant } = this.#homeOf(vpc)
    const call: Call = this.#site.as(tenant)
    return {
      says: `${tenant.name}: ${method} ${path}${body === undefined ? '' : ` ${JSON.stringify(body)}`}`,
      send: () => ok(call, method, path, body),
    }
  }

  #homeOf(vpc: string | undefined): Home {
    const home = this.#homes.find((each) => each.vpc === vpc)
    if (!home) throw new Error(`nobody lives in ${vpc}`)
    return home
  }

  #tell(kind: Kind, says: string): void {
    const { actions } = this.tally
    actions[kind] = (actions[kind] ?? 0) + 1
    this.#story.push(`${nowUs()} ${kind} ${says}`)
  }

  /** Takes down what is agreed to by now, by what was asked for at `askedUs`. */
  async #note(askedUs: number): Promise<void> {
    this.#records = await this.#site.records()
    this.#consent.became(consented(this.#records, this.#workloads), askedUs)
  }

  /** Waits until the network has come to rest; then exactly what the records say passes. */
  async #rest(): Promise<void> {
    await this.#site.untilSettled()
    const restUs = nowUs() + this.#site.network.lingeringMs * 1_000
    await this.#note(restUs)
    this.#consent.settled(restUs)
    const expected = passing(this.#records, this.#workloads)
    await sleep(this.#site.network.lingeringMs)
    const { rounds: before } = await this.#collect()
    const seen = new Set<string>()
    let rounds = before
    const look = async () => {
      const collected = await this.#collect()
      rounds = collected.rounds
      for (const packet of collected.packets) if (packet.sentUs >= restUs) seen.add(flowKey(packet))
      assert.deepEqual(
        [...seen].filter((flow) => !expected.has(flow)),
        [],
        'these pass at rest',
      )
      return rounds >= before + ROUNDS && [...expected].every((flow) => seen.has(flow))
    }
    const missing = () => `these pass at rest: ${[...expected].filter((flow) => !seen.has(flow)).join(', ')}`
    await until(look, missing, ARRIVAL_TIMEOUT_MS)
    this.tally.rests++
    this.tally.passed += expected.size
    this.tally.looked += everyFlow(this.#workloads).length
  }

  /** What has arrived. Nothing of it without consent. */
  async #collect() {
    const collected = await this.#probes.collect()
    this.tally.packets += collected.packets.length
    for (const packet of collected.packets) {
      const { sentUs, receivedUs } = packet
      const flow = flowKey(packet)
      assert.ok(
        this.#consent.allows(flow, sentUs, receivedUs),
        `${flow}, sent at ${sentUs}, received at ${receivedUs}, without consent`,
      )
    }
    return collected
  }

  /** Somebody ends whatever there is; then nothing passes, and nothing is left. */
  async #endAll(random: Random): Promise<void> {
    for (const { id, requester, accepter } of this.#records.peerings) {
      const { vpc } = random.pick([requester, accepter])
      await this.#request(vpc, 'DELETE', `/peerings/${id}`).send()
    }
    await this.#rest()
    assert.deepEqual(this.#records.routes, [])
    assert.equal(await this.#site.network.dump(), this.#bare)
  }
}

const REQUESTS = { ask: 1, accept: 3, reject: 0.5, route: 3, unroute: 1, delete: 1, expire: 0.3 } as const

const workloadsOf = (homes: readonly Home[]) =>
  homes.flatMap(({ vpc, workloads }) => workloads.map((each) => ({ ...each, vpc })))
