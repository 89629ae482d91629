import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { alice, bob } from '../../rig/tenants.ts'
import { type AlibabaService, fails, refusal, startAlibaba, succeeds, withoutRequestId } from './client.ts'

let alibaba: AlibabaService
before(async () => {
  alibaba = await startAlibaba()
})
after(() => alibaba.close())

const DELETE = 'DeleteVpc'
const NO_VPC = ['InvalidVpcId.NotFound', 'Specified VPC does not exist.', 404] as const

suite('DeleteVpc: serialization', () => {
  test('the answer holds the request id, and nothing else', async () => {
    const { body } = await succeeds(alibaba.call(alice, DELETE, { VpcId: await alibaba.newVpc(alice) }))
    assert.deepEqual(Object.keys(body), ['RequestId'])
  })
})

suite('DeleteVpc: validation', () => {
  test('without an id', () => fails(alibaba.call(alice, DELETE), 'MissingVpcId'))
  test('in another region, or one that is none', async () => {
    const VpcId = await alibaba.newVpc(alice)
    await fails(alibaba.call(alice, DELETE, { VpcId, RegionId: 'cn-beijing' }), ...NO_VPC)
    await fails(
      alibaba.call(alice, DELETE, { VpcId, RegionId: 'cn-nowhere' }),
      'InvalidRegionId.NotFound',
      undefined,
      404,
    )
  })
})

suite('DeleteVpc: permission', () => {
  test('somebody else’s does not exist', async () => {
    const VpcId = await alibaba.newVpc(alice)
    const seen = await refusal(alibaba.call(bob, DELETE, { VpcId }), ...NO_VPC)
    const nothing = await alibaba.call(bob, DELETE, { VpcId: 'vpc-nobodys' })
    assert.equal(withoutRequestId(seen), withoutRequestId(nothing))
  })
})

suite('DeleteVpc: behaviour', () => {
  test('it is gone, and the token says that it was us', async () => {
    const VpcId = await alibaba.newVpc(alice)
    const parameters = { VpcId, ClientToken: 'delete-vpc' }
    await succeeds(alibaba.call(alice, DELETE, parameters))
    await succeeds(alibaba.call(alice, DELETE, parameters))
    await fails(alibaba.call(alice, DELETE, { VpcId }), ...NO_VPC)
    await fails(alibaba.call(alice, 'DescribeVpcAttribute', { RegionId: 'cn-hangzhou', VpcId }), ...NO_VPC)
  })

  test('a peering holds it, forced or not, and is named', async () => {
    const InstanceId = await alibaba.activate(alice, bob)
    const { Vpc } = await alibaba.show(alice, InstanceId)
    for (const ForceDelete of [false, true]) {
      await fails(
        alibaba.call(alice, DELETE, { VpcId: Vpc.VpcId, ForceDelete }),
        'DependencyViolation.VpcPeer',
        `Specified object has dependent resources VpcPeer ${InstanceId}.`,
      )
    }
    await succeeds(alibaba.call(alice, 'DeleteVpcPeerConnection', { InstanceId }))
    await succeeds(alibaba.call(alice, DELETE, { VpcId: Vpc.VpcId }))
  })

  test('so does what is in it, forced or not, and is named', async () => {
    const { ours: VpcId, ourTable, InstanceId } = await alibaba.peered(alice, bob)
    const VSwitchId = await alibaba.newSubnet(alice, VpcId, '10.0.1.0/24')
    const { body: route } = await succeeds(
      alibaba.call(alice, 'CreateRouteEntry', alibaba.entry(ourTable, '10.1.0.0/16', InstanceId)),
    )
    const { body: table } = await succeeds(
      alibaba.call(alice, 'CreateRouteTable', { RegionId: 'cn-hangzhou', VpcId }),
    )
    const held = (kind: string, id: string) =>
      fails(
        alibaba.call(alice, DELETE, { VpcId, ForceDelete: true }),
        `DependencyViolation.${kind}`,
        `Specified object has dependent resources ${kind} ${id}.`,
      )
    await held('VSwitch', VSwitchId)
    await succeeds(alibaba.call(alice, 'DeleteVSwitch', { VSwitchId }))
    await held('RouteEntry', route.RouteEntryId)
    await succeeds(alibaba.call(alice, 'DeleteRouteEntry', { RouteEntryId: route.RouteEntryId }))
    await held('RouteTable', table.RouteTableId)
    await succeeds(
      alibaba.call(alice, 'DeleteRouteTable', {
        RegionId: 'cn-hangzhou',
        RouteTableId: table.RouteTableId,
      }),
    )
    await held('VpcPeer', InstanceId)
    await succeeds(alibaba.call(alice, 'DeleteVpcPeerConnection', { InstanceId }))
    await succeeds(alibaba.call(alice, DELETE, { VpcId }))
  })
})
