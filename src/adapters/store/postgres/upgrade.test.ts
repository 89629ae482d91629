import assert from 'node:assert/strict'
import { it } from 'node:test'
import { postgresSuite } from '../../../../test/rig/postgres.ts'
import { countersOf, waitingCounter } from '../../../domain/quota.ts'
import { aesGcmSealer } from '../../secrets/aes-gcm.ts'
import { migrationFiles } from '../migrations.ts'
import { buildPeering, buildTenant, buildVpc, earlierCounts } from '../store.fixtures.ts'
import { parseDatabaseUrl } from './address.ts'
import { openPostgresStore } from './store.ts'

postgresSuite('an older PostgreSQL database', (server) => {
  it('from before policies of consent counts what waits in it, and reads its tenants and events', async () => {
    const database = await server().createDatabase()
    const [initial] = migrationFiles(import.meta.dirname)
    await database.query(initial?.sql ?? '')
    await database.query(`CREATE TABLE schema_version (
      singleton boolean PRIMARY KEY CHECK (singleton), version integer NOT NULL)`)
    await database.query('INSERT INTO schema_version VALUES (true, 1)')
    const [alice, bob] = [buildTenant(), buildTenant()]
    const text = (value: unknown) => `'${String(value)}'`
    for (const tenant of [alice, bob]) {
      const values = [tenant.id, tenant.name, tenant.id, tenant.id, tenant.id, JSON.stringify(tenant)]
      await database.query(`INSERT INTO tenants VALUES (${values.map(text).join(', ')})`)
    }
    const theirs = buildVpc(bob)
    const ours = Array.from({ length: 4 }, () => buildVpc(alice))
    for (const { id, ids, tenant, region } of [theirs, ...ours]) {
      const values = [id, ids.alibaba, ids.tencent, tenant, region].map(text).join(', ')
      await database.query(`INSERT INTO vpcs VALUES (${values}, '', '', '[]', '[]', 1, 1, NULL, 1, NULL)`)
    }
    const states = ['pending-acceptance', 'pending-acceptance', 'active', 'expired']
    for (const [index, vpc] of ours.entries()) {
      const { id, ids, requester, accepter } = buildPeering(vpc, theirs)
      const ends = [requester, accepter].flatMap((end) => [end.tenant, end.region, end.vpc])
      const values = [id, ids.alibaba, ids.tencent, '', '', ...ends, states[index]].map(text).join(', ')
      await database.query(`INSERT INTO peerings VALUES (${values}, 1, 1, 2, 1, NULL)`)
      const event = [id, alice.id, bob.id].map(text)
      await database.query(`INSERT INTO events VALUES (${index + 1}, 1, 'peering.requested', ${event[0]}, NULL, 'active',
        ${event[1]}, ${event[2]}, 'clock', NULL, NULL, NULL, NULL)`)
    }
    const [first = buildVpc(alice)] = ours
    for (const count of earlierCounts(first))
      await database.query('INSERT INTO counters VALUES ($1, $2)', count)
    const { store } = await openPostgresStore({
      address: parseDatabaseUrl(database.url),
      sealer: aesGcmSealer(Buffer.alloc(32, 7)),
      onFailure: () => {},
    })
    try {
      assert.equal(await store.countOf(waitingCounter(alice.id, bob.id)), 2)
      assert.equal(await store.countOf(waitingCounter(bob.id, alice.id)), 0)
      const counters = countersOf(buildPeering(first, theirs))
      assert.deepEqual(await Promise.all(counters.map((counter) => store.countOf(counter))), [4, 3, 2, 2])
      assert.deepEqual(await store.findTenant({ id: bob.id }), bob)
      const events = await store.listEvents(0, 10, null)
      assert.deepEqual(
        events.map(({ reason }) => reason),
        [null, null, null, null],
      )
    } finally {
      await store.close()
      await database.drop()
    }
  })
})
