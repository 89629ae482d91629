import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { tenantId } from '../../../domain/identity.ts'
import { countersOf } from '../../../domain/quota.ts'
import type { Store } from '../../../ports/store.ts'
import { aesGcmSealer } from '../../secrets/aes-gcm.ts'
import { storeContract } from '../store.contract.ts'
import {
  buildClaim,
  buildPeering,
  buildTenant,
  buildVpc,
  change,
  draft,
  idsOf,
  NOW,
  peeringQuery,
  put,
  putParties,
  putPeerings,
  putVpcs,
  REGION_A,
  revised,
  revisedVpc,
  vpcQuery,
} from '../store.fixtures.ts'
import { sealWebhook } from '../webhook-rows.ts'
import { buildWebhook } from '../webhooks.contract.ts'
import { openForWriting } from './database.ts'
import { DirectoryInUseError, openSqliteStore } from './store.ts'
import { Writer } from './writer.ts'

const sealer = aesGcmSealer(Buffer.alloc(32, 7))
const openIn = (directory: string, onFailure: (message: string) => void = () => {}) =>
  openSqliteStore({ directory, sealer, onFailure })

storeContract('SQLite', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'isthmus-'))
  let store = await openIn(directory)
  return {
    store,
    async reopen() {
      await store.close()
      store = await openIn(directory)
      return store
    },
    async dispose() {
      await store.close()
      rmSync(directory, { recursive: true })
    },
  }
})

describe('the SQLite store', () => {
  let directory: string
  let opened: Store[]
  let children: ChildProcess[]

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'isthmus-'))
    opened = []
    children = []
  })
  afterEach(async () => {
    for (const store of opened) await store.close()
    for (const child of children) child.kill('SIGKILL')
    rmSync(directory, { recursive: true })
  })

  async function openStore(onFailure?: (message: string) => void): Promise<Store> {
    const store = await openIn(directory, onFailure)
    opened.push(store)
    return store
  }

  /** Another process that runs `code` with `openIn` and `directory` in scope; resolves with what it first says. */
  async function elsewhere(code: string): Promise<{ said: string; child: ChildProcess }> {
    const here = (path: string) => JSON.stringify(new URL(path, import.meta.url).href)
    const program = `
      import { DirectoryInUseError, openSqliteStore } from ${here('./store.ts')}
      import { aesGcmSealer } from ${here('../../secrets/aes-gcm.ts')}
      const directory = ${JSON.stringify(directory)}
      const sealer = aesGcmSealer(Buffer.alloc(32, 7))
      const openIn = () => openSqliteStore({ directory, sealer, onFailure: console.error })
      ${code}`
    const path = join(directory, 'program.mjs')
    writeFileSync(path, program)
    const child = spawn(process.execPath, [path], { stdio: ['ignore', 'pipe', 'inherit'] })
    children.push(child)
    const silence = once(child, 'exit').then(() => ['nothing'])
    const [said] = await Promise.race([once(child.stdout, 'data'), silence])
    return { said: String(said).trim(), child }
  }

  describe('has its directory to itself', () => {
    it('so that a second opener is refused within a second, and the first goes on', async () => {
      const store = await openStore()
      await put(store, { settings: { before: 'yes' } })
      const startedMs = performance.now()
      await assert.rejects(openIn(directory), DirectoryInUseError)
      assert.ok(performance.now() - startedMs < 1000)
      await put(store, { settings: { after: 'yes' } })
      assert.equal(await store.readSetting('before'), 'yes')
      assert.equal(await store.readSetting('after'), 'yes')
      // The refused one has not taken the lock with it when it went: closing a file frees a process's locks on it.
      const { said } = await elsewhere(`
        console.log((await openIn().catch((error) => error)) instanceof DirectoryInUseError)`)
      assert.equal(said, 'true')
    })

    it('so that another process is refused within a second', async () => {
      const store = await openStore()
      const { said } = await elsewhere(`
        const startedMs = performance.now()
        const error = await openIn().catch((error) => error)
        console.log(error instanceof DirectoryInUseError, performance.now() - startedMs < 1000)`)
      assert.equal(said, 'true true')
      await put(store, { settings: { after: 'yes' } })
    })

    it('until it is closed', async () => {
      await (await openIn(directory)).close()
      await openStore()
    })

    it('until its process dies, which loses nothing that was acknowledged', async () => {
      const { said, child } = await elsewhere(`
        const store = await openIn()
        for (let n = 1; n <= 20; n++) await store.commit({ settings: { last: String(n) }, nowMs: 0 })
        console.log('acknowledged')
        setInterval(() => {}, 1000)`)
      assert.equal(said, 'acknowledged')
      await assert.rejects(openIn(directory), DirectoryInUseError)
      child.kill('SIGKILL')
      await once(child, 'exit')
      assert.equal(await (await openStore()).readSetting('last'), '20')
    })
  })

  describe('keeps secrets to itself', () => {
    it('unreadable in every file of the directory', async () => {
      const store = await openStore()
      const alice = buildTenant({ name: 'alice-in-the-clear' })
      const secret = 'Sup3rS3cretThatNobodyMayRead0123456789ab'
      await put(store, {
        tenants: [alice],
        accessKeys: [{ id: 'AKIA1', tenant: alice.id, secret, createdAtMs: NOW }],
      })
      const files = () => readdirSync(directory).map((name) => readFileSync(join(directory, name)))
      const holds = (text: string) => files().some((bytes) => bytes.includes(text))
      const spellings = [
        secret,
        ...(['hex', 'base64', 'utf16le'] as const).map((as) => Buffer.from(secret).toString(as)),
      ]
      // That the search finds what is there is shown by what may be read.
      assert.ok(holds('AKIA1') && holds('alice-in-the-clear'))
      for (const spelling of spellings) assert.ok(!holds(spelling))
      assert.equal((await store.findCredential('AKIA1'))?.key.secret, secret)
      await put(store, { deletedAccessKeys: ['AKIA1'] })
      await opened.pop()?.close()
      assert.ok(holds('alice-in-the-clear'))
      for (const spelling of spellings) assert.ok(!holds(spelling))
    })

    it('in a directory that it makes for its owner alone', async () => {
      const inner = join(directory, 'made', 'here')
      const store = await openIn(inner)
      opened.push(store)
      assert.equal(statSync(inner).mode & 0o777, 0o700)
    })

    it("in files that are their owner's alone, also in a directory that was there and is open to all", async () => {
      chmodSync(directory, 0o755)
      const store = await openStore()
      await put(store, { tenants: [buildTenant()] })
      const modes = readdirSync(directory).map((name) => [name, statSync(join(directory, name)).mode & 0o077])
      assert.ok(modes.length >= 2)
      assert.deepEqual(
        modes.filter(([, mode]) => mode !== 0),
        [],
      )
    })
  })

  describe('shares one commit among many changes', () => {
    /** How many transactions the write-ahead log holds: a frame that ends one says how large the database is then. */
    function commitsLogged(): number {
      const log = readFileSync(join(directory, 'isthmus.db-wal'))
      const [pageSize, salt] = [log.readUInt32BE(8), log.subarray(16, 24)]
      let commits = 0
      for (let frame = 32; frame + 24 + pageSize <= log.length; frame += 24 + pageSize) {
        const current = salt.equals(log.subarray(frame + 8, frame + 16))
        if (current && log.readUInt32BE(frame + 4) !== 0) commits++
      }
      return commits
    }

    it('that are asked for at once, and gives each that is asked for alone its own', async () => {
      const store = await openStore()
      const { alice, theirs } = await putParties(store)
      const vpcs = await putVpcs(store, alice, 500)
      const before = commitsLogged()
      for (let n = 0; n < 10; n++) await put(store, { settings: { last: String(n) } })
      assert.equal(commitsLogged() - before, 10)
      const peerings = vpcs.map((vpc) => buildPeering(vpc, theirs))
      await Promise.all(
        peerings.map((to) => put(store, { peerings: [{ from: null, to }], events: [draft(to)] })),
      )
      assert.equal(await store.lastEventSequence(), 500)
      // The first goes alone and the rest together; a few more do no harm.
      assert.ok(commitsLogged() - before - 10 <= 10)
    })

    it('of which one that cannot be written fails alone, and is heard of', async () => {
      const heard: string[] = []
      const store = await openStore((message) => heard.push(message))
      const { ours, theirs } = await putParties(store)
      // No such tenant: nothing that the port has a conflict for.
      const orphans = Array.from({ length: 3 }, () => buildVpc({ id: tenantId('nobody') }))
      const others = Array.from({ length: 20 }, () => buildVpc({ id: ours.tenant }))
      const vpcs = [...others.slice(0, 10), ...orphans, ...others.slice(10)]
      const peering = buildPeering(ours, theirs)
      const requested = change({ peerings: [{ from: null, to: peering }], events: [draft(peering)] })
      const added = vpcs.map((to) => change({ vpcs: [{ from: null, to }] }))
      const batch = [...added.slice(0, 5), requested, ...added.slice(5)]
      const outcomes = await Promise.allSettled(batch.map((parts) => store.commit(parts)))
      const failures = outcomes.filter((outcome) => outcome.status === 'rejected')
      assert.deepEqual(
        failures.map(({ reason }) => reason.code),
        ['service.unavailable', 'service.unavailable', 'service.unavailable'],
      )
      assert.equal(heard.length, 3)
      const there = await store.listVpcs(vpcQuery({ ids: idsOf(vpcs) }))
      assert.deepEqual(idsOf(there.items), idsOf(others))
      // Numbers that a batch had given out before it was undone are given out again.
      assert.equal(await store.lastEventSequence(), 1)
      // What such a batch had counted is counted once.
      const counted = countersOf(peering).map((counter) => store.countOf(counter))
      for (const used of await Promise.all(counted)) assert.equal(used, 1)
    })

    it('and takes none once it is closing', async () => {
      const store = await openIn(directory)
      const closing = store.close()
      await assert.rejects(store.commit(change({ settings: { late: 'yes' } })), {
        code: 'service.unavailable',
      })
      await closing
    })
  })

  it('refuses a directory that a newer version has written, and lets go of it', async () => {
    await (await openIn(directory)).close()
    const database = new DatabaseSync(join(directory, 'isthmus.db'))
    const version = Number(database.prepare('PRAGMA user_version').get()?.['user_version'])
    database.exec('PRAGMA user_version = 999')
    await assert.rejects(openIn(directory), /newer version/)
    database.exec(`PRAGMA user_version = ${version}`)
    database.close()
    await openStore()
  })

  it('cannot be opened where there is no directory to be had, and says so at once', async () => {
    const file = join(directory, 'file')
    mkdirSync(join(file, 'isthmus.db'), { recursive: true })
    await assert.rejects(openIn(file))
  })

  describe('finds what it looks for', () => {
    /** What was prepared while `work` ran: every statement that either side sends to the database. */
    async function recorded(work: () => Promise<void>): Promise<readonly string[]> {
      const seen = new Set<string>()
      const { prepare } = DatabaseSync.prototype
      DatabaseSync.prototype.prepare = function (sql, ...rest) {
        seen.add(sql)
        return prepare.call(this, sql, ...rest)
      }
      try {
        await work()
      } finally {
        DatabaseSync.prototype.prepare = prepare
      }
      return [...seen].filter((sql) => !sql.startsWith('PRAGMA'))
    }

    /** The steps SQLite takes for `sql`, each with the step it is part of. */
    function planOf(sql: string): readonly { id: number; parent: number; detail: string }[] {
      const database = new DatabaseSync(join(directory, 'isthmus.db'))
      try {
        return database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all() as {
          id: number
          parent: number
          detail: string
        }[]
      } finally {
        database.close()
      }
    }

    /** Every statement that read rows of `table` one after another, with the step that did. */
    function scansOf(table: string, statements: readonly string[]): readonly string[] {
      return statements.flatMap((sql) =>
        planOf(sql)
          .filter(({ detail }) => new RegExp(`^SCAN ${table}\\b`).test(detail))
          .map(({ detail }) => `${detail}: ${sql}`),
      )
    }

    const GROWING = [
      ...['peerings', 'vpcs', 'events', 'claims', 'access_keys', 'projects', 'counters'],
      ...['webhooks', 'webhook_positions', 'deliveries'],
    ]

    it('by an index, whatever is written', async () => {
      const [alice, bob] = [buildTenant(), buildTenant()]
      const [ours, theirs, third] = [buildVpc(alice), buildVpc(bob), buildVpc(bob)]
      const [peering, claim] = [buildPeering(ours, theirs), buildClaim()]
      const statements = await recorded(async () => {
        const connection = openForWriting(join(directory, 'isthmus.db'))
        const writer = new Writer(connection)
        const party = { tenant: alice.id, region: REGION_A }
        const write = (parts: Parameters<typeof change>[0]) => {
          const { accessKeys: _, webhooks: __, ...rest } = change(parts)
          const webhooks = (change(parts).webhooks ?? []).map((revision) => sealWebhook(sealer, revision))
          const outcomes = writer.commit([{ ...rest, accessKeys: [], webhooks }])
          assert.ok(outcomes.every((outcome) => 'ok' in outcome && outcome.ok))
        }
        write({ tenants: [alice, bob], vpcs: [ours, theirs, third].map((to) => ({ from: null, to })) })
        write({
          peerings: [{ from: null, to: peering }],
          events: [draft(peering)],
          claims: [claim],
          conditions: [
            { kind: 'vpc-exists', vpc: ours.id },
            { kind: 'vpc-name-free', vpc: ours.id, party, name: 'free' },
            { kind: 'vpc-unpeered', vpc: third.id },
            { kind: 'quota', counter: { quota: 'peerings-per-vpc', key: 'k', sumOf: ['k', 'l'] }, limit: 1 },
            { kind: 'consent-is', tenant: bob.id, version: 0 },
            { kind: 'overlap-is', tenant: bob.id, cidrs: [], overlaps: false },
            { kind: 'full-is', counter: { quota: null, key: 'k', sumOf: ['k'] }, limit: 1, full: false },
            { kind: 'pair-free', pair: [ours.id, theirs.id], except: peering.id },
          ],
        })
        write({
          vpcs: [{ from: third, to: revisedVpc(third, { deletedAtMs: NOW }) }],
          peerings: [{ from: peering, to: revised(peering, { state: 'active', expiresAtMs: null }) }],
          deletedAccessKeys: ['none'],
        })
        const [webhook, delivery] = [buildWebhook(alice), { sequence: 1, attempts: 16, attemptedAtMs: NOW }]
        const dead = { ...delivery, webhook: webhook.id, nextAttemptAtMs: null, reason: 'r' }
        const progress = { webhook: webhook.id, position: 1, deliveries: [dead], settled: [2] }
        const conditions = [{ kind: 'webhooks-below', tenant: alice.id, limit: 1 } as const]
        write({ webhooks: [{ from: null, to: webhook }], conditions })
        write({ webhooks: [{ from: webhook, to: { ...webhook, version: 2 } }], webhookProgress: [progress] })
        write({ webhooks: [{ from: { ...webhook, version: 2 }, to: null }] })
        connection.close()
      })
      // The pair check is among them, or this would show nothing.
      assert.ok(statements.some((sql) => sql.includes('min(requester_vpc, accepter_vpc) = ')))
      for (const table of GROWING) assert.deepEqual(scansOf(table, statements), [])
    })

    it('by an index, whatever a tenant reads', async () => {
      const store = await openStore()
      const { alice, ours, theirs } = await putParties(store)
      await putPeerings(store, buildPeering(ours, theirs))
      const party = { tenant: alice.id, region: null }
      const here = { tenant: alice.id, region: REGION_A }
      const statements = await recorded(async () => {
        // A connection of its own, since a statement is prepared but once.
        await opened.pop()?.close()
        const store = await openStore()
        await store.findPeering('p')
        await store.findPeering(ours.id)
        await store.findVpc(ours.ids.tencent)
        await store.neighboursOf(ours.id)
        await store.duePeerings(NOW, 10)
        await store.nextDeadline()
        await store.listEvents(0, 10, alice.id)
        await store.listEvents(0, 10, null)
        await store.lastEventSequence()
        await store.findClaim('c', NOW)
        await store.findCredential('a')
        await store.listAccessKeys(alice.id)
        const webhook = buildWebhook(alice).id
        await store.findWebhook(webhook)
        await store.listWebhooks({ tenant: alice.id, limit: 10 })
        await store.findDelivery(webhook, 1)
        await store.listDeliveries({ webhook, limit: 10 })
        await store.listDeliveries({ webhook, state: 'dead', limit: 10 })
        await store.listDeliveries({ webhook, state: 'waiting', limit: 10 })
        for (const key of [
          { project: 'p' },
          { name: 'n' },
          { domainName: 'd' },
          { alibabaUid: 'u' },
          { tencentUin: 'u' },
        ]) {
          await store.findTenant(key)
        }
        for (const order of ['id', 'id-descending', 'name', 'name-descending'] as const) {
          const windows = [
            { limit: 10 },
            { limit: 10, after: 'x' },
            { limit: 10, before: 'x' },
            { limit: 10, offset: 50 },
          ]
          for (const window of windows) {
            await store.listPeerings(peeringQuery({ party, order, window, withTotal: true }))
            await store.listPeerings(
              peeringQuery({ party: here, order, window, states: ['expired'], name: 'n' }),
            )
          }
        }
        const filters = [
          { ids: ['a', 'b'] },
          { vpcs: [ours.id, theirs.id] },
          { anyVpcs: [ours.id, theirs.id] },
          { names: ['n', 'm'] },
          { other: party },
          { other: here },
          { tags: [{ key: 'k', value: null }] },
          { resourceGroup: 'rg' },
        ]
        for (const filter of filters) {
          await store.listPeerings(peeringQuery({ party, ...filter, withTotal: true }))
        }
        for (const order of ['id', 'id-descending'] as const) {
          await store.listVpcs(vpcQuery({ party: here, order, name: 'n', withTotal: true }))
          await store.listVpcs(vpcQuery({ party, order, window: { limit: 10, after: 'x' } }))
        }
      })
      assert.ok(statements.length > 30)
      for (const table of [...GROWING, 'tenants']) assert.deepEqual(scansOf(table, statements), [])
    })

    it('without sorting a whole list for one page of it by id', async () => {
      const store = await openStore()
      const { alice } = await putParties(store)
      const statements = await recorded(async () => {
        await opened.pop()?.close()
        const store = await openStore()
        for (const order of ['id', 'id-descending'] as const) {
          for (const window of [{ limit: 10 }, { limit: 10, after: 'x' }, { limit: 10, before: 'x' }]) {
            await store.listPeerings(
              peeringQuery({ party: { tenant: alice.id, region: null }, order, window }),
            )
          }
        }
      })
      const pages = statements.filter((sql) => sql.includes('UNION ALL'))
      assert.equal(pages.length, 4)
      for (const sql of pages) {
        const plan = planOf(sql)
        const searches = plan.filter(({ detail }) => detail.startsWith('SEARCH peerings'))
        assert.equal(searches.length, 2)
        for (const { parent, detail } of searches) {
          const sorts = plan.filter((step) => step.parent === parent && step.detail.includes('TEMP B-TREE'))
          assert.deepEqual(sorts, [])
          // A page that is read on begins where the last one ended.
          if (sql.includes('AND id')) assert.match(detail, /_tenant=\? AND id[<>]\?/)
        }
      }
    })
  })
})
