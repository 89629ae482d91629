import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { advance } from '../../rig/service.ts'
import { alice, bob, mallory } from '../../rig/tenants.ts'
import {
  type AlibabaService,
  fails,
  NOT_FOUND,
  refusal,
  startAlibaba,
  succeeds,
  withoutRequestId,
} from './client.ts'

let alibaba: AlibabaService
before(async () => {
  alibaba = await startAlibaba()
})
after(() => alibaba.close())

const DELETE = 'DeleteVpcPeerConnection'

suite('DeleteVpcPeerConnection: serialization', () => {
  test('the answer holds the request id, and nothing else', async () => {
    const InstanceId = await alibaba.propose(alice, bob)
    const { body } = await succeeds(alibaba.call(alice, DELETE, { InstanceId }))
    assert.deepEqual(Object.keys(body), ['RequestId'])
  })
})

suite('DeleteVpcPeerConnection: validation', () => {
  test('without an id', () => fails(alibaba.call(alice, DELETE), 'MissingInstanceId'))
  test('Force neither true nor false: nothing happens', async () => {
    const InstanceId = await alibaba.propose(alice, bob)
    await fails(alibaba.call(alice, DELETE, { InstanceId, Force: 'x' }), 'IllegalParam.Force')
    assert.equal((await alibaba.show(alice, InstanceId)).Status, 'Accepting')
  })
})

suite('DeleteVpcPeerConnection: route entries', () => {
  const count = async (tenant: typeof alice, RouteTableId: string) =>
    (
      await succeeds(
        alibaba.call(tenant, 'DescribeRouteEntryList', {
          RegionId: 'cn-hangzhou',
          RouteTableId,
          RouteEntryType: 'Custom',
        }),
      )
    ).body.TotalCount

  test('of either account hold it, seen from both; by force they go along', async () => {
    const { InstanceId, ourTable, theirTable } = await alibaba.peered(alice, bob)
    await succeeds(
      alibaba.call(alice, 'CreateRouteEntry', alibaba.entry(ourTable, '10.1.0.0/16', InstanceId)),
    )
    await succeeds(
      alibaba.call(bob, 'CreateRouteEntry', alibaba.entry(theirTable, '10.0.0.0/16', InstanceId)),
    )
    const held = [
      'OperationDenied.RouteEntryExist',
      'The operation is not allowed because of existing routeEntry point to VpcPeer.',
    ] as const
    for (const tenant of [alice, bob]) {
      await fails(alibaba.call(tenant, DELETE, { InstanceId }), ...held)
      await fails(alibaba.call(tenant, DELETE, { InstanceId, Force: false }), ...held)
    }
    assert.equal((await alibaba.show(alice, InstanceId)).Status, 'Activated')
    await fails(alibaba.call(bob, DELETE, { InstanceId, Force: true, DryRun: true }), 'DryRunOperation')
    assert.deepEqual([await count(alice, ourTable), await count(bob, theirTable)], [1, 1])
    await succeeds(alibaba.call(bob, DELETE, { InstanceId, Force: true }))
    assert.deepEqual([await count(alice, ourTable), await count(bob, theirTable)], [0, 0])
  })
})

suite('DeleteVpcPeerConnection: permission', () => {
  test('either account may', async () => {
    for (const tenant of [alice, bob]) {
      await succeeds(alibaba.call(tenant, DELETE, { InstanceId: await alibaba.propose(alice, bob) }))
      await succeeds(alibaba.call(tenant, DELETE, { InstanceId: await alibaba.activate(alice, bob) }))
    }
  })

  test('to a stranger it does not exist', async () => {
    const InstanceId = await alibaba.activate(alice, bob)
    const seen = await refusal(alibaba.call(mallory, DELETE, { InstanceId }), ...NOT_FOUND)
    const nothing = await alibaba.call(mallory, DELETE, { InstanceId: 'pcc-nobodys' })
    assert.equal(withoutRequestId(seen), withoutRequestId(nothing))
    assert.equal((await alibaba.show(alice, InstanceId)).Status, 'Activated')
  })
})

suite('DeleteVpcPeerConnection: behaviour', () => {
  test('in every state, and it is unknown from then on, to both', async () => {
    const rejected = await alibaba.propose(alice, bob)
    await succeeds(alibaba.call(bob, 'RejectVpcPeerConnection', { InstanceId: rejected }))
    const expired = await alibaba.propose(alice, bob)
    await advance(alibaba, 'P7D')
    const waiting = await alibaba.propose(alice, bob)
    const active = await alibaba.activate(alice, bob)
    for (const InstanceId of [rejected, expired, waiting, active]) {
      await succeeds(alibaba.call(alice, DELETE, { InstanceId }))
      for (const tenant of [alice, bob]) {
        await fails(alibaba.call(tenant, 'GetVpcPeerConnectionAttribute', { InstanceId }), ...NOT_FOUND)
        const { body } = await alibaba.call(tenant, 'ListVpcPeerConnections', { InstanceId })
        assert.deepEqual(body.VpcPeerConnects, [])
      }
    }
  })

  test('the accepter first, then the requester finds nothing', async () => {
    const InstanceId = await alibaba.activate(alice, bob)
    await succeeds(alibaba.call(bob, DELETE, { InstanceId, Force: true }))
    await fails(alibaba.call(alice, DELETE, { InstanceId }), ...NOT_FOUND)
  })
})
