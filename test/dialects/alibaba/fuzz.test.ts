import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import fc from 'fast-check'
import { ROUTES } from '../../../src/dialects/alibaba/routes.ts'
import { alice, bob, vpcOf } from '../../rig/tenants.ts'
import { type AlibabaService, STYLES, startAlibaba, type Values } from './client.ts'

let alibaba: AlibabaService
before(async () => {
  alibaba = await startAlibaba()
})
after(() => alibaba.close())

const NAMES = [
  ...['RegionId', 'VpcId', 'AcceptingAliUid', 'AcceptingRegionId', 'AcceptingVpcId', 'InstanceId', 'Name'],
  ...[
    'Description',
    'Bandwidth',
    'LinkType',
    'ResourceGroupId',
    'NewResourceGroupId',
    'Tag.1.Key',
    'Tag.1.Value',
  ],
  ...['Tag', 'Tag.x', 'Tag.1', 'Tags.1.Key', 'TagKey.1', 'ResourceId', 'ResourceId.1', 'ResourceType', 'All'],
  ...['Force', 'DryRun', 'ClientToken', 'MaxResults', 'NextToken', 'PageNumber', 'PageSize', 'CidrBlock'],
  ...[
    'VSwitchId',
    'VSwitchName',
    'ZoneId',
    'RouteTableId',
    'RouteTableName',
    'RouteTableType',
    'RoutePropagationEnable',
    'VRouterId',
    'RouterId',
    'RouteEntryId',
    'RouteEntryName',
    'DestinationCidrBlock',
    'NextHopType',
    'NextHopId',
    'NewNextHopId',
    'MaxResult',
    'SecondaryCidrBlock',
    'IPv6CidrBlock',
    'IpVersion',
    'EnableIPv6',
    'UserCidr',
    'Id',
    'ServiceCode',
    'EnableIpv6',
    'Ipv6CidrBlock',
    'VpcName',
    'Category',
    'Format',
    '__proto__',
    'constructor',
    'VpcId.1.2.3.4.5.6.7',
  ],
]

const value = fc.oneof(
  fc.constantFrom(
    ...[
      'cn-hangzhou',
      'cn-beijing',
      'PeerConnection',
      'true',
      'false',
      '',
      '0',
      '-1',
      '5',
      '99999999999999999999',
    ],
    ...[
      'VPC',
      'VSWITCH',
      'VpcPeer',
      'System',
      'cn-hangzhou-a',
      '10.0.1.0/24',
      '172.16.0.0/16',
      'vpc',
      'IPV6',
    ],
    ...['rg-1', 'Gold', '10.0.0.0/16', '::/0', 'null', '{}', '[]', 'pcc-x', '\0', '%', '+', '中文', '\ud800'],
    ...[alice.uid, bob.uid, vpcOf(alice, 1).ids.alibaba, vpcOf(bob, 1).ids.alibaba, 'x'.repeat(300)],
  ),
  fc.string({ unit: 'binary', maxLength: 20 }),
)

suite('whatever is sent', () => {
  for (const { operation } of ROUTES) {
    const [version = '', action = ''] = operation.name.split(' ')
    test(`${operation.name}: an answer in the vendor’s shape, and never a fault`, () =>
      fc.assert(
        fc.asyncProperty(
          fc.dictionary(fc.constantFrom(...NAMES), value, { maxKeys: 10, noNullPrototype: true }),
          fc.constantFrom(...STYLES),
          async (values: Values, style) => {
            const { status, text, headers } = await alibaba.call(alice, action, values, { style, version })
            assert.ok(status === 200 || (status >= 400 && status < 500), `${status} ${text}`)
            if (headers.get('content-type')?.startsWith('text/xml')) {
              assert.match(text, /^<\?xml .*<RequestId>[0-9A-F-]{36}<\/RequestId>/s)
              return
            }
            const body = JSON.parse(text) as Record<string, unknown>
            assert.match(String(body['RequestId']), /^[0-9A-F-]{36}$/)
            assert.equal('Code' in body, status !== 200)
            // A signature that does not hold would hide everything that lies behind it.
            assert.notEqual(body['Code'], 'SignatureDoesNotMatch')
          },
        ),
        { numRuns: 60 },
      ))
  }
})
