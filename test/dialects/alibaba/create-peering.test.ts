import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { alice, bob, mallory, type TestTenant } from '../../rig/tenants.ts'
import { type AlibabaService, fails, startAlibaba, succeeds, type Values } from './client.ts'

let alibaba: AlibabaService
let valid: Awaited<ReturnType<AlibabaService['proposal']>>
before(async () => {
  alibaba = await startAlibaba()
  valid = await alibaba.proposal(alice, bob)
})
after(() => alibaba.close())

const CREATE = 'CreateVpcPeerConnection'
const ACROSS = ['cn-hangzhou', 'cn-beijing'] as const

/** As a caller sees that nothing was made. */
async function refused(change: Values, code: string, message?: string): Promise<void> {
  await fails(alibaba.call(alice, CREATE, { ...valid, ...change }), code, message)
  const { body } = await alibaba.call(alice, 'ListVpcPeerConnections', { VpcId: valid.VpcId })
  assert.equal(body.TotalCount, 0)
}

suite('CreateVpcPeerConnection: serialization', () => {
  test('the answer holds an id, and nothing else', async () => {
    const { body } = await succeeds(alibaba.call(alice, CREATE, await alibaba.proposal(alice, bob)))
    assert.deepEqual(Object.keys(body), ['RequestId', 'InstanceId'])
    assert.match(body.InstanceId, /^pcc-[0-9a-z]{18,21}$/)
  })

  test('everything that may be said is kept', async () => {
    const parameters = {
      ...(await alibaba.proposal(alice, bob, ACROSS)),
      Name: 'peering_1-a',
      Description: 'Of offices & labs: 中文',
      Bandwidth: 100,
      LinkType: 'Platinum',
      ResourceGroupId: 'rg-acfmxazb4ph6aiy',
      'Tag.1.Key': 'env',
      'Tag.1.Value': 'a b+c',
      'Tag.2.Key': 'k2',
      'Tag.2.Value': '',
    }
    const { body } = await succeeds(alibaba.call(alice, CREATE, parameters))
    const peering = await alibaba.show(alice, body.InstanceId)
    assert.equal(peering.Name, 'peering_1-a')
    assert.equal(peering.Description, 'Of offices & labs: 中文')
    assert.equal(peering.Bandwidth, 100)
    assert.equal(peering.LinkType, 'Platinum')
    assert.equal(peering.ResourceGroupId, 'rg-acfmxazb4ph6aiy')
    assert.deepEqual(peering.Tags, [
      { Key: 'env', Value: 'a b+c' },
      { Key: 'k2', Value: '' },
    ])
  })
})

suite('CreateVpcPeerConnection: validation', () => {
  for (const name of ['RegionId', 'VpcId', 'AcceptingAliUid', 'AcceptingRegionId', 'AcceptingVpcId']) {
    test(`without ${name}, or with an empty one`, async () => {
      await refused({ [name]: '' }, `Missing${name}`, `${name} is mandatory for this action.`)
      const { [name]: _, ...rest } = valid as Record<string, string>
      await fails(alibaba.call(alice, CREATE, rest), `Missing${name}`)
    })
  }

  for (const [field, values] of Object.entries({
    Name: ['x', 'x'.repeat(129), '1abc', 'a b', 'http://x', 'a.b'],
    Description: ['x', `x${'y'.repeat(256)}`, 'http://x', 'https://x', '1st'],
    Bandwidth: ['0', '-1', 'abc', '1.5', '2147483648', '99999999999999999999'],
    LinkType: ['gold', 'Silver', 'x'],
    AcceptingAliUid: ['0', 'abc', '-5', '12 34', '1'.repeat(20)],
  })) {
    for (const value of values) {
      test(`${field} '${value.slice(0, 20)}'`, () =>
        refused({ [field]: value }, `IllegalParam.${field}`, `The param of ${field} is illegal.`))
    }
  }

  test('names at the limits of their length', async () => {
    await alibaba.propose(alice, bob, { Name: 'ab', Description: 'ab' })
    await alibaba.propose(alice, bob, { Name: 'x'.repeat(128), Description: 'x'.repeat(256) })
    await alibaba.propose(alice, bob, { Name: '对等连接', Description: '说'.repeat(256) })
  })

  test('regions that are none', async () => {
    await refused(
      { RegionId: 'cn-nowhere' },
      'UnsupportedRegion',
      'The feature of VpcPeer is not supported in the region of cn-nowhere.',
    )
    await refused({ AcceptingRegionId: 'cn-nowhere' }, 'UnsupportedRegion')
  })

  test('the right VPCs in the wrong regions', async () => {
    await refused({ RegionId: 'cn-beijing' }, 'IllegalParam.VpcId')
    await refused({ AcceptingRegionId: 'cn-beijing' }, 'IllegalParam.AcceptingVpcId')
  })

  test('VPCs that are none', async () => {
    await refused({ VpcId: 'vpc-nobodys' }, 'IllegalParam.VpcId', 'The param of VpcId is illegal.')
    await refused({ AcceptingVpcId: 'vpc-nobodys' }, 'IllegalParam.AcceptingVpcId')
  })

  test('a VPC with itself', () =>
    refused({ AcceptingAliUid: alice.uid, AcceptingVpcId: valid.VpcId }, 'IllegalParam.AcceptingVpcId'))

  test('resource groups', async () => {
    for (const ResourceGroupId of ['group', 'rg-', 'rg-a b']) {
      await refused(
        { ResourceGroupId },
        'OperationFailed.NotExist.ResourceGroup',
        'The operation failed because the resource group does not exist.',
      )
    }
  })

  test('bandwidth and link type within a region', async () => {
    await refused(
      { Bandwidth: 100 },
      'OperationFailed.BandwidthCannotBeChangedInSameRegion',
      'The operation failed because the bandwidth cannot be changed in the same region.',
    )
    await refused(
      { LinkType: 'Gold' },
      'OperationFailed.InterRegionLinkTypeNotSupported',
      'The same region not supported link type feature.',
    )
  })

  test('bandwidth above the quota', async () => {
    const parameters = await alibaba.proposal(alice, bob, ACROSS)
    await fails(
      alibaba.call(alice, CREATE, { ...parameters, Bandwidth: 1025 }),
      'QuotaExceeded.Bandwidth',
      'The quota of bandwidth is exceeded.',
    )
    await succeeds(alibaba.call(alice, CREATE, { ...parameters, Bandwidth: 1024 }))
  })

  for (const [what, tags, code, message] of [
    ['without a key', { 'Tag.1.Value': 'x' }, 'MissingTagKey', 'Tag.Key is mandatory for this action.'],
    [
      'a long key',
      { 'Tag.1.Key': 'x'.repeat(129) },
      'IllegalParam.TagKey',
      'The param of Tag.Key is illegal.',
    ],
    ['a reserved key', { 'Tag.1.Key': 'aliyun-x' }, 'IllegalParam.TagKey'],
    ['a system key', { 'Tag.1.Key': 'acs:x' }, 'IllegalParam.TagKey'],
    ['an address in the key', { 'Tag.1.Key': 'see http://x' }, 'IllegalParam.TagKey'],
    ['a long value', { 'Tag.1.Key': 'k', 'Tag.1.Value': 'x'.repeat(129) }, 'IllegalParam.TagValue'],
    ['an address in the value', { 'Tag.1.Key': 'k', 'Tag.1.Value': 'https://x' }, 'IllegalParam.TagValue'],
    ['not a list', { Tag: 'x' }, 'IllegalParam.Tag'],
    [
      'one key twice',
      { 'Tag.1.Key': 'k', 'Tag.2.Key': 'k' },
      'Forbidden.TagKey.Duplicated',
      'The specified tag key already exists.',
    ],
    [
      '21 of them',
      Object.fromEntries(Array.from({ length: 21 }, (_, index) => [`Tag.${index + 1}.Key`, `k${index}`])),
      'NumberExceed.Tags',
      'The maximum number of tags is exceeded.',
    ],
  ] as [string, Values, string, string?][]) {
    test(`tags: ${what}`, () => refused(tags, code, message))
  }
})

suite('CreateVpcPeerConnection: permission', () => {
  test('somebody else’s VPC as one’s own is one that does not exist', async () => {
    const theirs = await alibaba.newVpc(mallory)
    await refused({ VpcId: theirs }, 'IllegalParam.VpcId', 'The param of VpcId is illegal.')
  })

  test('whose the other VPC is cannot be found out', async () => {
    await refused({ AcceptingAliUid: mallory.uid }, 'IllegalParam.AcceptingVpcId')
    await refused({ AcceptingAliUid: '9999999999999999' }, 'IllegalParam.AcceptingVpcId')
  })
})

suite('CreateVpcPeerConnection: behaviour', () => {
  test('between two accounts: it waits, for seven days', async () => {
    const InstanceId = await alibaba.propose(alice, bob)
    const peering = await alibaba.show(alice, InstanceId)
    assert.equal(peering.Status, 'Accepting')
    assert.equal(
      Date.parse(peering.GmtExpired ?? '') - Date.parse(peering.GmtCreate),
      7 * 24 * 60 * 60 * 1000,
    )
  })

  test('within an account: active at once, in one region or two', async () => {
    for (const regions of [undefined, ACROSS]) {
      const InstanceId = await alibaba.propose(alice, alice, {}, regions)
      const peering = await alibaba.show(alice, InstanceId)
      assert.equal(peering.Status, 'Activated')
      assert.equal(peering.GmtExpired, null)
      await fails(alibaba.call(alice, 'AcceptVpcPeerConnection', { InstanceId }), 'IncorrectStatus.VpcPeer')
    }
  })

  test('the same pair again, either way round', async () => {
    const pair = await alibaba.proposal(alice, bob)
    await succeeds(alibaba.call(alice, CREATE, pair))
    const exists = [
      'ResourceAlreadyExist.VpcPeer',
      'The specified resource of VpcPeer already exists.',
    ] as const
    await fails(alibaba.call(alice, CREATE, pair), ...exists)
    const reversed = {
      ...pair,
      VpcId: pair.AcceptingVpcId,
      AcceptingAliUid: alice.uid,
      AcceptingVpcId: pair.VpcId,
    }
    await fails(alibaba.call(bob, CREATE, reversed), ...exists)
  })

  test('one that is over does not stand in the way', async () => {
    const pair = await alibaba.proposal(alice, bob)
    for (const [tenant, ending] of [
      [bob, 'RejectVpcPeerConnection'],
      [alice, 'DeleteVpcPeerConnection'],
    ] as const) {
      const { body } = await succeeds(alibaba.call(alice, CREATE, pair))
      await succeeds(alibaba.call(tenant, ending, { InstanceId: body.InstanceId }))
    }
    await succeeds(alibaba.call(alice, CREATE, pair))
  })

  test('overlapping blocks are no hindrance', async () => {
    const parameters = {
      ...(await alibaba.proposal(alice, bob)),
      AcceptingVpcId: await alibaba.newVpc(bob, 'cn-hangzhou', '10.0.0.0/16'),
    }
    await succeeds(alibaba.call(alice, CREATE, parameters))
  })

  test('VPCs by the ids of other clouds', async () => {
    const { store } = alibaba.app.context
    const requester = await store.findVpc(await alibaba.newVpc(alice))
    const accepter = await store.findVpc(await alibaba.newVpc(bob))
    assert.ok(requester && accepter)
    const { body } = await succeeds(
      alibaba.call(alice, CREATE, {
        ...valid,
        VpcId: requester.ids.huawei,
        AcceptingVpcId: accepter.ids.tencent,
      }),
    )
    const peering = await alibaba.show(alice, body.InstanceId)
    assert.equal(peering.Vpc.VpcId, requester.ids.alibaba)
    assert.equal(peering.AcceptingVpc.VpcId, accepter.ids.alibaba)
  })
})

suite('CreateVpcPeerConnection: quotas', () => {
  let serial = 0
  /** A tenant with the vendor's quotas, which the others of the rig have not. */
  async function ordinaryTenant(): Promise<TestTenant> {
    const name = `ordinary-${serial++}`
    const { tenant, accessKeys } = await alibaba.app.createTenant(alibaba.operator, { name })
    const [key] = accessKeys
    assert.ok(key)
    return { ...alice, name, key, uid: tenant.alibaba.uid }
  }

  test('ten peerings of a VPC within its region, and twenty across', async () => {
    const tenant = await ordinaryTenant()
    const VpcId = await alibaba.newVpc(tenant)
    const ask = async (region: 'cn-hangzhou' | 'cn-beijing') =>
      alibaba.call(tenant, CREATE, {
        RegionId: 'cn-hangzhou',
        VpcId,
        AcceptingAliUid: bob.uid,
        AcceptingRegionId: region,
        AcceptingVpcId: await alibaba.newVpc(bob, region),
      })
    for (let count = 0; count < 10; count++) await succeeds(ask('cn-hangzhou'))
    await fails(
      ask('cn-hangzhou'),
      'QuotaExceeded.IntraRegionVpcPeerCountPerVpc',
      'The quota of vpc_quota_intra_region_peer_num_per_vpc is exceeded, usage 10/10.',
    )
    for (let count = 0; count < 10; count++) await succeeds(ask('cn-beijing'))
    await fails(
      ask('cn-beijing'),
      'QuotaExceeded.VpcPeerCountPerUserPerRegion',
      'The quota of vpc_quota_peer_num is exceeded, usage 20/20.',
    )
  })
})
