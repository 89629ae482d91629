import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { alice, bob, vpcOf } from '../../rig/tenants.ts'
import { type AlibabaService, fails, startAlibaba, succeeds, type Values } from './client.ts'

let alibaba: AlibabaService
before(async () => {
  alibaba = await startAlibaba()
})
after(() => alibaba.close())

const list = (parameters: Values = {}, tenant = alice) =>
  alibaba.call(tenant, 'DescribeVpcs', { RegionId: 'cn-hangzhou', ...parameters })

async function found(parameters: Values, tenant = alice): Promise<readonly unknown[]> {
  const { body } = await succeeds(list(parameters, tenant))
  return body.Vpcs.Vpc.map(({ VpcName }) => VpcName)
}

suite('DescribeVpcs: serialization', () => {
  test('lists in the older manner', async () => {
    const { body } = await succeeds(list())
    assert.deepEqual(Object.keys(body), ['RequestId', 'TotalCount', 'PageNumber', 'PageSize', 'Vpcs'])
    assert.deepEqual([body.TotalCount, body.PageNumber, body.PageSize], [4, 1, 10])
    assert.equal(body.Vpcs.Vpc[0]?.['VpcId'], vpcOf(alice, 1).ids.alibaba)
  })

  test('in XML', async () => {
    const answer = await alibaba.call(
      alice,
      'DescribeVpcs',
      { RegionId: 'cn-hangzhou' },
      { style: 'get', format: 'XML' },
    )
    assert.match(answer.text, /<DescribeVpcsResponse>.*<Vpcs><Vpc><VpcId>.*<\/Vpc><Vpc><VpcId>/s)
  })
})

suite('DescribeVpcs: validation', () => {
  test('without a region', () => fails(list({ RegionId: '' }), 'MissingRegionId'))
  for (const [field, value] of [
    ['PageNumber', 0],
    ['PageSize', 51],
    ['PageSize', 'x'],
    ['VpcId', Array.from({ length: 21 }, (_, index) => `vpc-${index}`).join(',')],
  ] as const) {
    test(`${field} ${String(value).slice(0, 10)}`, () =>
      fails(list({ [field]: value }), `IllegalParam.${field}`))
  }
})

suite('DescribeVpcs: permission', () => {
  test('each sees its own', async () => {
    assert.deepEqual(await found({}, bob), ['bob-1', 'bob-2', 'bob-3', 'bob-4'])
    assert.deepEqual(await found({ VpcId: vpcOf(alice, 1).ids.alibaba }, bob), [])
  })
})

suite('DescribeVpcs: behaviour', () => {
  test('by region, id, name, group and page', async () => {
    assert.deepEqual(await found({ RegionId: 'cn-beijing' }), ['alice-5', 'alice-6'])
    const two = `${vpcOf(alice, 1).ids.alibaba}, ${vpcOf(alice, 3).ids.alibaba}`
    assert.deepEqual(await found({ VpcId: two }), ['alice-1', 'alice-3'])
    assert.deepEqual(await found({ VpcName: 'alice-2' }), ['alice-2'])
    assert.deepEqual(await found({ ResourceGroupId: 'rg-nobodys' }), [])
    assert.deepEqual(await found({ IsDefault: true }), [])
    assert.deepEqual(await found({ 'Tag.1.Key': 'x' }), [])
    assert.deepEqual(await found({ PageSize: 3, PageNumber: 2 }), ['alice-4'])
    assert.deepEqual(await found({ PageNumber: 9 }), [])
  })

  test('by a group of one’s own, a page at a time', async () => {
    const ids: string[] = []
    for (const VpcName of ['a', 'b', 'c']) {
      const group = { ResourceGroupId: 'rg-grouped', RegionId: 'cn-beijing', VpcName }
      ids.push((await succeeds(alibaba.call(bob, 'CreateVpc', group))).body.VpcId)
    }
    const grouped = { RegionId: 'cn-beijing', ResourceGroupId: 'rg-grouped' }
    const { body } = await succeeds(list({ ...grouped, PageSize: 2, PageNumber: 2 }, bob))
    assert.equal(body.TotalCount, 3)
    assert.deepEqual(
      body.Vpcs.Vpc.map(({ VpcId }) => VpcId),
      ids.slice(2),
    )
    assert.deepEqual(await found({ ...grouped, VpcName: 'b' }, bob), ['b'])
  })
})
