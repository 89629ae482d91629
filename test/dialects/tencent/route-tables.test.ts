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
before(async () => {
  service = await startTencent()
  vpc = await service.newVpc(alice)
})
after(() => service.close())

const act = (action: string, parameters: Parameters, tenant = alice) => service.v3(tenant, action, parameters)
const create = async (VpcId = vpc, more: Parameters = {}) =>
  v3Succeeds(await act('CreateRouteTable', { VpcId, RouteTableName: 'a table', ...more })).RouteTable
const show = async (id: string, tenant = alice) =>
  v3Succeeds(await act('DescribeRouteTables', { RouteTableIds: [id] }, tenant)).RouteTableSet[0]
let made = 0
const subnetOf = async (VpcId: string) => {
  const parameters = { VpcId, SubnetName: 's', CidrBlock: `10.0.${++made}.0/24`, Zone: 'z' }
  return v3Succeeds(await act('CreateSubnet', parameters)).Subnet.SubnetId
}

describe('API 3.0 CreateRouteTable', () => {
  it('answers a route table without a null', async () => {
    const Tags = [{ Key: 'k', Value: 'v' }]
    const { RouteTableId, CreatedTime, ...rest } = await create(vpc, { Tags })
    assert.match(RouteTableId, /^rtb-[a-z0-9]{8}$/)
    assert.match(CreatedTime, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/)
    assert.deepEqual(rest, {
      VpcId: vpc,
      RouteTableName: 'a table',
      AssociationSet: [],
      RouteSet: [],
      Main: false,
      TagSet: Tags,
      LocalCidrForCcn: [{ Cidr: '10.0.0.0/16', PublishedToVbc: false }],
    })
    nothingIsNull(rest)
    assert.deepEqual(await show(RouteTableId), { RouteTableId, CreatedTime, ...rest })
  })

  for (const [wrong, code] of [
    [{ VpcId: undefined }, 'MissingParameter'],
    [{ RouteTableName: undefined }, 'MissingParameter'],
    [{ VpcId: 'x' }, 'InvalidParameterValue.Malformed'],
    [{ VpcId: NOBODYS_VPC }, 'ResourceNotFound'],
    [{ RouteTableName: '' }, 'InvalidParameterValue'],
    [{ RouteTableName: 'x'.repeat(61) }, 'InvalidParameterValue.TooLong'],
    [{ Routes: [] }, 'UnknownParameter'],
  ] as const) {
    it(`answers ${code} to ${JSON.stringify(wrong).slice(0, 60)}`, async () => {
      v3Fails(await act('CreateRouteTable', { VpcId: vpc, RouteTableName: 'x', ...wrong } as never), code)
    })
  }
})

describe('API 3.0 DescribeRouteTables', () => {
  it('shows the default table that a VPC is made with', async () => {
    const VpcId = await service.newVpc(alice)
    const table = await service.tableOf(alice, VpcId)
    assert.deepEqual([table.RouteTableName, table.Main, table.VpcId], ['default', true, VpcId])
    const subnet = await subnetOf(VpcId)
    const { AssociationSet } = await service.tableOf(alice, VpcId)
    assert.deepEqual(AssociationSet, [{ SubnetId: subnet, RouteTableId: table.RouteTableId }])
  })

  it('filters by everything there is, and pages', async () => {
    const VpcId = await service.newVpc(alice)
    const main = (await service.tableOf(alice, VpcId)).RouteTableId
    const one = await create(VpcId, { RouteTableName: 'one', Tags: [{ Key: 'k', Value: 'v' }] })
    const filtered = async (Name: string, ...Values: string[]) => {
      const Filters = [
        { Name: 'vpc-id', Values: [VpcId] },
        { Name, Values },
      ]
      const answer = await act('DescribeRouteTables', { Filters, Offset: '0', Limit: '100' })
      return v3Succeeds(answer).RouteTableSet.map(({ RouteTableName }) => RouteTableName)
    }
    assert.deepEqual(await filtered('route-table-id', main, one.RouteTableId), ['default', 'one'])
    assert.deepEqual(await filtered('route-table-name', 'efau'), ['default'])
    assert.deepEqual(await filtered('association.main', 'false'), ['one'])
    assert.deepEqual(await filtered('tag-key', 'k'), ['one'])
    assert.deepEqual(await filtered('tag:k', 'v'), ['one'])
    assert.deepEqual(await filtered('next-hop-type', 'LOCAL'), ['default', 'one'])
    assert.deepEqual(await filtered('next-hop-type', 'PEERCONNECTION'), [])
    const Filters = [{ Name: 'vpc-id', Values: [VpcId] }]
    const page = v3Succeeds(await act('DescribeRouteTables', { Filters, Offset: '1', Limit: '1' }))
    assert.deepEqual([page.TotalCount, page.RouteTableSet[0]?.RouteTableName], [2, 'one'])
  })

  it('can be asked to leave routes out', async () => {
    const { peering, ours } = await service.network(alice, bob)
    const Routes = [
      { DestinationCidrBlock: '10.1.0.0/16', GatewayType: 'PEERCONNECTION', GatewayId: peering },
    ]
    v3Succeeds(await act('CreateRoutes', { RouteTableId: ours.table, Routes }))
    const routes = async (more: Parameters) => {
      const answer = await act('DescribeRouteTables', { RouteTableIds: [ours.table], ...more })
      return v3Succeeds(answer).RouteTableSet[0]?.RouteSet.length
    }
    assert.deepEqual([await routes({}), await routes({ NeedRouterInfo: false })], [1, 0])
  })

  it('leaves out what the account has not', async () => {
    const { RouteTableId } = await create()
    assert.equal(await show(RouteTableId, bob), undefined)
    assert.equal(await show(NOBODYS_TABLE), undefined)
  })

  for (const [wrong, code] of [
    [{ RouteTableIds: ['x'] }, 'InvalidParameterValue.Malformed'],
    [{ Filters: [{ Name: 'x', Values: ['y'] }] }, 'InvalidParameter.FilterInvalidKey'],
    [{ Filters: [{ Name: 'vpc-id', Values: 'y' }] }, 'InvalidParameter.FilterValuesNotList'],
    [
      { RouteTableIds: [NOBODYS_TABLE], Filters: [{ Name: 'vpc-id', Values: [NOBODYS_VPC] }] },
      'InvalidParameter.Coexist',
    ],
  ] as const) {
    it(`answers ${code} to ${JSON.stringify(wrong)}`, async () => {
      v3Fails(await act('DescribeRouteTables', wrong as never), code)
    })
  }
})

describe('API 3.0 ModifyRouteTableAttribute', () => {
  it('renames, the default one as well', async () => {
    const table = await create()
    const { RouteTableId } = table
    v3Succeeds(await act('ModifyRouteTableAttribute', { RouteTableId, RouteTableName: 'renamed' }))
    assert.deepEqual(await show(RouteTableId), { ...table, RouteTableName: 'renamed' })
    const VpcId = await service.newVpc(alice)
    const main = (await service.tableOf(alice, VpcId)).RouteTableId
    v3Succeeds(await act('ModifyRouteTableAttribute', { RouteTableId: main, RouteTableName: 'main' }))
    assert.equal((await service.tableOf(alice, VpcId)).RouteTableName, 'main')
    v3Fails(await act('ModifyRouteTableAttribute', { RouteTableId }), 'MissingParameter')
    const unknown = { RouteTableId: NOBODYS_TABLE, RouteTableName: 'x' }
    v3Fails(await act('ModifyRouteTableAttribute', unknown), 'ResourceNotFound')
  })
})

describe('API 3.0 ReplaceRouteTableAssociation', () => {
  it('lets a subnet go by another table, and back', async () => {
    const [table, SubnetId] = [await create(), await subnetOf(vpc)]
    const { RouteTableId } = table
    const main = (await service.tableOf(alice, vpc)).RouteTableId
    const tableNow = async () =>
      v3Succeeds(await act('DescribeSubnets', { SubnetIds: [SubnetId] })).SubnetSet[0]?.RouteTableId
    v3Succeeds(await act('ReplaceRouteTableAssociation', { RouteTableId, SubnetId }))
    assert.equal(await tableNow(), RouteTableId)
    assert.deepEqual((await show(RouteTableId))?.AssociationSet, [{ SubnetId, RouteTableId }])
    v3Fails(await act('DeleteRouteTable', { RouteTableId }), 'UnsupportedOperation.DelRouteWithSubnet')
    v3Succeeds(await act('ReplaceRouteTableAssociation', { RouteTableId: main, SubnetId }))
    assert.equal(await tableNow(), main)
    v3Succeeds(await act('DeleteRouteTable', { RouteTableId }))
  })

  it('refuses what does not belong together', async () => {
    const { RouteTableId } = await create(await service.newVpc(alice))
    const SubnetId = await subnetOf(vpc)
    for (const [parameters, code] of [
      [{ RouteTableId, SubnetId }, 'ResourceNotFound'],
      [{ RouteTableId, SubnetId: NOBODYS_SUBNET }, 'ResourceNotFound'],
      [{ RouteTableId: NOBODYS_TABLE, SubnetId }, 'ResourceNotFound'],
      [{ RouteTableId }, 'MissingParameter'],
      [{ RouteTableId, SubnetId: 'x' }, 'InvalidParameterValue.Malformed'],
    ] as const) {
      v3Fails(await act('ReplaceRouteTableAssociation', parameters), code)
    }
  })
})

describe('API 3.0 DeleteRouteTable', () => {
  it('deletes, once, with the routes in it; never the default one', async () => {
    const { peering, ours } = await service.network(alice, bob)
    const { RouteTableId } = await create(ours.vpc)
    const Routes = [
      { DestinationCidrBlock: '10.1.0.0/16', GatewayType: 'PEERCONNECTION', GatewayId: peering },
    ]
    v3Succeeds(await act('CreateRoutes', { RouteTableId, Routes }))
    v3Succeeds(await act('DeleteRouteTable', { RouteTableId }))
    v3Fails(await act('DeleteRouteTable', { RouteTableId }), 'ResourceNotFound')
    v3Fails(
      await act('DeleteRouteTable', { RouteTableId: ours.table }),
      'UnsupportedOperation.DelDefaultRoute',
    )
  })

  it('tells a stranger what it tells of a table that does not exist', async () => {
    const { RouteTableId } = await create()
    const answer = await act('DeleteRouteTable', { RouteTableId }, mallory)
    v3Fails(answer, 'ResourceNotFound')
    const other = await act('DeleteRouteTable', { RouteTableId: NOBODYS_TABLE }, mallory)
    assert.equal(withoutRequestId(answer).replaceAll(RouteTableId, NOBODYS_TABLE), withoutRequestId(other))
    assert.ok(await show(RouteTableId))
  })
})
