import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { postgresSuite, type TestDatabase } from '../../../../test/rig/postgres.ts'
import { type Fate, startProxy, type UnreliableProxy } from '../../../../test/rig/proxy.ts'
import { DomainError } from '../../../domain/errors.ts'
import { countersOf } from '../../../domain/quota.ts'
import type { Tenant } from '../../../domain/tenant.ts'
import type { Vpc } from '../../../domain/vpc.ts'
import type { CommitOutcome, Store } from '../../../ports/store.ts'
import { aesGcmSealer } from '../../secrets/aes-gcm.ts'
import {
  at,
  buildClaim,
  buildPeering,
  buildVpc,
  change,
  draft,
  NOW,
  peeringQuery,
  put,
  putParties,
  putVpcs,
} from '../store.fixtures.ts'
import { parseDatabaseUrl } from './address.ts'
import { COMMIT_TIMEOUT_MS } from './group-commit.ts'
import { READ_TIMEOUT_MS } from './readers.ts'
import { openPostgresStore } from './store.ts'

const sealer = aesGcmSealer(Buffer.alloc(32, 7))
/** What a busy machine may add to a bound. */
const SLACK_MS = 1_500

const isUnavailable = (error: unknown): error is DomainError<'service.unavailable'> =>
  error instanceof DomainError && error.code === 'service.unavailable'

/** How long `work` takes, milliseconds, and what it comes to. */
async function timed<T>(work: Promise<T>) {
  const startedMs = performance.now()
  const [outcome] = await Promise.allSettled([work])
  return { outcome, tookMs: performance.now() - startedMs }
}

/** Waits until `condition` holds. */
async function until(condition: () => Promise<boolean>, timeoutMs = 15_000): Promise<void> {
  const deadlineMs = performance.now() + timeoutMs
  while (!(await condition())) {
    if (performance.now() > deadlineMs) throw new Error('it did not come to hold')
    await sleep(20)
  }
}

/** Whether `work` comes to anything. */
const succeeds = (work: Promise<unknown>) =>
  work.then(
    () => true,
    () => false,
  )

postgresSuite('the PostgreSQL store, when things fail,', (server) => {
  let database: TestDatabase
  let proxy: UnreliableProxy
  let store: Store
  let alice: Tenant
  let ours: Vpc
  let theirs: Vpc

  beforeEach(async () => {
    database = await server().createDatabase()
    proxy = await startProxy(server().port)
    const address = parseDatabaseUrl(database.urlAt(proxy.port))
    store = (await openPostgresStore({ address, sealer, onFailure: () => {} })).store
    const parties = await putParties(store)
    alice = parties.alice
    ours = parties.ours
    theirs = parties.theirs
  })
  afterEach(async () => {
    await store.close()
    await proxy.close()
    await database.drop()
  })

  /** Asks for a peering of each of `vpcs` with the same one, all at once. */
  function ask(vpcs: readonly Vpc[], presuming = true) {
    const peerings = vpcs.map((vpc) => buildPeering(vpc, theirs))
    const outcomes = peerings.map((to) => {
      const free = { kind: 'pair-free', pair: [to.requester.vpc, to.accepter.vpc], except: to.id } as const
      return store.commit(
        change({
          peerings: [{ from: null, to }],
          events: [draft(to)],
          claims: [buildClaim({ result: to.id })],
          // Of what lives it says nothing new, and is looked up all the same.
          conditions: presuming ? [] : [free],
        }),
      )
    })
    return { peerings, outcomes }
  }

  /** Whatever failed meanwhile: each peering is there once, with its event, its claim and its place in the counters. */
  async function assertOnce(peerings: readonly { readonly id: string }[], outcomes: CommitOutcome[]) {
    assert.deepEqual(
      outcomes.map(({ ok }) => ok),
      peerings.map(() => true),
    )
    const ids = peerings.map(({ id }) => id).sort()
    const page = await store.listPeerings(peeringQuery())
    assert.deepEqual(
      page.items.map(({ peering }) => peering.id),
      ids,
    )
    const events = await store.listEvents(0, 10_000, null)
    assert.deepEqual(
      events.map(({ sequence }) => sequence),
      ids.map((_, index) => index + 1),
    )
    const told = outcomes.map((outcome) => (outcome.ok ? outcome.lastSequence : 0))
    for (const [index, { id }] of peerings.entries()) {
      assert.equal(events[at(told, index) - 1]?.peering, id)
    }
    const claims = await database.query('SELECT result FROM claims ORDER BY result')
    assert.deepEqual(
      claims.map(({ result }) => result),
      ids,
    )
    const [counter] = countersOf(buildPeering(ours, theirs))
    assert.ok(counter)
    const [row] = await database.query('SELECT used FROM counters WHERE key = $1', [counter.key])
    assert.equal(Number(row?.['used']), ids.length)
  }

  describe('loses nothing and does nothing twice where the connection is lost', () => {
    const places: Readonly<Record<string, (proxy: UnreliableProxy, fate: (text: string) => Fate) => void>> = {
      'before a batch has begun': (proxy, once) => {
        proxy.onRequest = (bytes) => (bytes.includes('BEGIN') ? once('cut') : 'pass')
      },
      'after it has begun, before anything was answered': (proxy, once) => {
        proxy.onRequest = (bytes) => (bytes.includes('BEGIN') ? once('pass-and-cut') : 'pass')
      },
      'after what it looks up was answered': (proxy, once) => {
        proxy.onAnswer = (bytes) => (bytes.includes('BEGIN') ? once('cut') : 'pass')
      },
      'before it is committed': (proxy, once) => {
        proxy.onRequest = (bytes) => (bytes.includes('COMMIT') ? once('cut') : 'pass')
      },
      'while it is committed': (proxy, once) => {
        proxy.onRequest = (bytes) => (bytes.includes('COMMIT') ? once('pass-and-cut') : 'pass')
      },
      'after it was committed, before anybody is told': (proxy, once) => {
        proxy.onAnswer = (bytes) => (bytes.includes('COMMIT') ? once('cut') : 'pass')
      },
    }
    const ways = Object.keys(places).flatMap((place) => [
      { place, presuming: true },
      { place, presuming: false },
    ])
    for (const { place, presuming } of ways) {
      it(`${place}, where all is ${presuming ? 'presumed' : 'looked up'}`, async () => {
        const vpcs = await putVpcs(store, alice, 20)
        let cuts = 0
        places[place]?.(proxy, (fate) => {
          cuts++
          return cuts <= 2 ? (fate as Fate) : 'pass'
        })
        const { peerings, outcomes } = ask(vpcs, presuming)
        await assertOnce(peerings, await Promise.all(outcomes))
        assert.ok(cuts >= 2)
      })
    }

    it('again and again, by the server', async () => {
      const vpcs = await putVpcs(store, alice, 1_000)
      let ended = 0
      let going = true
      const killer = (async () => {
        while (going) {
          const [row] = await database.query(
            `SELECT count(pg_terminate_backend(pid)) AS ended FROM pg_stat_activity
              WHERE application_name = 'isthmus writer' AND datname = current_database()`,
          )
          ended += Number(row?.['ended'])
          // Somewhere in the batch after the next one: each has a chance.
          const before = await database.query('SELECT last FROM event_sequence')
          const moved = async () => {
            const [now] = await database.query('SELECT last FROM event_sequence')
            return !going || now?.['last'] !== before[0]?.['last']
          }
          await until(moved)
          await sleep(Math.random() * 10)
        }
      })()
      const peerings: { readonly id: string }[] = []
      const outcomes: CommitOutcome[] = []
      for (let start = 0; ended < 10 && start < vpcs.length; start += 4) {
        const asked = ask(vpcs.slice(start, start + 4))
        peerings.push(...asked.peerings)
        outcomes.push(...(await Promise.all(asked.outcomes)))
      }
      going = false
      await killer
      assert.ok(ended >= 10, `${ended} connections ended`)
      await assertOnce(peerings, outcomes)
    })
  })

  describe('with a batch that waits for its turn, and another behind it', () => {
    let holder: Client
    /** Batches that have been sent, whole. */
    let sent: number

    beforeEach(async () => {
      holder = new Client({ connectionString: database.url })
      await holder.connect()
      sent = 0
      proxy.onRequest = (bytes) => {
        if (bytes.includes('COMMIT')) sent++
        return 'pass'
      }
    })
    afterEach(() => holder.end())

    /** Commits `first`, in a batch that waits for the turn that the holder has, and then `second`, which waits for it. */
    async function askBoth<T>(first: () => T, second: () => T): Promise<[T, T]> {
      const one = first()
      await until(async () => sent === 1)
      const other = second()
      await sleep(50)
      assert.equal(sent, 1)
      return [one, other]
    }
    const batches = async () => Number((await database.query('SELECT count(*) FROM batches'))[0]?.['count'])

    it('commits each, and tells nobody before', async () => {
      const vpcs = await putVpcsAndHold(2)
      const known = await batches()
      let told = 0
      const [one, other] = await askBoth(
        () => ask(vpcs.slice(0, 1)),
        () => ask(vpcs.slice(1)),
      )
      for (const outcome of [...one.outcomes, ...other.outcomes]) void outcome.then(() => told++)
      await sleep(50)
      assert.equal(told, 0)
      await holder.query('COMMIT')
      const outcomes = await Promise.all([...one.outcomes, ...other.outcomes])
      await assertOnce([...one.peerings, ...other.peerings], outcomes)
      assert.equal(await batches(), known + 2)
    })

    it('fails only the one that cannot be written', async () => {
      const vpcs = await putVpcsAndHold(1)
      const [bad, good] = await askBoth(
        () => ask([buildVpc(alice)]),
        () => ask(vpcs),
      )
      await holder.query('COMMIT')
      await assert.rejects(Promise.all(bad.outcomes), isUnavailable)
      await assertOnce(good.peerings, await Promise.all(good.outcomes))
    })

    it('decides again what the one before it has made untrue', async () => {
      const [vpc = ours] = await putVpcsAndHold(1)
      const [one, other] = await askBoth(
        () => ask([vpc]),
        () => ask([vpc]),
      )
      await holder.query('COMMIT')
      const [kept] = one.peerings
      assert.deepEqual(await Promise.all(other.outcomes), [
        { ok: false, conflict: { kind: 'pair-taken', peering: kept?.id } },
      ])
      await assertOnce(one.peerings, await Promise.all(one.outcomes))
    })

    it('decides again what another replica has made untrue meanwhile', async () => {
      const vpcs = await putVpcsAndHold(2)
      const exists = (vpc: Vpc) => () => {
        const to = buildPeering(vpc, theirs)
        const conditions = [{ kind: 'vpc-exists', vpc: vpc.id } as const]
        return store.commit(
          change({
            peerings: [{ from: null, to }],
            events: [draft(to)],
            claims: [buildClaim({ result: to.id })],
            conditions,
          }),
        )
      }
      const [one, other] = await askBoth(exists(at(vpcs, 0)), exists(at(vpcs, 1)))
      const { id } = at(vpcs, 0)
      await holder.query('UPDATE vpcs SET deleted_at_ms = 1 WHERE id = $1', [id])
      await holder.query('COMMIT')
      const outcomes = [await one, await other]
      assert.deepEqual(outcomes[0], { ok: false, conflict: { kind: 'vpc-missing', vpc: id } })
      const [kept] = (await store.listPeerings(peeringQuery())).items
      assert.ok(kept)
      await assertOnce([kept.peering], outcomes.slice(1))
    })

    const cuts: Readonly<Record<string, () => Promise<unknown>>> = {
      'before either was done': async () => {
        await database.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE application_name = 'isthmus writer' AND datname = current_database()`,
        )
        await holder.query('COMMIT')
      },
      'after the first was committed, before anybody is told': async () => {
        let cut = false
        proxy.onAnswer = (bytes) => {
          if (cut || !bytes.includes('COMMIT')) return 'pass'
          cut = true
          return 'cut'
        }
        await holder.query('COMMIT')
      },
      'after the first was committed, and its clients told': async () => {
        let cut = false
        proxy.onAnswer = (bytes) => {
          if (cut || !bytes.includes('COMMIT')) return 'pass'
          cut = true
          return 'pass-and-cut'
        }
        await holder.query('COMMIT')
      },
    }
    for (const [when, cut] of Object.entries(cuts)) {
      it(`loses nothing and does nothing twice where the connection is lost ${when}`, async () => {
        const vpcs = await putVpcsAndHold(8)
        const [one, other] = await askBoth(
          () => ask(vpcs.slice(0, 4)),
          () => ask(vpcs.slice(4)),
        )
        await cut()
        const outcomes = await Promise.all([...one.outcomes, ...other.outcomes])
        await assertOnce([...one.peerings, ...other.peerings], outcomes)
      })
    }

    /** VPCs of Alice's; from then on the holder has the turn. */
    async function putVpcsAndHold(count: number): Promise<readonly Vpc[]> {
      const vpcs = await putVpcs(store, alice, count)
      await holder.query('BEGIN; SELECT last FROM event_sequence FOR UPDATE')
      sent = 0
      return vpcs
    }
  })

  it('reads on when its connections for that are lost', async () => {
    const reading = Promise.all(Array.from({ length: 200 }, () => store.findVpc(ours.id)))
    await database.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'isthmus reader'`,
    )
    for (const vpc of await reading) assert.deepEqual(vpc, ours)
    assert.deepEqual(await store.findVpc(theirs.id), theirs)
  })

  it('says so at once while the database is down, and goes on by itself when it is back', async () => {
    await server().stop()
    try {
      // It finds out by asking; from then on it knows.
      await assert.rejects(store.findVpc(ours.id), isUnavailable)
      await assert.rejects(store.commit(change({ settings: { a: 'b' } })), isUnavailable)
      const attempts = [
        () => store.findVpc(ours.id),
        () => store.commit(change({ settings: { a: 'b' } })),
        () => store.claim(buildClaim(), NOW),
        () => store.ping(),
      ]
      for (const attempt of attempts) {
        await attempt().catch(() => {})
        const { outcome, tookMs } = await timed<unknown>(attempt())
        assert.equal(outcome.status, 'rejected')
        assert.ok(isUnavailable(outcome.reason))
        assert.match(outcome.reason.details.reason, /^no PostgreSQL server takes writes: 127\.0\.0\.1:\d+: /)
        assert.ok(tookMs < 250, `${tookMs} ms`)
      }
    } finally {
      await server().start()
    }
    await until(() => succeeds(store.ping()))
    // What one connection has found the others know.
    await put(store, { settings: { a: 'b' } })
    assert.ok(await store.claim(buildClaim(), NOW))
    assert.equal(await store.readSetting('a'), 'b')
    assert.deepEqual(await store.findVpc(ours.id), ours)
  })

  it('answers within its bounds where the network swallows everything, and goes on afterwards', async () => {
    await store.claim(buildClaim(), NOW)
    proxy.silent = true
    const vpcs = [ours]
    const asked = ask(vpcs)
    const [reading, writing, claiming] = await Promise.all([
      timed(store.findVpc(ours.id)),
      timed(Promise.all(asked.outcomes)),
      timed(store.claim(buildClaim(), NOW)),
    ])
    for (const [{ outcome, tookMs }, boundMs] of [
      [reading, READ_TIMEOUT_MS],
      [claiming, READ_TIMEOUT_MS],
      [writing, COMMIT_TIMEOUT_MS],
    ] as const) {
      assert.equal(outcome.status, 'rejected')
      assert.ok(isUnavailable(outcome.reason))
      assert.ok(tookMs < boundMs + SLACK_MS, `${tookMs} ms`)
    }
    proxy.silent = false
    await until(() => succeeds(put(store, { settings: { a: 'b' } })))
    await until(async () => (await store.findVpc(ours.id).catch(() => null)) !== null)
  })

  it('answers a list within the bound of one look-up, although it takes several', async () => {
    await put(store, { peerings: [{ from: null, to: buildPeering(ours, theirs) }] })
    const list = () => store.listPeerings(peeringQuery({ party: { tenant: alice.id, region: null } }))
    assert.equal((await list()).items.length, 1)
    const holders = await Promise.all(
      ['peerings', 'tenants'].map(async (table) => {
        const holder = new Client({ connectionString: database.url })
        await holder.connect()
        await holder.query(`BEGIN; LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`)
        return holder
      }),
    )
    try {
      const listing = timed(list())
      await sleep(2_000)
      // The page comes; whose peerings it is of does not.
      await holders[0]?.query('ROLLBACK')
      const { outcome, tookMs } = await listing
      assert.equal(outcome.status, 'rejected')
      assert.ok(isUnavailable(outcome.reason))
      assert.ok(tookMs > 2_000 && tookMs < READ_TIMEOUT_MS + 1_000, `${tookMs} ms`)
    } finally {
      await Promise.all(holders.map((holder) => holder.end()))
    }
    await until(async () => (await list().catch(() => null)) !== null)
  })

  it('sheds what it cannot keep up with, rather than remember it all', async () => {
    await Promise.all(Array.from({ length: 50 }, () => store.findVpc(ours.id)))
    proxy.silent = true
    const reads = Array.from({ length: 2_100 }, () => timed(store.findVpc(ours.id)))
    const answered = await Promise.all(reads)
    const reasons = answered.map(({ outcome }) =>
      outcome.status === 'rejected' && isUnavailable(outcome.reason) ? outcome.reason.details.reason : 'none',
    )
    assert.equal(
      reasons.filter((reason) => reason === 'too many reads are waiting for the database').length,
      100,
    )
    for (const { tookMs } of answered) assert.ok(tookMs < READ_TIMEOUT_MS + SLACK_MS, `${tookMs} ms`)
    proxy.silent = false
  })

  it('does not wait for a replica that stopped in the middle of its batch', async () => {
    // As one that was suspended after it had taken its turn.
    const proxied = await startProxy(server().port)
    const stuck = await openPostgresStore({
      address: parseDatabaseUrl(database.urlAt(proxied.port)),
      sealer,
      onFailure: () => {},
    })
    try {
      let held = false
      proxied.onAnswer = (bytes) => {
        if (!bytes.includes('BEGIN')) return 'pass'
        held = true
        proxied.silent = true
        return 'pass'
      }
      const lost = timed(stuck.store.commit(change({ settings: { by: 'the other' } })))
      await until(async () => held)
      const { outcome, tookMs } = await timed(store.commit(change({ settings: { by: 'this one' } })))
      assert.equal(outcome.status, 'fulfilled')
      // Its turn is taken away after 2 s, long before it gives up by itself.
      assert.ok(tookMs < 4_000, `${tookMs} ms`)
      await lost
      assert.equal(await store.readSetting('by'), 'this one')
    } finally {
      await stuck.store.close()
      await proxied.close()
    }
  })
})
