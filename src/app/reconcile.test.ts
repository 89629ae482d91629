import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import type { PeeringId } from '../domain/identity.ts'
import { DataPlaneUnavailableError, type Proof } from '../ports/data-plane.ts'
import { openWorld, type World } from './app.fixtures.ts'
import { MemoryDataPlane } from './data-plane.fixtures.ts'
import { reconcilePeering, reconcileVpc } from './reconcile.ts'

let world: World
let dataPlane: MemoryDataPlane
beforeEach(async () => {
  dataPlane = new MemoryDataPlane()
  world = await openWorld({ dataPlane })
})
afterEach(() => world.close())

const pass = (id: PeeringId) => reconcilePeering(world.context, dataPlane, id)
const shown = (id: string) => world.app.showRealization(world.as(world.bob), { id })

/** A request of Alice's to Bob, and a route of hers and of his for when it is accepted. */
async function asked() {
  const [ours, theirs] = [await world.vpc(world.alice), await world.vpc(world.bob)]
  const { id } = await world.ask(ours, theirs)
  return { ours, theirs, id }
}

async function route(owner: 'alice' | 'bob', vpc: string, destination: string, nextHop: string) {
  const filter = { vpcs: [vpc as never], window: { limit: 9 }, withTotal: false }
  const { items } = await world.app.listRouteTables(world.operator, filter)
  const add = [{ destination, nextHop, name: '', description: '', enabled: true }]
  const change = { routeTable: items[0]?.id ?? '', add, modify: [], remove: [] }
  await world.app.changeRoutes(world.as(world[owner]), change)
}

describe('a pass over a peering', () => {
  it('lays a request closed, with the routes it would have, opens it when it is accepted, takes it away when it ends', async () => {
    const { ours, theirs, id } = await asked()
    await route('bob', theirs.id, '10.1.0.0/16', id)
    await pass(id)
    const laid = dataPlane.links.get(id)
    const routes = [{ destination: '10.1.0.0/16', routeTable: null }]
    assert.deepEqual([laid?.open, laid?.requester.routes, laid?.accepter.routes], [false, [], routes])
    await world.app.acceptPeering(world.as(world.bob), { id })
    await route('alice', ours.id, '10.2.0.0/24', id)
    await pass(id)
    const open = dataPlane.links.get(id)
    assert.deepEqual(open, {
      peering: id,
      open: true,
      requester: {
        vpc: ours.id,
        adopted: null,
        cidrs: ['10.1.0.0/16'],
        routes: [{ destination: '10.2.0.0/24', routeTable: null }],
      },
      accepter: {
        vpc: theirs.id,
        adopted: null,
        cidrs: ['10.2.0.0/16'],
        routes: [{ destination: '10.1.0.0/16', routeTable: null }],
      },
    })
    const { wanted, realized, provenAtMs, reason } = await shown(id)
    assert.deepEqual([realized, provenAtMs, reason], [wanted, world.clock.realMs, null])
    await world.app.deletePeering(world.as(world.alice), { id })
    await pass(id)
    assert.equal(dataPlane.links.size, 0)
    assert.equal(await world.store.findRealization(id), null)
    assert.deepEqual((await world.store.unrealized(10)).peerings, [])
  })

  it('takes of each VPC the routes by that peering, and by none of its others', async () => {
    const { ours, theirs, id } = await asked()
    const other = await world.vpc(world.bob)
    const beside = await world.ask(ours, other)
    for (const each of [id, beside.id]) await world.app.acceptPeering(world.as(world.bob), { id: each })
    await route('alice', ours.id, '10.2.0.0/24', id)
    await route('alice', ours.id, '10.3.0.0/24', beside.id)
    await route('bob', theirs.id, '10.1.0.0/24', id)
    await route('bob', other.id, '10.1.1.0/24', beside.id)
    for (const each of [id, beside.id]) await pass(each)
    const laid = [id, beside.id].map((each) => {
      const { requester, accepter } = dataPlane.links.get(each) ?? {}
      return [requester?.routes, accepter?.routes].map((routes) =>
        routes?.map(({ destination }) => destination),
      )
    })
    assert.deepEqual(laid, [
      [['10.2.0.0/24'], ['10.1.0.0/24']],
      [['10.3.0.0/24'], ['10.1.1.0/24']],
    ])
  })

  it('takes away what was rejected and what expired, whether or not that is written down', async () => {
    const [rejected, expired] = [await asked(), await asked()]
    for (const { id } of [rejected, expired]) await pass(id)
    await world.app.rejectPeering(world.as(world.bob), { id: rejected.id })
    world.clock.nowMs += 8 * 86_400_000
    for (const { id } of [rejected, expired]) await pass(id)
    assert.equal(dataPlane.links.size, 0)
    assert.equal(await world.stored(expired.id), 'pending-acceptance')
  })

  it('keeps why it could not be done, and how far the network had come', async () => {
    const { id } = await asked()
    await pass(id)
    const { realized } = await shown(id)
    await world.app.acceptPeering(world.as(world.bob), { id })
    dataPlane.down = 'waiting for the northbound database'
    await assert.rejects(pass(id), DataPlaneUnavailableError)
    assert.deepEqual(await shown(id), {
      wanted: realized + 1,
      realized,
      provenAtMs: null,
      reason: 'waiting for the northbound database',
    })
    assert.deepEqual((await world.store.unrealized(10)).peerings, [id])
    dataPlane.down = null
    await pass(id)
    const after = await shown(id)
    assert.deepEqual([after.realized, after.reason], [after.wanted, null])
  })

  it('tells of a proof that is lost, once', async () => {
    const { id } = await asked()
    await world.app.acceptPeering(world.as(world.bob), { id })
    await pass(id)
    dataPlane.proof = { kind: 'failed', reason: 'no answer from 10.2.0.2' }
    for (let again = 0; again < 3; again++) await pass(id)
    const { provenAtMs, reason } = await shown(id)
    assert.deepEqual([provenAtMs, reason], [null, 'no answer from 10.2.0.2'])
    const lost = async () => (await world.events()).filter(({ type }) => type === 'peering.proof-lost').length
    assert.equal(await lost(), 1)
    dataPlane.proof = { kind: 'proven' }
    await pass(id)
    dataPlane.proof = { kind: 'failed', reason: 'no answer' }
    await pass(id)
    assert.equal(await lost(), 2)
  })

  it('does not call stopped what a silent part of the network may still forward', async () => {
    const { id } = await asked()
    await world.app.acceptPeering(world.as(world.bob), { id })
    await pass(id)
    await world.app.deletePeering(world.as(world.alice), { id })
    dataPlane.proof = { kind: 'unconfirmed', reason: 'chassis h2 does not answer' }
    await pass(id)
    assert.equal((await world.store.findRealization(id))?.reason, 'chassis h2 does not answer')
    dataPlane.proof = { kind: 'proven' }
    await pass(id)
    assert.equal(await world.store.findRealization(id), null)
  })
})

describe('a proof that takes long', () => {
  it('is given up for a change that has come meanwhile, and nothing of it is kept', async () => {
    const { id } = await asked()
    const begun = Promise.withResolvers<void>()
    const proof = Promise.withResolvers<Proof>()
    dataPlane.prove = () => {
      begun.resolve()
      return proof.promise
    }
    const overtaken = new AbortController()
    const done = reconcilePeering(world.context, dataPlane, id, overtaken.signal)
    await begun.promise
    overtaken.abort()
    await done
    proof.resolve({ kind: 'failed', reason: 'of no interest any more' })
    const { wanted, realized, provenAtMs, reason } = await shown(id)
    assert.deepEqual([realized, provenAtMs, reason], [wanted, null, null])
  })

  it('is written down no second time where nothing is to be told', async () => {
    const { id } = await asked()
    dataPlane.proof = { kind: 'not-provable', reason: 'no port is plugged in' }
    await pass(id)
    const { commit } = world.context.store
    try {
      world.context.store.commit = () => assert.fail('nothing has changed')
      await pass(id)
    } finally {
      world.context.store.commit = commit
    }
    assert.equal((await shown(id)).reason, 'no port is plugged in')
  })
})

describe('a pass over a VPC', () => {
  it('makes its network, and takes it away when it is deleted', async () => {
    const vpc = await world.vpc(world.alice)
    const caller = world.as(world.alice)
    const subnet = await world.app.createSubnet(caller, {
      vpc: vpc.id,
      name: '',
      description: '',
      cidrs: ['10.1.1.0/24'],
      zone: '',
      gateway: null,
      dnsServers: [],
    })
    const port = await world.app.createPort(caller, {
      vpc: vpc.id,
      subnet: subnet.id,
      address: null,
      namespace: null,
    })
    await reconcileVpc(world.context, dataPlane, vpc.id)
    assert.deepEqual(dataPlane.networks.get(vpc.id), {
      vpc: vpc.id,
      adopted: null,
      subnets: [{ id: subnet.id, cidrs: ['10.1.1.0/24'], gateway: '10.1.1.1', routeTable: null }],
      ports: [{ id: port.id, subnet: subnet.id, addresses: ['10.1.1.2'], mac: port.mac, namespace: null }],
    })
    await world.app.deletePort(caller, { vpc: vpc.id, id: port.id })
    await world.app.deleteSubnet(caller, { id: subnet.id })
    await world.app.deleteVpc(caller, { id: vpc.id })
    await reconcileVpc(world.context, dataPlane, vpc.id)
    assert.equal(dataPlane.networks.size, 0)
    assert.deepEqual((await world.store.unrealized(10)).vpcs.includes(vpc.id), false)
  })

  it('makes nothing of one that is adopted', async () => {
    const vpc = await world.vpc(world.alice, { attributes: { adopted: { ovnRouter: 'router-1' } } })
    await reconcileVpc(world.context, dataPlane, vpc.id)
    assert.deepEqual(dataPlane.networks.get(vpc.id), {
      vpc: vpc.id,
      adopted: { ovnRouter: 'router-1' },
      subnets: [],
      ports: [],
    })
  })
})
