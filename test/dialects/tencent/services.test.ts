import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { alice, bob, mallory, type TestTenant } from '../../rig/tenants.ts'
import {
  NOBODYS_VPC,
  type Parameters,
  startTencent,
  type TencentService,
  v3Fails,
  v3Succeeds,
  withoutRequestId,
} from './client.ts'
import { type ProxiedOptions, proxied, type Service } from './proxy.ts'

let service: TencentService
before(async () => {
  service = await startTencent()
})
after(() => service.close())

const call = (
  name: Service,
  action: string,
  parameters: Parameters = {},
  options: ProxiedOptions = {},
  tenant: TestTenant = alice,
) => proxied(service.url, tenant, name, action, parameters, options)

describe('the services of sibling host names', () => {
  it('are told apart by host, by what the key is bound to, and by version', async () => {
    v3Succeeds(await call('sts', 'GetCallerIdentity'))
    v3Fails(await call('vpc', 'GetCallerIdentity', {}, { version: '2018-08-13' }), 'InvalidAction')
    v3Fails(await call('sts', 'DescribeVpcs', {}, { version: '2017-03-12' }), 'InvalidAction')
    v3Fails(await call('sts', 'GetCallerIdentity', {}, { service: 'tag' }), 'InvalidAction')
    v3Fails(await call('tag', 'GetCallerIdentity', {}, { service: 'sts' }), 'InvalidAction')
    v3Fails(await call('cam', 'GetCallerIdentity', {}, { hostName: 'cam.example.com:80' }), 'InvalidAction')
    v3Fails(await call('sts', 'GetCallerIdentity', {}, { version: '2019-01-16' }), 'NoSuchVersion')
    v3Fails(await call('sts', 'GetCallerIdentity', {}, { version: '1999-01-01' }), 'NoSuchVersion')
    v3Fails(await call('tag', 'DescribeNothing'), 'InvalidAction')
  })

  it('need not be named: an address is enough, and what the Node.js SDK makes of it', async () => {
    for (const scope of ['127', 'localhost:8080', 'vpc.internal', 'cam']) {
      const options = { version: '2019-01-16', service: scope }
      v3Succeeds(await service.v3(alice, 'GetUserAppId', {}, options))
    }
  })

  it('take signatures in parameters as well', async () => {
    for (const scheme of ['HmacSHA1', 'HmacSHA256'] as const) {
      for (const method of ['GET', 'POST'] as const) {
        const options = { scheme, method, version: '2018-08-13' }
        v3Succeeds(await service.v3(alice, 'GetCallerIdentity', {}, options))
        v3Fails(
          await service.v3(alice, 'GetCallerIdentity', {}, { ...options, secret: 'x' }),
          'AuthFailure.SignatureFailure',
        )
      }
    }
  })

  it('are asked by nobody who has no key', async () => {
    v3Fails(await call('sts', 'GetCallerIdentity', {}, { secret: 'x' }), 'AuthFailure.SignatureFailure')
    v3Fails(await call('cam', 'GetUserAppId', {}, { keyId: 'AKNOBODY' }), 'AuthFailure.SecretIdNotFound')
  })
})

describe('sts GetCallerIdentity', () => {
  it('says who signed', async () => {
    const { RequestId: _, ...rest } = v3Succeeds(await call('sts', 'GetCallerIdentity'))
    assert.deepEqual(rest, {
      Arn: `qcs::cam::uin/${alice.uin}:uin/${alice.uin}`,
      AccountId: alice.uin,
      UserId: alice.uin,
      PrincipalId: alice.uin,
      Type: 'RootAccount',
    })
    v3Fails(await call('sts', 'GetCallerIdentity', { X: 1 }), 'UnknownParameter')
  })
})

describe('cam', () => {
  it('GetUserAppId says the numbers of the account', async () => {
    const { RequestId: _, ...rest } = v3Succeeds(await call('cam', 'GetUserAppId', {}, {}, bob))
    assert.deepEqual(rest, { Uin: bob.uin, OwnerUin: bob.uin, AppId: Number(bob.appId) })
  })

  it('DescribeSubAccounts finds nobody', async () => {
    const FilterSubAccountUin = [Number(alice.uin)]
    const { RequestId: _, ...rest } = v3Succeeds(
      await call('cam', 'DescribeSubAccounts', { FilterSubAccountUin }),
    )
    assert.deepEqual(rest, { SubAccounts: [] })
    v3Fails(await call('cam', 'DescribeSubAccounts'), 'MissingParameter')
    v3Fails(await call('cam', 'DescribeSubAccounts', { FilterSubAccountUin: ['x'] }), 'InvalidParameter')
    const many = { FilterSubAccountUin: Array(51).fill(1) }
    v3Fails(await call('cam', 'DescribeSubAccounts', many), 'InvalidParameterValue')
  })
})

describe('tag ModifyResourceTags', () => {
  const tag = (Resource: string, more: Parameters, tenant = alice) =>
    call('tag', 'ModifyResourceTags', { Resource, ...more }, {}, tenant)
  const set = (...pairs: [string, string][]) => ({
    ReplaceTags: pairs.map(([TagKey, TagValue]) => ({ TagKey, TagValue })),
  })
  const unset = (...keys: string[]) => ({ DeleteTags: keys.map((TagKey) => ({ TagKey })) })
  const list = async (ResourcePrefix: string, ids: string[], tenant = alice, more: Parameters = {}) => {
    const parameters = {
      ServiceType: 'vpc',
      ResourcePrefix,
      ResourceIds: ids,
      ResourceRegion: 'ap-guangzhou',
      Offset: 0,
      Limit: 20,
      ...more,
    }
    return v3Succeeds(await call('tag', 'DescribeResourceTagsByResourceIds', parameters, {}, tenant))
  }

  it('sets some and takes others off, of every kind of resource', async () => {
    const { peering, ours } = await service.network(alice, bob)
    const subnet = { VpcId: ours.vpc, SubnetName: 's', CidrBlock: '10.0.1.0/24', Zone: 'z' }
    const { Subnet } = v3Succeeds(await service.v3(alice, 'CreateSubnet', subnet))
    for (const [prefix, id] of [
      ['vpc', ours.vpc],
      ['subnet', Subnet.SubnetId],
      ['rtb', ours.table],
      ['pcx', peering],
    ] as const) {
      const resource = `qcs::vpc:ap-guangzhou:uin/:${prefix}/${id}`
      assert.deepEqual(Object.keys(v3Succeeds(await tag(resource, set(['a', '1'], ['b', '2'])))), [
        'RequestId',
      ])
      v3Succeeds(await tag(resource, { ...set(['c', '3'], ['a', '4']), ...unset('b', 'x') }))
      const { RequestId: _, ...rest } = await list(prefix, [id])
      const row = (TagKey: string, TagValue: string) => ({
        TagKey,
        TagValue,
        ResourceId: id,
        ServiceType: 'vpc',
        Category: 'Custom',
      })
      assert.deepEqual(rest, { TotalCount: 2, Offset: 0, Limit: 20, Tags: [row('c', '3'), row('a', '4')] })
      v3Succeeds(await tag(resource, unset('a', 'c')))
      assert.equal((await list(prefix, [id])).TotalCount, 0)
    }
  })

  it('shows in what the service vpc answers; a peering’s tags are each side’s own', async () => {
    const { peering, ours } = await service.network(alice, bob)
    v3Succeeds(await tag(`qcs::vpc:gz:uin/${alice.uin}:vpc/${ours.vpc}`, set(['k', 'v'])))
    const { VpcSet } = v3Succeeds(await service.v3(alice, 'DescribeVpcs', { VpcIds: [ours.vpc] }))
    assert.deepEqual(VpcSet[0]?.TagSet, [{ Key: 'k', Value: 'v' }])
    v3Succeeds(await tag(`qcs::vpc::uin/:pcx/${peering}`, set(['k', 'ours'])))
    v3Succeeds(await tag(`qcs::vpc:ap-guangzhou:uin/:pcx/${peering}`, set(['k', 'theirs']), bob))
    assert.equal((await list('pcx', [peering])).Tags[0]?.TagValue, 'ours')
    assert.equal((await list('pcx', [peering], bob)).Tags[0]?.TagValue, 'theirs')
  })

  it('lists rows of several resources in pages, and what is not there not at all', async () => {
    const ids = [await service.newVpc(alice), await service.newVpc(alice)]
    for (const id of ids)
      v3Succeeds(await tag(`qcs::vpc:ap-guangzhou:uin/:vpc/${id}`, set(['a', id], ['b', id])))
    const page = await list('vpc', [...ids, NOBODYS_VPC], alice, { Offset: 2, Limit: 1 })
    assert.deepEqual([page.TotalCount, page.Tags.map(({ TagKey }) => TagKey)], [4, ['a']])
    assert.equal((await list('vpc', ids, bob)).TotalCount, 0)
    assert.equal((await list('vpc', ids, alice, { ResourceRegion: 'ap-shanghai' })).TotalCount, 0)
    assert.equal((await list('vpc', ids, alice, { Category: 'System' })).TotalCount, 0)
    assert.equal((await list('instance', ids)).TotalCount, 0)
    assert.equal((await list('vpc', ids, alice, { ServiceType: 'cvm' })).TotalCount, 0)
    const all = { ServiceType: 'vpc', ResourcePrefix: 'vpc', ResourceRegion: '', ResourceIds: ids }
    const action = 'DescribeResourceTagsByResourceIds'
    assert.equal(v3Succeeds(await call('tag', action, all)).TotalCount, 4)
    v3Fails(await call('tag', action, { ...all, ResourceIds: [] }), 'MissingParameter')
    v3Fails(await call('tag', action, { ...all, ResourceRegion: 'mars' }), 'UnsupportedRegion')
    v3Fails(
      await call('tag', action, { ...all, ResourceIds: Array(51).fill(ids[0]) }),
      'InvalidParameterValue',
    )
  })

  it('refuses what it cannot read', async () => {
    const resource = `qcs::vpc:ap-guangzhou:uin/:vpc/${await service.newVpc(alice)}`
    const same = { ...set(['a', '1']), ...unset('a') }
    for (const [text, more, code] of [
      ['x', set(['a', '1']), 'InvalidParameterValue.ResourceDescriptionError'],
      ['qcs::vpc:ap-guangzhou:uin/:vpc', set(['a', '1']), 'InvalidParameterValue.ResourceDescriptionError'],
      ['qcs::cvm:ap-guangzhou:uin/:instance/ins-12345678', set(['a', '1']), 'ResourceNotFound'],
      ['qcs::vpc:ap-guangzhou:uin/:eip/eip-12345678', set(['a', '1']), 'ResourceNotFound'],
      [resource.replace('ap-guangzhou', 'mars'), set(['a', '1']), 'UnsupportedRegion'],
      [resource.replace('ap-guangzhou', 'ap-shanghai'), set(['a', '1']), 'ResourceNotFound'],
      [resource.replace('uin/', `uin/${bob.uin}`), set(['a', '1']), 'ResourceNotFound'],
      [resource, {}, 'MissingParameter'],
      [resource, { ReplaceTags: [] }, 'MissingParameter'],
      [resource, same, 'InvalidParameterValue'],
      [resource, set(['a', '1'], ['a', '2']), 'InvalidParameterValue'],
      [resource, set(['', '1']), 'InvalidParameterValue'],
      [resource, set(['x'.repeat(128), '1']), 'InvalidParameterValue'],
      [resource, { ReplaceTags: [{ TagKey: 'a' }] }, 'MissingParameter'],
      [
        resource,
        set(...Array.from({ length: 11 }, (_, n): [string, string] => [`k${n}`, ''])),
        'LimitExceeded',
      ],
      [resource, { ...set(['a', '1']), Tags: [] }, 'UnknownParameter'],
    ] as const) {
      v3Fails(await tag(text, more as Parameters), code)
    }
    v3Fails(await call('tag', 'ModifyResourceTags', set(['a', '1'])), 'MissingParameter')
  })

  it('keeps at most 50 tags a resource', async () => {
    const resource = `qcs::vpc:ap-guangzhou:uin/:vpc/${await service.newVpc(alice)}`
    const batch = (from: number) =>
      set(...Array.from({ length: 10 }, (_, n): [string, string] => [`k${from + n}`, '']))
    for (const from of [0, 10, 20, 30, 40]) v3Succeeds(await tag(resource, batch(from)))
    v3Fails(await tag(resource, set(['one more', ''])), 'LimitExceeded')
    v3Succeeds(await tag(resource, { ...set(['one more', '']), ...unset('k0') }))
  })

  it('tells a stranger what it tells of what does not exist', async () => {
    const { ours } = await service.network(alice, bob)
    for (const [prefix, id, nobodys] of [
      ['vpc', ours.vpc, NOBODYS_VPC],
      ['rtb', ours.table, 'rtb-00000000'],
    ] as const) {
      const answer = await tag(`qcs::vpc:ap-guangzhou:uin/:${prefix}/${id}`, set(['a', '1']), mallory)
      v3Fails(answer, 'ResourceNotFound')
      const other = await tag(`qcs::vpc:ap-guangzhou:uin/:${prefix}/${nobodys}`, set(['a', '1']), mallory)
      assert.equal(withoutRequestId(answer).replaceAll(id, nobodys), withoutRequestId(other))
    }
  })
})
