import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { alice, bob, mallory } from '../../rig/tenants.ts'
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

const RESOURCE = { RegionId: 'cn-hangzhou', ResourceType: 'PeerConnection' }

const move = (tenant: typeof alice, parameters: Values) =>
  alibaba.call(tenant, 'MoveResourceGroup', { ...RESOURCE, ...parameters })

suite('MoveResourceGroup: serialization', () => {
  test('it says that it succeeded', async () => {
    const { body } = await succeeds(
      move(alice, { ResourceId: await alibaba.propose(alice, bob), NewResourceGroupId: 'rg-2' }),
    )
    assert.equal(body.Success, true)
  })
})

suite('MoveResourceGroup: validation', () => {
  const valid = { ResourceId: 'pcc-x', NewResourceGroupId: 'rg-2' }
  for (const name of ['ResourceId', 'NewResourceGroupId', 'RegionId', 'ResourceType']) {
    test(`without ${name}`, () => fails(move(alice, { ...valid, [name]: '' }), `Missing${name}`))
  }
  test('a group that is none', () =>
    fails(
      move(alice, { ...valid, NewResourceGroupId: 'x' }),
      'OperationFailed.NotExist.ResourceGroup',
      'The operation failed because the resource group not exist.',
    ))
  test('another type', () =>
    fails(move(alice, { ...valid, ResourceType: 'VPC' }), 'InvalidInstanceType.NotFound'))
})

suite('MoveResourceGroup: permission', () => {
  test('to a stranger it does not exist', async () => {
    const ResourceId = await alibaba.propose(alice, bob)
    const seen = await refusal(
      move(mallory, { ResourceId, NewResourceGroupId: 'rg-2' }),
      'ResourceNotFound.VpcPeer',
      'The specified resource of VpcPeer is not found.',
    )
    const nothing = await move(mallory, { ResourceId: 'pcc-nobodys', NewResourceGroupId: 'rg-2' })
    assert.equal(withoutRequestId(seen), withoutRequestId(nothing))
  })
})

suite('MoveResourceGroup: behaviour', () => {
  test('on one’s own side only, and back to the default', async () => {
    const ResourceId = await alibaba.propose(alice, bob)
    const group = async (tenant: typeof alice) => (await alibaba.show(tenant, ResourceId)).ResourceGroupId
    const [mine, theirs] = [await group(alice), await group(bob)]
    await succeeds(move(alice, { ResourceId, NewResourceGroupId: 'rg-2' }))
    assert.equal(await group(alice), 'rg-2')
    assert.equal(await group(bob), theirs)
    await succeeds(move(alice, { ResourceId, NewResourceGroupId: mine }))
    const { body } = await alibaba.call(alice, 'ListVpcPeerConnections', { ResourceGroupId: mine })
    assert.ok(body.VpcPeerConnects.some(({ InstanceId }) => InstanceId === ResourceId))
  })
})
