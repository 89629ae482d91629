import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { manualClock } from '../adapters/clock/system.ts'
import { NOW, WEEK } from '../adapters/store/store.fixtures.ts'
import { THE_CLOCK } from '../domain/event.ts'
import type { Vpc } from '../domain/vpc.ts'
import { limitedTo, openWorld, profileWith, request, verdicts, type World } from './app.fixtures.ts'
import { expirePeerings } from './expire-peerings.ts'

let world: World
let ours: Vpc
let theirs: Vpc

beforeEach(async () => {
  world = await openWorld()
  ours = await world.vpc(world.alice)
  theirs = await world.vpc(world.bob)
})
afterEach(() => world.close())

const DEADLINE = NOW + WEEK
const typesOf = async (id: string) =>
  (await world.events()).filter(({ peering }) => peering === id).map(({ type }) => type)

describe('a request whose time is up', () => {
  it('has expired to the millisecond, with nothing there to sweep it, also across a restart', async () => {
    const { id } = await world.ask(ours, theirs)
    const states = async () => {
      const { app } = world
      const alice = world.as(world.alice)
      const shown = (await app.showPeering(alice, { id })).peering.state
      const listed = async (state: typeof shown) => {
        const filter = { states: [state], order: 'id', window: { limit: 9 }, withTotal: true } as const
        const page = await app.listPeerings(alice, filter)
        assert.deepEqual(
          page.items.map(({ peering }) => peering.state),
          page.total === 0 ? [] : [state],
        )
        return page.total
      }
      return [shown, await listed('pending-acceptance'), await listed('expired')]
    }
    world.clock.nowMs = DEADLINE - 1
    assert.deepEqual(await states(), ['pending-acceptance', 1, 0])
    world.clock.nowMs = DEADLINE
    assert.deepEqual(await states(), ['expired', 0, 1])
    assert.equal(await world.stored(id), 'pending-acceptance')
    await world.reopen()
    assert.deepEqual(await states(), ['expired', 0, 1])
    await assert.rejects(world.app.acceptPeering(world.as(world.bob), { id }), {
      code: 'peering.wrong-state',
      details: { id, state: 'expired', event: 'accept' },
    })
    await assert.rejects(world.app.rejectPeering(world.as(world.bob), { id }), {
      code: 'peering.wrong-state',
    })
  })

  it('could be accepted up to its last millisecond', async () => {
    const { id } = await world.ask(ours, theirs)
    world.clock.nowMs = DEADLINE - 1
    assert.equal((await world.app.acceptPeering(world.as(world.bob), { id })).peering.state, 'active')
  })

  it('is written down by the sweep once, at the time it lapsed, by the clock', async () => {
    const { id } = await world.ask(ours, theirs)
    world.clock.nowMs = DEADLINE + 5000
    const written = await Promise.all([expirePeerings(world.context), expirePeerings(world.context)])
    assert.equal(written[0] + written[1], 1)
    assert.equal(await expirePeerings(world.context), 0)
    const [, event, ...more] = await world.events()
    assert.deepEqual(more, [])
    assert.deepEqual(
      [event?.type, event?.atMs, event?.from, event?.to, event?.actor],
      ['peering.expired', DEADLINE, 'pending-acceptance', 'expired', THE_CLOCK],
    )
    const { peering } = await world.app.showPeering(world.as(world.alice), { id })
    assert.deepEqual(
      [peering.state, peering.updatedAtMs, peering.expiresAtMs, peering.version],
      ['expired', DEADLINE, DEADLINE, 2],
    )
  })

  it('looks the same before the sweep and after', async () => {
    const { id } = await world.ask(ours, theirs)
    world.clock.nowMs = DEADLINE + 5000
    const before = await world.app.showPeering(world.as(world.alice), { id })
    await expirePeerings(world.context)
    assert.deepEqual(await world.app.showPeering(world.as(world.alice), { id }), before)
  })

  it('is swept however many there are', async () => {
    const vpcs = await Promise.all(Array.from({ length: 35 }, () => world.vpc(world.alice, { cidrs: [] })))
    const others = await Promise.all(Array.from({ length: 35 }, () => world.vpc(world.bob, { cidrs: [] })))
    await Promise.all(vpcs.flatMap((vpc) => others.map((other) => world.ask(vpc, other))))
    world.clock.nowMs = DEADLINE
    assert.equal(await expirePeerings(world.context), 1225)
    assert.equal(await world.store.nextDeadline(), null)
    assert.equal((await world.events()).filter(({ type }) => type === 'peering.expired').length, 1225)
  })

  it('has its expiry on record before whatever is done to it next', async () => {
    const doings = {
      reopened: (id: string) => world.app.reopenPeering(world.as(world.alice), { id }),
      deleted: (id: string) => world.app.deletePeering(world.as(world.bob), { id }),
      updated: (id: string) => world.app.movePeering(world.as(world.alice), { id, resourceGroup: 'rg' }),
    }
    for (const [doing, act] of Object.entries(doings)) {
      const { id } = await world.ask(await world.vpc(world.alice), await world.vpc(world.bob))
      world.clock.nowMs += WEEK + 77
      const lapsedMs = world.clock.nowMs - 77
      const { peering } = await act(id)
      assert.equal(peering.version, 3)
      const events = (await world.events()).filter((event) => event.peering === id)
      assert.deepEqual(
        events.map(({ type, atMs }) => [type, atMs]),
        [
          ['peering.requested', lapsedMs - WEEK],
          ['peering.expired', lapsedMs],
          [`peering.${doing}`, lapsedMs + 77],
        ],
      )
      assert.deepEqual(events[1]?.actor, THE_CLOCK)
    }
  })

  it('may be reopened, and has its full time anew', async () => {
    const { id } = await world.ask(ours, theirs)
    world.clock.nowMs = DEADLINE + 3
    const { peering } = await world.app.reopenPeering(world.as(world.alice), { id })
    assert.deepEqual([peering.state, peering.expiresAtMs], ['pending-acceptance', DEADLINE + 3 + WEEK])
    world.clock.nowMs = DEADLINE + 3 + WEEK - 1
    assert.equal(
      (await world.app.showPeering(world.as(world.bob), { id })).peering.state,
      'pending-acceptance',
    )
    world.clock.nowMs++
    assert.equal((await world.app.showPeering(world.as(world.bob), { id })).peering.state, 'expired')
  })
})

describe('what a lapsed request held is free, with nothing there to sweep it:', () => {
  it('the pair', async () => {
    const first = await world.ask(ours, theirs)
    world.clock.nowMs = DEADLINE
    const second = await world.ask(theirs, ours)
    assert.equal(second.state, 'pending-acceptance')
    assert.deepEqual(await typesOf(first.id), ['peering.requested', 'peering.expired'])
  })

  it('the quota', async () => {
    const alice = world.as(world.alice, { profile: limitedTo({ 'peerings-per-vpc': 1 }) })
    const other = await world.vpc(world.bob)
    await world.app.createPeering(alice, request(ours, theirs))
    await assert.rejects(world.app.createPeering(alice, request(ours, other)), { code: 'quota.exceeded' })
    world.clock.nowMs = DEADLINE
    await world.app.createPeering(alice, request(ours, other))
  })

  it('the quota, for each of several who ask at once', async () => {
    const alice = world.as(world.alice, { profile: limitedTo({ 'peerings-per-vpc': 4 }) })
    const ask = async () => {
      const others = await Promise.all(Array.from({ length: 4 }, () => world.vpc(world.bob)))
      return verdicts(others.map((other) => world.app.createPeering(alice, request(ours, other))))
    }
    assert.deepEqual(await ask(), ['ok', 'ok', 'ok', 'ok'])
    world.clock.nowMs = DEADLINE
    assert.deepEqual(await ask(), ['ok', 'ok', 'ok', 'ok'])
  })

  it('the blocks that clashed with it', async () => {
    const profile = profileWith({ overlapElsewhere: 'refuse' })
    const twin = await world.vpc(world.carol, { cidrs: theirs.cidrs })
    await world.ask(ours, twin)
    world.clock.nowMs = DEADLINE
    await world.app.createPeering(world.as(world.alice, { profile }), request(ours, theirs))
  })

  it("the requester's VPC", async () => {
    const { id } = await world.ask(ours, theirs)
    await assert.rejects(world.app.deleteVpc(world.as(world.alice), { id: ours.id }), { code: 'vpc.in-use' })
    world.clock.nowMs = DEADLINE
    await world.app.deleteVpc(world.as(world.alice), { id: ours.id })
    assert.equal((await world.app.showPeering(world.as(world.bob), { id })).peering.state, 'expired')
  })

  it('the accepter’s VPC, whose deletion has it on record that the request had lapsed', async () => {
    const { id } = await world.ask(ours, theirs)
    world.clock.nowMs = DEADLINE + 9
    await world.app.deleteVpc(world.as(world.bob), { id: theirs.id })
    const [, event, ...more] = await world.events()
    assert.deepEqual(more, [])
    assert.deepEqual(
      [event?.peering, event?.type, event?.atMs, event?.actor],
      [id, 'peering.expired', DEADLINE, THE_CLOCK],
    )
  })

  it('the pair, for a dry run too, which makes nothing', async () => {
    const { id } = await world.ask(ours, theirs)
    world.clock.nowMs = DEADLINE
    const before = await world.app.showPeering(world.operator, { id })
    await world.app.createPeering(world.as(world.bob, { dryRun: true }), request(theirs, ours))
    // That the lapse is written down meanwhile is the clock's doing; nobody sees a difference.
    assert.deepEqual(await world.app.showPeering(world.operator, { id }), before)
    assert.deepEqual(await world.store.neighboursOf(ours.id), [])
    const filter = { order: 'id', window: { limit: 9 }, withTotal: true } as const
    assert.deepEqual((await world.app.listPeerings(world.operator, filter)).items, [before])
  })
})

describe('moving the clock', () => {
  it('is refused where the clock cannot be moved, and to tenants', async () => {
    await assert.rejects(world.app.moveClock(world.operator, { byMs: 1 }), { code: 'clock.not-manual' })
    await assert.rejects(world.app.moveClock(world.as(world.alice), { byMs: 1 }), {
      code: 'permission.denied',
    })
  })

  describe('with a clock that can be', () => {
    const HOUR = 60 * 60 * 1000
    let clock: ReturnType<typeof manualClock>
    beforeEach(async () => {
      await world.close()
      clock = manualClock(0)
      world = await openWorld({ clock })
      ours = await world.vpc(world.alice)
      theirs = await world.vpc(world.bob)
    })

    it('writes down what has expired by then, and keeps how far it was moved', async () => {
      const { id, expiresAtMs } = await world.ask(ours, theirs)
      await world.app.moveClock(world.operator, { byMs: WEEK - HOUR })
      assert.equal(await world.stored(id), 'pending-acceptance')
      const nowMs = await world.app.moveClock(world.operator, { byMs: HOUR })
      assert.ok(expiresAtMs !== null && nowMs >= expiresAtMs)
      assert.equal(await world.stored(id), 'expired')
      assert.equal((await world.events()).at(-1)?.atMs, expiresAtMs)
      assert.equal(clock.offsetMs, WEEK)
      assert.equal(await world.store.readSetting('clock-offset-ms'), String(WEEK))
    })

    it('adds up where it is moved twice at once', async () => {
      await Promise.all([
        world.app.moveClock(world.operator, { byMs: HOUR }),
        world.app.moveClock(world.operator, { byMs: HOUR }),
      ])
      assert.equal(clock.offsetMs, 2 * HOUR)
    })

    it('does nothing in a dry run', async () => {
      await world.app.moveClock({ ...world.operator, dryRun: true }, { byMs: HOUR })
      assert.equal(clock.offsetMs, 0)
      assert.equal(await world.store.readSetting('clock-offset-ms'), null)
    })
  })
})
