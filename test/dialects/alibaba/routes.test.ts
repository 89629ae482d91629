import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { alice, bob } from '../../rig/tenants.ts'
import {
  type AlibabaService,
  type EntryBody,
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
/** As two of the operations spell it. */
const NO_SUCH_TABLE = ['InvalidRouteTable.NotFound', 'Specified route table does not exist.', 404] as const
const NO_ENTRY = ['InvalidRouteEntry.NotFound', 'Route entry not exists.'] as const

const create = (parameters: Values, tenant = alice) => alibaba.call(tenant, 'CreateRouteEntry', parameters)
const list = (RouteTableId: string, more: Values = {}, tenant = alice) =>
  alibaba.call(tenant, 'DescribeRouteEntryList', { RegionId, RouteTableId, ...more })
const listed = async (RouteTableId: string, more: Values = {}) =>
  (await succeeds(list(RouteTableId, more))).body.RouteEntrys.RouteEntry
const custom = async (RouteTableId: string) =>
  (await listed(RouteTableId, { RouteEntryType: 'Custom', MaxResult: 100 })).map(
    ({ DestinationCidrBlock }) => DestinationCidrBlock,
  )
const nextHop = ({ NextHops }: EntryBody) => NextHops.NextHop[0]?.NextHopId

suite('route entries: serialization', () => {
  test('in a list, and in their table: one’s own and the system’s', async () => {
    const { ours: VpcId, ourTable: RouteTableId, InstanceId } = await alibaba.peered(alice, bob)
    const VSwitchId = await alibaba.newSubnet(alice, VpcId, '10.0.1.0/24')
    const { body } = await succeeds(
      create({
        RegionId,
        ...alibaba.entry(RouteTableId, '10.1.0.0/16', InstanceId),
        RouteEntryName: 'to bob',
        Description: 'of mine',
      }),
    )
    assert.deepEqual(Object.keys(body), ['RequestId', 'RouteEntryId'])
    assert.match(body.RouteEntryId, /^rte-[0-9a-z]+$/)

    const line = (id: string, destination: string, type: string, hop: string, hopId: string, name = '') => ({
      RouteTableId,
      RouteEntryId: id,
      RouteEntryName: name,
      Description: name === '' ? '' : 'of mine',
      DestinationCidrBlock: destination,
      Type: type,
      Status: 'Available',
      NextHops: { NextHop: [{ NextHopType: hop, NextHopId: hopId, Enabled: 1, Weight: 0 }] },
    })
    const expected = [
      line(RouteTableId.replace('vtb-', 'rte-'), '100.64.0.0/10', 'System', 'service', ''),
      line(VSwitchId.replace('vsw-', 'rte-'), '10.0.1.0/24', 'System', 'local', ''),
      line(body.RouteEntryId, '10.1.0.0/16', 'Custom', 'VpcPeer', InstanceId, 'to bob'),
    ]
    const answer = await succeeds(list(RouteTableId))
    assert.deepEqual(Object.keys(answer.body), ['RequestId', 'TotalCount', 'NextToken', 'RouteEntrys'])
    assert.deepEqual([answer.body.TotalCount, answer.body.NextToken], [3, ''])
    assert.deepEqual(
      answer.body.RouteEntrys.RouteEntry.map((entry) => {
        const { IpVersion, GmtModified, ...rest } = entry as unknown as Record<string, unknown>
        assert.equal(IpVersion, 'ipv4')
        assert.match(String(GmtModified), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
        return rest
      }),
      expected,
    )

    const { body: tables } = await succeeds(alibaba.call(alice, 'DescribeRouteTables', { RouteTableId }))
    assert.deepEqual(Object.keys(tables), [
      'RequestId',
      'TotalCount',
      'PageNumber',
      'PageSize',
      'RouteTables',
    ])
    const [table] = tables.RouteTables.RouteTable
    const { CreationTime, ResourceGroupId, ...rest } = table as unknown as Record<string, unknown>
    assert.match(String(CreationTime), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
    assert.match(String(ResourceGroupId), /^rg-acfm/)
    assert.deepEqual(rest, {
      RouteTableId,
      VRouterId: VpcId.replace('vpc-', 'vrt-'),
      RouteTableType: 'System',
      VSwitchIds: { VSwitchId: [VSwitchId] },
      RouteEntrys: {
        RouteEntry: expected.map((entry) => {
          const { NextHopType, NextHopId } = entry.NextHops.NextHop[0] ?? {}
          return { ...entry, NextHopType, InstanceId: NextHopId }
        }),
      },
    })
  })

  test('changes answer the request id, and nothing else', async () => {
    const { ourTable, InstanceId } = await alibaba.peered(alice, bob)
    const { body } = await succeeds(create(alibaba.entry(ourTable, '10.1.0.0/16', InstanceId)))
    for (const action of ['ModifyRouteEntry', 'DeleteRouteEntry']) {
      const answer = await succeeds(alibaba.call(alice, action, { RouteEntryId: body.RouteEntryId }))
      assert.deepEqual(Object.keys(answer.body), ['RequestId'])
    }
  })
})

suite('route entries: validation', () => {
  test('what must be there', async () => {
    for (const [field, code] of [
      ['RouteTableId', 'MissingRouteTableId'],
      ['DestinationCidrBlock', 'MissingDestinationCidrBlock'],
      ['NextHopId', 'MissingNextHopId'],
    ] as const) {
      await fails(create({ ...alibaba.entry('vtb-1', '10.1.0.0/16', 'pcc-1'), [field]: '' }), code)
    }
    await fails(list(''), 'MissingRouteTableId')
    await fails(list('vtb-1', { RegionId: '' }), 'MissingRegionId')
    const missing = ['MissingParameter', 'Miss mandatory parameter.'] as const
    await fails(alibaba.call(alice, 'DescribeRouteTables'), ...missing)
    await fails(alibaba.call(alice, 'ModifyRouteEntry'), ...missing)
    const trio = { RouteTableId: 'vtb-1', DestinationCidrBlock: '10.1.0.0/16', NextHopId: 'pcc-1' }
    for (const field of Object.keys(trio)) {
      await fails(alibaba.call(alice, 'DeleteRouteEntry', { ...trio, [field]: '' }), ...missing)
    }
  })

  for (const [what, parameters, code, status] of [
    ['a destination that is none', { DestinationCidrBlock: 'x' }, 'InvalidCidrBlock.Malformed', 400],
    ['one with host bits', { DestinationCidrBlock: '10.1.0.1/16' }, 'InvalidCidrBlock.Malformed', 400],
    ['that of the services', { DestinationCidrBlock: '100.64.0.0/10' }, 'InvalidCidrBlock.Malformed', 400],
    ['inside of that', { DestinationCidrBlock: '100.100.1.0/24' }, 'InvalidCidrBlock.Malformed', 400],
    ['no type of next hop: an instance', { NextHopType: '' }, 'InvalidNextHopId.NotFound', 404],
    ['a next hop that nobody has', { NextHopType: 'NatGateway' }, 'InvalidNextHopId.NotFound', 404],
    ['a type that is none', { NextHopType: 'vpcpeer' }, 'IllegalParam.NextHopType', 400],
    ['several next hops', { 'NextHopList.1.NextHopId': 'pcc-1' }, 'IllegalParam.NextHopList', 400],
    ['a name that is an address', { RouteEntryName: 'http://x' }, 'IllegalParam.RouteEntryName', 400],
    ['a description that is an address', { Description: 'http://x' }, 'IllegalParam.Description', 400],
  ] as [string, Values, string, number][]) {
    test(what, async () => {
      const { ourTable, InstanceId } = await alibaba.peered(alice, bob)
      await fails(
        create({ ...alibaba.entry(ourTable, '10.1.0.0/16', InstanceId), ...parameters }),
        code,
        undefined,
        status,
      )
      assert.deepEqual(await custom(ourTable), [])
    })
  }

  for (const [field, value] of [
    ['MaxResult', 0],
    ['MaxResult', 101],
    ['NextToken', 'x'],
    ['RouteEntryType', 'x'],
    ['IpVersion', 'x'],
  ] as const) {
    test(`listed by ${field} ${value}`, async () => {
      const table = await alibaba.tableOf(alice, await alibaba.newVpc(alice))
      await fails(list(table, { [field]: value }), `IllegalParam.${field}`)
    })
  }
})

suite('route entries: permission', () => {
  test('somebody else’s tables and entries do not exist', async () => {
    const { ourTable, InstanceId } = await alibaba.peered(alice, bob)
    const { body } = await succeeds(create(alibaba.entry(ourTable, '10.1.0.0/16', InstanceId)))
    const same = async (action: string, parameters: Values, nobodys: Values, error: typeof NO_TABLE) => {
      const seen = await refusal(alibaba.call(bob, action, { ...parameters, RegionId }), ...error)
      const nothing = await alibaba.call(bob, action, { ...nobodys, RegionId })
      assert.equal(withoutRequestId(seen), withoutRequestId(nothing))
    }
    const entry = alibaba.entry(ourTable, '10.9.0.0/16', InstanceId)
    const nowhere = { ...entry, RouteTableId: 'vtb-nobodys' }
    await same('CreateRouteEntry', entry, nowhere, NO_TABLE)
    await same('DescribeRouteEntryList', entry, nowhere, NO_SUCH_TABLE as unknown as typeof NO_TABLE)
    await same('DeleteRouteEntry', entry, nowhere, NO_SUCH_TABLE as unknown as typeof NO_TABLE)
    for (const action of ['ModifyRouteEntry', 'DeleteRouteEntry']) {
      const seen = await refusal(alibaba.call(bob, action, { RouteEntryId: body.RouteEntryId }), ...NO_ENTRY)
      const nothing = await alibaba.call(bob, action, { RouteEntryId: 'rte-nobodys' })
      assert.equal(withoutRequestId(seen), withoutRequestId(nothing))
    }
    const { body: tables } = await succeeds(
      alibaba.call(bob, 'DescribeRouteTables', { RouteTableId: ourTable }),
    )
    assert.deepEqual(tables.RouteTables.RouteTable, [])
    assert.deepEqual(await custom(ourTable), ['10.1.0.0/16'])
  })

  test('a peering that is not the VPC’s, not the caller’s, or not there, is no next hop', async () => {
    const { ourTable } = await alibaba.peered(alice, bob)
    const other = await alibaba.peered(alice, bob)
    const foreign = await alibaba.propose(bob, bob)
    for (const InstanceId of [other.InstanceId, foreign, 'pcc-nobodys']) {
      await fails(
        create(alibaba.entry(ourTable, '10.1.0.0/16', InstanceId)),
        'ResourceNotFound.VpcPeer',
        'The specified resource of VpcPeer is not found.',
      )
    }
  })
})

suite('route entries: behaviour', () => {
  test('one for each destination, whatever it is called', async () => {
    const { ourTable, InstanceId } = await alibaba.peered(alice, bob)
    await succeeds(create(alibaba.entry(ourTable, '10.1.0.7', InstanceId)))
    for (const destination of ['10.1.0.7', '10.1.0.7/32']) {
      await fails(
        create(alibaba.entry(ourTable, destination, InstanceId)),
        'InvalidCIDRBlock.Duplicate',
        'Specified CIDR block is already exists.',
      )
    }
    assert.deepEqual(await custom(ourTable), ['10.1.0.7'])
  })

  test('not for what a vSwitch has, but for what is around it', async () => {
    const { ours, ourTable, InstanceId } = await alibaba.peered(alice, bob)
    await alibaba.newSubnet(alice, ours, '10.0.1.0/24')
    for (const destination of ['10.0.1.0/24', '10.0.1.128/25', '10.0.1.9']) {
      await fails(create(alibaba.entry(ourTable, destination, InstanceId)), 'InvalidCidrBlock.Malformed')
    }
    await succeeds(create(alibaba.entry(ourTable, '10.0.0.0/16', InstanceId)))
  })

  test('not through a peering that is not active', async () => {
    const InstanceId = await alibaba.propose(alice, bob)
    const { Vpc } = await alibaba.show(alice, InstanceId)
    const entry = alibaba.entry(await alibaba.tableOf(alice, Vpc.VpcId), '10.1.0.0/16', InstanceId)
    const notYet = ['IncorrectStatus.VpcPeer', `The status of VpcPeer [${InstanceId}] is incorrect.`] as const
    await fails(create(entry), ...notYet)
    await succeeds(alibaba.call(bob, 'RejectVpcPeerConnection', { InstanceId }))
    await fails(create(entry), ...notYet)
  })

  test('200 in a table', async () => {
    const { ourTable, InstanceId } = await alibaba.peered(alice, bob)
    for (let n = 0; n < 200; n++) {
      await succeeds(create(alibaba.entry(ourTable, `10.1.${n}.0/24`, InstanceId)))
    }
    await fails(
      create(alibaba.entry(ourTable, '10.1.200.0/24', InstanceId)),
      'QuotaExceeded',
      'Route entry quota exceeded in this route table.',
    )
  })

  test('renamed, and led through another peering', async () => {
    const { InstanceId, ours, ourTable } = await alibaba.peered(alice, bob)
    const { body: second } = await succeeds(
      alibaba.call(alice, 'CreateVpcPeerConnection', {
        ...(await alibaba.proposal(alice, bob)),
        VpcId: ours,
      }),
    )
    const { body } = await succeeds(create(alibaba.entry(ourTable, '10.1.0.0/16', InstanceId)))
    const { RouteEntryId } = body
    const modify = (more: Values) =>
      alibaba.call(alice, 'ModifyRouteEntry', { RegionId, RouteEntryId, ...more })
    const read = async () => {
      const [entry] = await listed(ourTable, { RouteEntryId })
      const { RouteEntryName, Description } = entry as unknown as Record<string, unknown>
      return [RouteEntryName, Description, entry && nextHop(entry)]
    }
    await succeeds(modify({ RouteEntryName: 'n', Description: 'd' }))
    assert.deepEqual(await read(), ['n', 'd', InstanceId])
    await succeeds(modify({ Description: '' }))
    assert.deepEqual(await read(), ['n', '', InstanceId])
    await fails(modify({ NewNextHopId: second.InstanceId }), 'IncorrectStatus.VpcPeer')
    await succeeds(alibaba.call(bob, 'AcceptVpcPeerConnection', { InstanceId: second.InstanceId }))
    await succeeds(modify({ NewNextHopId: second.InstanceId, NewNextHopType: 'VpcPeer' }))
    assert.deepEqual(await read(), ['n', '', second.InstanceId])
    await succeeds(modify({ NewNextHopId: InstanceId }))
    assert.deepEqual(await read(), ['n', '', InstanceId])
    await fails(
      modify({ NewNextHopType: 'Instance', NewNextHopId: 'i-1' }),
      'InvalidNextHopId.NotFound',
      undefined,
      404,
    )
    await fails(modify({ NewNextHopType: 'VpcPeer' }), 'MissingNewNextHopId')
  })

  test('deleted by id, or by what it says; never one of the system’s', async () => {
    const { ours, ourTable, InstanceId } = await alibaba.peered(alice, bob)
    const VSwitchId = await alibaba.newSubnet(alice, ours, '10.0.1.0/24')
    const { body } = await succeeds(create(alibaba.entry(ourTable, '10.1.0.0/16', InstanceId)))
    await succeeds(create(alibaba.entry(ourTable, '10.1.0.7', InstanceId)))
    const remove = (parameters: Values) => alibaba.call(alice, 'DeleteRouteEntry', parameters)
    const trio = { RouteTableId: ourTable, DestinationCidrBlock: '10.1.0.7/32', NextHopId: InstanceId }
    await fails(remove({ ...trio, NextHopId: 'pcc-other' }), ...NO_ENTRY)
    await fails(remove({ ...trio, DestinationCidrBlock: '10.1.0.8/32' }), ...NO_ENTRY)
    await fails(remove({ ...trio, DestinationCidrBlock: 'x' }), 'InvalidCidrBlock.Malformed')
    await succeeds(remove({ ...trio, ClientToken: 'delete-entry' }))
    await succeeds(remove({ ...trio, ClientToken: 'delete-entry' }))
    await fails(remove(trio), ...NO_ENTRY)
    await succeeds(remove({ RouteEntryId: body.RouteEntryId, ClientToken: 'delete-entry-2' }))
    await succeeds(remove({ RouteEntryId: body.RouteEntryId, ClientToken: 'delete-entry-2' }))
    await fails(remove({ RouteEntryId: body.RouteEntryId }), ...NO_ENTRY)
    await fails(remove({ RouteEntryId: VSwitchId.replace('vsw-', 'rte-') }), ...NO_ENTRY)
    assert.deepEqual(await custom(ourTable), [])
  })

  test('once per token', async () => {
    const { ourTable, InstanceId } = await alibaba.peered(alice, bob)
    const ask = async () =>
      (
        await succeeds(
          create({ ...alibaba.entry(ourTable, '10.1.0.0/16', InstanceId), ClientToken: 'route' }),
        )
      ).body.RouteEntryId
    assert.equal(await ask(), await ask())
  })

  test('a dry run makes none', async () => {
    const { ourTable, InstanceId } = await alibaba.peered(alice, bob)
    await fails(
      create({ ...alibaba.entry(ourTable, '10.1.0.0/16', InstanceId), DryRun: true }),
      'DryRunOperation',
    )
    assert.deepEqual(await custom(ourTable), [])
  })

  test('listed by whatever they say', async () => {
    const { ours, ourTable, InstanceId } = await alibaba.peered(alice, bob)
    await alibaba.newSubnet(alice, ours, '10.0.1.0/24')
    await succeeds(create({ ...alibaba.entry(ourTable, '10.1.0.7', InstanceId), RouteEntryName: 'a' }))
    await succeeds(create(alibaba.entry(ourTable, 'fd00::/64', InstanceId)))
    for (const [filter, expected] of [
      [{}, ['100.64.0.0/10', '10.0.1.0/24', '10.1.0.7', 'fd00::/64']],
      [{ RouteEntryType: 'System' }, ['100.64.0.0/10', '10.0.1.0/24']],
      [{ RouteEntryType: 'BGP' }, []],
      [{ RouteEntryName: 'a' }, ['10.1.0.7']],
      [{ DestinationCidrBlock: '10.1.0.7/32' }, ['10.1.0.7']],
      [{ DestinationCidrBlock: 'x' }, []],
      [{ NextHopId: InstanceId }, ['10.1.0.7', 'fd00::/64']],
      [{ NextHopType: 'local' }, ['10.0.1.0/24']],
      [{ IpVersion: 'ipv6' }, ['fd00::/64']],
      [{ IpVersion: 'IPv4', NextHopId: InstanceId }, ['10.1.0.7']],
    ] as [Values, string[]][]) {
      const found = (await listed(ourTable, filter)).map(({ DestinationCidrBlock }) => DestinationCidrBlock)
      assert.deepEqual(found, expected, JSON.stringify(filter))
    }
  })

  test('page after page, each once, whatever goes meanwhile', async () => {
    const { ours, ourTable, InstanceId } = await alibaba.peered(alice, bob)
    for (let n = 1; n <= 3; n++) await alibaba.newSubnet(alice, ours, `10.0.${n}.0/24`)
    for (let n = 1; n <= 4; n++) await succeeds(create(alibaba.entry(ourTable, `10.1.${n}.0/24`, InstanceId)))
    const seen: string[] = []
    let NextToken = ''
    do {
      const { body } = await succeeds(list(ourTable, { MaxResult: 2, NextToken }))
      const page = body.RouteEntrys.RouteEntry
      assert.ok(page.length <= 2)
      seen.push(...page.map(({ DestinationCidrBlock }) => DestinationCidrBlock))
      NextToken = body.NextToken
      const gone = page.find(({ Type }) => Type === 'Custom')
      if (gone) await succeeds(alibaba.call(alice, 'DeleteRouteEntry', { RouteEntryId: gone.RouteEntryId }))
    } while (NextToken !== '')
    assert.deepEqual(seen, [
      '100.64.0.0/10',
      ...[1, 2, 3].map((n) => `10.0.${n}.0/24`),
      ...[1, 2, 3, 4].map((n) => `10.1.${n}.0/24`),
    ])
  })

  test('by router: every table of the VPC, each with its own entries', async () => {
    const { ours: VpcId, ourTable, InstanceId } = await alibaba.peered(alice, bob)
    const { body } = await succeeds(alibaba.call(alice, 'CreateRouteTable', { RegionId, VpcId }))
    await succeeds(create(alibaba.entry(ourTable, '10.1.0.0/16', InstanceId)))
    await succeeds(create(alibaba.entry(body.RouteTableId, '10.2.0.0/16', InstanceId)))
    const router = VpcId.replace('vpc-', 'vrt-')
    for (const parameters of [{ VRouterId: router }, { RouterId: router, RouterType: 'VRouter' }]) {
      const { body: tables } = await succeeds(alibaba.call(alice, 'DescribeRouteTables', parameters))
      assert.equal(tables.TotalCount, 2)
      assert.deepEqual(
        tables.RouteTables.RouteTable.map(({ RouteTableId, RouteTableType, RouteEntrys }) => [
          RouteTableId,
          RouteTableType,
          RouteEntrys.RouteEntry.filter(({ Type }) => Type === 'Custom').map(
            ({ DestinationCidrBlock }) => DestinationCidrBlock,
          ),
        ]),
        [
          [ourTable, 'System', ['10.1.0.0/16']],
          [body.RouteTableId, 'Custom', ['10.2.0.0/16']],
        ],
      )
    }
    const nobodys = await succeeds(alibaba.call(alice, 'DescribeRouteTables', { VRouterId: 'vrt-nobodys' }))
    assert.deepEqual(nobodys.body.RouteTables.RouteTable, [])
  })
})
