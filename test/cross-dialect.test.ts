import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import {
  DIALECTS,
  type Dialect,
  type Ids,
  NATIVE,
  nativeCall,
  type Shown,
  type State,
} from './dialects/every.ts'
import { postgresSuite } from './rig/postgres.ts'
import { ADMIN_TOKEN, native, startService, type TestService } from './rig/service.ts'
import { alice, bob, type TestTenant } from './rig/tenants.ts'

/**
 * There is one peering behind all dialects: what is asked for in one is answered in any other, and seen in each as
 * the same. Alice asks and bob answers.
 */

let service: TestService

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
      assert.deepEqual(await show(service, tenant, idOf(ids)), expected, `${dialect}, as ${tenant.name}`)
    }
  }
}

async function assertGone({ ids }: Made): Promise<void> {
  for (const { name, idOf, show } of DIALECTS) {
    for (const tenant of PARTIES) {
      assert.equal(await show(service, tenant, idOf(ids)), null, `${name}, as ${tenant.name}`)
    }
  }
}

/** Asks through `dialect` for a peering of two new VPCs. */
async function askThrough(dialect: Dialect, name: string): Promise<Made> {
  const [from, to] = [await newVpc(alice, '10.0.0.0/16'), await newVpc(bob, '10.1.0.0/16')]
  const id = await dialect.ask(service, from, to, name)
  const { status, body } = await nativeCall(service, bob, 'GET', `/peerings/${id}`)
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
          await answerer.answer(service, verb, answerer.idOf(made.ids))
          await assertShown(made, verb === 'accept' ? 'active' : 'rejected')
          await remover.remove(service, party, remover.idOf(made.ids))
          await assertGone(made)
        })
      }
    }
  }

  for (const dialect of DIALECTS) {
    test(`asked through ${dialect.name}, a policy of consent answers at once`, async () => {
      const shown: { body: { id: string } } = await native(service, ADMIN_TOKEN, 'GET', '/tenants/alice')
      const rules = [{ tenants: [shown.body.id] }]
      const say = async (policy: object) =>
        assert.equal(
          (await nativeCall(service, bob, 'PUT', '/tenants/bob/consent-policy', policy)).status,
          200,
        )
      try {
        await say({ accept: rules })
        await assertShown(await askThrough(dialect, 'agreed-to'), 'active')
        await say({ accept: rules, refuse: rules })
        await assertShown(await askThrough(dialect, 'refused'), 'rejected')
      } finally {
        await nativeCall(service, bob, 'DELETE', '/tenants/bob/consent-policy')
      }
    })
  }

  for (const dialect of DIALECTS) {
    test(`${dialect.name} takes the ids of all the others`, async () => {
      const made = await askThrough(dialect, 'by-any-id')
      for (const id of Object.values(made.ids)) {
        assert.equal((await dialect.show(service, bob, id))?.id, dialect.idOf(made.ids))
      }
      await dialect.answer(service, 'accept', DIALECTS.map(({ idOf }) => idOf(made.ids)).at(-1) ?? '')
      await assertShown(made, 'active')
    })
  }
}
