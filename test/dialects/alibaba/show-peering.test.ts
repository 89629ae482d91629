import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { advance } from '../../rig/service.ts'
import { alice, bob, mallory, vpcOf } from '../../rig/tenants.ts'
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

const GET = 'GetVpcPeerConnectionAttribute'

suite('GetVpcPeerConnectionAttribute: serialization', () => {
  test('every member, at the top, as clients expect it', async () => {
    const { body: made } = await succeeds(
      alibaba.call(alice, 'CreateVpcPeerConnection', {
        RegionId: 'cn-hangzhou',
        VpcId: vpcOf(alice, 1).ids.alibaba,
        AcceptingAliUid: bob.uid,
        AcceptingRegionId: 'cn-beijing',
        AcceptingVpcId: vpcOf(bob, 5).ids.alibaba,
      }),
    )
    const { RequestId, GmtCreate, GmtExpired, ResourceGroupId, ...rest } = await alibaba.show(
      alice,
      made.InstanceId,
    )
    assert.ok(RequestId)
    assert.match(GmtCreate, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
    assert.match(GmtExpired ?? '', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
    assert.match(ResourceGroupId, /^rg-acfm[0-9a-z]{11}$/)
    assert.deepEqual(rest, {
      InstanceId: made.InstanceId,
      Name: '',
      Description: '',
      OwnerId: Number(alice.uid),
      AcceptingOwnerUid: Number(bob.uid),
      RegionId: 'cn-hangzhou',
      AcceptingRegionId: 'cn-beijing',
      Vpc: { VpcId: vpcOf(alice, 1).ids.alibaba, Ipv4Cidrs: ['10.17.0.0/16'], Ipv6Cidrs: [] },
      AcceptingVpc: { VpcId: vpcOf(bob, 5).ids.alibaba, Ipv4Cidrs: ['10.37.0.0/16'], Ipv6Cidrs: [] },
      Bandwidth: 1024,
      LinkType: 'Gold',
      Status: 'Accepting',
      BizStatus: 'Normal',
      GmtModified: GmtCreate,
      Tags: [],
    })
  })

  test('within a region: no bandwidth and no link type', async () => {
    const peering = await alibaba.show(alice, await alibaba.propose(alice, bob))
    assert.equal(peering.Bandwidth, -1)
    assert.equal(peering.LinkType, '')
  })

  test('in XML: lists repeated, nothing for null', async () => {
    const InstanceId = await alibaba.activate(alice, bob, {
      Description: 'a <b> & "c"',
      'Tag.1.Key': 'k1',
      'Tag.2.Key': 'k2',
    })
    const { text } = await alibaba.call(alice, GET, { InstanceId }, { style: 'get', format: 'xml' })
    assert.match(text, /<GetVpcPeerConnectionAttributeResponse><RequestId>/)
    assert.match(text, /<Description>a &lt;b&gt; &amp; &quot;c&quot;<\/Description>/)
    assert.match(text, /<Tags><Key>k1<\/Key><Value><\/Value><\/Tags><Tags><Key>k2<\/Key>/)
    assert.match(text, /<Vpc><VpcId>[^<]+<\/VpcId><Ipv4Cidrs>10.0.0.0\/16<\/Ipv4Cidrs><\/Vpc>/)
    assert.doesNotMatch(text, /GmtExpired/)
  })

  test('the default resource group is each account’s own, and always the same', async () => {
    const first = await alibaba.propose(alice, bob)
    const second = await alibaba.propose(bob, alice)
    const group = async (tenant: typeof alice, id: string) => (await alibaba.show(tenant, id)).ResourceGroupId
    assert.equal(await group(alice, first), await group(alice, second))
    assert.notEqual(await group(alice, first), await group(bob, first))
  })
})

suite('GetVpcPeerConnectionAttribute: validation', () => {
  test('without an id', () =>
    fails(alibaba.call(alice, GET), 'MissingInstanceId', 'InstanceId is mandatory for this action.'))
})

suite('GetVpcPeerConnectionAttribute: permission', () => {
  test('both parties see it; to a stranger it does not exist', async () => {
    const InstanceId = await alibaba.propose(alice, bob)
    await alibaba.show(bob, InstanceId)
    const seen = await refusal(alibaba.call(mallory, GET, { InstanceId }), ...NOT_FOUND)
    const nothing = await alibaba.call(mallory, GET, { InstanceId: 'pcc-nobodys' })
    assert.equal(withoutRequestId(seen), withoutRequestId(nothing))
  })
})

suite('GetVpcPeerConnectionAttribute: behaviour', () => {
  test('after seven days without an answer it has expired, and says when', async () => {
    const InstanceId = await alibaba.propose(alice, bob)
    const { GmtExpired } = await alibaba.show(alice, InstanceId)
    await advance(alibaba, 'P6DT23H59M')
    assert.equal((await alibaba.show(bob, InstanceId)).Status, 'Accepting')
    await advance(alibaba, 'PT1M')
    const expired = await alibaba.show(bob, InstanceId)
    assert.equal(expired.Status, 'Expired')
    assert.equal(expired.GmtExpired, GmtExpired)
  })
})
