import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { ADMIN_TOKEN, native, startService, type TestService } from '../../rig/service.ts'
import { alice, bob, mallory, type TestTenant } from '../../rig/tenants.ts'
import {
  type Answer,
  activePeering,
  askBody,
  assertNeutronError,
  type Call,
  client,
  dashed,
  NOWHERE,
  newVpc,
  type PeeringBody,
  pendingPeering,
  type Send,
  TIME,
  UUID,
} from './client.ts'

const PATH = '/v2.0/vpc/peerings'
const ACCEPT_WRONG =
  'Invalid input for operation: Accept VPC id or tenant id is incorrect. The tenant id is the id of the project that the accept VPC belongs to.'
const REQUEST_WRONG = 'Invalid input for operation: Request VPC id is incorrect.'
const bobs = bob.projects['region-a']

let service: TestService
let asAlice: Send
let asBob: Send
let ours: string
let theirs: string

before(async () => {
  service = await startService()
  asAlice = client(service, alice)
  asBob = client(service, bob)
  ours = await newVpc(service, alice)
  theirs = await newVpc(service, bob)
})
after(() => service.close())

const create = (body: unknown, call: Call = {}) => asAlice('POST', PATH, { ...call, body })

suite('serialization', () => {
  test('201, wrapped, with all eight members in the order of the real service', async () => {
    const theVpc = await newVpc(service, alice)
    const answer = await create(askBody(theVpc, theirs, { name: 'test', description: 'hello' }, bobs))
    assert.equal(answer.status, 201)
    const { id, created_at } = answer.body.peering
    assert.match(id, UUID)
    assert.match(created_at, TIME)
    const expected = {
      peering: {
        name: 'test',
        id,
        status: 'PENDING_ACCEPTANCE',
        description: 'hello',
        request_vpc_info: { vpc_id: theVpc, tenant_id: alice.projects['region-a'] },
        accept_vpc_info: { vpc_id: theirs, tenant_id: bobs },
        created_at,
        updated_at: created_at,
      },
    }
    assert.equal(answer.text, JSON.stringify(expected))
  })

  test('without a description it is empty, not absent', async () => {
    assert.equal((await pendingPeering(service)).description, '')
  })

  test('the time of creation is the time of the service, in UTC', async () => {
    const clock: { body: { now: string } } = await native(service, ADMIN_TOKEN, 'GET', '/clock')
    const { created_at } = await activePeering(service)
    const difference = Date.parse(`${created_at}Z`) - Date.parse(clock.body.now)
    assert.ok(Math.abs(difference) < 2_000, `${difference} ms`)
  })

  test('unknown members are ignored', async () => {
    const body = askBody(await newVpc(service, alice), theirs, { status: 'ACTIVE', id: NOWHERE, x: 1 }, bobs)
    const answer = await create({ ...body, y: 2 })
    assert.equal(answer.status, 201)
    assert.notEqual(answer.body.peering.id, NOWHERE)
    assert.equal(answer.body.peering.status, 'PENDING_ACCEPTANCE')
  })
})

suite('validation', () => {
  const refused = [
    ['no peering', {}, 'Invalid input for peering. Reason: it is required.'],
    ['a peering that is text', { peering: 'a' }, "Invalid input for peering. Reason: 'a' must be an object."],
    [
      'an empty peering',
      { peering: {} },
      'Invalid input for peering.request_vpc_info. Reason: it is required.',
    ],
  ] as const
  for (const [name, body, message] of refused) {
    test(name, async () => assertNeutronError(await create(body), 400, 'HTTPBadRequest', message))
  }

  test('neither VPC may be left out', async () => {
    for (const member of ['request_vpc_info', 'accept_vpc_info'] as const) {
      const whole = askBody(ours, theirs, {}, bobs)
      const absent = await create({ peering: { ...whole.peering, [member]: undefined } })
      const reason = 'Reason: it is required.'
      assertNeutronError(absent, 400, 'HTTPBadRequest', `Invalid input for peering.${member}. ${reason}`)
      const empty = await create({ peering: { ...whole.peering, [member]: {} } })
      assertNeutronError(
        empty,
        400,
        'HTTPBadRequest',
        `Invalid input for peering.${member}.vpc_id. ${reason}`,
      )
    }
  })

  test('a vpc_id that is no UUID is refused in the words of the real service', async () => {
    assertNeutronError(
      await create(askBody(ours, 'my-vpc')),
      400,
      'HTTPBadRequest',
      "Invalid input for accept_vpc_info. Reason: 'my-vpc' is not a valid UUID.",
    )
    assertNeutronError(
      await create(askBody('', theirs)),
      400,
      'HTTPBadRequest',
      "Invalid input for request_vpc_info. Reason: '' is not a valid UUID.",
    )
  })

  test('a body that is not JSON', async () => {
    const answer = await create('{"peering":')
    assertNeutronError(answer, 400, 'HTTPBadRequest', 'Malformed request: the body is not valid JSON.')
  })

  test('a body that is JSON and no object', async () => {
    const answer = await create('[]')
    assertNeutronError(answer, 400, 'HTTPBadRequest', 'Malformed request: the body must be a JSON object.')
  })

  const texts: [string, object, string | null][] = [
    ['a name of 64 characters', { name: 'n'.repeat(64) }, null],
    ['a name of 64 characters outside the basic plane', { name: '𝕟'.repeat(64) }, null],
    ['a name with any character', { name: '<a> & "b" 对等' }, null],
    [
      'a name of 65 characters',
      { name: 'n'.repeat(65) },
      `Invalid input for peering.name. Reason: '${'n'.repeat(65)}' must have at most 64 characters.`,
    ],
    [
      'an empty name',
      { name: '' },
      "Invalid input for peering.name. Reason: '' must have at least 1 characters.",
    ],
    ['no name', { name: undefined }, 'Invalid input for peering.name. Reason: it is required.'],
    ['a name that is null', { name: null }, 'Invalid input for peering.name. Reason: it is required.'],
    ['a name that is a number', { name: 5 }, "Invalid input for peering.name. Reason: '5' must be a string."],
    ['a description of 255 characters', { description: 'd'.repeat(255) }, null],
    [
      'a description of 256 characters',
      { description: 'd'.repeat(256) },
      `Invalid input for peering.description. Reason: '${'d'.repeat(100)}…' must have at most 255 characters.`,
    ],
    [
      'a description with <',
      { description: 'a<b' },
      "Invalid input for peering.description. Reason: 'a<b' must not hold < or >.",
    ],
    [
      'a description with >',
      { description: 'a>b' },
      "Invalid input for peering.description. Reason: 'a>b' must not hold < or >.",
    ],
    ['a description that is null', { description: null }, null],
  ]
  for (const [name, more, message] of texts) {
    test(`${name}: ${message === null ? 'taken' : 'refused'}`, async () => {
      const answer = await create(askBody(await newVpc(service, alice), theirs, more, bobs))
      if (message !== null) return assertNeutronError(answer, 400, 'HTTPBadRequest', message)
      assert.equal(answer.status, 201)
      const { description = '', ...others } = more as { description?: string | null }
      assert.partialDeepStrictEqual(answer.body.peering, { ...others, description: description ?? '' })
    })
  }

  test('nothing is made by what is refused', async () => {
    const fresh = await newVpc(service, alice)
    await create(askBody(fresh, theirs, { name: '' }, bobs))
    const { body } = await asAlice('GET', `${PATH}?vpc_id=${fresh}`)
    assert.deepEqual(body, { peerings: [] } as unknown)
  })
})

suite('permission', () => {
  test('a request VPC that is unknown, or another tenant’s, or in another of its projects', async () => {
    const elsewhere = await newVpc(service, alice, 'region-b')
    for (const vpc of [NOWHERE, theirs, elsewhere]) {
      assertNeutronError(await create(askBody(vpc, theirs, {}, bobs)), 400, 'InvalidInput', REQUEST_WRONG)
    }
  })

  test('an accept VPC that is unknown, or not that project’s: one answer, so nobody can probe', async () => {
    const [unknown, stranger] = [NOWHERE, await newVpc(service, mallory)]
    for (const [vpc, project] of [
      [unknown, bobs],
      [stranger, bobs],
      [theirs, mallory.projects['region-a']],
      [theirs, bob.projects['region-b']],
      [theirs, 'f'.repeat(32)],
      [theirs, 'not a project'],
    ] as const) {
      const answer = await create(askBody(ours, vpc, {}, project))
      assertNeutronError(answer, 400, 'InvalidInput', ACCEPT_WRONG)
    }
  })

  test('without tenant_id the accept VPC must be the caller’s own', async () => {
    assertNeutronError(await create(askBody(ours, theirs)), 400, 'InvalidInput', ACCEPT_WRONG)
  })

  test('an accept VPC that was deleted', async () => {
    const gone = await newVpc(service, bob)
    await native(service, ADMIN_TOKEN, 'DELETE', `/vpcs/${gone}`)
    assertNeutronError(await create(askBody(ours, gone, {}, bobs)), 400, 'InvalidInput', ACCEPT_WRONG)
  })

  test('a request VPC that was deleted', async () => {
    const gone = await newVpc(service, alice)
    await native(service, ADMIN_TOKEN, 'DELETE', `/vpcs/${gone}`)
    assertNeutronError(await create(askBody(gone, theirs, {}, bobs)), 400, 'InvalidInput', REQUEST_WRONG)
  })
})

suite('behaviour', () => {
  test('two VPCs of one tenant: active at once', async () => {
    const peering = await activePeering(service)
    assert.equal(peering.status, 'ACTIVE')
    assert.equal(peering.accept_vpc_info.tenant_id, alice.projects['region-a'])
    const shown = await asAlice('GET', `${PATH}/${peering.id}`)
    assert.deepEqual(shown.body.peering, peering)
  })

  test('the caller’s own project may be named', async () => {
    const body = askBody(
      await newVpc(service, alice),
      await newVpc(service, alice),
      {},
      alice.projects['region-a'],
    )
    assert.equal((await create(body)).body.peering.status, 'ACTIVE')
  })

  test('of two tenants it waits, and both see it under one id from the first moment', async () => {
    const peering = await pendingPeering(service)
    for (const send of [asAlice, asBob]) {
      assert.deepEqual((await send('GET', `${PATH}/${peering.id}`)).body.peering, peering)
    }
  })

  test('a project id with dashes, or in capitals, is the same project', async () => {
    for (const project of [dashed(bobs), dashed(bobs).toUpperCase()]) {
      const answer = await create(askBody(await newVpc(service, alice), theirs, {}, project))
      assert.equal(answer.status, 201)
      assert.equal(answer.body.peering.accept_vpc_info.tenant_id, bobs)
    }
  })

  test('an empty tenant_id is none, on both sides', async () => {
    const [one, other] = [await newVpc(service, alice), await newVpc(service, alice)]
    const answer = await create({
      peering: {
        name: 'a',
        request_vpc_info: { vpc_id: one, tenant_id: '' },
        accept_vpc_info: { vpc_id: other, tenant_id: '' },
      },
    })
    assert.equal(answer.status, 201)
    assert.equal(answer.body.peering.status, 'ACTIVE')
  })

  test('the tenant_id of the request side is overwritten by the caller’s project', async () => {
    const vpc = await newVpc(service, alice)
    const answer = await create({
      peering: {
        name: 'a',
        request_vpc_info: { vpc_id: vpc, tenant_id: mallory.projects['region-a'] },
        accept_vpc_info: { vpc_id: theirs, tenant_id: bobs },
      },
    })
    assert.equal(answer.body.peering.request_vpc_info.tenant_id, alice.projects['region-a'])
  })

  test('without a project in the request, the VPC says which', async () => {
    const body = askBody(
      await newVpc(service, alice, 'region-b'),
      await newVpc(service, bob, 'region-b'),
      {},
      bob.projects['region-b'],
    )
    const answer = await create(body, { project: null })
    assert.equal(answer.status, 201)
    assert.equal(answer.body.peering.request_vpc_info.tenant_id, alice.projects['region-b'])
  })

  test('two regions cannot be peered', async () => {
    const far = await newVpc(service, bob, 'region-b')
    assertNeutronError(
      await create(askBody(ours, far, {}, bob.projects['region-b'])),
      400,
      'InvalidInput',
      'Invalid input for operation: Both VPCs must be in the same region.',
    )
  })

  test('the same VPC twice', async () => {
    assertNeutronError(
      await create(askBody(ours, ours)),
      400,
      'InvalidInput',
      'Invalid input for operation: Request VPC and accept VPC must not be the same.',
    )
  })

  test('VPCs with the same blocks may be peered', async () => {
    // Every VPC that these tests make has the same block.
    assert.equal((await activePeering(service)).status, 'ACTIVE')
  })

  test('names may repeat', async () => {
    const [one, other] = [await activePeering(service), await activePeering(service)]
    assert.equal(one.name, other.name)
    assert.notEqual(one.id, other.id)
  })

  test('a VPC may be named by the id it has in another cloud', async () => {
    const vpc = await newVpc(service, alice)
    const shown: { body: { ids: { alibaba: string; tencent: string } } } = await native(
      service,
      ADMIN_TOKEN,
      'GET',
      `/vpcs/${vpc}`,
    )
    const answer = await create(askBody(shown.body.ids.tencent, theirs, {}, bobs))
    assert.equal(answer.body.peering.request_vpc_info.vpc_id, vpc)
  })

  const exists = (id: string) => `VPC peering ${id} between these two VPCs already exists.`

  test('a second one between two VPCs, either way round, while the first is live', async () => {
    const pending = await pendingPeering(service)
    const [one, other] = [pending.request_vpc_info.vpc_id, pending.accept_vpc_info.vpc_id]
    const again = askBody(one, other, {}, bobs)
    const reversed = askBody(other, one, {}, alice.projects['region-a'])
    assertNeutronError(await create(again), 409, 'VpcPeeringExists', exists(pending.id))
    const fromBob = await asBob('POST', PATH, { body: reversed })
    assertNeutronError(fromBob, 409, 'VpcPeeringExists', exists(pending.id))

    await asBob('PUT', `${PATH}/${pending.id}/accept`)
    assertNeutronError(await create(again), 409, 'VpcPeeringExists', exists(pending.id))
    assert.equal((await asAlice('GET', `${PATH}?vpc_id=${one}`)).body.peerings.length, 1)
  })

  test('a refused one does not stand in the way, nor a deleted one', async () => {
    const first = await pendingPeering(service)
    const again = askBody(first.request_vpc_info.vpc_id, first.accept_vpc_info.vpc_id, {}, bobs)
    await asBob('PUT', `${PATH}/${first.id}/reject`)
    const second = await create(again)
    assert.equal(second.status, 201)
    await asAlice('DELETE', `${PATH}/${second.body.peering.id}`)
    assert.equal((await create(again)).status, 201)
    const left = await asBob('GET', `${PATH}?vpc_id=${first.accept_vpc_info.vpc_id}`)
    assert.deepEqual(left.body.peerings.map(({ status }) => status).sort(), [
      'PENDING_ACCEPTANCE',
      'REJECTED',
    ])
  })

  test('of twenty at once between two VPCs, one is made', async () => {
    const body = askBody(await newVpc(service, alice), theirs, {}, bobs)
    const answers = await Promise.all(Array.from({ length: 20 }, () => create(body)))
    const made = answers.filter(({ status }) => status === 201)
    assert.equal(made.length, 1)
    const [id] = made.map((answer) => answer.body.peering.id)
    for (const answer of answers) {
      if (answer.status !== 201) assertNeutronError(answer, 409, 'VpcPeeringExists', exists(id ?? ''))
    }
  })
})

suite('quota', () => {
  /** A tenant with the quotas that the cloud gives everybody, and a VPC per peering. */
  async function newTenant(name: string): Promise<{ tenant: TestTenant; send: Send }> {
    const key = { id: `AK${name}`, secret: `SK${name}` }
    const body = { name, accessKeys: [key] }
    const made: { status: number; body: { huawei: { projects: TestTenant['projects'] } } } = await native(
      service,
      ADMIN_TOKEN,
      'POST',
      '/tenants',
      body,
    )
    assert.equal(made.status, 201)
    const tenant = { ...bob, name, key, projects: made.body.huawei.projects }
    return { tenant, send: client(service, tenant) }
  }

  const overQuota = (answer: Answer) =>
    assertNeutronError(answer, 409, 'OverQuota', "Quota exceeded for resources: ['vpcPeer'].")

  test('50 peerings; what is deleted or refused gives its place back', async () => {
    const { tenant, send } = await newTenant('fifty')
    const hub = await newVpc(service, tenant)
    const peers = await Promise.all(Array.from({ length: 53 }, () => newVpc(service, bob)))
    const ask = async (index: number) =>
      await send('POST', PATH, { body: askBody(hub, peers[index] ?? '', {}, bobs) })
    const made: PeeringBody[] = []
    for (let index = 0; index < 50; index++) {
      const answer = await ask(index)
      assert.equal(answer.status, 201)
      made.push(answer.body.peering)
    }
    const [first, second, third] = made
    overQuota(await ask(50))
    assert.equal((await send('GET', PATH)).body.peerings.length, 50)

    assert.equal((await send('DELETE', `${PATH}/${first?.id}`)).status, 204)
    assert.equal((await ask(50)).status, 201)
    overQuota(await ask(51))

    assert.equal((await asBob('PUT', `${PATH}/${second?.id}/reject`)).status, 200)
    assert.equal((await ask(51)).status, 201)

    // An active one keeps its place.
    assert.equal((await asBob('PUT', `${PATH}/${third?.id}/accept`)).status, 200)
    overQuota(await ask(52))
  })

  test('what others ask of a tenant does not use up its quota', async () => {
    const { tenant, send } = await newTenant('asked')
    const hub = await newVpc(service, tenant)
    const askers = await Promise.all(Array.from({ length: 51 }, () => newVpc(service, bob)))
    for (const vpc of askers) {
      const answer = await asBob('POST', PATH, { body: askBody(vpc, hub, {}, tenant.projects['region-a']) })
      assert.equal(answer.status, 201)
    }
    const own = await send('POST', PATH, { body: askBody(await newVpc(service, tenant), hub) })
    assert.equal(own.body.peering.status, 'ACTIVE')
  })
})
