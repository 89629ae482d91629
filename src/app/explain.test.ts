import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import type { Vpc } from '../domain/vpc.ts'
import { openWorld, type World } from './app.fixtures.ts'
import { MemoryDataPlane } from './data-plane.fixtures.ts'
import { reconcilePeering } from './reconcile.ts'

/* Faults of the network itself. Those that the records know of are planted in the tests of the native API. */

let world: World
let dataPlane: MemoryDataPlane
beforeEach(async () => {
  dataPlane = new MemoryDataPlane()
  world = await openWorld({ dataPlane })
})
afterEach(() => world.close())

type Owner = 'alice' | 'bob'

async function subnet(owner: Owner, vpc: Vpc, cidr: string): Promise<void> {
  const said = { name: '', description: '', cidrs: [cidr], zone: '', gateway: null, dnsServers: [] }
  await world.app.createSubnet(world.as(world[owner]), { vpc: vpc.id, ...said })
}

async function route(owner: Owner, vpc: Vpc, destination: string, nextHop: string): Promise<void> {
  const filter = { vpcs: [vpc.id], window: { limit: 9 }, withTotal: false }
  const { items } = await world.app.listRouteTables(world.operator, filter)
  const add = [{ destination, nextHop, name: '', description: '', enabled: true }]
  const change = { routeTable: items[0]?.id ?? '', add, modify: [], remove: [] }
  await world.app.changeRoutes(world.as(world[owner]), change)
}

async function plug(owner: Owner, vpc: Vpc): Promise<void> {
  const filter = { vpcs: [vpc.id], window: { limit: 9 }, withTotal: false }
  const { items } = await world.app.listSubnets(world.operator, filter)
  const port = { vpc: vpc.id, subnet: items[0]?.id ?? '', address: null, namespace: null }
  await world.app.createPort(world.as(world[owner]), port)
}

/** Two VPCs between which nothing is in the way but the network; a pass has not been made yet. */
async function agreed() {
  const ours = await world.vpc(world.alice, { cidrs: ['10.1.0.0/16'] })
  const theirs = await world.vpc(world.bob, { cidrs: ['10.2.0.0/16'] })
  await subnet('alice', ours, '10.1.1.0/24')
  await subnet('bob', theirs, '10.2.1.0/24')
  const { id } = await world.ask(ours, theirs)
  await world.app.acceptPeering(world.as(world.bob), { id })
  await route('alice', ours, '10.2.0.0/16', id)
  await route('bob', theirs, '10.1.0.0/16', id)
  return { ours, theirs, pass: () => reconcilePeering(world.context, dataPlane, id) }
}

async function explain({ ours, theirs }: { ours: Vpc; theirs: Vpc }) {
  const input = { from: `${ours.id}/10.1.1.5`, to: `${theirs.id}/10.2.1.5` }
  const answers = await Promise.all(
    [world.as(world.alice), world.as(world.bob)].map((caller) => world.app.explain(caller, input)),
  )
  const [forAlice, forBob] = answers
  assert.ok(forAlice)
  assert.deepEqual(forAlice, forBob)
  return forAlice
}

/** The network is in the way, for `reason`, and it is no tenant's to mend. */
async function assertNetwork(made: { ours: Vpc; theirs: Vpc }, cause: string, reason: string): Promise<void> {
  const found = await explain(made)
  assert.deepEqual([found.reachable, found.cause], [false, cause])
  assert.deepEqual(found.steps.at(-1), { at: 'network', ok: false, says: reason })
  assert.deepEqual(found.next, { who: null, remedy: { kind: 'wait', reason } })
  assert.equal(found.tenant, null)
}

describe('what is in the way in the network', () => {
  it('is nothing, once it has caught up and packets were seen to pass', async () => {
    const made = await agreed()
    await made.pass()
    const found = await explain(made)
    assert.deepEqual([found.reachable, found.cause, found.next], [true, 'none', null])
    const provenAt = new Date(world.clock.realMs).toISOString()
    const says = `the network has caught up; last seen to pass at ${provenAt}`
    assert.deepEqual(found.steps.at(-1), { at: 'network', ok: true, says })
  })

  it('is that it has not caught up yet', async () => {
    const made = await agreed()
    await assertNetwork(made, 'network-behind', 'under way')
    await made.pass()
    assert.equal((await explain(made)).reachable, true)
  })

  it('is that it is out of reach, or lacks the router that a VPC stands for', async () => {
    for (const reason of [
      'OVN: no server of OVN_Northbound could be had in time',
      'there is no OVN logical router neutron-1',
    ]) {
      const made = await agreed()
      dataPlane.down = reason
      await assert.rejects(made.pass())
      await assertNetwork(made, 'network-behind', reason)
      dataPlane.down = null
      await made.pass()
      assert.equal((await explain(made)).reachable, true)
    }
  })

  it('is that a proof was lost, or that a part of it says nothing', async () => {
    const made = await agreed()
    await plug('alice', made.ours)
    await plug('bob', made.theirs)
    await made.pass()
    for (const reason of ['no answer from 10.2.1.5', 'the chassis h2 does not say what it forwards']) {
      dataPlane.proof = { kind: 'failed', reason }
      await made.pass()
      await assertNetwork(made, 'network-failing', reason)
    }
    dataPlane.proof = { kind: 'proven' }
    await made.pass()
    assert.equal((await explain(made)).reachable, true)
  })

  it('is not that nothing lives there yet, so that nothing can be proven', async () => {
    const made = await agreed()
    dataPlane.proof = { kind: 'not-provable', reason: 'no port is plugged into the VPC' }
    await made.pass()
    const found = await explain(made)
    assert.deepEqual([found.reachable, found.next], [true, null])
    assert.match(found.steps.at(-1)?.says ?? '', /not proven: no port is plugged into the VPC$/)
  })
})

describe('a VPC that stands for a network of somebody else’s', () => {
  it('has whatever is in its blocks, as nobody here knows its subnets', async () => {
    const adopted = { attributes: { adopted: { ovnRouter: 'router-1' } } }
    const ours = await world.vpc(world.alice, { cidrs: ['10.1.0.0/16'], ...adopted })
    const theirs = await world.vpc(world.bob, { cidrs: ['10.2.0.0/16'], ...adopted })
    const { id } = await world.ask(ours, theirs)
    await world.app.acceptPeering(world.as(world.bob), { id })
    assert.equal((await explain({ ours, theirs })).cause, 'no-route')
    await route('alice', ours, '10.2.0.0/16', id)
    await route('bob', theirs, '10.1.0.0/16', id)
    await reconcilePeering(world.context, dataPlane, id)
    const found = await explain({ ours, theirs })
    assert.equal(found.reachable, true)
    assert.equal(found.steps[0]?.says, `10.1.1.5 is in the network that VPC ${ours.id} stands for`)
  })
})

describe('which addresses are meant where none is named', () => {
  it('are of a family that both have, or of the one that is named', async () => {
    const ours = await world.vpc(world.alice, { cidrs: ['10.1.0.0/16', 'fd00:1::/48'] })
    const theirs = await world.vpc(world.bob, { cidrs: ['fd00:2::/48'] })
    await subnet('alice', ours, '10.1.1.0/24')
    const { id } = await world.ask(ours, theirs)
    await world.app.acceptPeering(world.as(world.bob), { id })
    const addresses = async (from: string, to: string) => {
      const found = await world.app.explain(world.as(world.alice), { from, to })
      return [found.from, found.to, found.cause]
    }
    assert.deepEqual(await addresses(ours.id, theirs.id), ['fd00:1::2', 'fd00:2::2', 'source-in-no-subnet'])
    const named = await addresses(`${ours.id}/10.1.1.5`, theirs.id)
    assert.deepEqual(named, ['10.1.1.5', 'fd00:2::2', 'different-families'])
  })
})

describe('whoever merely asks for a peering', () => {
  it('learns nothing of what is in the other VPC', async () => {
    const [ours, theirs] = [
      await world.vpc(world.alice),
      await world.vpc(world.bob, { cidrs: ['10.2.0.0/16'] }),
    ]
    await subnet('bob', theirs, '10.2.77.0/24')
    await world.ask(ours, theirs)
    const ask = (from: string, to: string) => world.app.explain(world.as(world.alice), { from, to })
    const [cidr = ''] = ours.cidrs
    await subnet('alice', ours, cidr.replace('/16', '/24'))
    const found = await ask(ours.id, theirs.id)
    assert.deepEqual([found.to, found.cause], ['10.2.0.2', 'pending'])
    assert.doesNotMatch(JSON.stringify(found), /10\.2\.77/)
    // And neither the other way round, which begins in the other VPC.
    const back = await ask(`${theirs.id}/10.2.9.9`, ours.id)
    assert.deepEqual([back.steps.length, back.cause], [1, 'pending'])
  })
})
