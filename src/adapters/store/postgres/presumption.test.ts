import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { postgresSuite, type TestDatabase } from '../../../../test/rig/postgres.ts'
import { countersOf } from '../../../domain/quota.ts'
import type { Tenant } from '../../../domain/tenant.ts'
import type { Vpc } from '../../../domain/vpc.ts'
import type { Change, Condition, Store } from '../../../ports/store.ts'
import { aesGcmSealer } from '../../secrets/aes-gcm.ts'
import {
  at,
  buildClaim,
  buildPeering,
  change,
  draft,
  NOW,
  put,
  putParties,
  putVpcs,
  revised,
} from '../store.fixtures.ts'
import { parseDatabaseUrl } from './address.ts'
import { runBatch } from './batch.ts'
import { Dialler } from './dialler.ts'
import { presume } from './presumption.ts'
import type { Session } from './session.ts'
import { openPostgresStore } from './store.ts'

const TIMEOUT_MS = 5_000
const sealed = (made: Change) => ({ ...made, accessKeys: [], webhooks: [] })

postgresSuite('a batch that presumes what it was told', (server) => {
  let database: TestDatabase
  let store: Store
  let session: Session
  let alice: Tenant
  let bob: Tenant
  let ours: Vpc
  let theirs: Vpc

  beforeEach(async () => {
    database = await server().createDatabase()
    const address = parseDatabaseUrl(database.url)
    store = (
      await openPostgresStore({ address, sealer: aesGcmSealer(Buffer.alloc(32, 7)), onFailure: () => {} })
    ).store
    session = await new Dialler(address).connect('test', {})
    const parties = await putParties(store)
    alice = parties.alice
    bob = parties.bob
    ours = parties.ours
    theirs = parties.theirs
  })
  afterEach(async () => {
    await session.close(1_000)
    await store.close()
    await database.drop()
  })

  /** Writes `changes` without a look at what is there. */
  function write(changes: readonly Change[]) {
    const all = changes.map(sealed)
    const presumption = presume(all)
    assert.ok(presumption, 'nothing was presumed')
    const batch = { id: randomUUID(), changes: all, presumption, again: false }
    return runBatch(session, batch, TIMEOUT_MS)
  }

  /** Everything that is there. */
  async function everything() {
    const tables = [
      'peerings',
      'vpcs',
      'tenants',
      'events',
      'event_sequence',
      'counters',
      'claims',
      'batches',
    ]
    const rows = tables.map(async (table) => [
      table,
      await database.query(`SELECT to_json(t)::text AS row FROM ${table} AS t ORDER BY 1`),
    ])
    return Object.fromEntries(await Promise.all(rows))
  }

  const asked = (conditions: readonly Condition[] = [], requester = ours) => {
    const to = buildPeering(requester, theirs)
    return change({ peerings: [{ from: null, to }], events: [draft(to)], conditions })
  }

  /** A request whose id at Tencent is the one that a peering that is there has in `dialect`. */
  async function askedWithIdOf(dialect: 'alibaba' | 'tencent'): Promise<readonly Change[]> {
    const made = asked([], at(await putVpcs(store, alice, 1), 0))
    await put(store, made)
    const { ids } = at(made.peerings ?? [], 0).to
    const to = buildPeering(ours, theirs)
    return [change({ peerings: [{ from: null, to: { ...to, ids: { ...to.ids, tencent: ids[dialect] } } }] })]
  }

  it('writes what it comes to, each change upon those before it, and numbers the events', async () => {
    await put(store, { ...asked([], at(await putVpcs(store, alice, 1), 0)) })
    const to = buildPeering(ours, theirs)
    const active = revised(to, { state: 'active', expiresAtMs: null })
    const [counter] = countersOf(to)
    assert.ok(counter?.quota)
    const outcomes = await write([
      change({
        peerings: [{ from: null, to }],
        events: [draft(to)],
        claims: [buildClaim()],
        conditions: [
          { kind: 'vpc-exists', vpc: ours.id },
          { kind: 'unchanged', of: 'vpcs', id: ours.id, version: 1 },
          { kind: 'consent-is', tenant: bob.id, version: 0 },
          { kind: 'quota', counter: { ...counter, quota: counter.quota }, limit: 2 },
        ],
      }),
      change({
        peerings: [{ from: to, to: active }],
        events: [draft(active, 'peering.accepted', to)],
        conditions: [{ kind: 'unchanged', of: 'peerings', id: to.id, version: 1 }],
      }),
    ])
    assert.deepEqual(outcomes, [
      { ok: true, lastSequence: 2 },
      { ok: true, lastSequence: 3 },
    ])
    assert.deepEqual((await store.findPeering(to.id))?.peering, active)
    assert.deepEqual(
      (await store.listEvents(1, 10, null)).map(({ sequence, type, peering }) => [sequence, type, peering]),
      [
        [2, 'peering.requested', to.id],
        [3, 'peering.accepted', to.id],
      ],
    )
    const counts = await Promise.all(countersOf(active).map((each) => store.countOf(each)))
    assert.deepEqual(counts, [2, 1, 1, 1, 1, 1])
  })

  describe('is refused by the database, and leaves nothing behind, where', () => {
    const NOT_AS_READ = '27000'
    const TAKEN = '23505'
    /** What is planted behind its back, and what then presumes otherwise. */
    const stale: Readonly<Record<string, { code: string; arrange: () => Promise<readonly Change[]> }>> = {
      'a VPC that is there was deleted': {
        code: NOT_AS_READ,
        async arrange() {
          await database.query('UPDATE vpcs SET deleted_at_ms = 1 WHERE id = $1', [theirs.id])
          return [asked([{ kind: 'vpc-exists', vpc: theirs.id }])]
        },
      },
      'a VPC that is unchanged has another version': {
        code: NOT_AS_READ,
        async arrange() {
          await database.query('UPDATE vpcs SET version = 2 WHERE id = $1', [ours.id])
          return [asked([{ kind: 'unchanged', of: 'vpcs', id: ours.id, version: 1 }])]
        },
      },
      'a peering that is unchanged has another version': {
        code: NOT_AS_READ,
        async arrange() {
          const [other] = await putVpcs(store, alice, 1)
          const made = asked([], other)
          await put(store, made)
          const { id } = at(made.peerings ?? [], 0).to
          await database.query('UPDATE peerings SET version = 2')
          return [asked([{ kind: 'unchanged', of: 'peerings', id, version: 1 }])]
        },
      },
      'a policy of consent has another version': {
        code: NOT_AS_READ,
        async arrange() {
          await database.query(`UPDATE tenants SET consent = '{"version": 3}' WHERE id = $1`, [bob.id])
          return [asked([{ kind: 'consent-is', tenant: bob.id, version: 0 }])]
        },
      },
      'a count has come to its limit': {
        code: NOT_AS_READ,
        async arrange() {
          const [one, other] = [asked(), asked([], at(await putVpcs(store, alice, 1), 0))]
          const [counter] = countersOf(at(one.peerings ?? [], 0).to)
          assert.ok(counter?.quota)
          await database.query('INSERT INTO counters VALUES ($1, 4)', [counter.key])
          // There is room for one of the two.
          const conditions = [
            { kind: 'quota' as const, counter: { ...counter, quota: counter.quota }, limit: 5 },
          ]
          return [
            { ...one, conditions },
            { ...other, conditions },
          ]
        },
      },
      'a sum of counts has come to its limit': {
        code: NOT_AS_READ,
        async arrange() {
          const one = asked()
          const sum = countersOf(at(one.peerings ?? [], 0).to).find(({ sumOf }) => sumOf.length === 2)
          assert.ok(sum?.quota)
          for (const key of sum.sumOf) await database.query('INSERT INTO counters VALUES ($1, 2)', [key])
          return [
            { ...one, conditions: [{ kind: 'quota', counter: { ...sum, quota: sum.quota }, limit: 4 }] },
          ]
        },
      },
      'a peering that is changed has another version': {
        code: NOT_AS_READ,
        async arrange() {
          const made = asked()
          await put(store, made)
          const { to } = at(made.peerings ?? [], 0)
          await database.query('UPDATE peerings SET version = 2')
          return [change({ peerings: [{ from: to, to: revised(to, { name: 'new' }) }] })]
        },
      },
      'the pair has a live peering': {
        code: TAKEN,
        async arrange() {
          await put(store, asked())
          return [asked()]
        },
      },
      'an id is in use': {
        code: TAKEN,
        arrange: () => askedWithIdOf('tencent'),
      },
      'an id is in use in another dialect': {
        code: NOT_AS_READ,
        arrange: () => askedWithIdOf('alibaba'),
      },
      'a claim was made': {
        code: NOT_AS_READ,
        async arrange() {
          const claim = buildClaim()
          assert.ok(await store.claim(claim, NOW))
          return [{ ...asked(), claims: [claim] }]
        },
      },
    }
    for (const [where, { code, arrange }] of Object.entries(stale)) {
      it(where, async () => {
        const changes = await arrange()
        const before = await everything()
        await assert.rejects(write(changes), { code })
        assert.deepEqual(await everything(), before)
      })
    }
  })

  it('takes each change for one upon what all of them say there was, and those before it', async () => {
    const made = asked()
    await put(store, made)
    const { to } = at(made.peerings ?? [], 0)
    const gone = revised(to, { state: 'deleted', expiresAtMs: null })
    const ending = change({
      peerings: [{ from: to, to: gone }],
      events: [draft(gone, 'peering.deleted', to)],
    })
    // Whoever asks before it ends finds the pair taken, although both could be written in one batch.
    assert.equal(presume([asked(), ending].map(sealed)), null)
    const outcomes = await Promise.all([asked(), ending].map((each) => store.commit(each)))
    assert.deepEqual(outcomes, [
      { ok: false, conflict: { kind: 'pair-taken', peering: to.id } },
      { ok: true, lastSequence: 2 },
    ])
    // One that takes the place of another must be written after it.
    const again = asked()
    await put(store, again)
    const next = at(again.peerings ?? [], 0).to
    const over = revised(next, { state: 'deleted', expiresAtMs: null })
    const ended = change({
      peerings: [{ from: next, to: over }],
      events: [draft(over, 'peering.deleted', next)],
    })
    const replaced = [ended, asked()]
    assert.equal(presume(replaced.map(sealed)), null)
    assert.deepEqual(await Promise.all(replaced.map((each) => store.commit(each))), [
      { ok: true, lastSequence: 4 },
      { ok: true, lastSequence: 5 },
    ])
  })

  it('is not thought of where a change conflicts with one before it, or has what the database could not check', async () => {
    const [one, other] = [asked(), asked()]
    assert.equal(presume([one, other].map(sealed)), null)
    const claim = buildClaim()
    const claiming = { ...asked([], at(await putVpcs(store, alice, 1), 0)), claims: [claim] }
    assert.equal(presume([{ ...one, claims: [claim] }, claiming].map(sealed)), null)
    const consent = (version: number): Condition => ({ kind: 'consent-is', tenant: bob.id, version })
    assert.equal(presume([sealed(asked([consent(0), consent(1)]))]), null)
    const pair = [ours.id, theirs.id] as const
    const { id } = buildPeering(ours, theirs)
    assert.equal(presume([sealed(asked([{ kind: 'pair-free', pair, except: id }]))]), null)
    assert.equal(presume([sealed({ ...one, dryRun: true })]), null)
    assert.equal(presume([sealed(change({ settings: { a: 'b' } }))]), null)
    assert.equal(presume([sealed({ ...one, vpcs: [{ from: ours, to: ours }] })]), null)
  })
})
