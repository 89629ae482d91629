import assert from 'node:assert/strict'
import { after, afterEach, before, suite, test } from 'node:test'
import { startService, type TestService } from '../../rig/service.ts'
import { alice, bob, mallory } from '../../rig/tenants.ts'
import {
  type Answer,
  asOperator,
  assertProblem,
  asTenant,
  type Call,
  newPeering,
  newVpc,
  stateOf,
  withToken,
} from './client.ts'

let service: TestService
let operator: Call
let asAlice: Call
let asBob: Call
let aliceId: string
before(async () => {
  service = await startService()
  operator = asOperator(service)
  asAlice = asTenant(service, alice)
  asBob = asTenant(service, bob)
  aliceId = (await operator('GET', '/tenants/alice')).body.id
})
after(() => service.close())
afterEach(async () => {
  await operator('DELETE', '/tenants/bob/consent-policy')
})

const PATH = '/tenants/bob/consent-policy'
const SAYS_NOTHING = { refuse: [], accept: [], refuseOverlap: false, waitingPerTenant: null }
const bodyOf = (answer: Answer) => answer.body as unknown

suite('a policy of consent', () => {
  test('says nothing until something is said, and again once that is taken back', async () => {
    assert.deepEqual(bodyOf(await asBob('GET', PATH)), SAYS_NOTHING)
    const policy = {
      refuse: [{ blocks: ['FD00:0::/16', '192.0.2.0/24'] }],
      accept: [{ tenants: [aliceId], blocks: ['10.0.0.0/8'] }],
      refuseOverlap: true,
      waitingPerTenant: 3,
    }
    const canonical = { ...policy, refuse: [{ blocks: ['fd00::/16', '192.0.2.0/24'] }] }
    const put = await asBob('PUT', PATH, policy)
    assert.deepEqual([put.status, bodyOf(put)], [200, canonical])
    assert.deepEqual(bodyOf(await operator('GET', PATH)), canonical)
    // In place of what was said before, not beside it.
    assert.deepEqual(bodyOf(await operator('PUT', PATH, { waitingPerTenant: 0 })), {
      ...SAYS_NOTHING,
      waitingPerTenant: 0,
    })
    assert.equal((await asBob('DELETE', PATH)).status, 204)
    assert.deepEqual(bodyOf(await asBob('GET', PATH)), SAYS_NOTHING)
  })

  test('is nobody else’s to see or to change', async () => {
    await asBob('PUT', PATH, { waitingPerTenant: 7 })
    const unchanged = await stateOf(service)
    for (const call of [asAlice, asTenant(service, mallory)]) {
      for (const method of ['GET', 'PUT', 'DELETE']) {
        const answer = await call(method, PATH, method === 'PUT' ? {} : undefined)
        assertProblem(answer, 404, 'tenant.not-found', "There is no tenant 'bob'.")
      }
    }
    assert.equal((await withToken(service, 'wrong')('GET', PATH)).status, 401)
    assert.deepEqual(await stateOf(service), unchanged)
  })

  const wrong: readonly [object, string, string][] = [
    [{ refuse: [{}] }, 'request.invalid', 'refuse.0'],
    [{ accept: [{ tenants: [] }] }, 'request.invalid', 'accept.0.tenants'],
    [{ accept: [{ blocks: ['10.0.0.1/8'] }] }, 'request.invalid', "cidr '10.0.0.1/8'"],
    [{ accept: [{ who: 'alice' }] }, 'request.unknown-parameter', 'accept.0.who'],
    [{ refuseOverlap: 'yes' }, 'request.invalid', 'refuseOverlap'],
    [{ waitingPerTenant: -1 }, 'request.invalid', 'waitingPerTenant'],
    [{ otherwise: 'refuse' }, 'request.unknown-parameter', 'otherwise'],
  ]
  for (const [policy, code, where] of wrong) {
    test(`that is wrong is refused: ${JSON.stringify(policy)}`, async () => {
      const { status, body } = await asBob('PUT', PATH, policy)
      assert.deepEqual([status, body.code], [400, code])
      assert.ok(body.detail.startsWith(where), body.detail)
      assert.deepEqual(bodyOf(await asBob('GET', PATH)), SAYS_NOTHING)
    })
  }

  test('tells who asks what came of it and which kind of rule decided, and no more; a dry run as much', async () => {
    await newVpc(service, bob, ['172.20.0.0/16'])
    await asBob('PUT', PATH, {
      refuse: [{ blocks: ['172.16.0.0/16', '198.51.100.0/24'] }],
      accept: [{ tenants: [aliceId], blocks: ['192.0.2.0/24'] }],
      refuseOverlap: true,
      waitingPerTenant: 1,
    })
    const theirs = await newVpc(service, bob, ['203.0.113.0/24'])
    const cases = [
      ['192.0.2.0/25', 'active', { decision: 'accept', rule: 'accept-list' }],
      ['172.16.9.0/24', 'rejected', { decision: 'refuse', rule: 'refuse-list' }],
      ['172.20.9.0/24', 'rejected', { decision: 'refuse', rule: 'overlap' }],
      ['10.99.0.0/16', 'pending-acceptance', undefined],
      ['10.98.0.0/16', 'rejected', { decision: 'refuse', rule: 'waiting-limit' }],
    ] as const
    for (const [cidr, state, consent] of cases) {
      const ours = await newVpc(service, alice, [cidr])
      const body = { requesterVpc: ours.id, accepterVpc: theirs.id, name: 'asked' }
      const unchanged = await stateOf(service)
      const dry = await asAlice('POST', '/peerings?dryRun=true', body)
      assert.deepEqual(await stateOf(service), unchanged)
      const key = { 'idempotency-key': `for ${cidr}` }
      const real = await asAlice('POST', '/peerings', body, key)
      const again = await asAlice('POST', '/peerings', body, key)
      assert.deepEqual([dry.status, real.status, again.status], [200, 201, 201])
      for (const answer of [dry, real]) {
        const { state: became, consent: decided } = answer.body as Answer['body'] & { consent?: object }
        assert.deepEqual([became, decided], [state, consent], cidr)
        for (const secret of ['172.20.0.0', '198.51.100', '"192.0.2.0/24"']) {
          assert.ok(!JSON.stringify(answer.body).includes(secret))
        }
      }
      assert.deepEqual([again.body.id, again.body.state], [real.body.id, state])
    }
  })
})

suite('a reason', () => {
  const lastReason = async (call: Call) => {
    const { body } = await operator('GET', '/events?limit=1000')
    const after = (body.events.at(-1)?.sequence ?? 0) - 1
    return (await call('GET', `/events?after=${after}`)).body.events.map(({ reason }) => reason)
  }
  const acts = [
    ['POST', '/accept', 200, () => asBob],
    ['POST', '/reject', 200, () => asBob],
    ['DELETE', '', 204, () => asAlice],
  ] as const
  for (const [method, action, status, by] of acts) {
    test(`${method} ${action} takes one, which both parties may read, and does without`, async () => {
      for (const [body, expected] of [
        [{ reason: 'x'.repeat(512) }, 'x'.repeat(512)],
        [{}, null],
        [undefined, null],
      ] as const) {
        const { id } = await newPeering(service, alice, bob)
        assert.equal((await by()(method, `/peerings/${id}${action}`, body)).status, status)
        for (const call of [asAlice, asBob]) assert.deepEqual(await lastReason(call), [expected])
      }
    })

    test(`${method} ${action} is refused with a bad one, and does nothing`, async () => {
      const { id } = await newPeering(service, alice, bob)
      const unchanged = await stateOf(service)
      for (const body of [
        { reason: '' },
        { reason: 'x'.repeat(513) },
        { reason: 'a\0b' },
        { reason: 1 },
        { why: 'x' },
        [],
      ]) {
        const answer = await by()(method, `/peerings/${id}${action}`, body)
        assert.equal(answer.status, 400, JSON.stringify(body))
      }
      assert.deepEqual(await stateOf(service), unchanged)
    })
  }
})
