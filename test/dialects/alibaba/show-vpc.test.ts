import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { alice, bob, vpcOf } from '../../rig/tenants.ts'
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

const VpcId = vpcOf(alice, 1).ids.alibaba

const show = (parameters: Values, tenant = alice) =>
  alibaba.call(tenant, 'DescribeVpcAttribute', { RegionId: 'cn-hangzhou', ...parameters })

const NO_VPC = ['InvalidVpcId.NotFound', 'Specified VPC does not exist.', 404] as const

suite('DescribeVpcAttribute: serialization', () => {
  test('every member, empty lists too', async () => {
    const { text, body } = await succeeds(show({ VpcId }))
    const {
      RequestId: _,
      CreationTime,
      ResourceGroupId,
      ...rest
    } = JSON.parse(text) as Record<string, unknown>
    assert.match(String(CreationTime), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
    assert.match(String(ResourceGroupId), /^rg-acfm/)
    assert.deepEqual(rest, {
      VpcId,
      VpcName: 'alice-1',
      Status: 'Available',
      CidrBlock: '10.17.0.0/16',
      Description: '',
      RegionId: 'cn-hangzhou',
      VRouterId: VpcId.replace('vpc-', 'vrt-'),
      IsDefault: false,
      OwnerId: Number(alice.uid),
      EnabledIpv6: false,
      Ipv6CidrBlock: '',
      DnsHostnameStatus: 'DISABLED',
      ClassicLinkEnabled: false,
      SecondaryCidrBlocks: { SecondaryCidrBlock: [] },
      UserCidrs: { UserCidr: [] },
      VSwitchIds: { VSwitchId: [] },
      RouterTableIds: { RouterTableIds: [await alibaba.tableOf(alice, VpcId)] },
      NatGatewayIds: { NatGatewayIds: [] },
      Ipv6CidrBlocks: { Ipv6CidrBlock: [] },
      Tags: { Tag: [] },
      AssociatedCens: { AssociatedCen: [] },
      CloudResources: { CloudResourceSetType: [] },
    })
    assert.equal(body.VpcId, VpcId)
  })
})

suite('DescribeVpcAttribute: what is in the VPC', () => {
  test('vSwitches, tables and blocks are named', async () => {
    const id = await alibaba.newVpc(alice)
    const subnets = [
      await alibaba.newSubnet(alice, id, '10.0.1.0/24'),
      await alibaba.newSubnet(alice, id, '10.0.2.0/24'),
    ]
    const { body: made } = await succeeds(
      alibaba.call(alice, 'CreateRouteTable', { RegionId: 'cn-hangzhou', VpcId: id }),
    )
    await succeeds(
      alibaba.call(alice, 'AssociateVpcCidrBlock', {
        RegionId: 'cn-hangzhou',
        VpcId: id,
        SecondaryCidrBlock: '192.168.0.0/16',
      }),
    )
    const { text } = await succeeds(show({ VpcId: id }))
    const { VSwitchIds, RouterTableIds, SecondaryCidrBlocks } = JSON.parse(text) as Record<string, unknown>
    assert.deepEqual(
      { VSwitchIds, RouterTableIds, SecondaryCidrBlocks },
      {
        VSwitchIds: { VSwitchId: subnets },
        RouterTableIds: { RouterTableIds: [await alibaba.tableOf(alice, id), made.RouteTableId] },
        SecondaryCidrBlocks: { SecondaryCidrBlock: ['192.168.0.0/16'] },
      },
    )
  })
})

suite('DescribeVpcAttribute: validation', () => {
  test('without a VPC, without a region', async () => {
    await fails(show({}), 'MissingVpcId')
    await fails(show({ VpcId, RegionId: '' }), 'MissingRegionId')
  })
})

suite('DescribeVpcAttribute: permission', () => {
  test('somebody else’s does not exist', async () => {
    const seen = await refusal(show({ VpcId }, bob), ...NO_VPC)
    assert.equal(withoutRequestId(seen), withoutRequestId(await show({ VpcId: 'vpc-nobodys' }, bob)))
  })
})

suite('DescribeVpcAttribute: behaviour', () => {
  test('not in another region', () => fails(show({ VpcId, RegionId: 'cn-beijing' }), ...NO_VPC))
  test('by the ids of other clouds', async () => {
    for (const id of [vpcOf(alice, 1).ids.huawei, vpcOf(alice, 1).ids.tencent]) {
      assert.equal((await succeeds(show({ VpcId: id }))).body.VpcId, VpcId)
    }
  })
})
