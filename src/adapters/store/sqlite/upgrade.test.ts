import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { it } from 'node:test'
import { countersOf, waitingCounter } from '../../../domain/quota.ts'
import { aesGcmSealer } from '../../secrets/aes-gcm.ts'
import { migrationFiles } from '../migrations.ts'
import { buildPeering, buildTenant, buildVpc, earlierCounts, peeringQuery } from '../store.fixtures.ts'
import { openForWriting } from './database.ts'
import { openSqliteStore } from './store.ts'

it('a store from before policies of consent counts what waits in it, and reads its tenants and events', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'isthmus-upgrade-'))
  const database = new DatabaseSync(join(directory, 'isthmus.db'))
  for (const { sql } of migrationFiles(import.meta.dirname).slice(0, 3)) database.exec(sql)
  database.exec('PRAGMA user_version = 3')
  const [alice, bob] = [buildTenant(), buildTenant()]
  for (const tenant of [alice, bob]) {
    database
      .prepare('INSERT INTO tenants VALUES (?, ?, ?, ?, ?, ?)')
      .run(tenant.id, tenant.name, tenant.id, tenant.id, tenant.id, JSON.stringify(tenant))
  }
  const theirs = buildVpc(bob)
  const ours = Array.from({ length: 5 }, () => buildVpc(alice))
  for (const { id, ids, tenant, region } of [theirs, ...ours]) {
    database
      .prepare(`INSERT INTO vpcs VALUES (?, ?, ?, ?, ?, '', '', '[]', '[]', 1, 1, NULL, 1, NULL)`)
      .run(id, ids.alibaba, ids.tencent, tenant, region)
  }
  const states = ['pending-acceptance', 'pending-acceptance', 'active', 'expired', 'deleted']
  for (const [index, vpc] of ours.entries()) {
    const { id, ids, requester, accepter } = buildPeering(vpc, theirs)
    const ends = [requester.tenant, requester.region, requester.vpc, accepter.tenant, accepter.region]
    database
      .prepare(`INSERT INTO peerings VALUES (?, ?, ?, '', '', ?, ?, ?, ?, ?, ?, ?, 1, 1, 2, 1, NULL)`)
      .run(id, ids.alibaba, ids.tencent, ...ends, accepter.vpc, states[index] ?? '')
    database
      .prepare(
        `INSERT INTO events VALUES (?, 1, 'peering.requested', ?, NULL, 'active', ?, ?, 'clock', NULL, NULL, NULL, NULL)`,
      )
      .run(index + 1, id, alice.id, bob.id)
  }
  const [first = buildVpc(alice)] = ours
  for (const [key, used] of earlierCounts(first))
    database.prepare('INSERT INTO counters VALUES (?, ?)').run(key, used)
  database.close()
  const sealer = aesGcmSealer(Buffer.alloc(32, 7))
  const store = await openSqliteStore({ directory, sealer, onFailure: () => {} })
  try {
    assert.equal(await store.countOf(waitingCounter(alice.id, bob.id)), 2)
    assert.equal(await store.countOf(waitingCounter(bob.id, alice.id)), 0)
    const counters = countersOf(buildPeering(first, theirs))
    assert.deepEqual(await Promise.all(counters.map((counter) => store.countOf(counter))), [4, 3, 2, 2])
    assert.deepEqual(await store.findTenant({ id: bob.id }), bob)
    const events = await store.listEvents(0, 10, null)
    assert.deepEqual(
      events.map(({ reason }) => reason),
      [null, null, null, null, null],
    )
    const { items } = await store.listPeerings(peeringQuery())
    assert.deepEqual(new Set(items.map(({ peering }) => peering.state)), new Set(states.slice(0, 4)))
  } finally {
    await store.close()
    rmSync(directory, { recursive: true })
  }
})

it('a new store checks states and kinds, and makes no table of its own for that', () => {
  const directory = mkdtempSync(join(tmpdir(), 'isthmus-checks-'))
  const path = join(directory, 'isthmus.db')
  openForWriting(path).close()
  const database = new DatabaseSync(path)
  try {
    for (const [table, column] of [
      ['peerings', 'state'],
      ['parts', 'kind'],
    ] as const) {
      const columns = database.prepare('SELECT name FROM pragma_table_info(?)').all(table)
      const values = columns.map(({ name }) => (String(name) === column ? "'other'" : String(name).length))
      const insert = `INSERT INTO ${table} VALUES (${values.join(', ')})`
      assert.throws(() => database.exec(insert), new RegExp(`CHECK constraint failed: ${column} = `))
      const steps = database.prepare(`EXPLAIN ${insert}`).all()
      assert.ok(!steps.some(({ opcode }) => opcode === 'OpenEphemeral'))
    }
    assert.equal(database.prepare('PRAGMA integrity_check').get()?.['integrity_check'], 'ok')
  } finally {
    database.close()
    rmSync(directory, { recursive: true })
  }
})

it('a store keeps who is deleted apart, and writes nothing anew where a peering is answered but its place in two indexes', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'isthmus-deleted-'))
  const path = join(directory, 'isthmus.db')
  openForWriting(path).close()
  const database = new DatabaseSync(path)
  try {
    const opened = (sql: string) => {
      const steps = database.prepare(`EXPLAIN ${sql}`).all() as { opcode: string; p2: number }[]
      const roots = steps.filter(({ opcode }) => opcode === 'OpenWrite').map(({ p2 }) => p2)
      const names = database.prepare('SELECT name FROM sqlite_schema WHERE rootpage = ?')
      return roots.map((root) => String(names.get(root)?.['name'])).sort()
    }
    const answered = `UPDATE peerings SET state = 'rejected', expires_at_ms = NULL WHERE id = 'a'`
    // The last is the one by which it is found.
    const two = ['peerings_by_deadline', 'peerings_by_first_vpc']
    assert.deepEqual(opened(answered), ['peerings', ...two, 'sqlite_autoindex_peerings_1'])
    const insert = (deleted: number) =>
      database.exec(`PRAGMA foreign_keys = OFF; INSERT INTO peerings (id, alibaba_id, tencent_id, name, description,
        requester_tenant, requester_region, requester_vpc, accepter_tenant, accepter_region, accepter_vpc, state, deleted,
        created_at_ms, updated_at_ms, version) VALUES ('a', 'b', 'c', '', '', 'd', '', 'e', 'f', '', 'g', 'deleted', ${deleted}, 1, 1, 1)`)
    assert.throws(() => insert(0), /CHECK constraint failed: deleted = \(state = 'deleted'\)/)
    insert(1)
  } finally {
    database.close()
    rmSync(directory, { recursive: true })
  }
})
