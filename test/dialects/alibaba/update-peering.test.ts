import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
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
let local: string
let across: string
before(async () => {
  alibaba = await startAlibaba()
  local = await alibaba.activate(alice, bob)
  across = await alibaba.activate(alice, bob, {}, ['cn-hangzhou', 'cn-beijing'])
})
after(() => alibaba.close())

const MODIFY = 'ModifyVpcPeerConnection'

suite('ModifyVpcPeerConnection: serialization', () => {
  test('the answer holds the request id, and nothing else', async () => {
    const { body } = await succeeds(alibaba.call(alice, MODIFY, { InstanceId: local, Name: 'n' }))
    assert.deepEqual(Object.keys(body), ['RequestId'])
  })
})

suite('ModifyVpcPeerConnection: validation', () => {
  test('without an id', () => fails(alibaba.call(alice, MODIFY, { Name: 'x' }), 'MissingInstanceId'))

  for (const [field, value] of [
    ['Name', ''],
    ['Name', 'x'.repeat(129)],
    ['Name', 'http://x'],
    ['Description', ''],
    ['Description', 'x'.repeat(257)],
    ['Description', 'https://x'],
    ['Bandwidth', 0],
    ['Bandwidth', 'x'],
    ['LinkType', 'x'],
  ] as const) {
    test(`${field} '${String(value).slice(0, 10)}'`, async () => {
      await fails(
        alibaba.call(alice, MODIFY, { InstanceId: across, [field]: value }),
        `IllegalParam.${field}`,
        `The param of ${field} is illegal.`,
      )
    })
  }

  test('bandwidth above the quota', () =>
    fails(alibaba.call(alice, MODIFY, { InstanceId: across, Bandwidth: 1025 }), 'QuotaExceeded.Bandwidth'))

  test('bandwidth and link type within a region', async () => {
    await fails(
      alibaba.call(alice, MODIFY, { InstanceId: local, Bandwidth: 10 }),
      'OperationFailed.BandwidthCannotBeChangedInSameRegion',
    )
    await fails(
      alibaba.call(alice, MODIFY, { InstanceId: local, LinkType: 'Gold' }),
      'OperationFailed.InterRegionLinkTypeNotSupported',
    )
  })
})

suite('ModifyVpcPeerConnection: permission', () => {
  test('either account may', async () => {
    for (const tenant of [alice, bob]) {
      await succeeds(alibaba.call(tenant, MODIFY, { InstanceId: local, Name: `by ${tenant.name}` }))
      assert.equal((await alibaba.show(alice, local)).Name, `by ${tenant.name}`)
    }
  })

  test('to a stranger it does not exist', async () => {
    const seen = await refusal(alibaba.call(mallory, MODIFY, { InstanceId: local, Name: 'x' }), ...NOT_FOUND)
    const nothing = await alibaba.call(mallory, MODIFY, { InstanceId: 'pcc-nobodys', Name: 'x' })
    assert.equal(withoutRequestId(seen), withoutRequestId(nothing))
  })
})

suite('ModifyVpcPeerConnection: behaviour', () => {
  test('what is said changes, all else stays, and it stays active', async () => {
    const before = await alibaba.show(alice, across)
    const change = { Name: '1 looser name', Description: '说明', Bandwidth: 200, LinkType: 'Platinum' }
    await succeeds(alibaba.call(alice, MODIFY, { InstanceId: across, ...change }))
    const { RequestId: _, GmtModified, ...after } = await alibaba.show(alice, across)
    const { RequestId: __, GmtModified: ___, ...unchanged } = before
    assert.deepEqual(after, { ...unchanged, ...change })
    assert.ok(GmtModified >= before.GmtModified)
    await succeeds(alibaba.call(alice, MODIFY, { InstanceId: across, Bandwidth: 1 }))
    assert.equal((await alibaba.show(alice, across)).Name, change.Name)
  })

  test('with nothing to change: done', async () => {
    await succeeds(alibaba.call(alice, MODIFY, { InstanceId: local }))
  })

  test('not while it waits, nor once it was rejected', async () => {
    const InstanceId = await alibaba.propose(alice, bob)
    const incorrect = [
      'IncorrectStatus.VpcPeer',
      `The status of VpcPeer [${InstanceId}] is incorrect.`,
    ] as const
    await fails(alibaba.call(alice, MODIFY, { InstanceId, Name: 'x' }), ...incorrect)
    await succeeds(alibaba.call(bob, 'RejectVpcPeerConnection', { InstanceId }))
    await fails(alibaba.call(alice, MODIFY, { InstanceId, Name: 'x' }), ...incorrect)
  })
})
