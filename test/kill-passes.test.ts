import assert from 'node:assert/strict'
import { suite, type TestContext, test } from 'node:test'
import { MORTALS, type Mortal } from './kill-passes/mortal.ts'
import { NETWORKS, type PortBody } from './rig/networks.ts'
import { isApart, isReached, type Resident } from './rig/packets.ts'
import { requires } from './rig/requirements.ts'
import { ok, type Site, until } from './rig/site.ts'
import { alice, bob } from './rig/tenants.ts'

/*
 * The service is killed at each change that a pass makes in the network, found by letting it live for one more each time,
 * until it lives to the end. Whoever is started next, knowing nothing of it, brings the network to what was agreed.
 * Where there are tens of changes it is let live for a few more each time, from a first that differs from run to run;
 * ISTHMUS_KILLS=all has it killed at every one.
 */

const TIMEOUT_MS = 1_200_000
const ALL = process.env['ISTHMUS_KILLS'] === 'all'
const BLOCKS = {
  here: { cidrs: ['10.1.0.0/16', 'fd00:1::/48'], subnet: ['10.1.1.0/24', 'fd00:1:0:1::/64'] },
  there: { cidrs: ['10.2.0.0/16', 'fd00:2::/48'], subnet: ['10.2.1.0/24', 'fd00:2:0:1::/64'] },
} as const

for (const [name, { lacking }] of Object.entries(NETWORKS)) {
  suite(`the service, killed at each step of a pass over ${name}`, () => {
    const withMortal = async (t: TestContext, body: (mortal: Mortal) => Promise<string>) => {
      if (lacking !== null) return void requires(t, lacking, false)
      const mortal = await MORTALS[name]?.()
      assert.ok(mortal)
      try {
        t.diagnostic(await body(mortal))
      } finally {
        await mortal.dispose()
      }
    }

    test('lays and removes links all the same', { timeout: TIMEOUT_MS }, (t) => withMortal(t, links))
    test('lays and removes networks all the same', { timeout: TIMEOUT_MS }, (t) => withMortal(t, networks))
  })
}

/** After how many changes it is killed, one time after the other. */
function* lifetimes({ stride }: Mortal): Generator<number> {
  const apart = ALL ? 1 : stride
  for (let steps = Math.floor(Math.random() * apart); ; steps += apart) yield steps
}

/**
 * Has something done by a service that lives for so many steps more; `isDone` says when the network is done with it. If it
 * dies, another is started, and whoever asked asks again for what was not done. Answers whether it died.
 */
async function dying(
  { site, live, revive }: Mortal,
  steps: number,
  ask: () => Promise<unknown>,
  isDone: () => Promise<boolean>,
): Promise<boolean> {
  const child = site.process
  const isDead = () => child.exitCode !== null || child.signalCode !== null
  await live(steps)
  await ask().catch(() => {})
  await until(
    async () => isDead() || (await isDone().catch(() => false)),
    `it is done, or dead after ${steps}`,
  )
  if (!isDead()) await live(Number.POSITIVE_INFINITY)
  const died = isDead()
  if (died) await revive()
  await ask()
  await until(isDone, `what was cut off after ${steps} steps is mended`)
  return died
}

async function links(mortal: Mortal): Promise<string> {
  const { site } = mortal
  const [ours, theirs] = [site.as(alice), site.as(bob)]
  const [here, there] = [
    await site.inhabit(alice, BLOCKS.here.cidrs, [BLOCKS.here.subnet]),
    await site.inhabit(bob, BLOCKS.there.cidrs, [BLOCKS.there.subnet]),
  ]
  const [one, other] = [here.workloads[0], there.workloads[0]] as [Resident, Resident]
  await site.untilSettled()
  const bare = await site.network.dump()
  const isSettled = async () => (await site.lag()) === null
  const deaths = { asked: 0, accepted: 0, deleted: 0 }
  for (const steps of lifetimes(mortal)) {
    const peering = async () => (await site.records()).peerings[0]
    const request = { requesterVpc: here.vpc, accepterVpc: there.vpc, name: 'p' }
    const ask = async () => (await peering()) ?? ok(ours, 'POST', '/peerings', request)
    const asked = await dying(mortal, steps, ask, isSettled)
    const path = `/peerings/${(await peering())?.id}`
    for (const [call, { vpc }, { cidrs }] of [
      [ours, here, there],
      [theirs, there, here],
    ] as const) {
      for (const destination of cidrs) {
        await ok(call, 'POST', `/vpcs/${vpc}/routes`, { destination, peering: path.replace(/.*\//, '') })
      }
    }
    await site.untilSettled()
    assert.ok(await isApart(one, other))
    const accept = async () => {
      if ((await peering())?.state !== 'active') await ok(theirs, 'POST', `${path}/accept`)
    }
    const accepted = await dying(mortal, steps, accept, isSettled)
    assert.ok(await isReached(one, other), `packets pass, though it was killed after ${steps} steps`)
    const end = async () => {
      if (await peering()) await ok(steps % 2 === 0 ? ours : theirs, 'DELETE', path)
    }
    const deleted = await dying(mortal, steps, end, isSettled)
    assert.ok(await isApart(one, other), `no packet passes, though it was killed after ${steps} steps`)
    assert.equal(await site.network.dump(), bare, `nothing is left of it, killed after ${steps} steps`)
    for (const [what, was] of Object.entries({ asked, accepted, deleted })) {
      if (was) deaths[what as keyof typeof deaths]++
    }
    if (!asked && !accepted && !deleted) break
  }
  // Else nothing was cut off, and this test has shown nothing.
  assert.ok(deaths.accepted > 1 && deaths.deleted > 1)
  return `killed ${deaths.asked} times over a request, ${deaths.accepted} over an accept, ${deaths.deleted} over a deletion`
}

async function networks(mortal: Mortal): Promise<string> {
  const { site } = mortal
  const bare = await site.network.dump()
  const deaths = { made: 0, removed: 0 }
  for (const steps of lifetimes(mortal)) {
    const residents: Resident[] = []
    const make = () => makeVpc(site, `killed after ${steps}`)
    const isInhabited = async () => {
      const { vpc, ports } = await make()
      if (ports.some(({ attach }) => attach === null)) return false
      residents.splice(0, Number.POSITIVE_INFINITY, ...(await plugIn(site, { vpc, ports })))
      const [one, other] = residents as [Resident, Resident]
      return isReached(one, other)
    }
    const made = await dying(mortal, steps, make, isInhabited)
    const { vpc } = await make()
    for (const { namespace } of residents) await site.network.unplug(namespace)
    const remove = () => removeVpc(site, vpc)
    // What goes while it is looked at has not gone.
    const isBare = async () => (await site.network.dump().catch(() => null)) === bare
    const removed = await dying(mortal, steps, remove, isBare)
    if (made) deaths.made++
    if (removed) deaths.removed++
    if (!made && !removed) break
  }
  assert.ok(deaths.made > 1 && deaths.removed > 1)
  return `killed ${deaths.made} times over a VPC that was made, ${deaths.removed} over one that was removed`
}

interface Listed {
  readonly id: string
  readonly name: string
  readonly cidr: string
}

interface MadeVpc {
  readonly vpc: string
  readonly ports: readonly PortBody[]
}

/** A VPC with a workload in each of two subnets, or as much of it as there is not yet. Safe to repeat. */
async function makeVpc(site: Site, name: string): Promise<MadeVpc> {
  const call = site.as(alice)
  const { vpcs } = await ok<{ vpcs: Listed[] }>(call, 'GET', '/vpcs?limit=1000')
  const body = { name, region: 'region-a', cidrs: ['10.3.0.0/16'] }
  const known = vpcs.find((each) => each.name === name)
  const { id: vpc } = known ?? (await ok<Listed>(call, 'POST', '/vpcs', body))
  const path = `/vpcs/${vpc}`
  for (const cidr of ['10.3.1.0/24', '10.3.2.0/24']) {
    const { subnets } = await ok<{ subnets: Listed[] }>(call, 'GET', `${path}/subnets`)
    const home = subnets.find((each) => each.cidr === cidr)
    const { id: subnet } = home ?? (await ok<Listed>(call, 'POST', `${path}/subnets`, { name: 'one', cidr }))
    if (!(await portsOf(site, vpc)).some((port) => port.subnet === subnet)) {
      await ok(call, 'POST', `${path}/ports`, { subnet })
    }
  }
  return { vpc, ports: await portsOf(site, vpc) }
}

async function portsOf(site: Site, vpc: string): Promise<readonly (PortBody & { subnet: string })[]> {
  const { ports } = await ok<{ ports: (PortBody & { subnet: string })[] }>(
    site.as(alice),
    'GET',
    `/vpcs/${vpc}/ports`,
  )
  return ports
}

function plugIn(site: Site, { vpc, ports }: MadeVpc): Promise<Resident[]> {
  return Promise.all(
    ports.map(async (port) => ({
      namespace: await site.network.plug(port, vpc),
      addresses: port.addresses,
    })),
  )
}

/** Safe to repeat. */
async function removeVpc(site: Site, vpc: string): Promise<void> {
  const call = site.as(alice)
  const path = `/vpcs/${vpc}`
  if ((await call('GET', path)).status === 404) return
  for (const { id } of await portsOf(site, vpc)) await ok(call, 'DELETE', `${path}/ports/${id}`)
  const { subnets } = await ok<{ subnets: Listed[] }>(call, 'GET', `${path}/subnets`)
  for (const { id } of subnets) await ok(call, 'DELETE', `${path}/subnets/${id}`)
  await ok(call, 'DELETE', path)
}
