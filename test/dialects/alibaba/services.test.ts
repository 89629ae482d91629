import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { alice, bob } from '../../rig/tenants.ts'
import { type AlibabaService, type Answer, fails, STYLES, startAlibaba, succeeds } from './client.ts'

let alibaba: AlibabaService
before(async () => {
  alibaba = await startAlibaba()
})
after(() => alibaba.close())

const membersOf = async (answer: Promise<Answer>) => {
  const { RequestId: _, ...rest } = JSON.parse((await succeeds(answer)).text) as Record<string, unknown>
  return rest
}

suite('DescribeRegions', () => {
  test('the operator’s, by this vendor’s names, at the address that was called', async () => {
    assert.deepEqual(await membersOf(alibaba.call(alice, 'DescribeRegions')), {
      Regions: {
        Region: [
          { RegionId: 'cn-hangzhou', LocalName: 'region-a', RegionEndpoint: alibaba.host },
          { RegionId: 'cn-beijing', LocalName: 'region-b', RegionEndpoint: alibaba.host },
        ],
      },
    })
  })
})

suite('DescribeZones', () => {
  test('some of a region', async () => {
    const zones = ['cn-beijing-a', 'cn-beijing-b', 'cn-beijing-c']
    assert.deepEqual(await membersOf(alibaba.call(alice, 'DescribeZones', { RegionId: 'cn-beijing' })), {
      Zones: { Zone: zones.map((ZoneId) => ({ ZoneId, LocalName: ZoneId })) },
    })
  })
  test('each can be lived in', async () => {
    const VpcId = await alibaba.newVpc(alice)
    const { text } = await alibaba.call(alice, 'DescribeZones', { RegionId: 'cn-hangzhou' })
    const { Zones } = JSON.parse(text) as { Zones: { Zone: { ZoneId: string }[] } }
    for (const [index, { ZoneId }] of Zones.Zone.entries()) {
      await alibaba.newSubnet(alice, VpcId, `10.0.${index}.0/24`, { ZoneId })
    }
  })
  test('without a region, or of one that is none', async () => {
    await fails(alibaba.call(alice, 'DescribeZones'), 'MissingRegionId')
    await fails(
      alibaba.call(alice, 'DescribeZones', { RegionId: 'cn-nowhere' }),
      'InvalidRegionId.NotFound',
      undefined,
      404,
    )
  })
})

suite('GetCallerIdentity', () => {
  for (const style of STYLES) {
    test(`who signs, ${style}`, async () => {
      for (const { uid, ...tenant } of [alice, bob]) {
        assert.deepEqual(
          await membersOf(alibaba.call({ ...tenant, uid }, 'GetCallerIdentity', {}, { style })),
          {
            AccountId: uid,
            UserId: uid,
            PrincipalId: uid,
            IdentityType: 'Account',
            Arn: `acs:ram::${uid}:root`,
          },
        )
      }
    })
  }
  test('in XML', async () => {
    const { text } = await alibaba.call(alice, 'GetCallerIdentity', {}, { style: 'get', format: 'XML' })
    assert.match(text, /<GetCallerIdentityResponse>.*<AccountId>1210123456123451<\/AccountId>/s)
  })
})

suite('DescribeEndpoints', () => {
  const find = (parameters: Record<string, string>) =>
    alibaba.call(alice, 'DescribeEndpoints', { Id: 'cn-hangzhou', Type: 'openAPI', ...parameters })

  test('where each product that is spoken is: here', async () => {
    for (const ServiceCode of ['vpc', 'vpcpeer', 'sts', 'location', 'Vpc']) {
      assert.deepEqual(await membersOf(find({ ServiceCode })), {
        Success: true,
        Endpoints: {
          Endpoint: [
            {
              Id: 'cn-hangzhou',
              Endpoint: alibaba.host,
              Type: 'openAPI',
              SerivceCode: ServiceCode,
              Namespace: '',
              Protocols: { Protocols: ['HTTP'] },
            },
          ],
        },
      })
    }
  })
  test('of other products, and of other types, there is none', async () => {
    const nothing = { Success: true, Endpoints: { Endpoint: [] } }
    assert.deepEqual(await membersOf(find({ ServiceCode: 'ecs' })), nothing)
    assert.deepEqual(await membersOf(find({ ServiceCode: 'vpc', Type: 'innerAPI' })), nothing)
  })
  test('validation', async () => {
    await fails(find({}), 'MissingServiceCode')
    await fails(find({ Id: '', ServiceCode: 'vpc' }), 'MissingId')
    await fails(
      find({ Id: 'cn-nowhere', ServiceCode: 'vpc' }),
      'InvalidRegionId',
      'The specified region does not exist.',
    )
  })
})
