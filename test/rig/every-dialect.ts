import assert from 'node:assert/strict'
import type { Pair } from '../../src/dialects/encoding.ts'
import { send as sendAlibaba, sign as signAlibaba } from '../dialects/alibaba/client.ts'
import { client as huaweiClient } from '../dialects/huawei/client.ts'
import {
  LEGACY_PATH,
  type LegacyResponse,
  send as sendTencent,
  signWithHeaders,
  signWithParameters,
  type V3Response,
} from '../dialects/tencent/client.ts'
import { native } from './service.ts'
import { alice, bob, type TestTenant, vpcOf } from './tenants.ts'

/** One peering, as one dialect has it. */
export interface DialectView {
  readonly name: string
  /** Asks to change it, and expects "temporarily unavailable" in the dialect's own words. */
  refuses(): Promise<void>
  /** Asks for it, and expects the same. */
  hides(): Promise<void>
  /** Asks for it, and expects it. */
  shows(): Promise<void>
}

/** A waiting peering of alice's first VPC with bob's, in every dialect. */
export function everyDialect(
  service: { readonly url: string; readonly host: string },
  ids: Readonly<Record<'huawei' | 'alibaba' | 'tencent', string>>,
): DialectView[] {
  const { url, host } = service
  const nativeToken = (tenant: TestTenant) => `${tenant.key.id}.${tenant.key.secret}`
  const alibaba = (tenant: TestTenant, action: string) =>
    sendAlibaba(url, signAlibaba(host, tenant, action, { InstanceId: ids.alibaba }, {}))
  const legacy = async (tenant: TestTenant, action: string) => {
    const pairs: Pair[] = [
      ['Action', action],
      ['Region', 'gz'],
      ['peeringConnectionId', ids.tencent],
    ]
    const { body } = await sendTencent<LegacyResponse>(
      url,
      signWithParameters(host, LEGACY_PATH, tenant, pairs, {}),
    )
    return body
  }
  const v3 = async (tenant: TestTenant, action: string, parameters: Record<string, string | string[]>) => {
    const signed = signWithHeaders(host, tenant, action, parameters, {})
    return (await sendTencent<{ Response: V3Response }>(url, signed)).body.Response
  }
  return [
    {
      name: 'native',
      async refuses() {
        const body = {
          requesterVpc: vpcOf(alice, 2).ids.huawei,
          accepterVpc: vpcOf(bob, 2).ids.huawei,
          name: 'x',
        }
        const answer: { status: number; body: { code: string } } = await native(
          service,
          nativeToken(alice),
          'POST',
          '/peerings',
          body,
        )
        assert.deepEqual([answer.status, answer.body.code], [503, 'service.unavailable'])
      },
      async hides() {
        const answer: { status: number; body: { code: string } } = await native(
          service,
          nativeToken(bob),
          'GET',
          `/peerings/${ids.huawei}`,
        )
        assert.deepEqual([answer.status, answer.body.code], [503, 'service.unavailable'])
      },
      async shows() {
        const { status } = await native(service, nativeToken(bob), 'GET', `/peerings/${ids.huawei}`)
        assert.equal(status, 200)
      },
    },
    {
      name: 'Huawei',
      async refuses() {
        const answer = await huaweiClient(service, bob)('PUT', `/v2.0/vpc/peerings/${ids.huawei}/accept`)
        const { code } = answer.body as unknown as { code: string }
        assert.deepEqual([answer.status, code], [503, 'ServiceUnavailable'])
      },
      async hides() {
        const answer = await huaweiClient(service, bob)('GET', `/v2.0/vpc/peerings/${ids.huawei}`)
        const { code } = answer.body as unknown as { code: string }
        assert.deepEqual([answer.status, code], [503, 'ServiceUnavailable'])
      },
      async shows() {
        const answer = await huaweiClient(service, bob)('GET', `/v2.0/vpc/peerings/${ids.huawei}`)
        assert.deepEqual([answer.status, answer.body.peering.status], [200, 'PENDING_ACCEPTANCE'])
      },
    },
    {
      name: 'Alibaba',
      async refuses() {
        const { status, body } = await alibaba(alice, 'DeleteVpcPeerConnection')
        assert.deepEqual([status, body.Code], [503, 'ServiceUnavailable'])
      },
      async hides() {
        const { status, body } = await alibaba(alice, 'GetVpcPeerConnectionAttribute')
        assert.deepEqual([status, body.Code], [503, 'ServiceUnavailable'])
      },
      async shows() {
        const { status, body } = await alibaba(alice, 'GetVpcPeerConnectionAttribute')
        assert.deepEqual([status, body.InstanceId], [200, ids.alibaba])
      },
    },
    {
      name: 'Tencent legacy',
      async refuses() {
        const { code, codeDesc } = await legacy(bob, 'RejectVpcPeeringConnection')
        assert.deepEqual([code, codeDesc], [6200, 'ServiceUnavailable'])
      },
      async hides() {
        const { code, codeDesc } = await legacy(bob, 'DescribeVpcPeeringConnections')
        assert.deepEqual([code, codeDesc], [6200, 'ServiceUnavailable'])
      },
      async shows() {
        const { code, data } = await legacy(bob, 'DescribeVpcPeeringConnections')
        assert.deepEqual([code, data.map(({ state }) => state)], [0, [0]])
      },
    },
    {
      name: 'Tencent 3.0',
      async refuses() {
        const parameters = { PeeringConnectionId: ids.tencent }
        const { Error: error } = await v3(alice, 'DeleteVpcPeeringConnection', parameters)
        assert.equal(error?.Code, 'ServiceUnavailable')
      },
      async hides() {
        const parameters = { PeeringConnectionIds: [ids.tencent] }
        const { Error: error } = await v3(alice, 'DescribeVpcPeeringConnections', parameters)
        assert.equal(error?.Code, 'ServiceUnavailable')
      },
      async shows() {
        const parameters = { PeeringConnectionIds: [ids.tencent] }
        const { PeerConnectionSet } = await v3(alice, 'DescribeVpcPeeringConnections', parameters)
        assert.deepEqual(
          PeerConnectionSet.map(({ State }) => State),
          ['PENDING'],
        )
      },
    },
  ]
}
