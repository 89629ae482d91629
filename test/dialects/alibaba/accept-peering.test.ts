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

const ACCEPT = 'AcceptVpcPeerConnection'

suite('AcceptVpcPeerConnection: serialization', () => {
  test('the answer holds the request id, and nothing else', async () => {
    const InstanceId = await alibaba.propose(alice, bob)
    const { body } = await succeeds(alibaba.call(bob, ACCEPT, { InstanceId }))
    assert.deepEqual(Object.keys(body), ['RequestId'])
  })

  test('by the id of another cloud', async () => {
    const view = await alibaba.app.context.store.findPeering(await alibaba.propose(alice, bob))
    assert.ok(view)
    await succeeds(alibaba.call(bob, ACCEPT, { InstanceId: view.peering.ids.tencent }))
    assert.equal((await alibaba.show(bob, view.peering.ids.huawei)).Status, 'Activated')
  })
})

suite('AcceptVpcPeerConnection: validation', () => {
  test('without an id', () =>
    fails(alibaba.call(bob, ACCEPT), 'MissingInstanceId', 'InstanceId is mandatory for this action.'))

  test('with tags or a group that are none: nothing happens', async () => {
    const InstanceId = await alibaba.propose(alice, bob)
    await fails(alibaba.call(bob, ACCEPT, { InstanceId, 'Tag.1.Key': 'acs:x' }), 'IllegalParam.TagKey')
    await fails(
      alibaba.call(bob, ACCEPT, { InstanceId, ResourceGroupId: 'x' }),
      'OperationFailed.NotExist.ResourceGroup',
    )
    assert.equal((await alibaba.show(bob, InstanceId)).Status, 'Accepting')
  })
})

suite('AcceptVpcPeerConnection: permission', () => {
  test('the requester may not, in words that no client takes for done', async () => {
    const InstanceId = await alibaba.propose(alice, bob)
    await fails(
      alibaba.call(alice, ACCEPT, { InstanceId }),
      'Forbidden.NoPermission',
      'Authentication is failed for AcceptVpcPeerConnection.',
    )
    assert.equal((await alibaba.show(alice, InstanceId)).Status, 'Accepting')
  })

  test('to a stranger it does not exist', async () => {
    const InstanceId = await alibaba.propose(alice, bob)
    const seen = await refusal(alibaba.call(mallory, ACCEPT, { InstanceId }), ...NOT_FOUND)
    const nothing = await alibaba.call(mallory, ACCEPT, { InstanceId: 'pcc-nobodys' })
    assert.equal(withoutRequestId(seen), withoutRequestId(nothing))
  })
})

suite('AcceptVpcPeerConnection: behaviour', () => {
  test('a waiting request becomes active, and no longer expires', async () => {
    const InstanceId = await alibaba.propose(alice, bob)
    await succeeds(alibaba.call(bob, ACCEPT, { InstanceId }))
    for (const tenant of [alice, bob]) {
      const peering = await alibaba.show(tenant, InstanceId)
      assert.equal(peering.Status, 'Activated')
      assert.equal(peering.GmtExpired, null)
    }
  })

  test('each side has tags and a group of its own', async () => {
    const InstanceId = await alibaba.propose(alice, bob, {
      'Tag.1.Key': 'of',
      'Tag.1.Value': 'alice',
      ResourceGroupId: 'rg-alice',
    })
    await succeeds(
      alibaba.call(bob, ACCEPT, {
        InstanceId,
        'Tag.1.Key': 'of',
        'Tag.1.Value': 'bob',
        ResourceGroupId: 'rg-bob',
      }),
    )
    for (const tenant of [alice, bob]) {
      const peering = await alibaba.show(tenant, InstanceId)
      assert.deepEqual(peering.Tags, [{ Key: 'of', Value: tenant.name }])
      assert.equal(peering.ResourceGroupId, `rg-${tenant.name}`)
    }
  })

  test('tags that were set before stay, unless others are given', async () => {
    const InstanceId = await alibaba.propose(alice, bob)
    await succeeds(
      alibaba.call(bob, 'TagResources', {
        RegionId: 'cn-hangzhou',
        ResourceType: 'PeerConnection',
        'ResourceId.1': InstanceId,
        'Tag.1.Key': 'before',
      }),
    )
    await succeeds(alibaba.call(bob, ACCEPT, { InstanceId }))
    assert.deepEqual((await alibaba.show(bob, InstanceId)).Tags, [{ Key: 'before', Value: '' }])
  })

  test('not twice, not once it was rejected, not once it has expired', async () => {
    const incorrect = (id: string) =>
      ['IncorrectStatus.VpcPeer', `The status of VpcPeer [${id}] is incorrect.`] as const
    const active = await alibaba.activate(alice, bob)
    await fails(alibaba.call(bob, ACCEPT, { InstanceId: active }), ...incorrect(active))
    const rejected = await alibaba.propose(alice, bob)
    await succeeds(alibaba.call(bob, 'RejectVpcPeerConnection', { InstanceId: rejected }))
    await fails(alibaba.call(bob, ACCEPT, { InstanceId: rejected }), ...incorrect(rejected))
    const expired = await alibaba.propose(alice, bob)
    await advance(alibaba, 'P7D')
    await fails(alibaba.call(bob, ACCEPT, { InstanceId: expired }), ...incorrect(expired))
  })
})
