import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { advance, startService, type TestService } from '../../rig/service.ts'
import { alice, bob, mallory } from '../../rig/tenants.ts'
import { client } from '../huawei/client.ts'
import {
  asOperator,
  assertProblem,
  asTenant,
  type Call,
  NOWHERE,
  newPeering,
  newVpc,
  type PeeringBody,
  TIME,
  UUID,
} from './client.ts'

let service: TestService
let operator: Call
let asAlice: Call
let asBob: Call
let asMallory: Call
let tenants: Record<string, string>
before(async () => {
  service = await startService()
  operator = asOperator(service)
  asAlice = asTenant(service, alice)
  asBob = asTenant(service, bob)
  asMallory = asTenant(service, mallory)
  const { body } = await operator('GET', '/tenants')
  tenants = Object.fromEntries(body.tenants.map(({ id, name }) => [name, id]))
})
after(() => service.close())

const read = async (id: string, call: Call = asAlice) => (await call('GET', `/peerings/${id}`)).body
const eventsOf = async (id: string) =>
  (await operator('GET', '/events?limit=1000')).body.events.filter(({ peering }) => peering === id)
const notFound = (id: string) => `There is no peering '${id}'.`

suite('POST /peerings', () => {
  test('201; of two tenants it waits for a week', async () => {
    const [ours, theirs] = [await newVpc(service, alice), await newVpc(service, bob)]
    const made = await asAlice('POST', '/peerings', {
      requesterVpc: ours.ids.alibaba,
      accepterVpc: theirs.ids.tencent,
      name: 'made',
      description: 'hello',
    })
    assert.equal(made.status, 201)
    const { id, ids, createdAt } = made.body
    assert.match(id, UUID)
    assert.match(createdAt, TIME)
    assert.match(ids.alibaba, /^pcc-[0-9a-z]{15,}$/)
    assert.match(ids.tencent, /^pcx-[0-9a-z]{8}$/)
    assert.deepEqual(made.body, {
      id,
      ids: { huawei: id, alibaba: ids.alibaba, tencent: ids.tencent },
      name: 'made',
      description: 'hello',
      state: 'pending-acceptance',
      requester: {
        tenant: { id: tenants['alice'], name: 'alice' },
        region: 'region-a',
        vpc: ours.id,
        vpcIds: ours.ids,
        cidrs: ['10.0.0.0/16'],
      },
      accepter: {
        tenant: { id: tenants['bob'], name: 'bob' },
        region: 'region-a',
        vpc: theirs.id,
        vpcIds: theirs.ids,
        cidrs: ['10.0.0.0/16'],
      },
      createdAt,
      updatedAt: createdAt,
      expiresAt: new Date(Date.parse(createdAt) + 7 * 86_400_000).toISOString(),
    } as unknown)
    for (const each of Object.values(ids)) assert.deepEqual(await read(each, asBob), made.body)
  })

  test('of one tenant it is active at once', async () => {
    const { state, expiresAt, description } = await newPeering(service, alice, alice)
    assert.deepEqual([state, expiresAt, description], ['active', null, ''])
  })

  test('over two regions', async () => {
    const [near, far] = [await newVpc(service, alice), await newVpc(service, bob, [], 'region-b')]
    const body = { requesterVpc: near.id, accepterVpc: far.id, name: 'far' }
    assert.equal((await asAlice('POST', '/peerings', body)).status, 201)
  })

  test('the operator asks for either', async () => {
    const [ours, theirs] = [await newVpc(service, bob), await newVpc(service, alice)]
    const body = { requesterVpc: ours.id, accepterVpc: theirs.id, name: 'by the operator' }
    const made = await operator('POST', '/peerings', body)
    assert.deepEqual([made.status, made.body.state], [201, 'pending-acceptance'])
    const [event] = await eventsOf(made.body.id)
    const requestId = made.headers.get('x-request-id')
    assert.deepEqual(event?.actor, { kind: 'operator', tenant: null, dialect: 'native', requestId })
  })

  test('a VPC that is not there, or not the caller’s', async () => {
    const [ours, theirs] = [await newVpc(service, alice), await newVpc(service, bob)]
    const ask = (requesterVpc: string, accepterVpc: string) =>
      asAlice('POST', '/peerings', { requesterVpc, accepterVpc, name: 'x' })
    const noVpc = (id: string) => `There is no VPC '${id}'.`
    assertProblem(await ask(theirs.id, ours.id), 404, 'vpc.requester-not-found', noVpc(theirs.id))
    assertProblem(await ask(NOWHERE, ours.id), 404, 'vpc.requester-not-found', noVpc(NOWHERE))
    assertProblem(await ask(ours.id, NOWHERE), 404, 'vpc.accepter-not-found', noVpc(NOWHERE))
    const same = 'A VPC cannot be peered with itself.'
    assertProblem(await ask(ours.id, ours.ids.tencent), 400, 'peering.same-vpc', same)
  })

  test('a second one between the two, either way round', async () => {
    const { id, requester, accepter } = await newPeering(service, alice, bob)
    const [{ vpc: ours }, { vpc: theirs }] = [requester, accepter] as { vpc: string }[] as [
      { vpc: string },
      { vpc: string },
    ]
    const detail = `These two VPCs are in peering '${id}' already.`
    const again = await asAlice('POST', '/peerings', { requesterVpc: ours, accepterVpc: theirs, name: 'x' })
    assertProblem(again, 409, 'peering.exists', detail)
    const reversed = await asBob('POST', '/peerings', { requesterVpc: theirs, accepterVpc: ours, name: 'x' })
    assertProblem(reversed, 409, 'peering.exists', detail)
  })
})

suite('GET /peerings', () => {
  test('one’s own; for the operator, all; by state, VPC, name, and page', async () => {
    const first = await newPeering(service, mallory, bob)
    const second = await newPeering(service, mallory, mallory)
    assert.deepEqual((await asMallory('GET', '/peerings')).body, {
      peerings: [first, second],
      next: null,
    } as unknown)
    assert.deepEqual((await asMallory('GET', '/peerings?limit=1')).body, {
      peerings: [first],
      next: first.id,
    } as unknown)
    const rest = await asMallory('GET', `/peerings?limit=1&after=${first.id}`)
    assert.deepEqual(rest.body, { peerings: [second], next: null } as unknown)
    const active = await asMallory('GET', '/peerings?state=active')
    assert.deepEqual(active.body.peerings, [second])
    const { vpcIds } = first.accepter as { vpcIds: { tencent: string } }
    assert.deepEqual((await asMallory('GET', `/peerings?vpc=${vpcIds.tencent}`)).body.peerings, [first])
    assert.deepEqual((await asMallory('GET', '/peerings?name=nothing')).body.peerings, [])
    const all = (await operator('GET', '/peerings?limit=1000')).body.peerings
    assert.ok(all.length > 2)
    assert.ok(all.some(({ id }) => id === first.id))
  })
})

suite('PATCH /peerings/{id}', () => {
  test('name, description, or both; either side may', async () => {
    const before = await newPeering(service, alice, bob)
    const named = await asBob('PATCH', `/peerings/${before.id}`, { name: 'new' })
    assert.equal(named.status, 200)
    assert.deepEqual(named.body, { ...before, name: 'new', updatedAt: named.body.updatedAt } as unknown)
    const described = await asAlice('PATCH', `/peerings/${before.id}`, { description: 'd' })
    assert.partialDeepStrictEqual(described.body, { name: 'new', description: 'd' })
    assert.deepEqual(await read(before.id), described.body)
  })

  test('nothing', async () => {
    const { id } = await newPeering(service, alice, bob)
    const answer = await asAlice('PATCH', `/peerings/${id}`, {})
    assertProblem(answer, 400, 'peering.nothing-to-update', 'Give a name or a description.')
  })
})

suite('the lifecycle', () => {
  const outcome = (before: PeeringBody, answer: { body: PeeringBody }, state: string) =>
    assert.deepEqual(answer.body, { ...before, state, expiresAt: null, updatedAt: answer.body.updatedAt })

  for (const [action, state] of [
    ['accept', 'active'],
    ['reject', 'rejected'],
  ] as const) {
    test(`${action}: by the accepter, once`, async () => {
      const before = await newPeering(service, alice, bob)
      const path = `/peerings/${before.id}/${action}`
      const wrongSide = `It is for the other side to ${action} this peering.`
      assertProblem(await asAlice('POST', path), 403, 'peering.wrong-side', wrongSide)
      assertProblem(await asMallory('POST', path), 404, 'peering.not-found', notFound(before.id))
      assert.deepEqual(await read(before.id), before)
      const answer = await asBob('POST', path)
      assert.equal(answer.status, 200)
      outcome(before, answer, state)
      const wrongState = `The peering is ${state}; that does not allow ${action}.`
      assertProblem(await asBob('POST', path), 409, 'peering.wrong-state', wrongState)
      assert.deepEqual(await read(before.id), answer.body)
    })

    test(`${action}: by the operator, and the event says so`, async () => {
      const before = await newPeering(service, alice, bob)
      const answer = await operator('POST', `/peerings/${before.id}/${action}`)
      outcome(before, answer, state)
      const event = (await eventsOf(before.id)).at(-1)
      assert.equal(event?.to, state)
      const requestId = answer.headers.get('x-request-id')
      assert.deepEqual(event?.actor, { kind: 'operator', tenant: null, dialect: 'native', requestId })
    })
  }

  test('reopen: what has expired, by the requester, for another week', async () => {
    const before = await newPeering(service, alice, bob)
    const path = `/peerings/${before.id}/reopen`
    const pending = 'The peering is pending-acceptance; that does not allow reopen.'
    assertProblem(await asAlice('POST', path), 409, 'peering.wrong-state', pending)
    await advance(service, 'P7D')
    const expired = await read(before.id)
    assert.deepEqual(expired, {
      ...before,
      state: 'expired',
      updatedAt: before.expiresAt,
    } as unknown)
    const wrongSide = 'It is for the other side to reopen this peering.'
    assertProblem(await asBob('POST', path), 403, 'peering.wrong-side', wrongSide)
    const answer = await asAlice('POST', path)
    assert.equal(answer.body.state, 'pending-acceptance')
    const wait = Date.parse(answer.body.expiresAt ?? '') - Date.parse(answer.body.updatedAt)
    assert.equal(wait, 7 * 86_400_000)
  })

  test('delete: either side, 204, and then it is there for nobody', async () => {
    for (const call of [asAlice, asBob, operator]) {
      const { id } = await newPeering(service, alice, bob)
      const stranger = await asMallory('DELETE', `/peerings/${id}`)
      assertProblem(stranger, 404, 'peering.not-found', notFound(id))
      const answer = await call('DELETE', `/peerings/${id}`)
      assert.deepEqual([answer.status, answer.body], [204, null])
      for (const each of [asAlice, asBob, operator]) {
        assertProblem(await each('GET', `/peerings/${id}`), 404, 'peering.not-found', notFound(id))
      }
      assertProblem(await call('DELETE', `/peerings/${id}`), 404, 'peering.not-found', notFound(id))
    }
  })

  test('a stranger is told what is told of an id that nothing has', async () => {
    const { id } = await newPeering(service, alice, bob)
    for (const [method, path, body] of [
      ['GET', '', undefined],
      ['PATCH', '', { name: 'x' }],
      ['POST', '/accept', undefined],
      ['POST', '/reject', undefined],
      ['POST', '/reopen', undefined],
      ['DELETE', '', undefined],
    ] as const) {
      for (const each of [id, NOWHERE]) {
        const answer = await asMallory(method, `/peerings/${each}${path}`, body)
        assertProblem(answer, 404, 'peering.not-found', notFound(each))
      }
    }
  })

  test('what is asked here is answered there, and the event knows', async () => {
    const { id } = await newPeering(service, alice, bob)
    const accepted = await client(service, bob)('PUT', `/v2.0/vpc/peerings/${id}/accept`)
    assert.equal(accepted.status, 200)
    assert.equal((await read(id)).state, 'active')
    const requestId = accepted.headers['x-request-id']
    assert.deepEqual((await eventsOf(id)).at(-1)?.actor, {
      kind: 'tenant',
      tenant: tenants['bob'],
      dialect: 'huawei',
      requestId,
    })
  })
})
