import assert from 'node:assert/strict'
import { suite, type TestContext, test } from 'node:test'
import type { Call } from './dialects/native/client.ts'
import { type NetworkRig, overOvn } from './rig/networks.ts'
import { hasOvn, OVN_NEEDS, type Ovn, startClusteredOvn, startOvn } from './rig/ovn.ts'
import type { OvsdbServer } from './rig/ovsdb-server.ts'
import { answers, isApart, isReached, type Resident } from './rig/packets.ts'
import { requires } from './rig/requirements.ts'
import { type Home, ok, type RealizationBody, Site, until } from './rig/site.ts'
import { alice, bob } from './rig/tenants.ts'

/*
 * The whole service while daemons of OVN are killed: it answers as ever, says what it waits for, and the network comes to what
 * was agreed once they are back. What the driver does by itself is in the driver's own tests.
 */

const TIMEOUT_MS = 300_000
/** No daemon of OVN has a say in how long an answer takes. */
const ANSWER_MS_MAX = 3_000
const KILLS = 3
/** What nobody hears of is looked at again every minute. */
const REVIEW_TIMEOUT_MS = 90_000

/** Two VPCs of two tenants, each with one workload, and how to have them peered. */
class Pair {
  readonly #site: Site
  readonly #number: number
  readonly #homes: readonly [Home, Home]
  readonly one: Resident
  readonly other: Resident
  /** The longest that an answer took. */
  slowestMs = 0
  id = ''

  private constructor(site: Site, number: number, homes: readonly [Home, Home]) {
    this.#site = site
    this.#number = number
    this.#homes = homes
    const [one, other] = homes.map(({ workloads }) => workloads[0])
    if (!one || !other) throw new Error('nobody lives there')
    this.one = one
    this.other = other
  }

  static async make(site: Site, number: number): Promise<Pair> {
    const home = (tenant: typeof alice, side: number) =>
      site.inhabit(tenant, [`10.${2 * number + side}.0.0/16`], [[`10.${2 * number + side}.1.0/24`]])
    return new Pair(site, number, [await home(alice, 0), await home(bob, 1)])
  }

  /** A request that waits, with the routes of both sides. */
  async ask(): Promise<void> {
    const [here, there] = this.#homes
    const body = { requesterVpc: here.vpc, accepterVpc: there.vpc, name: `pair ${this.#number}` }
    this.id = (await this.#send<{ id: string }>(alice, 'POST', '/peerings', body)).id
    for (const [own, other] of [
      [here, there],
      [there, here],
    ] as const) {
      const [destination = ''] = other.cidrs
      await this.#send(own.tenant, 'POST', `/vpcs/${own.vpc}/routes`, { destination, peering: this.id })
    }
  }

  async accept(): Promise<void> {
    await this.#send(bob, 'POST', `/peerings/${this.id}/accept`)
  }

  async delete(): Promise<void> {
    await this.#send(alice, 'DELETE', `/peerings/${this.id}`)
  }

  realization(): Promise<RealizationBody> {
    return this.#send(alice, 'GET', `/peerings/${this.id}/realization`)
  }

  async untilRealized(): Promise<void> {
    let last: RealizationBody | null = null
    const isRealized = async () => {
      last = await this.realization()
      return last.realized === last.wanted
    }
    await until(isRealized, () => `pair ${this.#number} is realized: ${JSON.stringify(last)}`)
  }

  /** Whether a packet comes back at once. */
  passes(): Promise<boolean> {
    const [address = ''] = this.other.addresses
    return answers(this.one.namespace, address, ['-c', '1', '-W', '0.2'])
  }

  async #send<T>(tenant: typeof alice, method: string, path: string, body?: unknown): Promise<T> {
    const startedMs = performance.now()
    const call: Call = this.#site.as(tenant)
    const answer = await ok<T>(call, method, path, body)
    this.slowestMs = Math.max(this.slowestMs, performance.now() - startedMs)
    return answer
  }
}

suite('the service over OVN whose daemons are killed', () => {
  test('goes on under another leader of the northbound cluster, and loses nothing', {
    timeout: TIMEOUT_MS,
  }, async (t) => {
    if (!requires(t, OVN_NEEDS, hasOvn)) return
    const { ovn, northbounds } = await startClusteredOvn()
    await withSite(overOvn(ovn), (site) => killLeaders(t, site, northbounds))
  })

  test('waits for ovn-northd, and says so', { timeout: TIMEOUT_MS }, async (t) => {
    if (!requires(t, OVN_NEEDS, hasOvn)) return
    const ovn = await startOvn()
    await withSite(overOvn(ovn), (site) => killNorthd(t, site, ovn))
  })

  test('waits for ovn-controller, and never says that packets have stopped', {
    timeout: TIMEOUT_MS,
  }, async (t) => {
    if (!requires(t, OVN_NEEDS, hasOvn)) return
    const ovn = await startOvn()
    await withSite(overOvn(ovn), (site) => killController(t, site, ovn))
  })
})

async function withSite(network: NetworkRig, body: (site: Site) => Promise<void>): Promise<void> {
  const site = await Site.open(network)
  try {
    await body(site)
  } finally {
    await site.dispose()
  }
}

const ms = (timeMs: number) => `${Math.round(timeMs)} ms`

async function killLeaders(t: TestContext, site: Site, northbounds: readonly OvsdbServer[]): Promise<void> {
  const pairs = [1, 2, 3, 4].map((number) => () => Pair.make(site, number))
  const [steady, churned, first, second] = (await inTurn(pairs)) as [Pair, Pair, Pair, Pair]
  let [opening, closing] = [first, second]
  await steady.ask()
  await steady.accept()
  await closing.ask()
  await closing.accept()
  await opening.ask()
  await site.untilSettled()
  assert.ok((await isReached(steady.one, steady.other)) && (await isReached(closing.one, closing.other)))
  let [stopping, cycles] = [false, 0]
  const churning = (async () => {
    for (; !stopping; cycles++) {
      await churned.ask()
      await churned.accept()
      await churned.untilRealized()
      await churned.delete()
    }
  })()
  try {
    for (let kill = 1; kill <= KILLS; kill++) {
      const leader = await leaderOf(northbounds)
      const killedMs = performance.now()
      const sinceMs = () => performance.now() - killedMs
      await Promise.all([leader.kill('SIGKILL'), opening.accept(), closing.delete()])
      const times = await Promise.all([
        opening.untilRealized().then(sinceMs),
        until(() => opening.passes(), 'packets pass').then(sinceMs),
        until(async () => !(await closing.passes()), 'packets stop').then(sinceMs),
      ])
      const [realized, passed, stopped] = times.map(ms)
      t.diagnostic(`kill ${kill}: accepted is realized after ${realized}, passes after ${passed}`)
      t.diagnostic(
        `kill ${kill}: deleted has stopped after ${stopped}; ${cycles} other peerings came and went`,
      )
      assert.ok(await isReached(steady.one, steady.other), 'what was there all the time passes')
      await leader.start()
      await until(() => isHealthy(leader), 'the one that was killed is back')
      ;[opening, closing] = [closing, opening]
      await opening.ask()
    }
  } finally {
    stopping = true
    await churning
  }
  await site.untilSettled()
  assert.ok(cycles > KILLS)
  assert.ok(await isReached(closing.one, closing.other))
  for (const pair of [opening, churned]) assert.ok(await isApart(pair.one, pair.other))
  await assertSame(northbounds, [steady.id, opening.id, closing.id])
  const slowestMs = Math.max(...[steady, churned, first, second].map((pair) => pair.slowestMs))
  t.diagnostic(`the slowest answer took ${ms(slowestMs)}`)
  assert.ok(slowestMs < ANSWER_MS_MAX)
}

async function inTurn<T>(work: readonly (() => Promise<T>)[]): Promise<T[]> {
  const done: T[] = []
  for (const each of work) done.push(await each())
  return done
}

async function leaderOf(northbounds: readonly OvsdbServer[]): Promise<OvsdbServer> {
  let leader: OvsdbServer | undefined
  await until(async () => {
    const roles = await Promise.all(northbounds.map((server) => server.control('cluster/status', DATABASE)))
    leader = northbounds[roles.findIndex((role) => /^Role: leader$/m.test(role))]
    return leader !== undefined
  }, 'there is a leader')
  assert.ok(leader)
  return leader
}

const DATABASE = 'OVN_Northbound'

async function isHealthy(server: OvsdbServer): Promise<boolean> {
  const status = await server.control('cluster/status', DATABASE).catch(() => '')
  return /^Status: cluster member$/m.test(status) && /^Leader: (?!unknown)/m.test(status)
}

/** Every server of the cluster has both ends of each of these peerings once, and no others. */
async function assertSame(northbounds: readonly OvsdbServer[], peerings: readonly string[]): Promise<void> {
  const expected = peerings.flatMap((id) => [id, id]).sort()
  for (const server of northbounds) {
    const ends = async () => {
      const rows = await server.read(DATABASE, 'Logical_Router_Port', 'name', 'external_ids')
      return [...rows.matchAll(/"peering","([0-9a-f-]{36})"/g)].map(([, id]) => id).sort()
    }
    let found: unknown[] = []
    await until(
      async () => {
        found = await ends()
        return JSON.stringify(found) === JSON.stringify(expected)
      },
      () => `${server.tcp} has ${expected.join(' ')}, and not ${found.join(' ')}`,
    )
  }
}

async function killNorthd(t: TestContext, site: Site, ovn: Ovn): Promise<void> {
  const [opening, closing] = [await Pair.make(site, 1), await Pair.make(site, 2)]
  await opening.ask()
  await closing.ask()
  await closing.accept()
  await site.untilSettled()
  assert.ok(await isReached(closing.one, closing.other))
  await ovn.kill('northd')
  await Promise.all([opening.accept(), closing.delete()])
  const saysSo = async () => {
    const { wanted, realized, reason } = await opening.realization()
    assert.ok(realized < wanted)
    return reason === 'OVN: ovn-northd does not take up what is written'
  }
  await until(saysSo, 'it says what it is waiting for')
  // It is true.
  assert.ok(await isApart(opening.one, opening.other))
  assert.ok(await isReached(closing.one, closing.other))
  await ovn.start('northd')
  const startedMs = performance.now()
  const passed = until(() => opening.passes(), 'packets pass').then(() => performance.now() - startedMs)
  const settled = site.untilSettled().then(() => performance.now() - startedMs)
  t.diagnostic(
    `${ms(await passed)} from its start to the first packet, ${ms(await settled)} until all is at rest`,
  )
  assert.ok(await isReached(opening.one, opening.other))
  assert.ok(await isApart(closing.one, closing.other))
  assert.ok(Math.max(opening.slowestMs, closing.slowestMs) < ANSWER_MS_MAX)
}

async function killController(t: TestContext, site: Site, ovn: Ovn): Promise<void> {
  const [host = ''] = ovn.hosts
  const [opening, closing] = [await Pair.make(site, 1), await Pair.make(site, 2)]
  await opening.ask()
  await closing.ask()
  await closing.accept()
  await site.untilSettled()
  assert.ok(await isReached(closing.one, closing.other))
  await ovn.kill(`${host}/controller`)
  await Promise.all([opening.accept(), closing.delete()])
  const silent = `the chassis ${host} does not say what it forwards`
  for (const pair of [opening, closing]) {
    await until(async () => (await pair.realization()).reason === silent, 'it says what it does not know')
  }
  // It is true.
  assert.ok(await isApart(opening.one, opening.other))
  assert.ok(await isReached(closing.one, closing.other))
  await ovn.start(`${host}/controller`)
  const startedMs = performance.now()
  const passed = until(() => opening.passes(), 'packets pass').then(() => performance.now() - startedMs)
  const stopped = until(async () => !(await closing.passes()), 'they stop').then(
    () => performance.now() - startedMs,
  )
  t.diagnostic(`${ms(await passed)} from its start to the first packet, ${ms(await stopped)} to the last`)
  const isCertain = async () => (await opening.realization()).reason === null
  const doubtMs = await until(isCertain, 'nothing is in doubt any more', REVIEW_TIMEOUT_MS)
  t.diagnostic(`${ms(doubtMs)} later nothing is in doubt any more`)
  assert.ok(await isApart(closing.one, closing.other))
  assert.ok(Math.max(opening.slowestMs, closing.slowestMs) < ANSWER_MS_MAX)
}
