import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { alice, bob, mallory } from '../../rig/tenants.ts'
import {
  NOBODYS_SUBNET,
  NOBODYS_TABLE,
  NOBODYS_VPC,
  nothingIsNull,
  type Parameters,
  startTencent,
  type TencentService,
  v3Fails,
  v3Succeeds,
  withoutRequestId,
} from './client.ts'

let service: TencentService
let vpc: string
let table: string
before(async () => {
  service = await startTencent()
  vpc = await service.newVpc(alice)
  table = (await service.tableOf(alice, vpc)).RouteTableId
})
after(() => service.close())

let made = 0
const good = () => ({
  VpcId: vpc,
  SubnetName: 'a subnet',
  CidrBlock: `10.0.${++made}.0/24`,
  Zone: 'ap-guangzhou-3',
})
const act = (action: string, parameters: Parameters, tenant = alice) => service.v3(tenant, action, parameters)
const create = async (more: Parameters = {}) =>
  v3Succeeds(await act('CreateSubnet', { ...good(), ...more })).Subnet
const show = async (id: string, tenant = alice) =>
  v3Succeeds(await act('DescribeSubnets', { SubnetIds: [id] }, tenant)).SubnetSet[0]

describe('API 3.0 CreateSubnet', () => {
  it('answers a subnet without a null', async () => {
    const Tags = [{ Key: 'k', Value: 'v' }]
    const { SubnetId, CreatedTime, ...rest } = await create({ CidrBlock: '10.0.200.0/24', Tags })
    assert.match(SubnetId, /^subnet-[a-z0-9]{8}$/)
    assert.match(CreatedTime, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/)
    assert.deepEqual(rest, {
      VpcId: vpc,
      SubnetName: 'a subnet',
      CidrBlock: '10.0.200.0/24',
      IsDefault: false,
      EnableBroadcast: false,
      Zone: 'ap-guangzhou-3',
      RouteTableId: table,
      AvailableIpAddressCount: 253,
      Ipv6CidrBlock: '',
      NetworkAclId: '',
      IsRemoteVpcSnat: false,
      TotalIpAddressCount: 253,
      TagSet: Tags,
      CdcId: '',
      IsCdcSubnet: 0,
    })
    nothingIsNull(rest)
    assert.deepEqual(await show(SubnetId), { SubnetId, CreatedTime, ...rest })
  })

  for (const [wrong, code] of [
    [{ VpcId: undefined }, 'MissingParameter'],
    [{ SubnetName: undefined }, 'MissingParameter'],
    [{ CidrBlock: undefined }, 'MissingParameter'],
    [{ Zone: undefined }, 'MissingParameter'],
    [{ VpcId: 'x' }, 'InvalidParameterValue.Malformed'],
    [{ VpcId: NOBODYS_VPC }, 'ResourceNotFound'],
    [{ SubnetName: '' }, 'InvalidParameterValue.Empty'],
    [{ SubnetName: '网'.repeat(21) }, 'InvalidParameterValue.TooLong'],
    [{ CidrBlock: '10.0.1.1/24' }, 'InvalidParameterValue.Malformed'],
    [{ CidrBlock: '10.0.0.0/29' }, 'InvalidParameterValue.Malformed'],
    [{ CidrBlock: '10.0.0.0/15' }, 'InvalidParameterValue.Malformed'],
    [{ CidrBlock: 'fd00::/64' }, 'InvalidParameterValue.Malformed'],
    [{ CidrBlock: '10.1.0.0/24' }, 'InvalidParameterValue.SubnetRange'],
    [{ CidrBlock: '10.0.200.0/28' }, 'InvalidParameterValue.SubnetConflict'],
    [{ Zone: 'a zone' }, 'InvalidParameterValue.Malformed'],
    [{ CdcId: 'cluster-1' }, 'ResourceNotFound'],
    [{ subnetName: 'x' }, 'UnknownParameter'],
  ] as const) {
    it(`answers ${code} to ${JSON.stringify(wrong).slice(0, 60)}`, async () => {
      v3Fails(await act('CreateSubnet', { ...good(), ...wrong }), code)
    })
  }
})

describe('API 3.0 CreateSubnets', () => {
  const input = (CidrBlock: string, more: Parameters = {}) => ({
    SubnetName: CidrBlock,
    CidrBlock,
    Zone: 'z',
    ...more,
  })

  it('makes all of them, with the same tags, each by its table', async () => {
    const { RouteTable } = v3Succeeds(await act('CreateRouteTable', { VpcId: vpc, RouteTableName: 't' }))
    const { RouteTableId } = RouteTable
    const Tags = [{ Key: 'k', Value: 'v' }]
    const Subnets = [input('10.0.210.0/24'), input('10.0.211.0/24', { RouteTableId })]
    const { SubnetSet } = v3Succeeds(await act('CreateSubnets', { VpcId: vpc, Subnets, Tags }))
    assert.deepEqual(
      SubnetSet.map((subnet) => [subnet.CidrBlock, subnet.RouteTableId]),
      [
        ['10.0.210.0/24', table],
        ['10.0.211.0/24', RouteTableId],
      ],
    )
    assert.deepEqual(await show(SubnetSet[1]?.SubnetId ?? ''), SubnetSet[1])
  })

  for (const [Subnets, code] of [
    [[], 'MissingParameter'],
    [[input('10.0.220.0/24'), input('10.0.220.0/25')], 'InvalidParameterValue.SubnetConflict'],
    [[input('10.0.220.0/24'), input('10.7.0.0/24')], 'InvalidParameterValue.SubnetRange'],
    [[input('10.0.220.0/24', { RouteTableId: NOBODYS_TABLE })], 'ResourceNotFound'],
    [[input('10.0.220.0/24', { Zone: '' })], 'InvalidParameterValue.Empty'],
    [[input('10.0.220.0/24', { Zones: 'x' })], 'UnknownParameter'],
  ] as const) {
    it(`makes none and answers ${code} to ${JSON.stringify(Subnets).slice(0, 50)}`, async () => {
      v3Fails(await act('CreateSubnets', { VpcId: vpc, Subnets: [...Subnets] }), code)
      const Filters = [{ Name: 'cidr-block', Values: ['10.0.220.0/24'] }]
      assert.equal(v3Succeeds(await act('DescribeSubnets', { Filters })).TotalCount, 0)
    })
  }
})

describe('API 3.0 DescribeSubnets', () => {
  it('filters by everything there is', async () => {
    const other = await service.newVpc(alice)
    const one = await create({ VpcId: other, SubnetName: 'first', CidrBlock: '10.0.1.0/24', Zone: 'z-1' })
    const two = await create({
      VpcId: other,
      SubnetName: 'second',
      CidrBlock: '10.0.2.0/24',
      Tags: [{ Key: 'k', Value: 'v' }],
    })
    const filtered = async (Name: string, ...Values: string[]) => {
      const Filters = [
        { Name: 'subnet-id', Values: [one.SubnetId, two.SubnetId] },
        { Name, Values },
      ]
      const answer = await act('DescribeSubnets', { Filters, Offset: '0', Limit: '100' })
      return v3Succeeds(answer).SubnetSet.map(({ SubnetName }) => SubnetName)
    }
    const both = ['first', 'second']
    assert.deepEqual(await filtered('vpc-id', other), both)
    assert.deepEqual(await filtered('vpc-id', vpc), [])
    assert.deepEqual(await filtered('subnet-name', 'irs'), ['first'])
    assert.deepEqual(await filtered('cidr-block', '10.0.2.0/24'), ['second'])
    assert.deepEqual(await filtered('zone', 'z-1', 'x'), ['first'])
    assert.deepEqual(await filtered('tag-key', 'k'), ['second'])
    assert.deepEqual(await filtered('tag:k', 'v'), ['second'])
    assert.deepEqual(await filtered('is-default', 'true'), [])
    assert.deepEqual(await filtered('is-remote-vpc-snat', 'false'), both)
    const Filters = [{ Name: 'vpc-id', Values: [other] }]
    const page = v3Succeeds(await act('DescribeSubnets', { Filters, Offset: '1', Limit: '1' }))
    assert.deepEqual([page.TotalCount, page.SubnetSet.map(({ SubnetName }) => SubnetName)], [2, ['second']])
  })

  it('leaves out what the account has not', async () => {
    const { SubnetId } = await create()
    const answer = await act('DescribeSubnets', { SubnetIds: [SubnetId] }, bob)
    assert.deepEqual(v3Succeeds(answer), {
      TotalCount: 0,
      SubnetSet: [],
      RequestId: answer.body.Response.RequestId,
    })
    assert.equal(v3Succeeds(await act('DescribeSubnets', { SubnetIds: [NOBODYS_SUBNET] })).TotalCount, 0)
  })

  for (const [wrong, code] of [
    [{ SubnetIds: ['x'] }, 'InvalidParameterValue.Malformed'],
    [{ Filters: [{ Name: 'vpc-id', Values: ['x'] }] }, 'InvalidParameterValue.Malformed'],
    [{ Filters: [{ Name: 'x', Values: ['y'] }] }, 'InvalidParameter.FilterInvalidKey'],
    [{ SubnetIds: [NOBODYS_SUBNET], Filters: [{ Name: 'zone', Values: ['y'] }] }, 'InvalidParameter.Coexist'],
    [{ Limit: '101' }, 'InvalidParameterValue.Range'],
  ] as const) {
    it(`answers ${code} to ${JSON.stringify(wrong)}`, async () => {
      v3Fails(await act('DescribeSubnets', wrong as never), code)
    })
  }
})

describe('API 3.0 ModifySubnetAttribute', () => {
  it('renames, and keeps whether machines may broadcast', async () => {
    const subnet = await create()
    const { SubnetId } = subnet
    const modify = { SubnetId, SubnetName: 'renamed', EnableBroadcast: 'true' }
    assert.deepEqual(Object.keys(v3Succeeds(await act('ModifySubnetAttribute', modify))), ['RequestId'])
    assert.deepEqual(await show(SubnetId), { ...subnet, SubnetName: 'renamed', EnableBroadcast: true })
    v3Succeeds(await act('ModifySubnetAttribute', { SubnetId, EnableBroadcast: 'false' }))
    assert.deepEqual(await show(SubnetId), { ...subnet, SubnetName: 'renamed' })
  })

  for (const [wrong, code] of [
    [{ SubnetId: undefined }, 'MissingParameter'],
    [{ SubnetName: undefined }, 'MissingParameter'],
    [{ SubnetId: 'x' }, 'InvalidParameterValue.Malformed'],
    [{ SubnetId: NOBODYS_SUBNET }, 'ResourceNotFound'],
    [{ EnableBroadcast: 'perhaps' }, 'InvalidParameter'],
    [{ SubnetName: 'x'.repeat(61) }, 'InvalidParameterValue.TooLong'],
  ] as const) {
    it(`answers ${code} to ${JSON.stringify(wrong).slice(0, 60)}`, async () => {
      const { SubnetId } = await create()
      v3Fails(await act('ModifySubnetAttribute', { SubnetId, SubnetName: 'x', ...wrong }), code)
    })
  }
})

describe('API 3.0 DeleteSubnet', () => {
  it('deletes, once; the VPC then has one dependency less', async () => {
    const VpcId = await service.newVpc(alice)
    const { SubnetId } = await create({ VpcId, CidrBlock: '10.0.1.0/24' })
    v3Fails(await act('DeleteVpc', { VpcId }), 'ResourceInUse')
    assert.deepEqual(Object.keys(v3Succeeds(await act('DeleteSubnet', { SubnetId }))), ['RequestId'])
    v3Fails(await act('DeleteSubnet', { SubnetId }), 'ResourceNotFound')
    v3Succeeds(await act('DeleteVpc', { VpcId }))
  })

  it('tells a stranger what it tells of a subnet that does not exist', async () => {
    const { SubnetId } = await create()
    for (const [action, more] of [
      ['DeleteSubnet', {}],
      ['ModifySubnetAttribute', { SubnetName: 'x' }],
    ] as const) {
      const answer = await act(action, { SubnetId, ...more }, mallory)
      v3Fails(answer, 'ResourceNotFound')
      const other = await act(action, { SubnetId: NOBODYS_SUBNET, ...more }, mallory)
      assert.equal(withoutRequestId(answer).replaceAll(SubnetId, NOBODYS_SUBNET), withoutRequestId(other))
    }
    assert.ok(await show(SubnetId))
  })
})
