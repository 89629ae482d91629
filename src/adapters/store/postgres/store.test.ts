import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { postgresSuite, startPostgres, type TestDatabase } from '../../../../test/rig/postgres.ts'
import { vpcId } from '../../../domain/identity.ts'
import type { Store } from '../../../ports/store.ts'
import { aesGcmSealer } from '../../secrets/aes-gcm.ts'
import { storeContract } from '../store.contract.ts'
import {
  at,
  buildClaim,
  buildPeering,
  buildTenant,
  buildVpc,
  change,
  draft,
  NOW,
  put,
  putParties,
  putPeerings,
  putVpcs,
  revised,
  vpcQuery,
} from '../store.fixtures.ts'
import { parseDatabaseUrl } from './address.ts'
import { Dialler } from './dialler.ts'
import { UnreachableError, WrongKeyError } from './opening-errors.ts'
import { openPostgresStore } from './store.ts'

const sealer = aesGcmSealer(Buffer.alloc(32, 7))

const openAt = async (url: string, onFailure: (message: string) => void = () => {}): Promise<Store> =>
  (await openPostgresStore({ address: parseDatabaseUrl(url), sealer, onFailure })).store

postgresSuite('PostgreSQL', (server) => {
  storeContract('PostgreSQL', async () => {
    const database = await server().createDatabase()
    let store = await openAt(database.url)
    return {
      store,
      async reopen() {
        await store.close()
        store = await openAt(database.url)
        return store
      },
      async dispose() {
        await store.close()
        await database.drop()
      },
    }
  })

  describe('the PostgreSQL store', () => {
    let database: TestDatabase
    let opened: Store[]
    let failures: string[]

    beforeEach(async () => {
      database = await server().createDatabase()
      opened = []
      failures = []
    })
    afterEach(async () => {
      for (const store of opened) await store.close()
      await database.drop()
    })

    async function open(url = database.url): Promise<Store> {
      const store = await openAt(url, (message) => failures.push(message))
      opened.push(store)
      return store
    }

    describe('shared by two processes', () => {
      it('shows each what the other has written, from the moment that was acknowledged', async () => {
        const [one, other] = [await open(), await open()]
        const { ours, theirs } = await putParties(one)
        let last = buildPeering(ours, theirs)
        await putPeerings(one, last)
        for (let round = 0; round < 20; round++) {
          const [writer, reader] = round % 2 ? [one, other] : [other, one]
          const to = revised(last, { name: `round ${round}` })
          await put(writer, { peerings: [{ from: last, to }] })
          assert.deepEqual((await reader.findPeering(last.id))?.peering, to)
          last = to
        }
      })

      it('lets one of them win each pair of VPCs, each claim and the last place of a quota', async () => {
        const stores = [await open(), await open()]
        const [one] = stores as [Store]
        const { alice, bob } = await putParties(one)
        const [ours, theirs] = [await putVpcs(one, alice, 10), await putVpcs(one, bob, 10)]
        const tries = Array.from({ length: 200 }, (_, index) => {
          const [a, b] = [at(ours, index % 10), at(theirs, index % 10)]
          return index % 3 ? buildPeering(a, b) : buildPeering(b, a)
        })
        const outcomes = await Promise.all(
          tries.map((to, index) =>
            at(stores, index % 2).commit(change({ peerings: [{ from: null, to }], events: [draft(to)] })),
          ),
        )
        assert.equal(outcomes.filter(({ ok }) => ok).length, 10)
        const events = await one.listEvents(0, 1000, null)
        assert.deepEqual(
          events.map(({ sequence }) => sequence),
          [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
        )
        const claim = buildClaim()
        const made = await Promise.all(
          Array.from({ length: 40 }, (_, index) =>
            index % 4 < 2
              ? at(stores, index % 2).claim(claim, NOW)
              : at(stores, index % 2)
                  .commit(change({ claims: [claim] }))
                  .then(({ ok }) => ok),
          ),
        )
        assert.equal(made.filter((was) => was).length, 1)
        assert.deepEqual(failures, [])
      })
    })

    describe('holds in the database itself, whoever writes,', () => {
      const refused = (sql: string, code: string) => assert.rejects(database.query(sql), { code })

      it('that a pair has one live peering, a counter is never below nothing, and an event has one number', async () => {
        const store = await open()
        const { ours, theirs } = await putParties(store)
        const held = buildPeering(ours, theirs)
        await put(store, { peerings: [{ from: null, to: held }], events: [draft(held)] })
        const copy = `INSERT INTO peerings SELECT 'x', 'x', 'x', name, description, accepter_tenant, accepter_region,
          accepter_vpc, requester_tenant, requester_region, requester_vpc, 'active', 0, 0, null, 1, null FROM peerings`
        await refused(copy, '23505')
        await refused('UPDATE counters SET used = -1', '23514')
        await refused('INSERT INTO events SELECT * FROM events', '23505')
        await refused(`UPDATE peerings SET state = 'odd'`, '23514')
        await refused(`DELETE FROM vpcs`, '23503')
        await refused('INSERT INTO event_sequence VALUES (true, 7)', '23505')
      })

      it('that a change finds the rows as they were read', async () => {
        await open()
        await database.query('SELECT expect_rows(3, 3)')
        await refused('SELECT expect_rows(2, 3)', '27000')
      })
    })

    it('fails only the change that cannot be written, of all that share its batch', async () => {
      const store = await open()
      const { alice, ours } = await putParties(store)
      const vpcs = await putVpcs(store, alice, 30)
      const nowhere = buildVpc(alice, { id: vpcId('nowhere') })
      const tries = vpcs.map((vpc, index) => buildPeering(ours, index === 17 ? nowhere : vpc))
      const outcomes = await Promise.allSettled(
        tries.map((to) => store.commit(change({ peerings: [{ from: null, to }], events: [draft(to)] }))),
      )
      for (const [index, outcome] of outcomes.entries()) {
        assert.equal(outcome.status, index === 17 ? 'rejected' : 'fulfilled', String(index))
      }
      assert.equal(failures.length, 1)
      assert.match(at(failures, 0), /foreign key/)
      const events = await store.listEvents(0, 100, null)
      assert.deepEqual(
        events.map(({ sequence }) => sequence),
        Array.from({ length: 29 }, (_, index) => index + 1),
      )
    })

    it('keeps texts that PostgreSQL cannot hold as near as it can, and looks for them', async () => {
      const store = await open()
      const tenant = buildTenant()
      await put(store, { tenants: [tenant] })
      const vpc = buildVpc(tenant, {
        name: 'nul \0 half \ud800',
        tags: [{ key: 'a\0', value: '\\u0000 \udc00' }],
      })
      await put(store, { vpcs: [{ from: null, to: vpc }] })
      const stored = {
        ...vpc,
        name: 'nul \ufffd half \ufffd',
        tags: [{ key: 'a\ufffd', value: '\\u0000 \ufffd' }],
      }
      assert.deepEqual(await store.findVpc(vpc.id), stored)
      const found = await store.listVpcs(vpcQuery({ name: vpc.name, tags: [{ key: 'a\0', value: null }] }))
      assert.deepEqual(found.items, [stored])
      assert.equal(await store.findVpc('\0'), null)
    })

    it('takes claims on keys of any length and any characters, each once', async () => {
      const store = await open()
      for (const key of ['nul \0', `${'long '.repeat(2_000)}1`, `${'long '.repeat(2_000)}2`]) {
        const claim = buildClaim({ key })
        assert.equal(await store.claim(claim, NOW), true)
        assert.equal(await store.claim(claim, NOW), false)
        assert.deepEqual(await store.findClaim(key, NOW), claim)
        const outcome = await store.commit(change({ claims: [claim] }))
        assert.deepEqual(outcome, { ok: false, conflict: { kind: 'claimed', claim } })
      }
    })

    it('is refused to a process with another master key, which changes nothing', async () => {
      await open()
      const address = parseDatabaseUrl(database.url)
      const other = aesGcmSealer(Buffer.alloc(32, 8))
      await assert.rejects(openPostgresStore({ address, sealer: other, onFailure: () => {} }), WrongKeyError)
      await open()
    })

    it('is refused to a version that does not know its schema', async () => {
      await open()
      await database.query('UPDATE schema_version SET version = version + 1')
      await assert.rejects(open(), /written by a newer version \(schema \d+, known \d+\)/)
    })

    it('is found on whichever host takes writes', async () => {
      const standby = await startPostgres(['fsync = off', 'default_transaction_read_only = on'])
      try {
        const diallerOf = (...ports: number[]) =>
          new Dialler({ ...parseDatabaseUrl(database.urlAt(...ports)), database: 'postgres' })
        const dialler = diallerOf(1, standby.port, server().port)
        for (const _ of [1, 2]) {
          const session = await dialler.connect('test', {})
          const { rows } = await session.query({ text: 'SHOW port' }, 1000)
          assert.deepEqual(rows, [{ port: String(server().port) }])
          await session.close(1000)
        }
        const reason =
          'no PostgreSQL server takes writes: 127.0.0.1:1: connect ECONNREFUSED 127.0.0.1:1; ' +
          `127.0.0.1:${standby.port}: is a standby, or read-only`
        await assert.rejects(diallerOf(1, standby.port).connect('test', {}), new UnreachableError(reason))
      } finally {
        await standby.dispose()
      }
    })
  })
})
