import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { ROUTES } from '../../../src/dialects/native/routes.ts'
import { advance, startService, type TestService } from '../../rig/service.ts'
import { alice, bob } from '../../rig/tenants.ts'
import { asOperator, assertProblem, type Call, NOWHERE, newPeering, newVpc, stateOf } from './client.ts'

let service: TestService
let operator: Call
before(async () => {
  service = await startService()
  operator = asOperator(service)
})
after(() => service.close())

interface Write {
  readonly method: string
  readonly path: string
  readonly body?: object
  /** Says something else with the same token: another body, or another thing to do it to. */
  readonly other: { readonly path?: string; readonly body?: object }
}

/** Each policy says something else. */
let policies = 100

/** Every write there is, made ready so that it will succeed, and another like it. */
const WRITES: Record<string, () => Promise<Write>> = {
  'POST /tenants': async () => ({
    method: 'POST',
    path: '/tenants',
    body: { name: `tenant ${Math.random()}` },
    other: { body: { name: `tenant ${Math.random()}` } },
  }),
  'POST /tenants/:id/keys': async () => ({
    method: 'POST',
    path: '/tenants/alice/keys',
    other: { path: '/tenants/bob/keys' },
  }),
  'DELETE /tenants/:id/keys/:key': async () => {
    const [one, other] = [await newKey(), await newKey()]
    return { method: 'DELETE', path: one, other: { path: other } }
  },
  'PUT /tenants/:id/consent-policy': async () => ({
    method: 'PUT',
    path: '/tenants/alice/consent-policy',
    body: { waitingPerTenant: ++policies },
    other: { body: { waitingPerTenant: ++policies } },
  }),
  'DELETE /tenants/:id/consent-policy': async () => {
    const paths = ['/tenants/alice/consent-policy', '/tenants/bob/consent-policy'] as const
    for (const path of paths) await operator('PUT', path, { waitingPerTenant: ++policies })
    return { method: 'DELETE', path: paths[0], other: { path: paths[1] } }
  },
  'POST /vpcs': async () => {
    const body = { tenant: 'alice', name: 'written', region: 'region-a', cidrs: ['10.0.0.0/8'] }
    return { method: 'POST', path: '/vpcs', body, other: { body: { ...body, name: 'other' } } }
  },
  'DELETE /vpcs/:id': async () => {
    const [one, other] = [await newVpc(service, alice), await newVpc(service, alice)]
    return { method: 'DELETE', path: `/vpcs/${one.id}`, other: { path: `/vpcs/${other.id}` } }
  },
  'POST /vpcs/:id/subnets': async () => {
    const path = `/vpcs/${(await newVpc(service, alice)).id}/subnets`
    const body = { name: 'written', cidr: '10.0.1.0/24' }
    return { method: 'POST', path, body, other: { body: { ...body, name: 'other' } } }
  },
  'DELETE /vpcs/:id/subnets/:subnet': async () => {
    const path = `/vpcs/${(await newVpc(service, alice)).id}/subnets`
    const make = async (cidr: string) => (await operator('POST', path, { name: '', cidr })).body.id
    const [one, other] = [await make('10.0.1.0/24'), await make('10.0.2.0/24')]
    return { method: 'DELETE', path: `${path}/${one}`, other: { path: `${path}/${other}` } }
  },
  'POST /vpcs/:id/routes': async () => {
    const { path, peering } = await routed()
    const body = { destination: '10.0.7.0/24', peering }
    return { method: 'POST', path, body, other: { body: { ...body, destination: '10.0.8.0/24' } } }
  },
  'DELETE /vpcs/:id/routes/:route': async () => {
    const { path, peering } = await routed()
    const make = async (destination: string) =>
      (await operator('POST', path, { destination, peering })).body.id
    const [one, other] = [await make('10.0.7.0/24'), await make('10.0.8.0/24')]
    return { method: 'DELETE', path: `${path}/${one}`, other: { path: `${path}/${other}` } }
  },
  'POST /vpcs/:id/ports': async () => {
    const { path, subnet } = await subnetted()
    const body = { subnet, address: '10.0.1.7' }
    return { method: 'POST', path, body, other: { body: { subnet, address: '10.0.1.8' } } }
  },
  'DELETE /vpcs/:id/ports/:port': async () => {
    const { path, subnet } = await subnetted()
    const make = async () => (await operator('POST', path, { subnet })).body.id
    const [one, other] = [await make(), await make()]
    return { method: 'DELETE', path: `${path}/${one}`, other: { path: `${path}/${other}` } }
  },
  'POST /peerings': async () => {
    const [ours, theirs] = [await newVpc(service, alice), await newVpc(service, bob)]
    const body = { requesterVpc: ours.id, accepterVpc: theirs.id, name: 'written' }
    return { method: 'POST', path: '/peerings', body, other: { body: { ...body, name: 'other' } } }
  },
  'PATCH /peerings/:id': async () => {
    const { id } = await newPeering(service, alice, bob)
    const body = { name: 'new' }
    return { method: 'PATCH', path: `/peerings/${id}`, body, other: { body: { name: 'newer' } } }
  },
  'POST /peerings/:id/accept': () => onPeering('POST', '/accept'),
  'POST /peerings/:id/reject': () => onPeering('POST', '/reject'),
  'POST /peerings/:id/reopen': async () => {
    const write = await onPeering('POST', '/reopen')
    await advance(service, 'P7D')
    return write
  },
  'DELETE /peerings/:id': () => onPeering('DELETE', ''),
  'POST /webhooks': async () => {
    const body = { tenant: await newTenant(), url: 'http://192.0.2.1/', enabled: false }
    return { method: 'POST', path: '/webhooks', body, other: { body: { ...body, description: 'other' } } }
  },
  'PATCH /webhooks/:id': async () => {
    const path = await newWebhook()
    return { method: 'PATCH', path, body: { description: 'a' }, other: { body: { description: 'b' } } }
  },
  'POST /webhooks/:id/rotate-secret': async () => {
    const [one, other] = [await newWebhook(), await newWebhook()]
    return { method: 'POST', path: `${one}/rotate-secret`, other: { path: `${other}/rotate-secret` } }
  },
  'DELETE /webhooks/:id': async () => {
    const [one, other] = [await newWebhook(), await newWebhook()]
    return { method: 'DELETE', path: one, other: { path: other } }
  },
  'POST /clock': async () => ({
    method: 'POST',
    path: '/clock',
    body: { advance: 'P1D' },
    other: { body: { advance: 'P2D' } },
  }),
}

let tenants = 0

/** A tenant may have a few webhooks only. */
async function newTenant(): Promise<string> {
  const name = `told-${++tenants}`
  await operator('POST', '/tenants', { name })
  return name
}

/** One that nothing is sent to. */
async function newWebhook(): Promise<string> {
  const body = { tenant: await newTenant(), url: 'http://192.0.2.1/', enabled: false }
  return `/webhooks/${(await operator('POST', '/webhooks', body)).body.id}`
}

async function newKey(): Promise<string> {
  return `/tenants/alice/keys/${(await operator('POST', '/tenants/alice/keys')).body.id}`
}

/** Where the ports of a new VPC of Alice's are, and a subnet of it. */
async function subnetted(): Promise<{ path: string; subnet: string }> {
  const { id } = await newVpc(service, alice)
  const made = await operator('POST', `/vpcs/${id}/subnets`, { name: '', cidr: '10.0.1.0/24' })
  return { path: `/vpcs/${id}/ports`, subnet: made.body.id }
}

/** Where the routes of a new VPC of Alice's are, and a peering of it. */
async function routed(): Promise<{ path: string; peering: string }> {
  const [ours, theirs] = [await newVpc(service, alice), await newVpc(service, bob)]
  const body = { requesterVpc: ours.id, accepterVpc: theirs.id, name: 'routed' }
  return { path: `/vpcs/${ours.id}/routes`, peering: (await operator('POST', '/peerings', body)).body.id }
}

async function onPeering(method: string, action: string): Promise<Write> {
  const [one, other] = [await newPeering(service, alice, bob), await newPeering(service, alice, bob)]
  return { method, path: `/peerings/${one.id}${action}`, other: { path: `/peerings/${other.id}${action}` } }
}

/** All that the operator can see, and by how many hours the clock is ahead. */
async function snapshot(): Promise<unknown> {
  const { now } = (await operator('GET', '/clock')).body
  return [await stateOf(service), Math.round((Date.parse(now) - Date.now()) / 3_600_000)]
}

/** It changes nothing that is not done by itself a little later; see `webhooks.test.ts`. */
const HURRIES = 'POST /webhooks/:id/deliveries/:sequence/retry'

test('every write of the API is here', () => {
  const writes = ROUTES.filter(({ method }) => method !== 'GET')
    .map(({ method, path }) => `${method} ${path}`)
    .filter((name) => name !== HURRIES)
  assert.deepEqual(Object.keys(WRITES).toSorted(), writes.toSorted())
})

for (const [name, prepare] of Object.entries(WRITES)) {
  suite(name, () => {
    test('a dry run changes nothing, and the real one still can', async () => {
      const { method, path, body } = await prepare()
      const before = await snapshot()
      const dry = await operator(method, `${path}?dryRun=true`, body)
      assert.equal(dry.status, 200)
      assert.equal(dry.headers.get('isthmus-dry-run'), 'true')
      assert.deepEqual(await snapshot(), before)
      const real = await operator(method, path, body)
      assert.equal(real.headers.get('isthmus-dry-run'), null)
      assert.ok([200, 201, 204].includes(real.status))
      assert.notDeepEqual(await snapshot(), before)
      // What it says it would answer has what the real one answers, if not the same ids and times.
      assert.deepEqual(Object.keys(dry.body).toSorted(), Object.keys(real.body ?? {}).toSorted())
    })

    test('a dry run does not spend an Idempotency-Key', async () => {
      const { method, path, body } = await prepare()
      const key = { 'idempotency-key': `dry ${name}` }
      const before = await snapshot()
      assert.equal((await operator(method, `${path}?dryRun=true`, body, key)).status, 200)
      assert.deepEqual(await snapshot(), before)
      assert.notEqual((await operator(method, path, body, key)).headers.get('isthmus-dry-run'), 'true')
      assert.notDeepEqual(await snapshot(), before)
    })

    test('the same Idempotency-Key: one effect, one answer', async () => {
      const { method, path, body, other } = await prepare()
      const key = { 'idempotency-key': `once ${name}` }
      const first = await operator(method, path, body, key)
      assert.ok([200, 201, 204].includes(first.status))
      const after = await snapshot()
      const second = await operator(method, path, body, key)
      assert.deepEqual([second.status, second.body], [first.status, first.body])
      const third = await operator(method, other.path ?? path, other.body ?? body, key)
      const detail = 'This Idempotency-Key was used for another request.'
      assertProblem(third, 422, 'idempotency.mismatch', detail)
      assert.deepEqual(await snapshot(), after)
    })
  })
}

suite('dry runs fail as the real ones would', () => {
  const failing: [string, () => Promise<Omit<Write, 'other'>>][] = [
    ['a tenant that is there', async () => ({ method: 'POST', path: '/tenants', body: { name: 'alice' } })],
    ['a bad body', async () => ({ method: 'POST', path: '/tenants', body: { nome: 'x' } })],
    ['a key that is not', async () => ({ method: 'DELETE', path: '/tenants/alice/keys/AKNONE' })],
    [
      'a bad block',
      async () => {
        const body = { tenant: 'alice', name: '', region: 'region-a', cidrs: ['x'] }
        return { method: 'POST', path: '/vpcs', body }
      },
    ],
    ['a VPC that is not', async () => ({ method: 'DELETE', path: `/vpcs/${NOWHERE}` })],
    [
      'a VPC in use',
      async () => {
        const { requester } = await newPeering(service, alice, bob)
        return { method: 'DELETE', path: `/vpcs/${(requester as { vpc: string }).vpc}` }
      },
    ],
    [
      'a pair that is taken',
      async () => {
        const { requester, accepter } = await newPeering(service, alice, bob)
        const [ours, theirs] = [requester, accepter] as [{ vpc: string }, { vpc: string }]
        const body = { requesterVpc: ours.vpc, accepterVpc: theirs.vpc, name: 'x' }
        return { method: 'POST', path: '/peerings', body }
      },
    ],
    [
      'a wrong state',
      async () => {
        const { id } = await newPeering(service, alice, alice)
        return { method: 'POST', path: `/peerings/${id}/accept` }
      },
    ],
    ['a bad duration', async () => ({ method: 'POST', path: '/clock', body: { advance: 'a day' } })],
  ]
  for (const [name, prepare] of failing) {
    test(name, async () => {
      const { method, path, body } = await prepare()
      const before = await snapshot()
      const dry = await operator(method, `${path}?dryRun=true`, body)
      assert.deepEqual(await snapshot(), before)
      const real = await operator(method, path, body)
      assert.ok(real.status >= 400)
      assert.deepEqual(
        [dry.status, { ...dry.body, requestId: '' }],
        [real.status, { ...real.body, requestId: '' }],
      )
    })
  }
})

suite('Idempotency-Key', () => {
  test('many at once: one peering, one answer', async () => {
    const [ours, theirs] = [await newVpc(service, alice), await newVpc(service, bob)]
    const body = { requesterVpc: ours.id, accepterVpc: theirs.id, name: 'once' }
    const key = { 'idempotency-key': 'many at once' }
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => operator('POST', '/peerings', body, key)),
    )
    for (const answer of answers) assert.deepEqual([answer.status, answer.body], [201, answers[0]?.body])
    assert.equal((await operator('GET', `/peerings?vpc=${ours.id}`)).body.peerings.length, 1)
  })

  test('each caller has its own', async () => {
    const body = { name: 'of each', region: 'region-a', cidrs: [] }
    const key = { 'idempotency-key': 'of each' }
    const { key: ofAlice } = alice
    const asAlice: Call = (method, path, given, headers) =>
      operator(method, path, given, { ...headers, authorization: `Bearer ${ofAlice.id}.${ofAlice.secret}` })
    const first = await operator('POST', '/vpcs', { ...body, tenant: 'bob' }, key)
    const second = await asAlice('POST', '/vpcs', body, key)
    assert.deepEqual([first.status, second.status], [201, 201])
    assert.notEqual(first.body.id, second.body.id)
  })

  test('a request that failed has not spent it', async () => {
    const key = { 'idempotency-key': 'failed first' }
    const { id } = await newPeering(service, alice, alice)
    assert.equal((await operator('POST', `/peerings/${id}/accept`, undefined, key)).status, 409)
    assert.equal((await operator('DELETE', `/peerings/${id}`, undefined, key)).status, 204)
  })

  test('longer than 255 characters', async () => {
    const key = { 'idempotency-key': 'k'.repeat(256) }
    const answer = await operator('DELETE', `/peerings/${NOWHERE}`, undefined, key)
    assertProblem(answer, 400, 'request.invalid', "Idempotency-Key '': at most 255 characters.")
  })
})
