import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { alice, bob, mallory } from '../../rig/tenants.ts'
import { type AlibabaService, fails, startAlibaba, succeeds, type Values } from './client.ts'

let alibaba: AlibabaService
before(async () => {
  alibaba = await startAlibaba()
})
after(() => alibaba.close())

const RESOURCE = { RegionId: 'cn-hangzhou', ResourceType: 'PeerConnection' }
const TAGS = { 'Tag.1.Key': 'a', 'Tag.1.Value': '1', 'Tag.2.Key': 'b', 'Tag.2.Value': '2' }

const untag = (tenant: typeof alice, parameters: Values) =>
  alibaba.call(tenant, 'UnTagResources', { ...RESOURCE, ...parameters })

suite('UnTagResources: serialization', () => {
  test('it says that it succeeded', async () => {
    const id = await alibaba.propose(alice, bob, TAGS)
    const { body } = await succeeds(untag(alice, { 'ResourceId.1': id, 'TagKey.1': 'a' }))
    assert.equal(body.Success, true)
  })
})

suite('UnTagResources: validation', () => {
  test('without a resource', () => fails(untag(alice, { 'TagKey.1': 'a' }), 'MissingResourceId'))
  test('without a key, and not all', async () => {
    const id = await alibaba.propose(alice, bob, TAGS)
    await fails(untag(alice, { 'ResourceId.1': id }), 'MissingTagKey')
    await fails(untag(alice, { 'ResourceId.1': id, All: false }), 'MissingTagKey')
    assert.equal((await alibaba.show(alice, id)).Tags.length, 2)
  })
  test('All neither true nor false', () =>
    fails(untag(alice, { 'ResourceId.1': 'pcc-x', All: 'x' }), 'IllegalParam.All'))
  test('21 keys', () =>
    fails(
      untag(alice, {
        'ResourceId.1': 'pcc-x',
        ...Object.fromEntries(Array.from({ length: 21 }, (_, index) => [`TagKey.${index + 1}`, `k${index}`])),
      }),
      'NumberExceed.Tags',
    ))
})

suite('UnTagResources: permission', () => {
  test('not the other side’s, and not a stranger’s', async () => {
    const id = await alibaba.activate(alice, bob, TAGS)
    await succeeds(untag(bob, { 'ResourceId.1': id, All: true }))
    assert.equal((await alibaba.show(alice, id)).Tags.length, 2)
    await fails(untag(mallory, { 'ResourceId.1': id, All: true }), 'InvalidInstanceIds.NotFound')
  })
})

suite('UnTagResources: behaviour', () => {
  test('by key, and a key that is not there is no error', async () => {
    const id = await alibaba.propose(alice, bob, TAGS)
    await succeeds(untag(alice, { 'ResourceId.1': id, 'TagKey.1': 'a', 'TagKey.2': 'nothing' }))
    assert.deepEqual((await alibaba.show(alice, id)).Tags, [{ Key: 'b', Value: '2' }])
  })

  test('all of them, unless keys are named', async () => {
    const id = await alibaba.propose(alice, bob, TAGS)
    await succeeds(untag(alice, { 'ResourceId.1': id, 'TagKey.1': 'a', All: true }))
    assert.equal((await alibaba.show(alice, id)).Tags.length, 1)
    await succeeds(untag(alice, { 'ResourceId.1': id, All: true }))
    assert.deepEqual((await alibaba.show(alice, id)).Tags, [])
  })
})
