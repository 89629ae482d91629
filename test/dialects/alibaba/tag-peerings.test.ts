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
const TAG = { 'Tag.1.Key': 'k', 'Tag.1.Value': 'v' }

const tag = (tenant: typeof alice, parameters: Values) => alibaba.call(tenant, 'TagResources', parameters)

function keys(from: number, to: number): Values {
  const numbers = Array.from({ length: to - from }, (_, index) => from + index)
  return Object.fromEntries(numbers.map((number, index) => [`Tag.${index + 1}.Key`, `k${number}`]))
}

suite('TagResources: serialization', () => {
  test('it says that it succeeded', async () => {
    const id = await alibaba.propose(alice, bob)
    const { body } = await succeeds(tag(alice, { ...RESOURCE, 'ResourceId.1': id, ...TAG }))
    assert.deepEqual(Object.entries(body), [
      ['RequestId', body.RequestId],
      ['Success', true],
    ])
  })
})

suite('TagResources: validation', () => {
  const valid = { ...RESOURCE, 'ResourceId.1': 'pcc-x', ...TAG }
  for (const [name, code] of [
    ['RegionId', 'MissingRegionId'],
    ['ResourceType', 'MissingResourceType'],
    ['ResourceId.1', 'MissingResourceId'],
    ['Tag.1.Key', 'MissingTagKey'],
  ] as const) {
    test(`without ${name}`, () => {
      const { [name]: _, ...rest } = valid
      return fails(tag(alice, rest), code)
    })
  }
  test('without a tag', () => fails(tag(alice, { ...RESOURCE, 'ResourceId.1': 'pcc-x' }), 'MissingTag'))
  test('another type', () =>
    fails(
      tag(alice, { ...valid, ResourceType: 'VPC' }),
      'InvalidInstanceType.NotFound',
      'The instance type is not found.',
    ))
  test('a region that is none', () =>
    fails(tag(alice, { ...valid, RegionId: 'cn-nowhere' }), 'UnsupportedRegion'))
  test('51 resources', () =>
    fails(
      tag(alice, {
        ...valid,
        ...Object.fromEntries(
          Array.from({ length: 51 }, (_, index) => [`ResourceId.${index + 1}`, `p${index}`]),
        ),
      }),
      'NumberExceed.ResourceIds',
      'The maximum number of resource IDs is exceeded.',
    ))
  test('a key that is reserved', () =>
    fails(tag(alice, { ...valid, 'Tag.1.Key': 'aliyun' }), 'IllegalParam.TagKey'))
})

suite('TagResources: permission', () => {
  test('one that does not exist, or is a stranger’s: none is tagged', async () => {
    const mine = await alibaba.propose(alice, bob)
    const theirs = await alibaba.propose(bob, mallory)
    const answers = []
    for (const other of [theirs, 'pcc-nobodys']) {
      const parameters = { ...RESOURCE, 'ResourceId.1': mine, 'ResourceId.2': other, ...TAG }
      answers.push(
        await refusal(
          tag(alice, parameters),
          'InvalidInstanceIds.NotFound',
          'The instance IDs are not found.',
        ),
      )
    }
    assert.equal(new Set(answers.map(withoutRequestId)).size, 1)
    assert.deepEqual((await alibaba.show(alice, mine)).Tags, [])
  })
})

suite('TagResources: behaviour', () => {
  test('each side tags for itself', async () => {
    const id = await alibaba.activate(alice, bob)
    await succeeds(tag(alice, { ...RESOURCE, 'ResourceId.1': id, ...TAG }))
    assert.deepEqual((await alibaba.show(alice, id)).Tags, [{ Key: 'k', Value: 'v' }])
    assert.deepEqual((await alibaba.show(bob, id)).Tags, [])
  })

  test('a key that is there gets the new value', async () => {
    const id = await alibaba.propose(alice, bob, TAG)
    await succeeds(tag(alice, { ...RESOURCE, 'ResourceId.1': id, 'Tag.1.Key': 'k', 'Tag.1.Value': 'new' }))
    assert.deepEqual((await alibaba.show(alice, id)).Tags, [{ Key: 'k', Value: 'new' }])
  })

  test('more than twenty on one of several: none is tagged', async () => {
    const few = await alibaba.propose(alice, bob)
    const many = await alibaba.propose(alice, bob, keys(0, 20))
    const parameters = { ...RESOURCE, 'ResourceId.1': few, 'ResourceId.2': many, ...TAG }
    await fails(tag(alice, parameters), 'NumberExceed.Tags', 'The maximum number of tags is exceeded.')
    assert.deepEqual((await alibaba.show(alice, few)).Tags, [])
  })

  test('several at once, and again with the same token', async () => {
    const [one, two] = [await alibaba.propose(alice, bob), await alibaba.propose(alice, bob)]
    const parameters = { ...RESOURCE, 'ResourceId.1': one, 'ResourceId.2': two, ...TAG, ClientToken: 'tags' }
    await succeeds(tag(alice, parameters))
    await succeeds(
      alibaba.call(alice, 'UnTagResources', { ...RESOURCE, 'ResourceId.1': one, 'TagKey.1': 'k' }),
    )
    await succeeds(tag(alice, parameters))
    assert.deepEqual((await alibaba.show(alice, one)).Tags, [])
    assert.deepEqual((await alibaba.show(alice, two)).Tags, [{ Key: 'k', Value: 'v' }])
    await fails(tag(alice, { ...parameters, 'Tag.1.Key': 'other' }), 'IdempotentParameterMismatch')
  })

  test('tags go with the peering', async () => {
    const id = await alibaba.propose(alice, bob, TAG)
    await succeeds(alibaba.call(alice, 'DeleteVpcPeerConnection', { InstanceId: id }))
    const { body } = await succeeds(
      alibaba.call(alice, 'ListTagResources', { ...RESOURCE, 'ResourceId.1': id }),
    )
    assert.deepEqual(body.TagResources, [])
  })
})
