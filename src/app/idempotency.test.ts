import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { NOW, REGION_A } from '../adapters/store/store.fixtures.ts'
import type { Vpc } from '../domain/vpc.ts'
import { openWorld, profileWith, request, verdicts, type World } from './app.fixtures.ts'
import type { Caller } from './context.ts'
import { useOnce } from './use-once.ts'

const DAY = 24 * 60 * 60 * 1000

let world: World
let ours: Vpc
let theirs: Vpc

beforeEach(async () => {
  world = await openWorld()
  ours = await world.vpc(world.alice)
  theirs = await world.vpc(world.bob)
})
afterEach(() => world.close())

const once = (key: string, fingerprint = 'as asked') => ({ once: { key, fingerprint } })
const types = async () => (await world.events()).map(({ type }) => type)

describe('a request with a token', () => {
  it('that comes again has the result of the first, and no effect', async () => {
    const alice = world.as(world.alice, once('token'))
    const first = await world.app.createPeering(alice, request(ours, theirs))
    const unchanged = await world.everything()
    assert.deepEqual(await world.app.createPeering(alice, request(ours, theirs)), first)
    assert.deepEqual(await world.everything(), unchanged)
    // Also after a restart, and when much has happened to the result since.
    await world.app.deletePeering(world.as(world.bob), { id: first.peering.id })
    await world.reopen()
    const again = await world.app.createPeering(alice, request(ours, theirs))
    assert.equal(again.peering.id, first.peering.id)
    assert.deepEqual(await types(), ['peering.requested', 'peering.deleted'])
  })

  it('has its effect once, whichever use case it is', async () => {
    const { alice, bob, app } = world
    const { id } = await world.ask(ours, theirs)
    const spare = await world.vpc(alice)
    const vpc = { tenant: alice, region: REGION_A, name: 'n', description: '', cidrs: [], tags: [] }
    const idOf = async (view: Promise<{ peering: { id: string } }>) => (await view).peering.id
    const requests: Record<string, (caller: Partial<Caller>) => Promise<unknown>> = {
      accept: (caller) => idOf(app.acceptPeering(world.as(bob, caller), { id })),
      update: (caller) => idOf(app.updatePeering(world.as(alice, caller), { id, name: 'x' })),
      move: (caller) => idOf(app.movePeering(world.as(alice, caller), { id, resourceGroup: 'rg' })),
      tag: (caller) =>
        app.tagPeerings(world.as(alice, caller), { ids: [id], tags: [{ key: 'k', value: '' }], limit: 9 }),
      untag: (caller) => app.untagPeerings(world.as(alice, caller), { ids: [id], keys: null }),
      createVpc: async (caller) => (await app.createVpc(world.as(alice, caller), vpc)).id,
      deleteVpc: async (caller) => (await app.deleteVpc(world.as(alice, caller), { id: spare.id })).id,
      delete: (caller) => idOf(app.deletePeering(world.as(bob, caller), { id })),
    }
    for (const [name, send] of Object.entries(requests)) {
      const before = (await world.events()).length
      const first = await send(once(name))
      const unchanged = await world.everything()
      if (name.endsWith('tag') && name !== 'delete') await send(once(name))
      else assert.equal(await send(once(name)), first)
      assert.deepEqual(await world.everything(), unchanged, name)
      assert.ok((await world.events()).length - before <= 1)
    }
  })

  it('that asks for something else is a mismatch, and has no effect', async () => {
    const other = await world.vpc(world.bob)
    await world.app.createPeering(world.as(world.alice, once('token', 'one')), request(ours, theirs))
    const unchanged = await world.everything()
    await assert.rejects(
      world.app.createPeering(world.as(world.alice, once('token', 'two')), request(ours, other)),
      {
        code: 'idempotency.mismatch',
        details: { token: 'token' },
      },
    )
    assert.deepEqual(await world.everything(), unchanged)
  })

  it('that comes many times at once has one effect and one result', async () => {
    const alice = world.as(world.alice, once('token'))
    const views = await Promise.all(
      Array.from({ length: 50 }, () => world.app.createPeering(alice, request(ours, theirs))),
    )
    assert.equal(new Set(views.map(({ peering }) => peering.id)).size, 1)
    assert.deepEqual(await types(), ['peering.requested'])
    const { id } = views[0]?.peering ?? { id: '' }
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => world.app.acceptPeering(world.as(world.bob, once('answer')), { id })),
    )
    assert.ok(answers.every(({ peering }) => peering.state === 'active'))
    assert.deepEqual(await types(), ['peering.requested', 'peering.accepted'])
  })

  it('that comes at once for two things has the effect of one of them; the other is a mismatch', async () => {
    const other = await world.vpc(world.bob)
    const outcomes = await verdicts(
      [theirs, other].map((vpc) =>
        world.app.createPeering(world.as(world.alice, once('token', vpc.id)), request(ours, vpc)),
      ),
    )
    assert.deepEqual([...outcomes].sort(), ['idempotency.mismatch', 'ok'])
    assert.deepEqual(await types(), ['peering.requested'])
  })

  it('that comes again while the first is under way is answered, however the two interleave', async () => {
    // The first is done between the second's look for the token and its look at the peering: it finds the token
    // unspent and the peering accepted. Any store with a network in between does this sooner or later.
    const { id } = await world.ask(ours, theirs)
    const bob = world.as(world.bob, once('answer'))
    const { store } = world
    const findClaim = store.findClaim.bind(store)
    let overtaken = false
    store.findClaim = async (key, nowMs) => {
      const claim = await findClaim(key, nowMs)
      if (overtaken) return claim
      overtaken = true
      await world.app.acceptPeering(bob, { id })
      return claim
    }
    const { peering } = await world.app.acceptPeering(bob, { id })
    assert.equal(peering.state, 'active')
    assert.deepEqual(await types(), ['peering.requested', 'peering.accepted'])
  })

  it('does not spend it where it fails, nor in a dry run', async () => {
    const { app } = world
    const { id } = await world.ask(ours, theirs)
    const early = world.as(world.alice, once('token'))
    await assert.rejects(app.reopenPeering(early, { id }), { code: 'peering.wrong-state' })
    await app.deletePeering({ ...early, dryRun: true }, { id })
    assert.equal(await world.stored(id), 'pending-acceptance')
    await app.deletePeering(early, { id })
    assert.equal(await world.stored(id), 'deleted')
  })

  it('may use it anew after a day of real time, whatever the lifecycle’s clock says', async () => {
    const alice = world.as(world.alice, once('token'))
    const first = await world.app.createPeering(alice, request(ours, theirs))
    await world.app.deletePeering(world.as(world.bob), { id: first.peering.id })
    const again = async () => (await world.app.createPeering(alice, request(ours, theirs))).peering.id
    world.clock.nowMs += 10 * DAY
    world.clock.realMs += DAY - 1
    assert.equal(await again(), first.peering.id)
    world.clock.realMs += 2
    assert.notEqual(await again(), first.peering.id)
  })

  it('has one effect also where the dialect refuses changes at the same time', async () => {
    const profile = profileWith({ concurrentChange: 'refuse' })
    const alice = world.as(world.alice, { profile, ...once('token') })
    const outcomes = await verdicts(
      Array.from({ length: 20 }, () => world.app.createPeering(alice, request(ours, theirs))),
    )
    assert.ok(outcomes.includes('ok'))
    assert.ok(
      outcomes.every((verdict) => ['ok', 'peering.busy', 'idempotency.in-progress'].includes(verdict)),
    )
    assert.deepEqual(await types(), ['peering.requested'])
    await world.app.createPeering(alice, request(ours, theirs))
  })
})

describe('a nonce', () => {
  it('is good once until it lapses, also across a restart and for many at once', async () => {
    const use = () => useOnce(world.context, 'AK1', 'abc', 1000)
    const outcomes = await verdicts(Array.from({ length: 20 }, use))
    assert.equal(outcomes.filter((verdict) => verdict === 'ok').length, 1)
    await world.reopen()
    world.clock.realMs = NOW + 999
    await assert.rejects(use(), { code: 'authentication.replayed', details: { nonce: 'abc' } })
    world.clock.realMs = NOW + 1001
    await use()
  })
})
