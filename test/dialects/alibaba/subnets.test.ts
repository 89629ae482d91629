import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { alice, bob } from '../../rig/tenants.ts'
import {
  type AlibabaService,
  type Answer,
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
const NO_VSWITCH = ['InvalidVSwitchId.NotFound', 'Specified virtual switch does not exist.', 404] as const

const membersOf = (answer: Answer) => {
  const { RequestId: _, ...rest } = JSON.parse(answer.text) as Record<string, unknown>
  return rest
}
const create = (parameters: Values, tenant = alice) =>
  alibaba.call(tenant, 'CreateVSwitch', { ZoneId: 'cn-hangzhou-b', CidrBlock: '10.0.1.0/24', ...parameters })
const show = (VSwitchId: string, tenant = alice, more: Values = {}) =>
  alibaba.call(tenant, 'DescribeVSwitchAttributes', { RegionId, VSwitchId, ...more })
const list = (parameters: Values, tenant = alice) =>
  alibaba.call(tenant, 'DescribeVSwitches', { RegionId, ...parameters })
const listed = async (parameters: Values, tenant = alice) =>
  (await succeeds(list(parameters, tenant))).body.VSwitches.VSwitch.map(({ VSwitchId }) => VSwitchId)

suite('vSwitches: serialization', () => {
  test('every member, in both reads', async () => {
    const VpcId = await alibaba.newVpc(alice)
    const { body } = await succeeds(
      create({
        RegionId,
        VpcId,
        VSwitchName: '1 name: 名',
        Description: 'of mine',
        'Tag.1.Key': 'k',
        'Tag.1.Value': 'v',
      }),
    )
    assert.deepEqual(Object.keys(body), ['RequestId', 'VSwitchId'])
    assert.match(body.VSwitchId, /^vsw-[0-9a-z]+$/)
    const shown = membersOf(await succeeds(show(body.VSwitchId)))
    const { CreationTime, ResourceGroupId, CloudResources, ...rest } = shown
    assert.match(String(CreationTime), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
    assert.match(String(ResourceGroupId), /^rg-acfm/)
    assert.deepEqual(CloudResources, { CloudResourceSetType: [] })
    assert.deepEqual(rest, {
      VSwitchId: body.VSwitchId,
      VSwitchName: '1 name: 名',
      VpcId,
      Status: 'Available',
      CidrBlock: '10.0.1.0/24',
      Ipv6CidrBlock: '',
      EnabledIpv6: false,
      ZoneId: 'cn-hangzhou-b',
      AvailableIpAddressCount: 252,
      Description: 'of mine',
      IsDefault: false,
      OwnerId: Number(alice.uid),
      NetworkAclId: '',
      ShareType: '',
      RouteTable: { RouteTableId: await alibaba.tableOf(alice, VpcId), RouteTableType: 'System' },
      Tags: { Tag: [{ Key: 'k', Value: 'v' }] },
    })
    const all = await succeeds(list({ VpcId }))
    assert.deepEqual(membersOf(all), {
      TotalCount: 1,
      PageNumber: 1,
      PageSize: 10,
      VSwitches: { VSwitch: [{ ...rest, CreationTime, ResourceGroupId }] },
    })
  })

  test('changes answer the request id, and nothing else', async () => {
    const VSwitchId = await alibaba.newSubnet(alice, await alibaba.newVpc(alice), '10.0.1.0/24')
    for (const action of ['ModifyVSwitchAttribute', 'DeleteVSwitch']) {
      const { body } = await succeeds(alibaba.call(alice, action, { RegionId, VSwitchId }))
      assert.deepEqual(Object.keys(body), ['RequestId'])
    }
  })
})

suite('vSwitches: validation', () => {
  for (const field of ['ZoneId', 'CidrBlock', 'VpcId']) {
    test(`made without ${field}`, () => fails(create({ VpcId: 'vpc-1', [field]: '' }), `Missing${field}`))
  }
  for (const action of ['DescribeVSwitchAttributes', 'ModifyVSwitchAttribute', 'DeleteVSwitch']) {
    test(`${action} without an id`, () => fails(alibaba.call(alice, action), 'MissingVSwitchId'))
  }
  const BAD_BLOCK = ['InvalidParameter', 'Specified CIDR block is not valid in VPC.'] as const
  for (const [what, parameters, code, message, status] of [
    ['a block that is none', { CidrBlock: 'x' }, ...BAD_BLOCK],
    ['a block with host bits', { CidrBlock: '10.0.1.1/24' }, ...BAD_BLOCK],
    ['a block too wide', { CidrBlock: '10.0.0.0/15' }, ...BAD_BLOCK],
    ['a block too narrow', { CidrBlock: '10.0.0.0/30' }, ...BAD_BLOCK],
    ['a block of the other family', { CidrBlock: 'fd00::/64' }, ...BAD_BLOCK],
    ['a block outside of the VPC', { CidrBlock: '10.1.0.0/24' }, ...BAD_BLOCK],
    [
      'a name that is an address',
      { VSwitchName: 'http://x' },
      'InvalidVSwitchName.Malformed',
      'Specified virtual switch name is not valid.',
    ],
    [
      'a description that is an address',
      { Description: 'http://x' },
      'InvalidVSwitchDiscription.Malformed',
      'Specified virtual switch description is not valid.',
    ],
    [
      'a zone of another region',
      { ZoneId: 'cn-beijing-a' },
      'InvalidZoneId.NotFound',
      'Specified zone does not exist.',
      404,
    ],
    ['an IPv6 number too high', { Ipv6CidrBlock: 256 }, 'InvalidIpv6CidrBlock.Malformed'],
    ['IPv6 in a VPC that has none', { Ipv6CidrBlock: 1 }, 'InvalidIpv6CidrBlock.Malformed'],
    ['a reserved tag', { 'Tag.1.Key': 'aliyun-x' }, 'IllegalParam.TagKey'],
  ] as [string, Values, string, string?, number?][]) {
    test(what, async () => {
      const VpcId = await alibaba.newVpc(alice)
      await fails(create({ VpcId, ...parameters }), code, message, status)
      assert.deepEqual(await listed({ VpcId }), [])
    })
  }
  for (const [field, value] of [
    ['PageNumber', 0],
    ['PageSize', 51],
    ['IsDefault', 'x'],
  ] as const) {
    test(`listed by ${field} ${value}`, () => fails(list({ [field]: value }), `IllegalParam.${field}`))
  }
  test('addresses are for good', async () => {
    const VSwitchId = await alibaba.newSubnet(alice, await alibaba.newVpc(alice), '10.0.1.0/24')
    const modify = (more: Values) => alibaba.call(alice, 'ModifyVSwitchAttribute', { VSwitchId, ...more })
    await fails(modify({ EnableIPv6: true }), 'OperationUnsupported.Ipv6Feature')
    await fails(modify({ Ipv6CidrBlock: 1 }), 'InvalidIpv6CidrBlock.Malformed')
  })
})

suite('vSwitches: permission', () => {
  test('somebody else’s do not exist, nor any in another region', async () => {
    const VSwitchId = await alibaba.newSubnet(alice, await alibaba.newVpc(alice), '10.0.1.0/24')
    for (const action of ['DescribeVSwitchAttributes', 'ModifyVSwitchAttribute', 'DeleteVSwitch']) {
      const seen = await refusal(alibaba.call(bob, action, { VSwitchId }), ...NO_VSWITCH)
      const nothing = await alibaba.call(bob, action, { VSwitchId: 'vsw-nobodys' })
      assert.equal(withoutRequestId(seen), withoutRequestId(nothing))
      await fails(alibaba.call(alice, action, { VSwitchId, RegionId: 'cn-beijing' }), ...NO_VSWITCH)
    }
    assert.deepEqual(await listed({ VSwitchId }, bob), [])
    assert.deepEqual(await listed({ VSwitchId, RegionId: 'cn-beijing' }), [])
  })

  test('in somebody else’s VPC none is made', async () => {
    const VpcId = await alibaba.newVpc(alice)
    const no = ['InvalidVpcId.NotFound', 'Specified VPC does not exist.', 404] as const
    const seen = await refusal(create({ VpcId }, bob), ...no)
    assert.equal(withoutRequestId(seen), withoutRequestId(await create({ VpcId: 'vpc-nobodys' }, bob)))
  })
})

suite('vSwitches: behaviour', () => {
  test('never two for one address', async () => {
    const VpcId = await alibaba.newVpc(alice)
    await alibaba.newSubnet(alice, VpcId, '10.0.1.0/24')
    await fails(
      create({ VpcId, CidrBlock: '10.0.0.0/20' }),
      'InvalidCidrBlock.Overlapped',
      'Specified CIDR block overlapped with other subnets.',
    )
  })

  test('renamed; what is not named stays, what is empty goes', async () => {
    const VSwitchId = await alibaba.newSubnet(alice, await alibaba.newVpc(alice), '10.0.1.0/24')
    const modify = async (more: Values) => {
      await succeeds(alibaba.call(alice, 'ModifyVSwitchAttribute', { VSwitchId, ...more }))
      const { VSwitchName, Description } = membersOf(await show(VSwitchId))
      return [VSwitchName, Description]
    }
    assert.deepEqual(await modify({ VSwitchName: 'n', Description: 'd' }), ['n', 'd'])
    assert.deepEqual(await modify({ VSwitchName: 'm' }), ['m', 'd'])
    assert.deepEqual(await modify({ Description: '' }), ['m', ''])
  })

  test('deleted, it is unknown', async () => {
    const VpcId = await alibaba.newVpc(alice)
    const VSwitchId = await alibaba.newSubnet(alice, VpcId, '10.0.1.0/24')
    const remove = { VSwitchId, ClientToken: 'delete-vswitch' }
    await succeeds(alibaba.call(alice, 'DeleteVSwitch', remove))
    await succeeds(alibaba.call(alice, 'DeleteVSwitch', remove))
    await fails(alibaba.call(alice, 'DeleteVSwitch', { VSwitchId }), ...NO_VSWITCH)
    await fails(show(VSwitchId), ...NO_VSWITCH)
    assert.deepEqual(await listed({ VpcId }), [])
  })

  test('IPv6 by number, or the next that is free', async () => {
    const { body } = await succeeds(
      alibaba.call(alice, 'CreateVpc', {
        RegionId,
        CidrBlock: '10.0.0.0/16',
        EnableIpv6: true,
        Ipv6CidrBlock: '2001:db8:0:100::/56',
      }),
    )
    const block = async (CidrBlock: string, more: Values) => {
      const VSwitchId = await alibaba.newSubnet(alice, body.VpcId, CidrBlock, more)
      const { Ipv6CidrBlock, EnabledIpv6 } = membersOf(await show(VSwitchId))
      return [Ipv6CidrBlock, EnabledIpv6]
    }
    assert.deepEqual(await block('10.0.1.0/24', { Ipv6CidrBlock: 0 }), ['2001:db8:0:100::/64', true])
    assert.deepEqual(await block('10.0.2.0/24', { Ipv6CidrBlock: 255 }), ['2001:db8:0:1ff::/64', true])
    assert.deepEqual(await block('10.0.3.0/24', { EnableIpv6: true }), ['2001:db8:0:101::/64', true])
    assert.deepEqual(await block('10.0.4.0/24', {}), ['', false])
    await fails(
      create({ VpcId: body.VpcId, CidrBlock: '10.0.5.0/24', Ipv6CidrBlock: 255 }),
      'InvalidCidrBlock.Overlapped',
    )
  })

  test('listed by VPC, id, name, zone, table, tag, group and page', async () => {
    const VpcId = await alibaba.newVpc(bob)
    const make = (n: number, more: Values) => alibaba.newSubnet(bob, VpcId, `10.0.${n}.0/24`, more)
    const first = await make(1, { VSwitchName: 'first', 'Tag.1.Key': 'k', 'Tag.1.Value': 'v' })
    const second = await make(2, { ZoneId: 'cn-hangzhou-k' })
    const third = await make(3, {})
    const { body } = await succeeds(alibaba.call(bob, 'CreateRouteTable', { RegionId, VpcId }))
    const table = { RegionId, RouteTableId: body.RouteTableId }
    await succeeds(alibaba.call(bob, 'AssociateRouteTable', { ...table, VSwitchId: third }))
    for (const [filter, expected] of [
      [{}, [first, second, third]],
      [{ VSwitchId: `${first},${third}` }, [first, third]],
      [{ VSwitchName: 'first' }, [first]],
      [{ ZoneId: 'cn-hangzhou-k' }, [second]],
      [{ RouteTableId: body.RouteTableId }, [third]],
      [{ RouteTableId: await alibaba.tableOf(bob, VpcId) }, [first, second]],
      [{ 'Tag.1.Key': 'k' }, [first]],
      [{ 'Tag.1.Key': 'k', 'Tag.1.Value': 'other' }, []],
      [{ ResourceGroupId: 'rg-nobodys' }, []],
      [{ IsDefault: true }, []],
      [{ PageSize: 2, PageNumber: 2 }, [third]],
      [{ ZoneId: 'cn-hangzhou-b', PageSize: 1, PageNumber: 2 }, [third]],
      [{ PageNumber: 9 }, []],
    ] as [Values, string[]][]) {
      assert.deepEqual(await listed({ VpcId, ...filter }, bob), expected, JSON.stringify(filter))
    }
    assert.deepEqual(await listed({ VpcId: 'vpc-nobodys' }, bob), [])
    assert.deepEqual((await listed({}, bob)).length, 3)
  })

  test('many at once in one VPC: none is refused for the others’ sake', async () => {
    const VpcId = await alibaba.newVpc(alice)
    const ids = await Promise.all(
      Array.from({ length: 10 }, (_, n) => alibaba.newSubnet(alice, VpcId, `10.0.${n}.0/24`)),
    )
    assert.deepEqual(new Set(await listed({ VpcId })), new Set(ids))
  })
})
