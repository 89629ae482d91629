import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { alice, bob, mallory } from '../../rig/tenants.ts'
import { type AlibabaService, fails, startAlibaba, succeeds, type Values } from './client.ts'

let alibaba: AlibabaService
/** Oldest first: alice's to bob, bob's to alice, alice's across regions, bob's and mallory's. */
let ids: { out: string; back: string; across: string; others: string }
before(async () => {
  alibaba = await startAlibaba()
  const out = await alibaba.propose(alice, bob, { Name: 'out-bound', 'Tag.1.Key': 'env', 'Tag.1.Value': 'x' })
  const back = await alibaba.activate(bob, alice, { 'Tag.1.Key': 'env', 'Tag.1.Value': 'y' })
  const across = await alibaba.propose(alice, bob, { ResourceGroupId: 'rg-1' }, ['cn-hangzhou', 'cn-beijing'])
  const others = await alibaba.propose(bob, mallory)
  ids = { out, back, across, others }
})
after(() => alibaba.close())

const LIST = 'ListVpcPeerConnections'

async function found(parameters: Values, tenant = alice): Promise<readonly string[]> {
  const { body } = await succeeds(alibaba.call(tenant, LIST, parameters))
  assert.equal(body.TotalCount, body.VpcPeerConnects.length)
  assert.equal(body.NextToken, '')
  return body.VpcPeerConnects.map(({ InstanceId }) => InstanceId)
}

suite('ListVpcPeerConnections: serialization', () => {
  test('what Get shows, in a list', async () => {
    const { body } = await succeeds(alibaba.call(alice, LIST))
    assert.deepEqual(Object.keys(body), [
      'RequestId',
      'TotalCount',
      'MaxResults',
      'NextToken',
      'VpcPeerConnects',
    ])
    assert.equal(body.MaxResults, 20)
    for (const item of body.VpcPeerConnects) {
      const { RequestId: _, ...shown } = await alibaba.show(alice, item.InstanceId)
      assert.deepEqual(item, shown)
    }
  })

  test('nothing: an empty list', async () => {
    const { body } = await succeeds(alibaba.call(alice, LIST, { Name: 'nothing' }))
    assert.deepEqual(body.VpcPeerConnects, [])
    assert.equal(body.TotalCount, 0)
  })
})

suite('ListVpcPeerConnections: validation', () => {
  for (const [field, value] of [
    ['MaxResults', 0],
    ['MaxResults', 101],
    ['MaxResults', 'x'],
    ['NextToken', 'rubbish'],
    ['NextToken', Buffer.from("' 0").toString('base64url')],
    ['VpcId', 'vpc-1,vpc-2,vpc-3'],
  ] as const) {
    test(`${field} ${value}`, () =>
      fails(
        alibaba.call(alice, LIST, { [field]: value }),
        `IllegalParam.${field}`,
        `The param of ${field} is illegal.`,
      ))
  }

  test('a region that is none', () =>
    fails(alibaba.call(alice, LIST, { RegionId: 'cn-nowhere' }), 'UnsupportedRegion'))
})

suite('ListVpcPeerConnections: permission', () => {
  test('each sees what it takes part in', async () => {
    assert.deepEqual(await found({}), [ids.out, ids.back, ids.across])
    assert.deepEqual(await found({}, bob), [ids.out, ids.back, ids.across, ids.others])
    assert.deepEqual(await found({}, mallory), [ids.others])
    assert.deepEqual(await found({ InstanceId: ids.out }, mallory), [])
  })
})

suite('ListVpcPeerConnections: behaviour', () => {
  test('by id, and by name', async () => {
    assert.deepEqual(await found({ InstanceId: ids.back }), [ids.back])
    assert.deepEqual(await found({ Name: 'out-bound' }), [ids.out])
    assert.deepEqual(await found({ Name: 'out' }), [])
  })

  test('by the region of the caller’s own end', async () => {
    assert.deepEqual(await found({ RegionId: 'cn-hangzhou' }), [ids.out, ids.back, ids.across])
    assert.deepEqual(await found({ RegionId: 'cn-beijing' }), [])
    assert.deepEqual(await found({ RegionId: 'cn-beijing' }, bob), [ids.across])
    assert.deepEqual(await found({ RegionId: 'region-b' }, bob), [ids.across])
  })

  test('by VPC, one or the pair, however they are written', async () => {
    const { Vpc, AcceptingVpc } = await alibaba.show(alice, ids.out)
    const other = await alibaba.show(alice, ids.back)
    assert.deepEqual(await found({ VpcId: Vpc.VpcId }), [ids.out])
    assert.deepEqual(await found({ VpcId: AcceptingVpc.VpcId }), [ids.out])
    assert.deepEqual(await found({ VpcId: `${AcceptingVpc.VpcId},${Vpc.VpcId}` }), [ids.out])
    assert.deepEqual(await found({ 'VpcId.1': Vpc.VpcId, 'VpcId.2': AcceptingVpc.VpcId }), [ids.out])
    assert.deepEqual(await found({ VpcId: `${Vpc.VpcId},${other.Vpc.VpcId}` }), [])
    assert.deepEqual(await found({ VpcId: 'vpc-nobodys' }), [])
  })

  test('by one’s own tags', async () => {
    assert.deepEqual(await found({ 'Tags.1.Key': 'env' }), [ids.out])
    assert.deepEqual(await found({ 'Tags.1.Key': 'env', 'Tags.1.Value': 'x' }), [ids.out])
    assert.deepEqual(await found({ 'Tags.1.Key': 'env', 'Tags.1.Value': 'y' }), [])
    assert.deepEqual(await found({ 'Tags.1.Key': 'env', 'Tags.1.Value': 'y' }, bob), [ids.back])
  })

  test('by one’s own resource group, the default one too', async () => {
    const { ResourceGroupId } = await alibaba.show(alice, ids.out)
    assert.deepEqual(await found({ ResourceGroupId: 'rg-1' }), [ids.across])
    assert.deepEqual(await found({ ResourceGroupId: 'rg-1' }, bob), [])
    assert.deepEqual(await found({ ResourceGroupId }), [ids.out, ids.back])
  })

  test('page by page: each once, and the last page says so', async () => {
    const seen: string[] = []
    let NextToken = ''
    do {
      const { body } = await succeeds(alibaba.call(bob, LIST, { MaxResults: 3, NextToken }))
      assert.equal(body.TotalCount, 4)
      assert.equal(body.MaxResults, 3)
      seen.push(...body.VpcPeerConnects.map(({ InstanceId }) => InstanceId))
      NextToken = body.NextToken
    } while (NextToken !== '')
    assert.deepEqual(seen, [ids.out, ids.back, ids.across, ids.others])
  })

  test('a page that is exactly full is the last one', async () => {
    const { body } = await succeeds(alibaba.call(bob, LIST, { MaxResults: 4 }))
    assert.equal(body.NextToken, '')
  })
})
