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
const version = '2016-04-28'

const move = (ResourceId: string, more: Values = {}, tenant = alice) =>
  alibaba.call(
    tenant,
    'MoveResourceGroup',
    { RegionId, ResourceType: 'VPC', ResourceId, NewResourceGroupId: 'rg-another', ...more },
    { version },
  )

const groups = async (VpcId: string, VSwitchId: string) => {
  const show = async (action: string, parameters: Values) =>
    JSON.parse((await succeeds(alibaba.call(alice, action, parameters))).text) as Record<string, unknown>
  const vpc = await show('DescribeVpcAttribute', { RegionId, VpcId })
  const subnet = await show('DescribeVSwitchAttributes', { VSwitchId })
  const { body } = await alibaba.call(alice, 'DescribeRouteTableList', { RegionId, VpcId })
  const table = body.RouterTableList.RouterTableListType[0]
  return [vpc, subnet, table].map((shown) => shown?.['ResourceGroupId'])
}

suite('MoveResourceGroup (VPC): serialization', () => {
  test('the answer holds the request id, and nothing else', async () => {
    const { body } = await succeeds(move(await alibaba.newVpc(alice)))
    assert.deepEqual(Object.keys(body), ['RequestId'])
  })
})

suite('MoveResourceGroup (VPC): validation', () => {
  for (const field of ['ResourceId', 'NewResourceGroupId', 'RegionId', 'ResourceType']) {
    test(`without ${field}`, () => fails(move('vpc-1', { [field]: '' }), `Missing${field}`))
  }
  test('another type, no group', async () => {
    const VpcId = await alibaba.newVpc(alice)
    await fails(move(VpcId, { ResourceType: 'PeerConnection' }), 'InvalidInstanceType.NotFound')
    await fails(move(VpcId, { NewResourceGroupId: 'x' }), 'InvalidResourceGroupId')
  })
})

suite('MoveResourceGroup (VPC): permission', () => {
  test('somebody else’s does not exist', async () => {
    const VpcId = await alibaba.newVpc(alice)
    const seen = await refusal(
      move(VpcId, {}, bob),
      'InvalidVpcId.NotFound',
      'Specified VPC does not exist.',
      404,
    )
    assert.equal(withoutRequestId(seen), withoutRequestId(await move('vpc-nobodys', {}, bob)))
  })
})

suite('MoveResourceGroup (VPC): behaviour', () => {
  test('a VPC, and with it all that is in it; and back', async () => {
    const VpcId = await alibaba.newVpc(alice)
    const VSwitchId = await alibaba.newSubnet(alice, VpcId, '10.0.1.0/24')
    const before = await groups(VpcId, VSwitchId)
    assert.equal(new Set(before).size, 1)
    await succeeds(move(VpcId))
    assert.deepEqual(await groups(VpcId, VSwitchId), ['rg-another', 'rg-another', 'rg-another'])
    await succeeds(move(VpcId, { NewResourceGroupId: String(before[0]) }))
    assert.deepEqual(await groups(VpcId, VSwitchId), before)
  })
})
