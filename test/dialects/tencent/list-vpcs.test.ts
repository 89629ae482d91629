import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { alice, bob, type TestTenant } from '../../rig/tenants.ts'
import {
  legacyFails,
  legacySucceeds,
  NOBODYS_VPC,
  type Parameters,
  startTencent,
  type TencentService,
  v3Fails,
  v3Succeeds,
} from './client.ts'

let service: TencentService
const ids: string[] = []
before(async () => {
  service = await startTencent()
  for (const index of [0, 1, 2]) {
    const parameters = {
      VpcName: `listed-${index}`,
      CidrBlock: `10.${index}.0.0/16`,
      Tags: [{ Key: 'index', Value: String(index) }],
    }
    const answer = await service.v3(alice, 'CreateVpc', parameters, { region: 'ap-shanghai' })
    ids.push(v3Succeeds(answer).Vpc.VpcId)
  }
})
after(() => service.close())

const list = async (parameters: Parameters, tenant: TestTenant = alice) =>
  v3Succeeds(await service.v3(tenant, 'DescribeVpcs', parameters, { region: 'ap-shanghai' }))
const filtered = async (...filters: [string, ...string[]][]) => {
  const Filters = filters.map(([Name, ...Values]) => ({ Name, Values }))
  const { VpcSet } = await list({ Filters, Offset: '0', Limit: '100' })
  return VpcSet.map(({ VpcName }) => VpcName).filter((name) => name.startsWith('listed-'))
}

describe('API 3.0 DescribeVpcs', () => {
  it('finds by id, and leaves out what the account has not', async () => {
    const { TotalCount, VpcSet } = await list({ VpcIds: [...ids, NOBODYS_VPC], Offset: '1', Limit: '1' })
    assert.equal(TotalCount, 3)
    assert.deepEqual(
      VpcSet.map(({ VpcId }) => VpcId),
      [ids[1]],
    )
    assert.equal((await list({ VpcIds: ids }, bob)).TotalCount, 0)
  })

  it('filters by everything there is', async () => {
    assert.deepEqual(await filtered(['vpc-id', ids[0] ?? '', ids[2] ?? '']), ['listed-0', 'listed-2'])
    assert.deepEqual(await filtered(['vpc-name', 'isted']), ['listed-0', 'listed-1', 'listed-2'])
    assert.deepEqual(await filtered(['vpc-name', 'listed-1', '-2']), ['listed-1', 'listed-2'])
    assert.deepEqual(await filtered(['cidr-block', '10.1.0.0/16']), ['listed-1'])
    assert.deepEqual(await filtered(['is-default', 'true']), [])
    assert.deepEqual(await filtered(['is-default', 'false'], ['vpc-name', 'listed-0']), ['listed-0'])
    assert.deepEqual(await filtered(['tag-key', 'index']), ['listed-0', 'listed-1', 'listed-2'])
    assert.deepEqual(await filtered(['tag:index', '1', '2'], ['vpc-id', ids[2] ?? '']), ['listed-2'])
  })

  it('pages what it filtered', async () => {
    const Filters = [{ Name: 'vpc-name', Values: ['listed'] }]
    const { TotalCount, VpcSet } = await list({ Filters, Offset: '2', Limit: '100' })
    assert.equal(TotalCount, 3)
    assert.deepEqual(
      VpcSet.map(({ VpcName }) => VpcName),
      ['listed-2'],
    )
  })

  for (const [wrong, code] of [
    [{ VpcIds: ['x'] }, 'InvalidParameterValue.Malformed'],
    [
      { VpcIds: [NOBODYS_VPC], Filters: [{ Name: 'vpc-id', Values: [NOBODYS_VPC] }] },
      'InvalidParameter.Coexist',
    ],
    [{ Filters: [{ Name: 'x', Values: ['y'] }] }, 'InvalidParameter.FilterInvalidKey'],
    [{ Filters: [7] }, 'InvalidParameter.FilterNotDict'],
    [{ Filters: [{ Name: 'vpc-id', Values: 'y' }] }, 'InvalidParameter.FilterValuesNotList'],
    [{ Limit: '1000' }, 'InvalidParameterValue.Range'],
    [{ Order: 'x' }, 'UnknownParameter'],
  ] as const) {
    it(`answers ${code} to ${JSON.stringify(wrong)}`, async () => {
      v3Fails(await service.v3(alice, 'DescribeVpcs', wrong as never), code)
    })
  }
})

describe('legacy DescribeVpcEx', () => {
  const listLegacy = (parameters: Parameters = {}) =>
    service.legacy(alice, 'DescribeVpcEx', parameters, { region: 'sh' })

  it('counts the peerings of each', async () => {
    const proposal = {
      SourceVpcId: ids[0] ?? '',
      PeeringConnectionName: 'x',
      DestinationVpcId: ids[1] ?? '',
      DestinationUin: alice.uin,
      DestinationRegion: 'ap-shanghai',
    }
    v3Succeeds(await service.v3(alice, 'CreateVpcPeeringConnection', proposal, { region: 'ap-shanghai' }))
    const { body } = await listLegacy({ vpcId: ids[0] })
    assert.equal(body.totalCount, 1)
    assert.partialDeepStrictEqual(body.data[0], {
      vpcId: ids[0],
      unVpcId: ids[0],
      vpcName: 'listed-0',
      cidrBlock: '10.0.0.0/16',
      vpcPeerNum: 1,
      subnetNum: 0,
      routeTableNum: 1,
      isDefault: false,
    })
  })

  it('filters, sorts and pages', async () => {
    const vpcNames = async (parameters: Parameters) =>
      legacySucceeds(await listLegacy(parameters)).data.map(
        (vpc) => (vpc as never as { vpcName: string }).vpcName,
      )
    assert.deepEqual(await vpcNames({ vpcName: 'listed-2' }), ['listed-2'])
    assert.deepEqual(await vpcNames({ limit: 2 }), ['listed-2', 'listed-1'])
    const last = await vpcNames({ orderField: 'createTime', orderDirection: 'asc' })
    assert.deepEqual(last.slice(-2), ['listed-1', 'listed-2'])
    assert.deepEqual(await vpcNames({ vpcId: NOBODYS_VPC }), [])
    legacyFails(await listLegacy({ limit: 51 }), 4000, 'InvalidParameter')
    legacyFails(await listLegacy({ orderField: 'x' }), 4000, 'InvalidParameter')
  })
})
