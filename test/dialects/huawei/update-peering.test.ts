import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { advance, startService, type TestService } from '../../rig/service.ts'
import { alice, bob } from '../../rig/tenants.ts'
import { activePeering, assertNeutronError, client, pendingPeering, type Send } from './client.ts'

const PATH = '/v2.0/vpc/peerings'

let service: TestService
let asAlice: Send
let asBob: Send
before(async () => {
  service = await startService()
  asAlice = client(service, alice)
  asBob = client(service, bob)
})
after(() => service.close())

suite('serialization', () => {
  test('200, wrapped; what was not named stays, the time of the change is new', async () => {
    const before = await pendingPeering(service, { name: 'old', description: 'kept' })
    await advance(service, 'PT5S')
    const answer = await asAlice('PUT', `${PATH}/${before.id}`, { body: { peering: { name: 'new' } } })
    assert.equal(answer.status, 200)
    const { updated_at } = answer.body.peering
    assert.ok(updated_at > before.updated_at)
    assert.equal(answer.text, JSON.stringify({ peering: { ...before, name: 'new', updated_at } }))
    assert.deepEqual((await asBob('GET', `${PATH}/${before.id}`)).body, answer.body)
  })

  test('a description may be changed alone, and both together', async () => {
    const { id } = await pendingPeering(service, { name: 'old', description: 'old' })
    const alone = await asAlice('PUT', `${PATH}/${id}`, { body: { peering: { description: 'new' } } })
    assert.partialDeepStrictEqual(alone.body.peering, { name: 'old', description: 'new' })
    const peering = { name: 'newer', description: 'newer' }
    const both = await asAlice('PUT', `${PATH}/${id}`, { body: { peering } })
    assert.partialDeepStrictEqual(both.body.peering, peering)
  })

  test('an empty description clears it', async () => {
    const { id } = await pendingPeering(service, { description: 'old' })
    const answer = await asAlice('PUT', `${PATH}/${id}`, {
      body: { peering: { name: 'a', description: '' } },
    })
    assert.equal(answer.body.peering.description, '')
    assert.equal((await asAlice('GET', `${PATH}/${id}`)).body.peering.description, '')
  })
})

suite('validation', () => {
  const refused: [string, unknown, string][] = [
    ['no body', undefined, 'Invalid input for peering. Reason: it is required.'],
    ['no peering', {}, 'Invalid input for peering. Reason: it is required.'],
    [
      'nothing to change',
      { peering: {} },
      'Invalid input for peering. Reason: name or description must be given.',
    ],
    [
      'nothing that can be changed',
      { peering: { status: 'ACTIVE' } },
      'Invalid input for peering. Reason: name or description must be given.',
    ],
    [
      'an empty name',
      { peering: { name: '' } },
      "Invalid input for peering.name. Reason: '' must have at least 1 characters.",
    ],
    [
      'a name of 65 characters',
      { peering: { name: 'n'.repeat(65) } },
      `Invalid input for peering.name. Reason: '${'n'.repeat(65)}' must have at most 64 characters.`,
    ],
    [
      'a description with <',
      { peering: { name: 'a', description: '<' } },
      "Invalid input for peering.description. Reason: '<' must not hold < or >.",
    ],
  ]
  for (const [name, body, message] of refused) {
    test(name, async () => {
      const peering = await pendingPeering(service)
      const answer = await asAlice('PUT', `${PATH}/${peering.id}`, { body })
      assertNeutronError(answer, 400, 'HTTPBadRequest', message)
      assert.deepEqual((await asAlice('GET', `${PATH}/${peering.id}`)).body.peering, peering)
    })
  }

  test('VPCs, projects and status cannot be changed', async () => {
    const before = await pendingPeering(service)
    const { body } = await asAlice('PUT', `${PATH}/${before.id}`, {
      body: {
        peering: {
          name: 'new',
          status: 'ACTIVE',
          id: 'another',
          request_vpc_info: before.accept_vpc_info,
          accept_vpc_info: { vpc_id: 'a', tenant_id: 'b' },
        },
      },
    })
    assert.deepEqual(body.peering, { ...before, name: 'new', updated_at: body.peering.updated_at })
  })
})

suite('permission', () => {
  test('either side may', async () => {
    const { id } = await pendingPeering(service)
    const answer = await asBob('PUT', `${PATH}/${id}`, { body: { peering: { name: 'bob says' } } })
    assert.equal(answer.status, 200)
    assert.equal((await asAlice('GET', `${PATH}/${id}`)).body.peering.name, 'bob says')
  })
})

suite('behaviour', () => {
  test('in every state, and the state stays', async () => {
    const pending = await pendingPeering(service)
    const active = await activePeering(service)
    const rejected = await pendingPeering(service)
    await asBob('PUT', `${PATH}/${rejected.id}/reject`)
    const rename = (id: string) => asAlice('PUT', `${PATH}/${id}`, { body: { peering: { name: 'renamed' } } })
    assert.equal((await rename(pending.id)).body.peering.status, 'PENDING_ACCEPTANCE')
    assert.equal((await rename(active.id)).body.peering.status, 'ACTIVE')
    assert.equal((await rename(rejected.id)).body.peering.status, 'REJECTED')
    await advance(service, 'P7D')
    assert.equal((await rename(pending.id)).body.peering.status, 'EXPIRED')
  })

  test('a change does not give a request more time', async () => {
    const { id } = await pendingPeering(service)
    await advance(service, 'P6D')
    await asAlice('PUT', `${PATH}/${id}`, { body: { peering: { name: 'new' } } })
    await advance(service, 'P1D')
    assert.equal((await asAlice('GET', `${PATH}/${id}`)).body.peering.status, 'EXPIRED')
  })

  test('one that was deleted', async () => {
    const { id } = await activePeering(service)
    await asAlice('DELETE', `${PATH}/${id}`)
    const answer = await asAlice('PUT', `${PATH}/${id}`, { body: { peering: { name: 'new' } } })
    assertNeutronError(answer, 404, 'VpcPeeringNotFound', `VPC peering ${id} could not be found.`)
  })

  test('twenty at once: every one of them takes place', async () => {
    const { id } = await activePeering(service)
    const names = Array.from({ length: 20 }, (_, index) => `name ${index}`)
    const answers = await Promise.all(
      names.map((name) => asAlice('PUT', `${PATH}/${id}`, { body: { peering: { name } } })),
    )
    assert.deepEqual(
      answers.map(({ status, body }) => [status, body.peering.name]),
      names.map((name) => [200, name]),
    )
  })
})
