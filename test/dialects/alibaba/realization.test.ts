import assert from 'node:assert/strict'
import { afterEach, beforeEach, suite, test } from 'node:test'
import { openWorld, type World } from '../../../src/app/app.fixtures.ts'
import { MemoryDataPlane } from '../../../src/app/data-plane.fixtures.ts'
import { reconcilePeering } from '../../../src/app/reconcile.ts'
import { alibaba } from '../../../src/dialects/alibaba/index.ts'
import { serve } from '../../../src/dialects/dialect.ts'
import type { Peering } from '../../../src/domain/peering.ts'
import type { Tenant } from '../../../src/domain/tenant.ts'
import { alice } from '../../rig/tenants.ts'
import { type Body, sign, type Values } from './client.ts'

/** What the vendor's clients see while the network is behind what was agreed. */

let dataPlane: MemoryDataPlane
let world: World
beforeEach(async () => {
  dataPlane = new MemoryDataPlane()
  world = await openWorld({ dataPlane })
})
afterEach(() => world.close())

const pass = ({ id }: Peering) => reconcilePeering(world.context, dataPlane, id)

/** A signed request of a tenant's, through the dialect, without a server in between. */
async function call(tenant: Tenant, action: string, parameters: Values = {}, at = world): Promise<Body> {
  const key = await at.app.createAccessKey(at.operator, { tenant })
  const options = { timeMs: at.clock.realMs }
  const signed = sign('localhost', { ...alice, key }, action, parameters, options)
  const request = {
    ...signed,
    path: '/',
    headers: { host: 'localhost', ...signed.headers },
    body: Buffer.from(signed.body),
    remoteAddress: '192.0.2.1',
  }
  const { response, fault } = await serve(alibaba, at.app, request, 'request')
  assert.equal(fault, null)
  return JSON.parse(response.body) as Body
}

/** How it stands with a peering for both accounts, who must agree; the code where it is not there. */
async function status({ ids }: Peering, at = world): Promise<string> {
  const answers = await Promise.all(
    [at.alice, at.bob].map((tenant) =>
      call(tenant, 'GetVpcPeerConnectionAttribute', { InstanceId: ids.alibaba }, at),
    ),
  )
  const [ours, theirs] = answers.map(({ Status, Code }) => Status ?? Code)
  assert.equal(ours, theirs)
  return ours ?? ''
}

async function listed({ ids }: Peering): Promise<string | undefined> {
  const { VpcPeerConnects, TotalCount } = await call(world.bob, 'ListVpcPeerConnections')
  assert.equal(TotalCount, VpcPeerConnects.length)
  return VpcPeerConnects.find(({ InstanceId }) => InstanceId === ids.alibaba)?.Status
}

async function changed(tenant: Tenant, action: string, { ids }: Peering, more: Values = {}): Promise<void> {
  const { Code } = await call(tenant, action, { InstanceId: ids.alibaba, ...more })
  assert.equal(Code, undefined)
}

const asked = async () => world.ask(await world.vpc(world.alice), await world.vpc(world.bob))

suite('the status of a peering while the network is behind', () => {
  test('creating, updating, deleting, and after each what was agreed', async () => {
    const peering = await asked()
    const seen = [await status(peering)]
    const see = async () => {
      assert.equal(await listed(peering), await status(peering))
      seen.push(await status(peering))
    }
    await pass(peering)
    await see()
    await changed(world.bob, 'AcceptVpcPeerConnection', peering)
    await see()
    await pass(peering)
    await see()
    await changed(world.alice, 'ModifyVpcPeerConnection', peering, { Name: 'another' })
    await see()
    await pass(peering)
    await see()
    await changed(world.bob, 'DeleteVpcPeerConnection', peering)
    seen.push(await status(peering))
    assert.equal(await listed(peering), undefined)
    await pass(peering)
    seen.push(await status(peering))
    assert.deepEqual(seen, [
      'Creating',
      'Accepting',
      'Updating',
      'Activated',
      'Updating',
      'Activated',
      'Deleting',
      'ResourceNotFound.InstanceId',
    ])
  })

  test('between two VPCs of one account: creating, then activated', async () => {
    const [one, other] = [await world.vpc(world.alice), await world.vpc(world.alice)]
    const peering = await world.ask(one, other)
    const own = async () =>
      (await call(world.alice, 'GetVpcPeerConnectionAttribute', { InstanceId: peering.ids.alibaba })).Status
    assert.equal(await own(), 'Creating')
    await pass(peering)
    assert.equal(await own(), 'Activated')
  })

  test('accepted before anything was laid: updating', async () => {
    const peering = await asked()
    await changed(world.bob, 'AcceptVpcPeerConnection', peering)
    assert.equal(await status(peering), 'Updating')
  })

  test('what was refused or has expired is so at once', async () => {
    const [refused, expired] = [await asked(), await asked()]
    for (const peering of [refused, expired]) await pass(peering)
    await changed(world.bob, 'RejectVpcPeerConnection', refused)
    assert.equal(await status(refused), 'Rejected')
    world.clock.nowMs += 8 * 86_400_000
    assert.equal(await status(expired), 'Expired')
    for (const peering of [refused, expired]) await pass(peering)
    assert.deepEqual([await status(refused), await status(expired)], ['Rejected', 'Expired'])
  })

  test('deleting for as long as a part of the network may still forward', async () => {
    const peering = await asked()
    await changed(world.bob, 'AcceptVpcPeerConnection', peering)
    await pass(peering)
    await changed(world.alice, 'DeleteVpcPeerConnection', peering)
    dataPlane.proof = { kind: 'unconfirmed', reason: 'the chassis h2 does not say what it forwards' }
    await pass(peering)
    assert.equal(await status(peering), 'Deleting')
    const shown = await world.app.showRealization(world.as(world.alice), { id: peering.id })
    assert.equal(shown.reason, 'the chassis h2 does not say what it forwards')
    dataPlane.proof = { kind: 'proven' }
    await pass(peering)
    assert.equal(await status(peering), 'ResourceNotFound.InstanceId')
    const gone = { code: 'peering.not-found' }
    await assert.rejects(world.app.showRealization(world.as(world.alice), { id: peering.id }), gone)
  })

  test('one that is being deleted is there to be seen by its parties, and for nothing else', async () => {
    const peering = await asked()
    await pass(peering)
    await changed(world.alice, 'DeleteVpcPeerConnection', peering)
    const InstanceId = peering.ids.alibaba
    const { Code } = await call(world.carol, 'GetVpcPeerConnectionAttribute', { InstanceId })
    assert.equal(Code, 'ResourceNotFound.InstanceId')
    for (const action of ['Accept', 'Reject', 'Delete', 'Modify']) {
      const answer = await call(world.bob, `${action}VpcPeerConnection`, { InstanceId })
      assert.equal(answer.Code, 'ResourceNotFound.InstanceId', action)
    }
  })

  test('without a network: what was agreed, and nothing is looked up', async (context) => {
    const records = await openWorld()
    try {
      const [ours, theirs] = [await records.vpc(records.alice), await records.vpc(records.bob)]
      const peering = await records.ask(ours, theirs)
      const looked = context.mock.method(records.store, 'findRealization')
      assert.equal(await status(peering, records), 'Accepting')
      await records.app.acceptPeering(records.as(records.bob), { id: peering.id })
      assert.equal(await status(peering, records), 'Activated')
      await call(records.alice, 'ListVpcPeerConnections', {}, records)
      assert.equal(looked.mock.callCount(), 0)
      await records.app.deletePeering(records.as(records.bob), { id: peering.id })
      assert.equal(await status(peering, records), 'ResourceNotFound.InstanceId')
    } finally {
      await records.close()
    }
  })
})
