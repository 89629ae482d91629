import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { ADMIN_TOKEN, advance, native, startService, type TestService } from '../../rig/service.ts'
import type { TestTenant } from '../../rig/tenants.ts'
import { activePeering, assertNeutronError, client, NOWHERE, pendingPeering, type Send } from './client.ts'

const PATH = '/v2.0/vpc/peerings'

/** What accepting and refusing have in common, which is nearly everything. */
export function suiteOfAnswer(
  { action, status, other }: { action: 'accept' | 'reject'; status: string; other: 'accept' | 'reject' },
  requester: TestTenant,
  accepter: TestTenant,
): void {
  let service: TestService
  let asRequester: Send
  let asAccepter: Send
  before(async () => {
    service = await startService()
    asRequester = client(service, requester)
    asAccepter = client(service, accepter)
  })
  after(() => service.close())

  const wrongState = (id: string, state: string, asked: string = action) =>
    `Invalid input for operation: VPC peering ${id} is ${state}, which does not allow ${asked}.`
  const read = async (id: string) => (await asRequester('GET', `${PATH}/${id}`)).body.peering

  suite('serialization', () => {
    test('200, not wrapped, with all eight members', async () => {
      const peering = await pendingPeering(service, { description: 'kept' })
      await advance(service, 'PT5S')
      const answer = await asAccepter('PUT', `${PATH}/${peering.id}/${action}`)
      assert.equal(answer.status, 200)
      const { updated_at } = answer.body
      assert.ok(updated_at > peering.updated_at)
      assert.equal(answer.text, JSON.stringify({ ...peering, status, updated_at }))
      assert.deepEqual(await read(peering.id), answer.body)
    })

    test('whatever the body is', async () => {
      for (const body of [undefined, '{}', '{', '\n', '[]', 'null', { peering: { name: 'new' } }]) {
        const { id, name } = await pendingPeering(service)
        const answer = await asAccepter('PUT', `${PATH}/${id}/${action}`, { body })
        assert.deepEqual([answer.status, answer.body.status, answer.body.name], [200, status, name])
      }
    })
  })

  suite('validation', () => {
    test('an id that nothing has', async () => {
      const answer = await asAccepter('PUT', `${PATH}/${NOWHERE}/${action}`)
      assertNeutronError(answer, 404, 'VpcPeeringNotFound', `VPC peering ${NOWHERE} could not be found.`)
    })
  })

  suite('permission', () => {
    test('not the requester, in any state', async () => {
      const { id } = await pendingPeering(service)
      const refusal = `(rule:${action}_vpc_peering) is disallowed by policy: only the tenant of the other VPC may do this.`
      const refused = await asRequester('PUT', `${PATH}/${id}/${action}`)
      assertNeutronError(refused, 403, 'PolicyNotAuthorized', refusal)
      assert.equal((await read(id)).status, 'PENDING_ACCEPTANCE')
      await asAccepter('PUT', `${PATH}/${id}/${action}`)
      const again = await asRequester('PUT', `${PATH}/${id}/${action}`)
      assertNeutronError(again, 403, 'PolicyNotAuthorized', refusal)
    })

    test('not through another project of the accepter’s', async () => {
      const { id } = await pendingPeering(service)
      const answer = await asAccepter('PUT', `${PATH}/${id}/${action}`, {
        project: accepter.projects['region-b'],
      })
      assertNeutronError(answer, 404, 'VpcPeeringNotFound', `VPC peering ${id} could not be found.`)
    })
  })

  suite('behaviour', () => {
    test('once: a second answer of either kind is refused, and changes nothing', async () => {
      const { id } = await pendingPeering(service)
      const answered = await asAccepter('PUT', `${PATH}/${id}/${action}`)
      for (const again of [action, other]) {
        const refused = await asAccepter('PUT', `${PATH}/${id}/${again}`)
        assertNeutronError(refused, 400, 'InvalidInput', wrongState(id, status, again))
      }
      assert.deepEqual(await read(id), answered.body)
    })

    test('not what is active from the start', async () => {
      const { id } = await activePeering(service)
      const refused = await asRequester('PUT', `${PATH}/${id}/${action}`)
      assertNeutronError(refused, 400, 'InvalidInput', wrongState(id, 'ACTIVE'))
    })

    test('not what has expired', async () => {
      const { id } = await pendingPeering(service)
      await advance(service, 'P7D')
      const refused = await asAccepter('PUT', `${PATH}/${id}/${action}`)
      assertNeutronError(refused, 400, 'InvalidInput', wrongState(id, 'EXPIRED'))
    })

    test('not what was deleted', async () => {
      const { id } = await pendingPeering(service)
      await asRequester('DELETE', `${PATH}/${id}`)
      const refused = await asAccepter('PUT', `${PATH}/${id}/${action}`)
      assertNeutronError(refused, 404, 'VpcPeeringNotFound', `VPC peering ${id} could not be found.`)
    })

    test('an answered request does not expire', async () => {
      const { id } = await pendingPeering(service)
      await asAccepter('PUT', `${PATH}/${id}/${action}`)
      await advance(service, 'P8D')
      assert.equal((await read(id)).status, status)
    })

    test('of both answers many times at once, one counts', async () => {
      const { id } = await pendingPeering(service)
      const actions = Array.from({ length: 10 }, () => [action, other]).flat()
      const answers = await Promise.all(actions.map((each) => asAccepter('PUT', `${PATH}/${id}/${each}`)))
      const winners = answers.filter((answer) => answer.status === 200)
      assert.equal(winners.length, 1)
      const won = winners[0]?.body.status ?? ''
      assert.equal((await read(id)).status, won)
      for (const [index, answer] of answers.entries()) {
        if (answer.status === 200) continue
        assertNeutronError(answer, 400, 'InvalidInput', wrongState(id, won, actions[index]))
      }
      const { body }: { body: { events: { type: string; peering: string }[] } } = await native(
        service,
        ADMIN_TOKEN,
        'GET',
        '/events?limit=1000',
      )
      const types = body.events.filter(({ peering }) => peering === id).map(({ type }) => type)
      assert.deepEqual(types, [
        'peering.requested',
        won === 'ACTIVE' ? 'peering.accepted' : 'peering.rejected',
      ])
    })
  })
}
