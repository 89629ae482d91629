import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { alice, bob } from '../../rig/tenants.ts'
import {
  type AlibabaService,
  fails,
  refusal,
  startAlibaba,
  succeeds,
  type Values,
  withoutRequestId,
} from './client.ts'

let alibaba: AlibabaService
before(async () => {
  alibaba = await startAlibaba()
})
after(() => alibaba.close())

const RegionId = 'cn-hangzhou'
const NO_TABLE = ['InvalidRouteTableId.NotFound', 'Specified route table does not exist.', 404] as const

const create = (parameters: Values, tenant = alice) =>
  alibaba.call(tenant, 'CreateRouteTable', { RegionId, ...parameters })
const newTable = async (VpcId: string, more: Values = {}, tenant = alice) =>
  (await succeeds(create({ VpcId, ...more }, tenant))).body.RouteTableId
const list = (parameters: Values, tenant = alice) =>
  alibaba.call(tenant, 'DescribeRouteTableList', { RegionId, ...parameters })
const listed = async (parameters: Values, tenant = alice) =>
  (await succeeds(list(parameters, tenant))).body.RouterTableList.RouterTableListType
const act = (action: string, parameters: Values, tenant = alice) =>
  alibaba.call(tenant, action, { RegionId, ...parameters })

suite('route tables: serialization', () => {
  test('the system’s and one’s own, in full', async () => {
    const VpcId = await alibaba.newVpc(alice)
    const VSwitchId = await alibaba.newSubnet(alice, VpcId, '10.0.1.0/24')
    const { body } = await succeeds(
      create({
        VpcId,
        RouteTableName: 'mine',
        Description: 'of mine',
        AssociateType: 'VSwitch',
        'Tag.1.Key': 'k',
        'Tag.1.Value': 'v',
      }),
    )
    assert.deepEqual(Object.keys(body), ['RequestId', 'RouteTableId'])
    assert.match(body.RouteTableId, /^vtb-[0-9a-z]+$/)
    const { body: page } = await succeeds(list({ VpcId }))
    assert.deepEqual(Object.keys(page), [
      'RequestId',
      'TotalCount',
      'PageNumber',
      'PageSize',
      'RouterTableList',
    ])
    assert.deepEqual([page.TotalCount, page.PageNumber, page.PageSize], [2, 1, 10])
    const [system, own] = page.RouterTableList.RouterTableListType.map((table) => {
      const { CreationTime, ResourceGroupId, ...rest } = table
      assert.match(String(CreationTime), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
      assert.match(String(ResourceGroupId), /^rg-acfm/)
      return rest
    })
    const common = {
      Status: 'Available',
      AssociateType: 'VSwitch',
      RoutePropagationEnable: true,
      VpcId,
      RouterId: VpcId.replace('vpc-', 'vrt-'),
      RouterType: 'VRouter',
      OwnerId: Number(alice.uid),
      GatewayIds: { GatewayIds: [] },
    }
    assert.deepEqual(own, {
      ...common,
      RouteTableId: body.RouteTableId,
      RouteTableName: 'mine',
      RouteTableType: 'Custom',
      Description: 'of mine',
      VSwitchIds: { VSwitchId: [] },
      Tags: { Tag: [{ Key: 'k', Value: 'v' }] },
    })
    assert.deepEqual(system, {
      ...common,
      RouteTableId: system?.['RouteTableId'],
      RouteTableName: '',
      RouteTableType: 'System',
      Description: '',
      VSwitchIds: { VSwitchId: [VSwitchId] },
      Tags: { Tag: [] },
    })
  })

  test('changes answer the request id, and nothing else', async () => {
    const VpcId = await alibaba.newVpc(alice)
    const VSwitchId = await alibaba.newSubnet(alice, VpcId, '10.0.1.0/24')
    const RouteTableId = await newTable(VpcId)
    for (const action of [
      'ModifyRouteTableAttributes',
      'AssociateRouteTable',
      'UnassociateRouteTable',
      'DeleteRouteTable',
    ]) {
      const { body } = await succeeds(act(action, { RouteTableId, VSwitchId }))
      assert.deepEqual(Object.keys(body), ['RequestId'], action)
    }
  })
})

suite('route tables: validation', () => {
  test('what must be there', async () => {
    const VpcId = await alibaba.newVpc(alice)
    await fails(create({}), 'MissingVpcId')
    await fails(create({ VpcId, RegionId: '' }), 'MissingRegionId')
    await fails(list({ RegionId: '' }), 'MissingRegionId')
    for (const action of ['ModifyRouteTableAttributes', 'DeleteRouteTable', 'AssociateRouteTable']) {
      await fails(act(action, { VSwitchId: 'vsw-1' }), 'MissingRouteTableId')
      await fails(act(action, { RouteTableId: 'vtb-1', VSwitchId: 'vsw-1', RegionId: '' }), 'MissingRegionId')
    }
    for (const action of ['AssociateRouteTable', 'UnassociateRouteTable']) {
      await fails(act(action, { RouteTableId: 'vtb-1' }), 'MissingVSwitchId')
    }
  })
  for (const [what, parameters, code] of [
    ['a name that is an address', { RouteTableName: 'http://x' }, 'IllegalParam.RouteTableName'],
    ['a description too long', { Description: 'x'.repeat(257) }, 'IllegalParam.Description'],
    ['a table for a gateway', { AssociateType: 'Gateway' }, 'IllegalParam.AssociateType'],
  ] as [string, Values, string][]) {
    test(what, async () => {
      const VpcId = await alibaba.newVpc(alice)
      await fails(create({ VpcId, ...parameters }), code)
      assert.equal((await listed({ VpcId })).length, 1)
    })
  }
  for (const [field, value] of [
    ['RouteTableType', 'x'],
    ['RouterType', 'x'],
    ['PageSize', 51],
  ] as const) {
    test(`listed by ${field} ${value}`, () => fails(list({ [field]: value }), `IllegalParam.${field}`))
  }
})

suite('route tables: permission', () => {
  test('somebody else’s do not exist, nor any in another region', async () => {
    const VpcId = await alibaba.newVpc(alice)
    const VSwitchId = await alibaba.newSubnet(alice, VpcId, '10.0.1.0/24')
    const RouteTableId = await newTable(VpcId)
    for (const action of [
      'ModifyRouteTableAttributes',
      'AssociateRouteTable',
      'UnassociateRouteTable',
      'DeleteRouteTable',
    ]) {
      const seen = await refusal(act(action, { RouteTableId, VSwitchId }, bob), ...NO_TABLE)
      const nothing = await act(action, { RouteTableId: 'vtb-nobodys', VSwitchId }, bob)
      assert.equal(withoutRequestId(seen), withoutRequestId(nothing))
      await fails(act(action, { RouteTableId, VSwitchId, RegionId: 'cn-beijing' }), ...NO_TABLE)
    }
    assert.deepEqual(await listed({ RouteTableId }, bob), [])
    assert.deepEqual(await listed({ VpcId }, bob), [])
    await fails(create({ VpcId }, bob), 'InvalidVpcId.NotFound', undefined, 404)
  })

  test('a vSwitch of another VPC, or another’s, is not there to be associated', async () => {
    const RouteTableId = await newTable(await alibaba.newVpc(alice))
    const elsewhere = await alibaba.newSubnet(alice, await alibaba.newVpc(alice), '10.0.1.0/24')
    const foreign = await alibaba.newSubnet(bob, await alibaba.newVpc(bob), '10.0.1.0/24')
    for (const VSwitchId of [elsewhere, foreign, 'vsw-nobodys']) {
      await fails(
        act('AssociateRouteTable', { RouteTableId, VSwitchId }),
        'InvalidVSwitchId.NotFound',
        'Specified virtual switch does not exist.',
        404,
      )
    }
  })
})

suite('route tables: behaviour', () => {
  test('the system’s stays, and may be renamed', async () => {
    const VpcId = await alibaba.newVpc(alice)
    const RouteTableId = await alibaba.tableOf(alice, VpcId)
    await fails(
      act('DeleteRouteTable', { RouteTableId }),
      'OperationDenied.SystemRouteTable',
      'The operation is not allowed on a system route table.',
    )
    await succeeds(
      act('ModifyRouteTableAttributes', {
        RouteTableId,
        RouteTableName: 'n',
        Description: 'd',
        RoutePropagationEnable: false,
      }),
    )
    const [table] = await listed({ RouteTableId })
    assert.deepEqual(
      [table?.['RouteTableName'], table?.['Description'], table?.['RoutePropagationEnable']],
      ['n', 'd', false],
    )
    await succeeds(act('ModifyRouteTableAttributes', { RouteTableId, Description: '' }))
    const [cleared] = await listed({ RouteTableId })
    assert.deepEqual([cleared?.['RouteTableName'], cleared?.['Description']], ['n', ''])
  })

  test('a table is held by its vSwitches and its entries, which are named', async () => {
    const { ours: VpcId, InstanceId } = await alibaba.peered(alice, bob)
    const VSwitchId = await alibaba.newSubnet(alice, VpcId, '10.0.1.0/24')
    const RouteTableId = await newTable(VpcId)
    await succeeds(act('AssociateRouteTable', { RouteTableId, VSwitchId }))
    const [table] = await listed({ RouteTableId })
    assert.deepEqual(table?.['VSwitchIds'], { VSwitchId: [VSwitchId] })
    const { body: shown } = await succeeds(act('DescribeVSwitches', { VSwitchId }))
    assert.deepEqual(shown.VSwitches.VSwitch[0]?.['RouteTable'], { RouteTableId, RouteTableType: 'Custom' })
    const { body: route } = await succeeds(
      act('CreateRouteEntry', alibaba.entry(RouteTableId, '10.1.0.0/16', InstanceId)),
    )
    await fails(
      act('DeleteRouteTable', { RouteTableId }),
      'DependencyViolation.VSwitch',
      `Specified object has dependent resources VSwitch ${VSwitchId}.`,
    )
    await succeeds(act('UnassociateRouteTable', { RouteTableId, VSwitchId }))
    const [bare] = await listed({ RouteTableId })
    assert.deepEqual(bare?.['VSwitchIds'], { VSwitchId: [] })
    await fails(
      act('DeleteRouteTable', { RouteTableId }),
      'DependencyViolation.RouteEntry',
      `Specified object has dependent resources RouteEntry ${route.RouteEntryId}.`,
    )
    await succeeds(act('DeleteRouteEntry', { RouteEntryId: route.RouteEntryId }))
    await succeeds(act('DeleteRouteTable', { RouteTableId }))
    assert.deepEqual(await listed({ RouteTableId }), [])
    await fails(act('DeleteRouteTable', { RouteTableId }), ...NO_TABLE)
  })

  test('listed by VPC, router, id, name, type, tag, group and page', async () => {
    const VpcId = await alibaba.newVpc(bob)
    const RouterId = VpcId.replace('vpc-', 'vrt-')
    const system = await alibaba.tableOf(bob, VpcId)
    const first = await newTable(VpcId, { RouteTableName: 'first', 'Tag.1.Key': 'k' }, bob)
    const second = await newTable(VpcId, {}, bob)
    for (const [filter, expected] of [
      [{ VpcId }, [system, first, second]],
      [{ RouterId }, [system, first, second]],
      [{ VpcId, RouterId }, [system, first, second]],
      [{ VpcId: await alibaba.newVpc(bob), RouterId }, []],
      [{ RouterId: 'vrt-nobodys' }, []],
      [{ VpcId, RouterType: 'VRouter' }, [system, first, second]],
      [{ VpcId, RouterType: 'VBR' }, []],
      [{ RouteTableId: first }, [first]],
      [{ RouteTableId: 'vtb-nobodys' }, []],
      [{ VpcId, RouteTableName: 'first' }, [first]],
      [{ VpcId, RouteTableType: 'Custom' }, [first, second]],
      [{ VpcId, 'Tag.1.Key': 'k' }, [first]],
      [{ VpcId, ResourceGroupId: 'rg-nobodys' }, []],
      [{ VpcId, PageSize: 2, PageNumber: 2 }, [second]],
      [{ VpcId, RouteTableType: 'Custom', PageSize: 1, PageNumber: 2 }, [second]],
    ] as [Values, string[]][]) {
      const found = (await listed(filter, bob)).map(({ RouteTableId }) => RouteTableId)
      assert.deepEqual(found, expected, JSON.stringify(filter))
    }
  })

  test('once per token', async () => {
    const VpcId = await alibaba.newVpc(alice)
    const ask = () => newTable(VpcId, { ClientToken: 'table' })
    assert.equal(await ask(), await ask())
    assert.equal((await listed({ VpcId })).length, 2)
  })
})
