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

const REJECT = 'RejectVpcPeerConnection'

suite('RejectVpcPeerConnection: serialization', () => {
  test('the answer holds the request id, and nothing else', async () => {
    const InstanceId = await alibaba.propose(alice, bob)
    const { body } = await succeeds(alibaba.call(bob, REJECT, { InstanceId }))
    assert.deepEqual(Object.keys(body), ['RequestId'])
  })
})

suite('RejectVpcPeerConnection: validation', () => {
  test('without an id', () =>
    fails(alibaba.call(bob, REJECT), 'MissingInstanceId', 'InstanceId is mandatory for this action.'))
  test('an id that is a list', () =>
    fails(alibaba.call(bob, REJECT, { 'InstanceId.1': 'pcc-1' }), 'IllegalParam.InstanceId'))
  test('an id that no store can keep', () =>
    fails(alibaba.call(bob, REJECT, { InstanceId: 'pcc-\0' }), 'IllegalParam.InstanceId'))
  test('ids that are none', async () => {
    for (const InstanceId of ['pcc-nobodys', 'vpc-1', "' OR 1=1", '__proto__', 'x'.repeat(5000)]) {
      await fails(alibaba.call(bob, REJECT, { InstanceId }), ...NOT_FOUND)
    }
  })
})

suite('RejectVpcPeerConnection: permission', () => {
  test('the requester may not', async () => {
    const InstanceId = await alibaba.propose(alice, bob)
    await fails(
      alibaba.call(alice, REJECT, { InstanceId }),
      'Forbidden.NoPermission',
      'Authentication is failed for RejectVpcPeerConnection.',
    )
    assert.equal((await alibaba.show(alice, InstanceId)).Status, 'Accepting')
  })

  test('to a stranger it does not exist', async () => {
    const InstanceId = await alibaba.propose(alice, bob)
    const seen = await refusal(alibaba.call(mallory, REJECT, { InstanceId }), ...NOT_FOUND)
    const nothing = await alibaba.call(mallory, REJECT, { InstanceId: 'pcc-nobodys' })
    assert.equal(withoutRequestId(seen), withoutRequestId(nothing))
  })
})

suite('RejectVpcPeerConnection: behaviour', () => {
  test('a waiting request is rejected, and both see it', async () => {
    const InstanceId = await alibaba.propose(alice, bob)
    await succeeds(alibaba.call(bob, REJECT, { InstanceId }))
    for (const tenant of [alice, bob]) {
      const peering = await alibaba.show(tenant, InstanceId)
      assert.equal(peering.Status, 'Rejected')
      assert.equal(peering.GmtExpired, null)
    }
  })

  test('not twice, not once it is active, not once it has expired, not within an account', async () => {
    const incorrect = (id: string) =>
      ['IncorrectStatus.VpcPeer', `The status of VpcPeer [${id}] is incorrect.`] as const
    const rejected = await alibaba.propose(alice, bob)
    await succeeds(alibaba.call(bob, REJECT, { InstanceId: rejected }))
    await fails(alibaba.call(bob, REJECT, { InstanceId: rejected }), ...incorrect(rejected))
    const active = await alibaba.activate(alice, bob)
    await fails(alibaba.call(bob, REJECT, { InstanceId: active }), ...incorrect(active))
    const own = await alibaba.propose(alice, alice)
    await fails(alibaba.call(alice, REJECT, { InstanceId: own }), ...incorrect(own))
    const expired = await alibaba.propose(alice, bob)
    await advance(alibaba, 'P7D')
    await fails(alibaba.call(bob, REJECT, { InstanceId: expired }), ...incorrect(expired))
  })
})
