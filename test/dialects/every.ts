import assert from 'node:assert/strict'
import { bearerToken } from '../../src/dialects/native/codec.ts'
import { native, type TestService } from '../rig/service.ts'
import { alice, bob, type TestTenant } from '../rig/tenants.ts'
import { send as sendAlibaba, sign as signAlibaba, type Values } from './alibaba/client.ts'
import { askBody, client as huaweiClient } from './huawei/client.ts'
import {
  type Answer,
  flatten,
  LEGACY_PATH,
  type LegacyResponse,
  type Parameters,
  send as sendTencent,
  signWithHeaders,
  signWithParameters,
  type V3Response,
} from './tencent/client.ts'

/** The life of a peering in every dialect, by the same few words. */

/** The ids that one resource has. */
export interface Ids {
  readonly huawei: string
  readonly alibaba: string
  readonly tencent: string
}

/** A state, and what a peering's end is to a dialect: its own id of the VPC, and its own name of the tenant. */
export type State = 'pending' | 'active' | 'rejected'
interface End {
  readonly vpc: string
  readonly tenant: string
}
export interface Shown {
  readonly id: string
  readonly name: string
  readonly state: string
  readonly requester: End
  readonly accepter: End
}

/** One dialect, as far as a peering's life goes. */
export interface Dialect {
  readonly name: string
  /** Its own of the three ids that a resource has. */
  readonly idOf: (ids: Ids) => string
  /** Its own name for a tenant. */
  readonly nameOf: (tenant: TestTenant) => string
  readonly words: Readonly<Record<State, string>>
  /** Alice asks bob; answers the peering's id in this dialect. */
  readonly ask: (service: TestService, from: Ids, to: Ids, name: string) => Promise<string>
  readonly answer: (service: TestService, verb: 'accept' | 'reject', id: string) => Promise<void>
  readonly remove: (service: TestService, tenant: TestTenant, id: string) => Promise<void>
  /** Null where there is none, as far as `tenant` can see. */
  readonly show: (service: TestService, tenant: TestTenant, id: string) => Promise<Shown | null>
}

const capitalized = { accept: 'Accept', reject: 'Reject' } as const

const HUAWEI: Dialect = {
  name: 'Huawei',
  idOf: ({ huawei }) => huawei,
  nameOf: ({ projects }) => projects['region-a'],
  words: { pending: 'PENDING_ACCEPTANCE', active: 'ACTIVE', rejected: 'REJECTED' },
  async ask(service, from, to, name) {
    const body = askBody(from.huawei, to.huawei, { name }, bob.projects['region-a'])
    const answer = await huaweiClient(service, alice)('POST', '/v2.0/vpc/peerings', { body })
    assert.equal(answer.status, 201, answer.text)
    return answer.body.peering.id
  },
  async answer(service, verb, id) {
    const answer = await huaweiClient(service, bob)('PUT', `/v2.0/vpc/peerings/${id}/${verb}`)
    assert.equal(answer.status, 200, answer.text)
  },
  async remove(service, tenant, id) {
    const answer = await huaweiClient(service, tenant)('DELETE', `/v2.0/vpc/peerings/${id}`)
    assert.equal(answer.status, 204, answer.text)
  },
  async show(service, tenant, id) {
    const answer = await huaweiClient(service, tenant)('GET', `/v2.0/vpc/peerings/${id}`)
    if (answer.status === 404) return null
    assert.equal(answer.status, 200, answer.text)
    const { peering } = answer.body
    const end = ({ vpc_id, tenant_id }: typeof peering.request_vpc_info) => ({
      vpc: vpc_id,
      tenant: tenant_id,
    })
    return {
      id: peering.id,
      name: peering.name,
      state: peering.status,
      requester: end(peering.request_vpc_info),
      accepter: end(peering.accept_vpc_info),
    }
  },
}

export async function alibabaCall(
  service: TestService,
  tenant: TestTenant,
  action: string,
  parameters: Values,
) {
  return sendAlibaba(service.url, signAlibaba(service.host, tenant, action, parameters, {}))
}

export async function alibabaDone(
  service: TestService,
  tenant: TestTenant,
  action: string,
  parameters: Values,
) {
  const answer = await alibabaCall(service, tenant, action, parameters)
  assert.equal(answer.status, 200, answer.text)
  return answer.body
}

const ALIBABA: Dialect = {
  name: 'Alibaba',
  idOf: ({ alibaba }) => alibaba,
  nameOf: ({ uid }) => uid,
  words: { pending: 'Accepting', active: 'Activated', rejected: 'Rejected' },
  async ask(service, from, to, name) {
    const { InstanceId } = await alibabaDone(service, alice, 'CreateVpcPeerConnection', {
      RegionId: 'cn-hangzhou',
      VpcId: from.alibaba,
      AcceptingAliUid: bob.uid,
      AcceptingRegionId: 'cn-hangzhou',
      AcceptingVpcId: to.alibaba,
      Name: name,
    })
    return InstanceId
  },
  async answer(service, verb, id) {
    await alibabaDone(service, bob, `${capitalized[verb]}VpcPeerConnection`, { InstanceId: id })
  },
  async remove(service, tenant, id) {
    await alibabaDone(service, tenant, 'DeleteVpcPeerConnection', { InstanceId: id })
  },
  async show(service, tenant, id) {
    const { body, text } = await alibabaCall(service, tenant, 'GetVpcPeerConnectionAttribute', {
      InstanceId: id,
    })
    if (body.Code === 'ResourceNotFound.InstanceId') return null
    assert.ok(!body.Code, text)
    return {
      id: body.InstanceId,
      name: body.Name,
      state: body.Status,
      requester: { vpc: body.Vpc.VpcId, tenant: String(body.OwnerId) },
      accepter: { vpc: body.AcceptingVpc.VpcId, tenant: String(body.AcceptingOwnerUid) },
    }
  },
}

async function legacyCall(service: TestService, tenant: TestTenant, action: string, parameters: Parameters) {
  const pairs = [['Action', action] as const, ['Region', 'gz'] as const, ...flatten(parameters)]
  const signed = signWithParameters(service.host, LEGACY_PATH, tenant, pairs, {})
  return sendTencent<LegacyResponse>(service.url, signed)
}

export async function legacyDone(
  service: TestService,
  tenant: TestTenant,
  action: string,
  parameters: Parameters,
) {
  const { body, text } = await legacyCall(service, tenant, action, parameters)
  assert.equal(body.code, 0, text)
  return body
}

const TENCENT_LEGACY: Dialect = {
  name: 'Tencent legacy',
  idOf: ({ tencent }) => tencent,
  nameOf: ({ uin }) => uin,
  words: { pending: '0', active: '1', rejected: '3' },
  async ask(service, from, to, name) {
    const { peeringConnectionId } = await legacyDone(service, alice, 'CreateVpcPeeringConnection', {
      vpcId: from.tencent,
      peerVpcId: to.tencent,
      peerUin: bob.uin,
      peeringConnectionName: name,
    })
    return peeringConnectionId
  },
  async answer(service, verb, id) {
    await legacyDone(service, bob, `${capitalized[verb]}VpcPeeringConnection`, { peeringConnectionId: id })
  },
  async remove(service, tenant, id) {
    await legacyDone(service, tenant, 'DeleteVpcPeeringConnection', { peeringConnectionId: id })
  },
  async show(service, tenant, id) {
    const { body, text } = await legacyCall(service, tenant, 'DescribeVpcPeeringConnections', {
      peeringConnectionId: id,
    })
    if (body.codeDesc === 'InvalidPeeringConnection.NotFound') return null
    assert.equal(body.code, 0, text)
    assert.equal(body.data.length, 1)
    // More than its client's tests name.
    const [found] = body.data as unknown as Record<string, unknown>[]
    return {
      id: String(found?.['peeringConnectionId']),
      name: String(found?.['peeringConnectionName']),
      state: String(found?.['state']),
      requester: { vpc: String(found?.['vpcId']), tenant: String(found?.['uin']) },
      accepter: { vpc: String(found?.['peerVpcId']), tenant: String(found?.['peerUin']) },
    }
  },
}

export async function v3Done(
  service: TestService,
  tenant: TestTenant,
  action: string,
  parameters: Parameters,
): Promise<V3Response> {
  const signed = signWithHeaders(service.host, tenant, action, parameters, {})
  const answer: Answer<{ Response: V3Response }> = await sendTencent(service.url, signed)
  assert.equal(answer.body.Response.Error, undefined, answer.text)
  return answer.body.Response
}

const TENCENT_V3: Dialect = {
  name: 'Tencent API 3.0',
  idOf: ({ tencent }) => tencent,
  nameOf: ({ uin }) => uin,
  words: { pending: 'PENDING', active: 'ACTIVE', rejected: 'REJECTED' },
  async ask(service, from, to, name) {
    const { PeeringConnectionId } = await v3Done(service, alice, 'CreateVpcPeeringConnection', {
      SourceVpcId: from.tencent,
      PeeringConnectionName: name,
      DestinationVpcId: to.tencent,
      DestinationUin: bob.uin,
      DestinationRegion: 'ap-guangzhou',
    })
    return PeeringConnectionId
  },
  async answer(service, verb, id) {
    await v3Done(service, bob, `${capitalized[verb]}VpcPeeringConnection`, { PeeringConnectionId: id })
  },
  async remove(service, tenant, id) {
    await v3Done(service, tenant, 'DeleteVpcPeeringConnection', { PeeringConnectionId: id })
  },
  async show(service, tenant, id) {
    const { PeerConnectionSet } = await v3Done(service, tenant, 'DescribeVpcPeeringConnections', {
      PeeringConnectionIds: [id],
    })
    const [found] = PeerConnectionSet
    return found
      ? {
          id: found.PeeringConnectionId,
          name: found.PeeringConnectionName,
          state: found.State,
          requester: { vpc: found.SourceVpcId, tenant: String(found.SourceUin) },
          accepter: { vpc: found.PeerVpcId, tenant: String(found.DestinationUin) },
        }
      : null
  },
}

interface NativePeering {
  readonly id: string
  readonly ids: Ids
  readonly name: string
  readonly state: string
  readonly requester: { readonly vpc: string; readonly tenant: { readonly name: string } }
  readonly accepter: { readonly vpc: string; readonly tenant: { readonly name: string } }
}

export const nativeToken = ({ key }: TestTenant) => bearerToken(key.id, key.secret)

export async function nativeCall(
  service: TestService,
  tenant: TestTenant,
  method: string,
  path: string,
  body?: object,
) {
  const token = nativeToken(tenant)
  const answer: { status: number; body: NativePeering } = await native(service, token, method, path, body)
  return answer
}

export const NATIVE: Dialect = {
  name: 'native',
  idOf: ({ huawei }) => huawei,
  nameOf: ({ name }) => name,
  words: { pending: 'pending-acceptance', active: 'active', rejected: 'rejected' },
  async ask(service, from, to, name) {
    const asked = { requesterVpc: from.huawei, accepterVpc: to.huawei, name }
    const { status, body } = await nativeCall(service, alice, 'POST', '/peerings', asked)
    assert.equal(status, 201)
    return body.id
  },
  async answer(service, verb, id) {
    assert.equal((await nativeCall(service, bob, 'POST', `/peerings/${id}/${verb}`)).status, 200)
  },
  async remove(service, tenant, id) {
    assert.equal((await nativeCall(service, tenant, 'DELETE', `/peerings/${id}`)).status, 204)
  },
  async show(service, tenant, id) {
    const { status, body } = await nativeCall(service, tenant, 'GET', `/peerings/${id}`)
    if (status === 404) return null
    assert.equal(status, 200)
    const end = ({ vpc, tenant: { name } }: NativePeering['requester']) => ({ vpc, tenant: name })
    const { id: shownId, name, state, requester, accepter } = body
    return { id: shownId, name, state, requester: end(requester), accepter: end(accepter) }
  },
}

/** Every dialect there is. */
export const DIALECTS = [NATIVE, HUAWEI, ALIBABA, TENCENT_LEGACY, TENCENT_V3]
