import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { type Answer, LoadGenerator, requestBytes, type Work } from '../bench/load-generator.ts'
import { peeringFrom } from '../src/adapters/store/rows.ts'
import type { Pair } from '../src/dialects/encoding.ts'
import type { Peering, PeeringState } from '../src/domain/peering.ts'
import { keptMoves } from '../src/domain/quota.ts'
import { LEGACY_PATH, signWithParameters } from './dialects/tencent/client.ts'
import { ADMIN_TOKEN, native, spawnService } from './rig/service.ts'
import { alice, BOOTSTRAP, bob, type TestTenant } from './rig/tenants.ts'

/** ISTHMUS_CRASH_SEED repeats a run's choices, though not the kernel's. */
const SEED = Number(process.env['ISTHMUS_CRASH_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
const CYCLES = Number(process.env['ISTHMUS_CRASH_CYCLES'] ?? 100)
const CONNECTIONS = 16
/** VPCs on each side; each pair of them has one peering at a time. */
const VPCS_A_SIDE = 20

type Service = Awaited<ReturnType<typeof spawnService>>
type Change = 'requested' | 'accepted' | 'rejected' | 'deleted'

const STATE_AFTER: Readonly<Record<Change, PeeringState>> = {
  requested: 'pending-acceptance',
  accepted: 'active',
  rejected: 'rejected',
  deleted: 'deleted',
}

/** What was promised of one peering: every change that was acknowledged, in order. */
interface Promised {
  readonly id: string
  readonly tencentId: string
  readonly changes: Change[]
}

/** Two VPCs with the peering between them, if any, and what is under way there. Only one request at a time is. */
interface Slot {
  readonly requesterVpc: string
  readonly accepterVpc: string
  peering: Promised | null
  busy: boolean
  /** What was asked for and never answered. */
  unknown: { readonly change: Change; readonly request: Buffer | null; done: boolean } | null
}

/** Numbers from 0 up to 1, the same for the same seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const random = randomFrom(SEED)
const pick = <T>(items: readonly T[]): T => {
  const item = items[Math.floor(random() * items.length)]
  assert.ok(item !== undefined)
  return item
}

/** Everything that was promised since the directory was new. */
class Ledger {
  readonly slots: Slot[] = []
  readonly promised = new Map<string, Promised>()
  /** A signed request that was done. It must not be done again, ever. */
  spent: Buffer | null = null
  acknowledged = 0
  unknown = 0
  unknownMade = 0
  retried = 0

  constructor(requesterVpcs: readonly string[], accepterVpcs: readonly string[]) {
    for (const requesterVpc of requesterVpcs) {
      for (const accepterVpc of accepterVpcs) {
        this.slots.push({ requesterVpc, accepterVpc, peering: null, busy: false, unknown: null })
      }
    }
  }

  /** Remembers that `change` was acknowledged. `asked` is what a new peering was answered as. */
  keep(slot: Slot, change: Change, made: { id: string; ids: { tencent: string } } | null): void {
    if (made) {
      slot.peering = { id: made.id, tencentId: made.ids.tencent, changes: [] }
      this.promised.set(made.id, slot.peering)
    }
    slot.peering?.changes.push(change)
    if (change === 'deleted' || (change === 'rejected' && random() < 0.2)) slot.peering = null
  }
}

let keys = 0

/** A request that may be sent again: it carries a key, under which it is done once. */
function nativeRequest(service: Service, by: TestTenant, method: string, path: string, body = ''): Buffer {
  const headers = {
    host: service.host,
    authorization: `Bearer ${by.key.id}.${by.key.secret}`,
    'idempotency-key': `${SEED}-${keys++}`,
    ...(body === '' && { 'content-length': '0' }),
  }
  return requestBytes(method, `/isthmus/v1${path}`, headers, body)
}

/** A request whose signature may be used once. */
function legacyRequest(service: Service, by: TestTenant, action: string, id: string): Buffer {
  const pairs: Pair[] = [
    ['Action', action],
    ['Region', 'gz'],
    ['peeringConnectionId', id],
  ]
  const { headers, body } = signWithParameters(service.host, LEGACY_PATH, by, pairs, {})
  return requestBytes('POST', LEGACY_PATH, { host: service.host, ...headers }, body)
}

/** What to do next with a slot: the change, the request for it, and whether the answer says it was done. */
function nextChange(service: Service, { peering, requesterVpc, accepterVpc }: Slot) {
  if (!peering) {
    const body = JSON.stringify({ requesterVpc, accepterVpc, name: 'crash' })
    const request = nativeRequest(service, alice, 'POST', '/peerings', body)
    return {
      change: 'requested',
      request,
      repeatable: true,
      done: (answer: Answer) => answer.status === 201,
    } as const
  }
  const { id, tencentId, changes } = peering
  const change = changes.length === 1 ? pick(['accepted', 'rejected', 'deleted'] as const) : 'deleted'
  switch (change) {
    case 'accepted':
      return {
        change,
        request: nativeRequest(service, bob, 'POST', `/peerings/${id}/accept`),
        repeatable: true,
        done: (answer: Answer) => answer.status === 200,
      }
    case 'rejected':
      return {
        change,
        request: legacyRequest(service, bob, 'RejectVpcPeeringConnection', tencentId),
        repeatable: false,
        done: (answer: Answer) => answer.body.includes('"code":0,'),
      }
    case 'deleted':
      return {
        change,
        request: nativeRequest(service, pick([alice, bob]), 'DELETE', `/peerings/${id}`),
        repeatable: true,
        done: (answer: Answer) => answer.status === 204,
      }
  }
}

/** Load on `service` until it is killed, in the middle of it. */
async function loadAndKill(service: Service, ledger: Ledger): Promise<void> {
  const generator = await LoadGenerator.open(service.url, CONNECTIONS)
  let killed = false
  const next = (): Work | null => {
    if (killed) return null
    const slot = pick(ledger.slots.filter(({ busy }) => !busy))
    const { change, request, repeatable, done } = nextChange(service, slot)
    slot.busy = true
    return async (send) => {
      let answer: Answer
      try {
        answer = await send(request)
      } catch (error) {
        assert.ok(killed, `a connection was lost before the kill: ${error}`)
        slot.unknown = { change, request: repeatable ? request : null, done: false }
        ledger.unknown++
        return
      }
      assert.ok(done(answer), `${change} was answered ${answer.status}: ${answer.body}`)
      slot.busy = false
      ledger.keep(slot, change, change === 'requested' ? JSON.parse(answer.body) : null)
      ledger.acknowledged++
      if (change === 'rejected') ledger.spent = request
    }
  }
  try {
    const load = generator.run(Number.POSITIVE_INFINITY, next)
    await Promise.race([load, setTimeout(20 + random() * 130)])
    killed = true
    const exited = once(service.process, 'exit')
    service.process.kill('SIGKILL')
    await Promise.all([load, exited])
  } finally {
    generator.close()
  }
}

interface Found {
  readonly peering: Peering
  readonly changes: readonly Change[]
}

interface Chain {
  readonly changes: Change[]
  readonly to: string | null
}

/** Everything in the database, once it is seen to fit together by itself. */
function readWhole(directory: string): Map<string, Found> {
  const database = new DatabaseSync(join(directory, 'isthmus.db'), { readOnly: true })
  try {
    // One view of it all, whatever the service does meanwhile.
    database.exec('BEGIN')
    assert.deepEqual({ ...database.prepare('PRAGMA integrity_check').get() }, { integrity_check: 'ok' })
    assert.deepEqual(database.prepare('PRAGMA foreign_key_check').all(), [])
    const chains = new Map<string, Chain>()
    let sequence = 0
    for (const event of database.prepare('SELECT * FROM events ORDER BY sequence').iterate()) {
      const { sequence: number, peering, type, from_state: from, to_state: to } = event
      assert.equal(number, ++sequence, 'event numbers have a gap')
      const chain: Chain = chains.get(String(peering)) ?? { changes: [], to: null }
      assert.equal(from, chain.to, `event ${number} does not follow from the one before`)
      const change = String(type).replace('peering.', '') as Change
      assert.equal(to, STATE_AFTER[change], `event ${number} is half one thing and half another`)
      chain.changes.push(change)
      chains.set(String(peering), { changes: chain.changes, to: String(to) })
    }
    const found = new Map<string, Found>()
    const counters = new Map<string, number>()
    for (const row of database.prepare('SELECT * FROM peerings').iterate()) {
      const peering = peeringFrom(row as Parameters<typeof peeringFrom>[0])
      const chain = chains.get(peering.id)
      assert.ok(chain, `peering ${peering.id} has no event`)
      assert.equal(peering.state, chain.to, `peering ${peering.id} is not what its last event says`)
      assert.equal(peering.version, chain.changes.length, `peering ${peering.id} has another version`)
      found.set(peering.id, { peering, changes: chain.changes })
      for (const { counter } of keptMoves(null, peering))
        counters.set(counter.key, (counters.get(counter.key) ?? 0) + 1)
    }
    assert.equal(found.size, chains.size, 'events of a peering that is not there')
    for (const { key, used } of database.prepare('SELECT key, used FROM counters').all()) {
      assert.equal(used, counters.get(String(key)) ?? 0, `counter ${key}`)
      counters.delete(String(key))
    }
    assert.equal(counters.size, 0, 'peerings that are not counted')
    for (const { key, result } of database.prepare(`SELECT * FROM claims WHERE key LIKE 'native:%'`).all()) {
      assert.ok(found.has(String(result)), `${key} was spent on a peering that is not there`)
    }
    return found
  } finally {
    database.close()
  }
}

/** Holds what is there against what was promised, and finds out what became of the requests without an answer. */
function checkPromises(found: ReadonlyMap<string, Found>, ledger: Ledger): void {
  const open = new Map(
    ledger.slots.flatMap((slot) => (slot.unknown && slot.peering ? [[slot.peering.id, slot]] : [])),
  )
  for (const [id, { changes }] of ledger.promised) {
    const kept = found.get(id)
    assert.ok(kept, `peering ${id} is lost; acknowledged: ${changes}`)
    const slot = open.get(id)
    const expected = changes.join()
    if (kept.changes.join() === expected) continue
    assert.equal(kept.changes.join(), [expected, slot?.unknown?.change].join(), `peering ${id}`)
    if (slot?.unknown) happened(ledger, slot, null)
  }
  for (const [id, { peering, changes }] of found) {
    if (ledger.promised.has(id)) continue
    const slot = ledger.slots.find(
      ({ requesterVpc, accepterVpc }) =>
        requesterVpc === peering.requester.vpc && accepterVpc === peering.accepter.vpc,
    )
    assert.ok(slot?.unknown?.change === 'requested', `nobody asked for peering ${id}`)
    assert.deepEqual(changes, ['requested'])
    happened(ledger, slot, peering)
  }
}

/** What was under way when the service was killed had been done. */
function happened(ledger: Ledger, slot: Slot, made: Peering | null): void {
  assert.ok(slot.unknown)
  ledger.keep(slot, slot.unknown.change, made)
  ledger.unknownMade++
  slot.unknown.done = true
}

/** Sends again what had no answer and may be sent again, or leaves it. After that nothing is unknown. */
async function resolveUnknown(service: Service, ledger: Ledger): Promise<void> {
  const generator = await LoadGenerator.open(service.url, 1)
  const open = ledger.slots.filter(({ busy }) => busy)
  try {
    await generator.run(Number.POSITIVE_INFINITY, () => {
      const slot = open.pop()
      if (!slot?.unknown) return null
      const { change, request, done } = slot.unknown
      slot.busy = false
      slot.unknown = null
      if (!request || random() < 0.3) return async () => {}
      return async (send) => {
        const { status, body } = await send(request)
        assert.ok(status < 300, `the retry of ${change} was answered ${status}: ${body}`)
        ledger.retried++
        const made = change === 'requested' ? JSON.parse(body) : null
        if (!done) ledger.keep(slot, change, made)
        else if (made) assert.equal(made.id, slot.peering?.id, 'the retry made another one')
      }
    })
    const { spent } = ledger
    if (!spent) return
    let left = 1
    await generator.run(Number.POSITIVE_INFINITY, () =>
      left-- === 0 ? null : async (send) => assert.match((await send(spent)).body, /"code":4500,/),
    )
  } finally {
    generator.close()
  }
}

/** What the service itself shows, once it is seen to be what is in the database. */
async function checkShown(service: Service, found: ReadonlyMap<string, Found>): Promise<void> {
  const live = [...found.values()].filter(({ peering }) => peering.state !== 'deleted')
  const shown = new Map<string, string>()
  for (let after: string | null = ''; after !== null; ) {
    const path: string = `/peerings?limit=1000${after === '' ? '' : `&after=${after}`}`
    const { body }: { body: { peerings: { id: string; state: string }[]; next: string | null } } =
      await native(service, ADMIN_TOKEN, 'GET', path)
    for (const { id, state } of body.peerings) shown.set(id, state)
    after = body.next
  }
  assert.equal(shown.size, live.length)
  for (const { peering } of live) assert.equal(shown.get(peering.id), peering.state)
}

function vpcsOf(tenant: TestTenant, digit: number) {
  return Array.from({ length: VPCS_A_SIDE }, (_, index) => ({
    tenant: tenant.name,
    name: `crash-${digit}-${index}`,
    region: 'region-a',
    cidrs: [`10.${digit}.${index}.0/24`],
    ids: { huawei: `00000000-0000-4000-8000-00000000${digit}${String(index).padStart(3, '0')}` },
  }))
}

/** A directory that is gone when the test is over. */
function temporaryDirectory(t: TestContext, name: string): string {
  const directory = mkdtempSync(join(tmpdir(), `isthmus-${name}-`))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

test(`${CYCLES} times kill -9 under load, on one data directory`, async (t) => {
  t.diagnostic(`ISTHMUS_CRASH_SEED=${SEED}`)
  process.env['NODE_COMPILE_CACHE'] = temporaryDirectory(t, 'compile-cache')
  const directory = temporaryDirectory(t, 'crash')
  const [mine, theirs] = [vpcsOf(alice, 1), vpcsOf(bob, 2)]
  const ledger = new Ledger(
    mine.map(({ ids }) => ids.huawei),
    theirs.map(({ ids }) => ids.huawei),
  )
  const bootstrap = { ...BOOTSTRAP, vpcs: [...mine, ...theirs] }
  // Only the first start is told who takes part. It ends in peace, which is when Node.js writes what it has compiled.
  await (await spawnService({ directory, bootstrap })).close()
  let service = await spawnService({ directory, bootstrap: null })
  t.after(() => service.process.kill('SIGKILL'))
  const startedAtMs = performance.now()
  for (let cycle = 1; cycle <= CYCLES; cycle++) {
    let log = ''
    service.process.stderr?.on('data', (chunk: Buffer) => {
      log += chunk.toString()
    })
    await loadAndKill(service, ledger)
    assert.doesNotMatch(log, /"level":[56]0/)
    service = await spawnService({ directory, bootstrap: null })
    const found = readWhole(directory)
    checkPromises(found, ledger)
    await checkShown(service, found)
    await resolveUnknown(service, ledger)
  }
  checkPromises(readWhole(directory), ledger)
  await service.close()
  const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(0)
  t.diagnostic(
    `${CYCLES} kills in ${seconds} s: ${ledger.acknowledged} acknowledged changes, none lost; ${ledger.unknown} without an answer, ` +
      `${ledger.unknownMade} of them done; ${ledger.retried} sent again, none done twice`,
  )
  assert.ok(ledger.acknowledged >= CYCLES, 'hardly anything was done: this has shown nothing')
})
