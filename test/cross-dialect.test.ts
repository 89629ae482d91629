import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { bearerToken } from '../src/dialects/native/codec.ts'
import { send as sendAlibaba, sign as signAlibaba, type Values } from './dialects/alibaba/client.ts'
import { askBody, client as huaweiClient } from './dialects/huawei/client.ts'
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
} from './dialects/tencent/client.ts'
import { postgresSuite } from './rig/postgres.ts'
import { ADMIN_TOKEN, native, startService, type TestService } from './rig/service.ts'
import { alice, bob, type TestTenant } from './rig/tenants.ts'

/**
 * There is one peering behind all dialects: what is asked for in one is answered in any other, and seen in each as
 * the same. Alice asks and bob answers.
 */

let service: TestService

interface Ids {
  readonly huawei: string
  readonly alibaba: string
  readonly tencent: string
}

/** A state, and what a peering's end is to a dialect: its own id of the VPC, and its own name of the tenant. */
type State = 'pending' | 'active' | 'rejected'
interface End {
  readonly vpc: string
  readonly tenant: string
}
interface Shown {
  readonly id: string
  readonly name: string
  readonly state: string
  readonly requester: End
  readonly accepter: End
}

/** One dialect, as far as a peering's life goes. */
interface Dialect {
  readonly name: string
  /** Its own of the three ids that a resource has. */
  readonly idOf: (ids: Ids) => string
  /** Its own name for a tenant. */
  readonly nameOf: (tenant: TestTenant) => string
  readonly words: Readonly<Record<State, string>>
  /** Alice asks bob; answers the peering's id in this dialect. */
  readonly ask: (from: Ids, to: Ids, name: string) => Promise<string>
  readonly answer: (verb: 'accept' | 'reject', id: string) => Promise<void>
  readonly remove: (tenant: TestTenant, id: string) => Promise<void>
  /** Null where there is none, as far as `tenant` can see. */
  readonly show: (tenant: TestTenant, id: string) => Promise<Shown | null>
}

const capitalized = { accept: 'Accept', reject: 'Reject' } as const

const HUAWEI: Dialect = {
  name: 'Huawei',
  idOf: ({ huawei }) => huawei,
  nameOf: ({ projects }) => projects['region-a'],
  words: { pending: 'PENDING_ACCEPTANCE', active: 'ACTIVE', rejected: 'REJECTED' },
  async ask(from, to, name) {
    const body = askBody(from.huawei, to.huawei, { name }, bob.projects['region-a'])
    const answer = await huaweiClient(service, alice)('POST', '/v2.0/vpc/peerings', { body })
    assert.equal(answer.status, 201, answer.text)
    return answer.body.peering.id
  },
  async answer(verb, id) {
    const answer = await huaweiClient(service, bob)('PUT', `/v2.0/vpc/peerings/${id}/${verb}`)
    assert.equal(answer.status, 200, answer.text)
  },
  async remove(tenant, id) {
    const answer = await huaweiClient(service, tenant)('DELETE', `/v2.0/vpc/peerings/${id}`)
    assert.equal(answer.status, 204, answer.text)
  },
  async show(tenant, id) {
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

async function alibabaCall(tenant: TestTenant, action: string, parameters: Values) {
  return sendAlibaba(service.url, signAlibaba(service.host, tenant, action, parameters, {}))
}

async function alibabaDone(tenant: TestTenant, action: string, parameters: Values) {
  const answer = await alibabaCall(tenant, action, parameters)
  assert.equal(answer.status, 200, answer.text)
  return answer.body
}

const ALIBABA: Dialect = {
  name: 'Alibaba',
  idOf: ({ alibaba }) => alibaba,
  nameOf: ({ uid }) => uid,
  words: { pending: 'Accepting', active: 'Activated', rejected: 'Rejected' },
  async ask(from, to, name) {
    const { InstanceId } = await alibabaDone(alice, 'CreateVpcPeerConnection', {
      RegionId: 'cn-hangzhou',
      VpcId: from.alibaba,
      AcceptingAliUid: bob.uid,
      AcceptingRegionId: 'cn-hangzhou',
      AcceptingVpcId: to.alibaba,
      Name: name,
    })
    return InstanceId
  },
  async answer(verb, id) {
    await alibabaDone(bob, `${capitalized[verb]}VpcPeerConnection`, { InstanceId: id })
  },
  async remove(tenant, id) {
    await alibabaDone(tenant, 'DeleteVpcPeerConnection', { InstanceId: id })
  },
  async show(tenant, id) {
    const { body, text } = await alibabaCall(tenant, 'GetVpcPeerConnectionAttribute', { InstanceId: id })
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

async function legacyCall(tenant: TestTenant, action: string, parameters: Parameters) {
  const pairs = [['Action', action] as const, ['Region', 'gz'] as const, ...flatten(parameters)]
  const signed = signWithParameters(service.host, LEGACY_PATH, tenant, pairs, {})
  return sendTencent<LegacyResponse>(service.url, signed)
}

async function legacyDone(tenant: TestTenant, action: string, parameters: Parameters) {
  const { body, text } = await legacyCall(tenant, action, parameters)
  assert.equal(body.code, 0, text)
  return body
}

const TENCENT_LEGACY: Dialect = {
  name: 'Tencent legacy',
  idOf: ({ tencent }) => tencent,
  nameOf: ({ uin }) => uin,
  words: { pending: '0', active: '1', rejected: '3' },
  async ask(from, to, name) {
    const { peeringConnectionId } = await legacyDone(alice, 'CreateVpcPeeringConnection', {
      vpcId: from.tencent,
      peerVpcId: to.tencent,
      peerUin: bob.uin,
      peeringConnectionName: name,
    })
    return peeringConnectionId
  },
  async answer(verb, id) {
    await legacyDone(bob, `${capitalized[verb]}VpcPeeringConnection`, { peeringConnectionId: id })
  },
  async remove(tenant, id) {
    await legacyDone(tenant, 'DeleteVpcPeeringConnection', { peeringConnectionId: id })
  },
  async show(tenant, id) {
    const { body, text } = await legacyCall(tenant, 'DescribeVpcPeeringConnections', {
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

async function v3Done(tenant: TestTenant, action: string, parameters: Parameters): Promise<V3Response> {
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
  async ask(from, to, name) {
    const { PeeringConnectionId } = await v3Done(alice, 'CreateVpcPeeringConnection', {
      SourceVpcId: from.tencent,
      PeeringConnectionName: name,
      DestinationVpcId: to.tencent,
      DestinationUin: bob.uin,
      DestinationRegion: 'ap-guangzhou',
    })
    return PeeringConnectionId
  },
  async answer(verb, id) {
    await v3Done(bob, `${capitalized[verb]}VpcPeeringConnection`, { PeeringConnectionId: id })
  },
  async remove(tenant, id) {
    await v3Done(tenant, 'DeleteVpcPeeringConnection', { PeeringConnectionId: id })
  },
  async show(tenant, id) {
    const { PeerConnectionSet } = await v3Done(tenant, 'DescribeVpcPeeringConnections', {
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

async function nativeCall(tenant: TestTenant, method: string, path: string, body?: object) {
  const token = bearerToken(tenant.key.id, tenant.key.secret)
  const answer: { status: number; body: NativePeering } = await native(service, token, method, path, body)
  return answer
}

const NATIVE: Dialect = {
  name: 'native',
  idOf: ({ huawei }) => huawei,
  nameOf: ({ name }) => name,
  words: { pending: 'pending-acceptance', active: 'active', rejected: 'rejected' },
  async ask(from, to, name) {
    const asked = { requesterVpc: from.huawei, accepterVpc: to.huawei, name }
    const { status, body } = await nativeCall(alice, 'POST', '/peerings', asked)
    assert.equal(status, 201)
    return body.id
  },
  async answer(verb, id) {
    assert.equal((await nativeCall(bob, 'POST', `/peerings/${id}/${verb}`)).status, 200)
  },
  async remove(tenant, id) {
    assert.equal((await nativeCall(tenant, 'DELETE', `/peerings/${id}`)).status, 204)
  },
  async show(tenant, id) {
    const { status, body } = await nativeCall(tenant, 'GET', `/peerings/${id}`)
    if (status === 404) return null
    assert.equal(status, 200)
    const end = ({ vpc, tenant: { name } }: NativePeering['requester']) => ({ vpc, tenant: name })
    const { id: shownId, name, state, requester, accepter } = body
    return { id: shownId, name, state, requester: end(requester), accepter: end(accepter) }
  },
}

const DIALECTS = [NATIVE, HUAWEI, ALIBABA, TENCENT_LEGACY, TENCENT_V3]
const PARTIES = [alice, bob]

async function newVpc(tenant: TestTenant, cidr: string): Promise<Ids> {
  const body = { tenant: tenant.name, name: 'a VPC', region: 'region-a', cidrs: [cidr] }
  const made: { status: number; body: { ids: Ids } } = await native(
    service,
    ADMIN_TOKEN,
    'POST',
    '/vpcs',
    body,
  )
  assert.equal(made.status, 201)
  return made.body.ids
}

/** One peering, and everything of it that never changes. */
interface Made {
  readonly ids: Ids
  readonly name: string
  readonly from: Ids
  readonly to: Ids
}

/** Both tenants see it through every dialect, as that one says it. */
async function assertShown({ ids, name, from, to }: Made, state: State): Promise<void> {
  for (const { name: dialect, idOf, nameOf, words, show } of DIALECTS) {
    for (const tenant of PARTIES) {
      const expected: Shown = {
        id: idOf(ids),
        name,
        state: words[state],
        requester: { vpc: idOf(from), tenant: nameOf(alice) },
        accepter: { vpc: idOf(to), tenant: nameOf(bob) },
      }
      assert.deepEqual(await show(tenant, idOf(ids)), expected, `${dialect}, as ${tenant.name}`)
    }
  }
}

async function assertGone({ ids }: Made): Promise<void> {
  for (const { name, idOf, show } of DIALECTS) {
    for (const tenant of PARTIES) {
      assert.equal(await show(tenant, idOf(ids)), null, `${name}, as ${tenant.name}`)
    }
  }
}

/** Asks through `dialect` for a peering of two new VPCs. */
async function askThrough(dialect: Dialect, name: string): Promise<Made> {
  const [from, to] = [await newVpc(alice, '10.0.0.0/16'), await newVpc(bob, '10.1.0.0/16')]
  const id = await dialect.ask(from, to, name)
  const { status, body } = await nativeCall(bob, 'GET', `/peerings/${id}`)
  assert.equal(status, 200)
  assert.equal(id, dialect.idOf(body.ids))
  return { ids: body.ids, name, from, to }
}

suite('one peering behind all dialects', () => {
  before(async () => {
    service = await startService()
  })
  after(() => service.close())
  lifecycles()
})

postgresSuite('one peering behind all dialects, over PostgreSQL', (server) => {
  before(async () => {
    const { url } = await server().createDatabase()
    service = await startService({ args: ['--database-url', url] })
  })
  after(() => service.close())
  lifecycles()
})

function lifecycles(): void {
  for (const [row, asker] of DIALECTS.entries()) {
    for (const [column, answerer] of DIALECTS.entries()) {
      for (const [turn, verb] of (['accept', 'reject'] as const).entries()) {
        // Every dialect gets to delete what every other has asked for, and what every other has answered.
        const remover = DIALECTS[(row + column + turn) % DIALECTS.length] ?? NATIVE
        const party = turn === 0 ? alice : bob
        const title = `asked through ${asker.name}, ${verb}ed through ${answerer.name}, deleted through ${remover.name}`
        test(title, async () => {
          const made = await askThrough(asker, `pair-${row}-${column}-${turn}`)
          await assertShown(made, 'pending')
          await answerer.answer(verb, answerer.idOf(made.ids))
          await assertShown(made, verb === 'accept' ? 'active' : 'rejected')
          await remover.remove(party, remover.idOf(made.ids))
          await assertGone(made)
        })
      }
    }
  }

  for (const dialect of DIALECTS) {
    test(`${dialect.name} takes the ids of all the others`, async () => {
      const made = await askThrough(dialect, 'by-any-id')
      for (const id of Object.values(made.ids)) {
        assert.equal((await dialect.show(bob, id))?.id, dialect.idOf(made.ids))
      }
      await dialect.answer('accept', DIALECTS.map(({ idOf }) => idOf(made.ids)).at(-1) ?? '')
      await assertShown(made, 'active')
    })
  }
}
