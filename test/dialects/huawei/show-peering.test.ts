import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import { ADMIN_TOKEN, advance, native, startService, type TestService } from '../../rig/service.ts'
import { alice, bob, mallory } from '../../rig/tenants.ts'
import { activePeering, assertNeutronError, client, NOWHERE, pendingPeering } from './client.ts'

const PATH = '/v2.0/vpc/peerings'

let service: TestService
before(async () => {
  service = await startService()
})
after(() => service.close())

suite('serialization', () => {
  test('200, wrapped, with all eight members, whoever reads it', async () => {
    const peering = await pendingPeering(service, { name: 'shown', description: 'to both' })
    for (const tenant of [alice, bob]) {
      const answer = await client(service, tenant)('GET', `${PATH}/${peering.id}`)
      assert.equal(answer.status, 200)
      assert.equal(answer.text, JSON.stringify({ peering }))
    }
  })

  test('the sides do not swap with the reader', async () => {
    const { id } = await pendingPeering(service)
    const { body } = await client(service, bob)('GET', `${PATH}/${id}`)
    assert.equal(body.peering.request_vpc_info.tenant_id, alice.projects['region-a'])
    assert.equal(body.peering.accept_vpc_info.tenant_id, bob.projects['region-a'])
  })
})

suite('validation', () => {
  for (const id of [NOWHERE, 'nothing', '00000000-0000-0000-0000-000000000000', 'x'.repeat(1000)]) {
    test(`an id that nothing has: ${id.slice(0, 40)}`, async () => {
      const answer = await client(service, alice)('GET', `${PATH}/${id}`)
      assertNeutronError(answer, 404, 'VpcPeeringNotFound', `VPC peering ${id} could not be found.`)
    })
  }

  test('an id with a NUL, or with what is no UTF-8, in it', async () => {
    const nul = await client(service, alice)('GET', `${PATH}/a%00b`)
    assertNeutronError(nul, 404, 'VpcPeeringNotFound', 'VPC peering a\0b could not be found.')
    const garbage = await client(service, alice)('GET', `${PATH}/%ff%zz`)
    assertNeutronError(garbage, 404, 'VpcPeeringNotFound', 'VPC peering \ufffd%zz could not be found.')
  })
})

suite('permission', () => {
  test('a stranger’s answer is, byte for byte, that for an id that nothing has', async () => {
    const { id } = await pendingPeering(service)
    const asStranger = client(service, mallory)
    for (const [method, path, body] of [
      ['GET', '', undefined],
      ['PUT', '', { peering: { name: 'mine' } }],
      ['PUT', '/accept', undefined],
      ['PUT', '/reject', undefined],
      ['DELETE', '', undefined],
    ] as const) {
      const real = await asStranger(method, `${PATH}/${id}${path}`, { body })
      const unreal = await asStranger(method, `${PATH}/${NOWHERE}${path}`, { body })
      assert.equal(real.status, 404)
      const plain = ({ text, headers }: typeof real, named: string) =>
        text.replaceAll(named, 'ID').replaceAll(String(headers['x-request-id']), 'REQUEST')
      assert.equal(plain(real, id), plain(unreal, NOWHERE))
      const names = ({ headers }: typeof real) => Object.keys(headers).sort()
      assert.deepEqual(names(real), names(unreal))
    }
    const untouched = await client(service, alice)('GET', `${PATH}/${id}`)
    assert.equal(untouched.body.peering.status, 'PENDING_ACCEPTANCE')
    assert.equal(untouched.body.peering.name, 'a peering')
  })

  test('it belongs to one project: through another of the same tenant it is not there', async () => {
    const { id } = await pendingPeering(service)
    for (const tenant of [alice, bob]) {
      const answer = await client(service, tenant)('GET', `${PATH}/${id}`, {
        project: tenant.projects['region-b'],
      })
      assertNeutronError(answer, 404, 'VpcPeeringNotFound', `VPC peering ${id} could not be found.`)
    }
  })

  test('without a project the key alone is enough', async () => {
    const { id } = await pendingPeering(service)
    assert.equal((await client(service, bob)('GET', `${PATH}/${id}`, { project: null })).status, 200)
  })
})

suite('behaviour', () => {
  test('once deleted it is gone for both', async () => {
    const { id } = await activePeering(service)
    await client(service, alice)('DELETE', `${PATH}/${id}`)
    for (const tenant of [alice, bob]) {
      const answer = await client(service, tenant)('GET', `${PATH}/${id}`)
      assertNeutronError(answer, 404, 'VpcPeeringNotFound', `VPC peering ${id} could not be found.`)
    }
  })

  test('it can be named by the ids it has in other clouds, and answers with its own', async () => {
    const { id } = await pendingPeering(service)
    const shown: { body: { ids: Record<'alibaba' | 'tencent', string> } } = await native(
      service,
      ADMIN_TOKEN,
      'GET',
      `/peerings/${id}`,
    )
    for (const other of [shown.body.ids.alibaba, shown.body.ids.tencent]) {
      assert.equal((await client(service, alice)('GET', `${PATH}/${other}`)).body.peering.id, id)
    }
  })

  test('a request expires to the second, and stays so over a restart', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'isthmus-test-'))
    const first = await startService({ directory })
    const { id, request_vpc_info, accept_vpc_info, created_at } = await pendingPeering(first)
    const active = await activePeering(first)
    const read = async (from: TestService) => (await client(from, bob)('GET', `${PATH}/${id}`)).body.peering
    // Two seconds to spare, for the time that these very calls take.
    await advance(first, 'P6DT23H59M58S')
    assert.equal((await read(first)).status, 'PENDING_ACCEPTANCE')
    await first.close()

    const second = await startService({ directory })
    try {
      assert.equal((await read(second)).status, 'PENDING_ACCEPTANCE')
      await advance(second, 'PT2S')
      const expired = await read(second)
      assert.equal(expired.status, 'EXPIRED')
      const lapsed = new Date(Date.parse(`${created_at}Z`) + 7 * 86_400_000).toISOString().slice(0, 19)
      assert.equal(expired.updated_at, lapsed)

      for (const action of ['accept', 'reject']) {
        assertNeutronError(
          await client(second, bob)('PUT', `${PATH}/${id}/${action}`),
          400,
          'InvalidInput',
          `Invalid input for operation: VPC peering ${id} is EXPIRED, which does not allow ${action}.`,
        )
      }
      assert.deepEqual(await read(second), expired)
      const stillActive = await client(second, alice)('GET', `${PATH}/${active.id}`)
      assert.equal(stillActive.body.peering.status, 'ACTIVE')

      // An expired one no longer holds its pair of VPCs.
      const again = await client(second, alice)('POST', PATH, {
        body: {
          peering: {
            name: 'again',
            request_vpc_info: { vpc_id: request_vpc_info.vpc_id },
            accept_vpc_info: accept_vpc_info,
          },
        },
      })
      assert.equal(again.status, 201)
      assert.equal((await read(second)).status, 'EXPIRED')
    } finally {
      await second.close()
      rmSync(directory, { recursive: true, force: true })
    }
  })
})
