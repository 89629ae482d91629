import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import fc from 'fast-check'
import { ROUTES as LEGACY_ROUTES } from '../../../src/dialects/tencent/legacy/routes.ts'
import { ROUTES as V3_ROUTES } from '../../../src/dialects/tencent/v3/routes.ts'
import { VERSIONS } from '../../../src/dialects/tencent/v3/services.ts'
import { alice, bob } from '../../rig/tenants.ts'
import { type Json, startTencent, type TencentService } from './client.ts'

/** Whatever is sent, somebody's mistake is never told as ours. */

let service: TencentService
let known: readonly string[]
before(async () => {
  service = await startTencent()
  const { v3: parameters } = await service.proposal(alice, bob)
  const { peering, ours } = await service.network(alice, bob)
  const { SourceVpcId, DestinationVpcId } = parameters
  known = [await service.propose(alice, bob), SourceVpcId, DestinationVpcId, bob.uin, peering, ours.table]
})
after(() => service.close())

const RUNS = { numRuns: 150 }

function values(): fc.Arbitrary<string> {
  return fc.oneof(
    fc.string({ unit: 'binary', maxLength: 80 }),
    fc.constantFrom(...known, '', '0', '-1', '1e9', 'null', 'true', 'gz', 'ap-shanghai', '10.0.0.0/16', '\0'),
  )
}

const V3_NAMES = [
  ...['PeeringConnectionId', 'PeeringConnectionName', 'SourceVpcId', 'DestinationVpcId', 'DestinationUin'],
  ...['DestinationRegion', 'Bandwidth', 'Type', 'Tags', 'PeeringConnectionIds', 'Filters', 'Offset', 'Limit'],
  ...[
    'SubnetId',
    'SubnetIds',
    'SubnetName',
    'Zone',
    'Subnets',
    'RouteTableId',
    'RouteTableIds',
    'RouteTableName',
  ],
  ...['Routes', 'RouteIds', 'RouteItemIds', 'CidrBlocks', 'NewCidrBlocks', 'OldCidrBlocks', 'TaskId'],
  ...[
    'Resource',
    'ReplaceTags',
    'DeleteTags',
    'ServiceType',
    'ResourcePrefix',
    'ResourceIds',
    'ResourceRegion',
  ],
  ...[
    'FilterSubAccountUin',
    'OrderField',
    'VpcName',
    'CidrBlock',
    'VpcId',
    'VpcIds',
    'EnableMulticast',
    'DnsServers',
    '__proto__',
  ],
]
const LEGACY_NAMES = [
  ...['peeringConnectionId', 'peeringConnectionName', 'vpcId', 'peerVpcId', 'peerUin', 'peerRegion'],
  ...['bandwidth', 'type', 'state', 'offset', 'limit', 'orderField', 'taskId', 'vpcName', 'cidrBlock'],
  ...['routeTableId', 'routeTableName', 'routeSet.0.destinationCidrBlock', 'routeSet.0.nextType'],
  ...['routeSet.0.nextHub', 'subnetSet.0.subnetName', 'subnetSet.0.cidrBlock', 'subnetSet.0.zoneId'],
  ...['a.0.b', 'a', '.', '__proto__'],
]

describe('API 3.0', () => {
  for (const { operation, service: name } of V3_ROUTES) {
    it(`has an answer to every ${operation.name}`, async () => {
      const json = fc.oneof(values(), fc.jsonValue() as fc.Arbitrary<Json>, fc.array(values()))
      const parameters = fc.dictionary(fc.constantFrom(...V3_NAMES), json, { maxKeys: 8 })
      await fc.assert(
        fc.asyncProperty(parameters, fc.boolean(), async (body, asText) => {
          const how = asText ? ({ scheme: 'HmacSHA256', method: 'POST' } as const) : {}
          const options = { ...how, version: VERSIONS[name], service: name }
          const { status, text } = await service.v3(alice, operation.name, body, options)
          assert.equal(status, 200)
          assert.doesNotMatch(text, /InternalError|SignatureFailure/)
        }),
        RUNS,
      )
    })
  }
})

describe('the legacy API', () => {
  for (const { operation } of LEGACY_ROUTES) {
    it(`has an answer to every ${operation.name}`, async () => {
      const parameters = fc.dictionary(fc.constantFrom(...LEGACY_NAMES), values(), { maxKeys: 8 })
      await fc.assert(
        fc.asyncProperty(parameters, async (fields) => {
          const { status, body } = await service.legacy(alice, operation.name, fields)
          assert.equal(status, 200)
          assert.ok(body.code < 6000 && body.code !== 4100, JSON.stringify(body))
        }),
        RUNS,
      )
    })
  }
})
