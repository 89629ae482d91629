import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { alice, bob } from '../../rig/tenants.ts'
import { type AlibabaService, fails, startAlibaba, succeeds, type Values } from './client.ts'

let alibaba: AlibabaService
before(async () => {
  alibaba = await startAlibaba()
})
after(() => alibaba.close())

const RegionId = 'cn-hangzhou'
const version = '2016-04-28'
const call = (action: string, parameters: Values, tenant = alice) =>
  alibaba.call(tenant, action, { RegionId, ...parameters }, { version })

const listed = async (parameters: Values, tenant = alice) => {
  const { text } = await succeeds(call('ListTagResources', parameters, tenant))
  return JSON.parse(text) as {
    NextToken: string
    TagResources: { TagResource: { ResourceId: string; TagKey: string; TagValue: string }[] }
  }
}
const tagsOf = async (ResourceType: string, id: string, more: Values = {}) =>
  (await listed({ ResourceType, 'ResourceId.1': id, ...more })).TagResources.TagResource.map(
    ({ TagKey, TagValue }) => `${TagKey}=${TagValue}`,
  )

/** One resource of each type, in one VPC. */
async function resources(tenant = alice) {
  const VpcId = await alibaba.newVpc(tenant)
  const VSwitchId = await alibaba.newSubnet(tenant, VpcId, '10.0.1.0/24')
  return { VPC: VpcId, VSWITCH: VSwitchId, ROUTETABLE: await alibaba.tableOf(tenant, VpcId) }
}

suite('tags of networks: serialization', () => {
  test('set, listed, taken off: of each type', async () => {
    for (const [ResourceType, id] of Object.entries(await resources())) {
      const set = { 'Tag.1.Key': 'k', 'Tag.1.Value': 'v', 'Tag.2.Key': 'empty', 'Tag.2.Value': '' }
      const made = await succeeds(call('TagResources', { ResourceType, 'ResourceId.1': id, ...set }))
      assert.deepEqual(Object.keys(made.body), ['RequestId'])
      const { body, text } = await succeeds(call('ListTagResources', { ResourceType, 'ResourceId.1': id }))
      assert.deepEqual(Object.keys(body), ['RequestId', 'NextToken', 'TagResources'])
      const { NextToken, TagResources } = JSON.parse(text) as Record<string, unknown>
      assert.equal(NextToken, '')
      assert.deepEqual(TagResources, {
        TagResource: [
          { ResourceId: id, ResourceType, TagKey: 'k', TagValue: 'v' },
          { ResourceId: id, ResourceType, TagKey: 'empty', TagValue: '' },
        ],
      })
      const gone = await succeeds(
        call('UnTagResources', { ResourceType, 'ResourceId.1': id, 'TagKey.1': 'k' }),
      )
      assert.deepEqual(Object.keys(gone.body), ['RequestId'])
      assert.deepEqual(await tagsOf(ResourceType, id), ['empty='])
      await succeeds(call('UnTagResources', { ResourceType, 'ResourceId.1': id, All: true }))
      assert.deepEqual(await tagsOf(ResourceType, id), [])
    }
  })
})

suite('tags of networks: validation', () => {
  const full = { ResourceType: 'VPC', 'ResourceId.1': 'vpc-1', 'Tag.1.Key': 'k', 'TagKey.1': 'k' }
  for (const action of ['TagResources', 'UnTagResources', 'ListTagResources']) {
    test(`${action}: what must be there`, async () => {
      await fails(call(action, { ...full, RegionId: '' }), 'MissingRegionId')
      await fails(call(action, { ...full, ResourceType: '' }), 'MissingResourceType')
      await fails(call(action, { ...full, ResourceType: 'PeerConnection' }), 'InvalidInstanceType.NotFound')
    })
  }
  test('no resource, no tag', async () => {
    await fails(call('TagResources', { ResourceType: 'VPC', 'Tag.1.Key': 'k' }), 'MissingResourceId')
    await fails(call('TagResources', { ...full, 'Tag.1.Key': '', 'Tag.1.Value': 'v' }), 'MissingTagKey')
    await fails(call('TagResources', { ResourceType: 'VPC', 'ResourceId.1': 'vpc-1' }), 'MissingTag')
    await fails(call('UnTagResources', { ResourceType: 'VPC', 'ResourceId.1': 'vpc-1' }), 'MissingTagKey')
    await fails(call('ListTagResources', { ResourceType: 'VPC' }), 'BothEmpty.TagsAndResources')
    await fails(call('ListTagResources', { ...full, 'Tag.1.Key': '', 'Tag.1.Value': 'v' }), 'InvalidTagKey')
    await fails(call('ListTagResources', { ...full, MaxResults: 51 }), 'IllegalParam.MaxResults')
  })
  test('a reserved key, one key twice, 21 tags', async () => {
    const { VPC } = await resources()
    const tag = (tags: Values) => call('TagResources', { ResourceType: 'VPC', 'ResourceId.1': VPC, ...tags })
    await fails(tag({ 'Tag.1.Key': 'acs:k' }), 'IllegalParam.TagKey')
    await fails(tag({ 'Tag.1.Key': 'k', 'Tag.2.Key': 'k' }), 'Forbidden.TagKey.Duplicated')
    for (let n = 0; n < 20; n++) await succeeds(tag({ 'Tag.1.Key': `k${n}` }))
    await fails(tag({ 'Tag.1.Key': 'k20' }), 'NumberExceed.Tags')
    await succeeds(tag({ 'Tag.1.Key': 'k19', 'Tag.1.Value': 'new' }))
  })
})

suite('tags of networks: permission', () => {
  test('somebody else’s, or of another region or type, are not found, and nothing is tagged', async () => {
    const ours = await resources()
    const theirs = await resources(bob)
    for (const [ResourceType, id] of Object.entries(ours)) {
      const foreign = theirs[ResourceType as keyof typeof theirs]
      const two = { ResourceType, 'ResourceId.1': id, 'ResourceId.2': foreign }
      const missing = ['InvalidInstanceIds.NotFound', 'The instance IDs are not found.'] as const
      await fails(call('TagResources', { ...two, 'Tag.1.Key': 'k' }), ...missing)
      await fails(call('UnTagResources', { ...two, 'TagKey.1': 'k' }), ...missing)
      await fails(
        call('TagResources', { ResourceType, 'ResourceId.1': id, 'Tag.1.Key': 'k', RegionId: 'cn-beijing' }),
        ...missing,
      )
      assert.deepEqual(await tagsOf(ResourceType, id), [])
      assert.deepEqual((await listed({ ResourceType, 'ResourceId.1': foreign })).TagResources, {
        TagResource: [],
      })
    }
    await fails(
      call('TagResources', { ResourceType: 'VPC', 'ResourceId.1': ours.VSWITCH, 'Tag.1.Key': 'k' }),
      'InvalidInstanceIds.NotFound',
    )
  })
})

suite('tags of networks: behaviour', () => {
  test('several at once, also under a token, which covers them all', async () => {
    const VpcId = await alibaba.newVpc(alice)
    const other = await alibaba.newVpc(alice)
    const ids = [
      await alibaba.newSubnet(alice, VpcId, '10.0.1.0/24'),
      await alibaba.newSubnet(alice, VpcId, '10.0.2.0/24'),
      await alibaba.newSubnet(alice, other, '10.0.1.0/24'),
    ]
    const request = {
      ResourceType: 'VSWITCH',
      ...Object.fromEntries(ids.map((id, index) => [`ResourceId.${index + 1}`, id])),
      'Tag.1.Key': 'k',
      ClientToken: 'tag-them-all',
    }
    await succeeds(call('TagResources', request))
    for (const id of ids) assert.deepEqual(await tagsOf('VSWITCH', id), ['k='])
    await succeeds(
      call('UnTagResources', { ResourceType: 'VSWITCH', 'ResourceId.1': ids[0] ?? '', All: true }),
    )
    await succeeds(call('TagResources', request))
    assert.deepEqual(await tagsOf('VSWITCH', ids[0] ?? ''), [])
  })

  test('found by tag, page after page, each once', async () => {
    const vpcs = [await alibaba.newVpc(bob), await alibaba.newVpc(bob), await alibaba.newVpc(bob)]
    for (const [index, id] of vpcs.entries()) {
      await succeeds(
        call(
          'TagResources',
          {
            ResourceType: 'vpc',
            'ResourceId.1': id,
            'Tag.1.Key': 'page',
            'Tag.1.Value': index === 2 ? 'x' : 'y',
            'Tag.2.Key': 'n',
            'Tag.2.Value': index,
          },
          bob,
        ),
      )
    }
    const seen: string[] = []
    let NextToken = ''
    do {
      const page = await listed(
        { ResourceType: 'VPC', 'Tag.1.Key': 'page', 'Tag.1.Value': 'y', MaxResults: 3, NextToken },
        bob,
      )
      const entries = page.TagResources.TagResource
      seen.push(...entries.map(({ ResourceId, TagKey }) => `${vpcs.indexOf(ResourceId)} ${TagKey}`))
      NextToken = page.NextToken
    } while (NextToken !== '')
    assert.deepEqual(seen, ['0 page', '0 n', '1 page', '1 n'])
  })

  test('given at creation, and shown where the resource is', async () => {
    const { body } = await succeeds(
      alibaba.call(alice, 'CreateVpc', { RegionId, 'Tag.1.Key': 'k', 'Tag.1.Value': 'v' }),
    )
    assert.deepEqual(await tagsOf('VPC', body.VpcId), ['k=v'])
  })
})
