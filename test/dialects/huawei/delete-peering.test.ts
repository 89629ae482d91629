import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { advance, startService, type TestService } from '../../rig/service.ts'
import { alice, bob } from '../../rig/tenants.ts'
import { activePeering, assertNeutronError, client, NOWHERE, pendingPeering, type Send } from './client.ts'

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

/** The peering is there for nobody. */
async function assertGone(id: string): Promise<void> {
  for (const send of [asAlice, asBob]) {
    const answer = await send('GET', `${PATH}/${id}`)
    assertNeutronError(answer, 404, 'VpcPeeringNotFound', `VPC peering ${id} could not be found.`)
    assert.deepEqual((await send('GET', `${PATH}?id=${id}`)).body.peerings, [])
  }
}

suite('serialization', () => {
  test('204, without a body', async () => {
    const { id } = await activePeering(service)
    const answer = await asAlice('DELETE', `${PATH}/${id}`)
    assert.equal(answer.status, 204)
    assert.equal(answer.text, '')
    assert.equal(answer.headers['content-length'], undefined)
    await assertGone(id)
  })
})

suite('validation', () => {
  test('an id that nothing has', async () => {
    const answer = await asAlice('DELETE', `${PATH}/${NOWHERE}`)
    assertNeutronError(answer, 404, 'VpcPeeringNotFound', `VPC peering ${NOWHERE} could not be found.`)
  })
})

suite('permission', () => {
  test('either side may, without the other’s consent', async () => {
    for (const send of [asAlice, asBob]) {
      const { id } = await pendingPeering(service)
      await asBob('PUT', `${PATH}/${id}/accept`)
      assert.equal((await send('DELETE', `${PATH}/${id}`)).status, 204)
      await assertGone(id)
    }
  })
})

suite('behaviour', () => {
  test('in every state', async () => {
    const pending = await pendingPeering(service)
    assert.equal((await asAlice('DELETE', `${PATH}/${pending.id}`)).status, 204)
    const asked = await pendingPeering(service)
    assert.equal((await asBob('DELETE', `${PATH}/${asked.id}`)).status, 204)
    const rejected = await pendingPeering(service)
    await asBob('PUT', `${PATH}/${rejected.id}/reject`)
    assert.equal((await asAlice('DELETE', `${PATH}/${rejected.id}`)).status, 204)
    const expired = await pendingPeering(service)
    await advance(service, 'P7D')
    assert.equal((await asBob('DELETE', `${PATH}/${expired.id}`)).status, 204)
    for (const { id } of [pending, asked, rejected, expired]) await assertGone(id)
  })

  test('twice: not found, which clients take for done', async () => {
    const { id } = await activePeering(service)
    await asAlice('DELETE', `${PATH}/${id}`)
    const again = await asAlice('DELETE', `${PATH}/${id}`)
    assertNeutronError(again, 404, 'VpcPeeringNotFound', `VPC peering ${id} could not be found.`)
  })

  test('by both at once: one has done it, the other finds nothing; never a conflict', async () => {
    const { id } = await pendingPeering(service)
    const answers = await Promise.all([asAlice, asBob].map((send) => send('DELETE', `${PATH}/${id}`)))
    assert.deepEqual(answers.map(({ status }) => status).sort(), [204, 404])
  })
})
