import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { alice, bob, mallory } from '../../rig/tenants.ts'
import { type AlibabaService, fails, startAlibaba, succeeds, type Values } from './client.ts'

let alibaba: AlibabaService
let first: string
let second: string
before(async () => {
  alibaba = await startAlibaba()
  first = await alibaba.propose(alice, bob, {
    'Tag.1.Key': 'a',
    'Tag.1.Value': '1',
    'Tag.2.Key': 'b',
    'Tag.2.Value': '2',
  })
  second = await alibaba.propose(alice, bob, { 'Tag.1.Key': 'a', 'Tag.1.Value': '3' }, [
    'cn-beijing',
    'cn-hangzhou',
  ])
})
after(() => alibaba.close())

const RESOURCE = { RegionId: 'cn-hangzhou', ResourceType: 'PeerConnection' }

const list = (parameters: Values, tenant = alice) =>
  alibaba.call(tenant, 'ListTagResources', { ...RESOURCE, ...parameters })

async function found(parameters: Values, tenant = alice): Promise<readonly string[]> {
  const { body } = await succeeds(list(parameters, tenant))
  return body.TagResources.map(
    ({ ResourceId, TagKey, TagValue }) => `${ResourceId === first ? 1 : 2} ${TagKey}=${TagValue}`,
  )
}

suite('ListTagResources: serialization', () => {
  test('one entry per tag', async () => {
    const { RequestId: _, ...body } = (await succeeds(list({ 'ResourceId.1': second }))).body
    assert.deepEqual(body, {
      MaxResults: 50,
      NextToken: '',
      TagResources: [
        {
          ResourceId: second,
          ResourceType: 'PeerConnection',
          RegionNo: 'cn-beijing',
          TagKey: 'a',
          TagValue: '3',
        },
      ],
    })
  })
})

suite('ListTagResources: validation', () => {
  test('neither resources nor tags', () =>
    fails(
      list({}),
      'BothEmpty.TagsAndResources',
      'The specified Tags and ResourcesIds are not allow to both empty.',
    ))
  test('a value without a key', () =>
    fails(list({ 'Tag.1.Value': 'x' }), 'InvalidTagKey', 'The tag keys are not valid.'))
  test('another type', () =>
    fails(list({ 'ResourceId.1': first, ResourceType: 'x' }), 'InvalidInstanceType.NotFound'))
  test('without a region', () => fails(list({ RegionId: '', 'ResourceId.1': first }), 'MissingRegionId'))
  for (const [field, value] of [
    ['MaxResults', 51],
    ['MaxResults', 0],
    ['Category', 'x'],
    ['NextToken', 'x'],
  ] as const) {
    test(`${field} ${value}`, () =>
      fails(list({ 'ResourceId.1': first, [field]: value }), `IllegalParam.${field}`))
  }
})

suite('ListTagResources: permission', () => {
  test('nobody sees another’s tags', async () => {
    assert.deepEqual(await found({ 'ResourceId.1': first }, bob), [])
    assert.deepEqual(await found({ 'ResourceId.1': first }, mallory), [])
    assert.deepEqual(await found({ 'Tag.1.Key': 'a' }, bob), [])
  })
})

suite('ListTagResources: behaviour', () => {
  test('by resource, in whatever region', async () => {
    assert.deepEqual(await found({ 'ResourceId.1': first, 'ResourceId.2': second }), [
      '1 a=1',
      '1 b=2',
      '2 a=3',
    ])
  })

  test('by tag, in the region asked', async () => {
    assert.deepEqual(await found({ 'Tag.1.Key': 'a' }), ['1 a=1', '1 b=2'])
    assert.deepEqual(await found({ 'Tag.1.Key': 'a', RegionId: 'cn-beijing' }), ['2 a=3'])
    assert.deepEqual(await found({ 'Tag.1.Key': 'a', 'Tag.1.Value': '3' }), [])
  })

  test('by both', async () => {
    assert.deepEqual(await found({ 'ResourceId.1': first, 'ResourceId.2': second, 'Tag.1.Key': 'b' }), [
      '1 a=1',
      '1 b=2',
    ])
  })

  test('by category', async () => {
    assert.equal((await found({ 'ResourceId.1': first, Category: 'Custom' })).length, 2)
    assert.equal((await found({ 'ResourceId.1': first, Category: 'System' })).length, 0)
  })

  test('page by page', async () => {
    for (const MaxResults of [1, 2]) {
      const seen: string[] = []
      let NextToken = ''
      do {
        const { body } = await succeeds(
          list({ 'ResourceId.1': first, 'ResourceId.2': second, MaxResults, NextToken }),
        )
        seen.push(...body.TagResources.map(({ TagKey, TagValue }) => `${TagKey}=${TagValue}`))
        NextToken = body.NextToken
      } while (NextToken !== '')
      assert.deepEqual(seen, ['a=1', 'b=2', 'a=3'])
    }
  })
})
