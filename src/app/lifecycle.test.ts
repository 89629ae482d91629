import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import fc from 'fast-check'
import { at, NOW, REGION_A, REGION_B, WEEK } from '../adapters/store/store.fixtures.ts'
import { NO_ATTRIBUTES, type Peering } from '../domain/peering.ts'
import type { Tenant } from '../domain/tenant.ts'
import type { Vpc } from '../domain/vpc.ts'
import { limitedTo, openWorld, profileWith, request, verdicts, type World } from './app.fixtures.ts'
import type { Caller } from './context.ts'
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

const EVENTS = ['accept', 'reject', 'reopen', 'delete'] as const
type Act = (typeof EVENTS)[number]

function act(event: Act, caller: Caller, id: string) {
  const { app } = world
  const acts = {
    accept: app.acceptPeering,
    reject: app.rejectPeering,
    reopen: app.reopenPeering,
    delete: app.deletePeering,
  }
  return acts[event](caller, { id })
}

/** A request between the two, brought to `state` by those whose decision it is. */
async function inState(state: Exclude<Peering['state'], 'deleted'>): Promise<Peering> {
  const { id } = await world.ask(ours, theirs)
  if (state === 'active') await act('accept', world.as(world.bob), id)
  if (state === 'rejected') await act('reject', world.as(world.bob), id)
  if (state === 'expired') {
    world.clock.nowMs += WEEK
    await expirePeerings(world.context)
  }
  const found = await world.store.findPeering(id)
  assert.equal(found?.peering.state, state)
  return found.peering
}

describe('a request', () => {
  it('waits for its accepter, its full time and no longer', async () => {
    const { alice, bob, app } = world
    const attributes = { bandwidthMbps: 5, tags: { requester: [{ key: 'k', value: 'v' }], accepter: [] } }
    const asked = request(ours, theirs, { name: 'n', description: 'd', attributes })
    const view = await app.createPeering(world.as(alice, { dialect: 'huawei' }), asked)
    const { id, ids, ...rest } = view.peering
    assert.equal(id, ids.huawei)
    assert.deepEqual(rest, {
      name: 'n',
      description: 'd',
      requester: { tenant: alice.id, region: REGION_A, vpc: ours.id },
      accepter: { tenant: bob.id, region: REGION_A, vpc: theirs.id },
      state: 'pending-acceptance',
      createdAtMs: NOW,
      updatedAtMs: NOW,
      expiresAtMs: NOW + WEEK,
      version: 1,
      attributes: { ...NO_ATTRIBUTES, ...attributes },
    })
    assert.deepEqual(
      [view.requester, view.accepter],
      [
        { vpc: ours, tenant: alice },
        { vpc: theirs, tenant: bob },
      ],
    )
    // Both sides see the same thing, under any dialect's id.
    for (const tenant of [alice, bob]) {
      for (const known of Object.values(ids))
        assert.deepEqual(await app.showPeering(world.as(tenant), { id: known }), view)
      const page = await app.listPeerings(world.as(tenant), {
        order: 'id',
        window: { limit: 9 },
        withTotal: true,
      })
      assert.deepEqual(page, { items: [view], total: 1 })
    }
  })

  it('is accepted, shown, deleted, and all of it is on record', async () => {
    const { alice, bob, app, clock } = world
    const { id } = await world.ask(ours, theirs)
    clock.nowMs += 10
    const filed = { id, resourceGroup: 'rg-bob', tags: [{ key: 'k', value: 'v' }] }
    const accepted = await app.acceptPeering(world.as(bob, { dialect: 'alibaba', requestId: 'r-2' }), filed)
    assert.equal(accepted.peering.state, 'active')
    assert.equal(accepted.peering.expiresAtMs, null)
    assert.equal(accepted.peering.version, 2)
    assert.equal(accepted.peering.updatedAtMs, NOW + 10)
    assert.deepEqual(accepted.peering.attributes.resourceGroup, { requester: null, accepter: 'rg-bob' })
    assert.deepEqual(accepted.peering.attributes.tags, {
      requester: [],
      accepter: [{ key: 'k', value: 'v' }],
    })
    assert.deepEqual(await app.showPeering(world.as(alice), { id }), accepted)
    // What is agreed does not lapse.
    clock.nowMs += 52 * WEEK
    assert.deepEqual(await app.showPeering(world.as(alice), { id }), accepted)
    const deleted = await app.deletePeering(world.operator, { id })
    assert.equal(deleted.peering.state, 'deleted')
    for (const caller of [world.as(alice), world.as(bob), world.operator]) {
      await assert.rejects(app.showPeering(caller, { id }), { code: 'peering.not-found', details: { id } })
      assert.deepEqual(
        (await app.listPeerings(caller, { order: 'id', window: { limit: 9 }, withTotal: true })).total,
        0,
      )
    }
    const from = { remoteAddress: '192.0.2.1' }
    assert.deepEqual(
      (await world.events()).map(({ sequence, type, atMs, from, to, actor }) => [
        sequence,
        type,
        atMs,
        from,
        to,
        actor,
      ]),
      [
        [
          1,
          'peering.requested',
          NOW,
          null,
          'pending-acceptance',
          { kind: 'tenant', tenant: alice.id, dialect: 'native', requestId: 'request', ...from },
        ],
        [
          2,
          'peering.accepted',
          NOW + 10,
          'pending-acceptance',
          'active',
          { kind: 'tenant', tenant: bob.id, dialect: 'alibaba', requestId: 'r-2', ...from },
        ],
        [
          3,
          'peering.deleted',
          NOW + 10 + 52 * WEEK,
          'active',
          'deleted',
          { kind: 'operator', tenant: null, dialect: 'native', requestId: 'request', ...from },
        ],
      ],
    )
  })

  it('that was refused frees the pair, also the other way round', async () => {
    const { bob, app } = world
    const first = await world.ask(ours, theirs)
    const rejected = await app.rejectPeering(world.as(bob), { id: first.id })
    assert.equal(rejected.peering.state, 'rejected')
    const second = await world.ask(theirs, ours)
    await assert.rejects(world.ask(ours, theirs), { code: 'peering.exists' })
    await app.rejectPeering(world.as(world.alice), { id: second.id })
    await world.ask(ours, theirs)
  })

  it('between two VPCs of one tenant is active at once', async () => {
    const peering = await world.ask(ours, await world.vpc(world.alice))
    assert.equal(peering.state, 'active')
    assert.equal(peering.expiresAtMs, null)
    assert.deepEqual(
      (await world.events()).map(({ from, to }) => [from, to]),
      [[null, 'active']],
    )
  })

  // By the party whose decision it is; everything that is not here is refused.
  const LEGAL: Record<Exclude<Peering['state'], 'deleted'>, Partial<Record<Act, Peering['state']>>> = {
    'pending-acceptance': { accept: 'active', reject: 'rejected', delete: 'deleted' },
    active: { delete: 'deleted' },
    rejected: { delete: 'deleted' },
    expired: { reopen: 'pending-acceptance', delete: 'deleted' },
  }
  const STATES = Object.keys(LEGAL) as (keyof typeof LEGAL)[]
  for (const state of STATES) {
    for (const event of EVENTS) {
      const to = LEGAL[state][event]
      it(`that is ${state}: ${event} -> ${to ?? 'refused'}`, async () => {
        const before = await inState(state)
        const decider = world.as(event === 'reopen' ? world.alice : world.bob)
        world.clock.nowMs += 7
        if (to) {
          const after = (await act(event, decider, before.id)).peering
          assert.equal(after.state, to)
          assert.equal(after.version, before.version + 1)
          assert.deepEqual((await world.store.findPeering(before.id))?.peering, after)
          assert.equal(after.expiresAtMs, event === 'reopen' ? world.clock.nowMs + WEEK : null)
        } else {
          const unchanged = await world.everything()
          await assert.rejects(act(event, decider, before.id), {
            code: 'peering.wrong-state',
            details: { id: before.id, state, event },
          })
          assert.deepEqual(await world.everything(), unchanged)
        }
      })
    }
  }

  it('that is deleted is gone, whatever is tried', async () => {
    const { id } = await world.ask(ours, theirs)
    await act('delete', world.as(world.alice), id)
    for (const event of EVENTS) {
      for (const caller of [world.as(world.alice), world.as(world.bob), world.operator]) {
        await assert.rejects(act(event, caller, id), { code: 'peering.not-found', details: { id } })
      }
    }
  })

  it('stands, after any history, where an independent account of it says', async () => {
    const steps = fc.array(
      fc.oneof(
        { weight: 1, arbitrary: fc.record({ kind: fc.constant('ask' as const), back: fc.boolean() }) },
        {
          weight: 1,
          arbitrary: fc.record({
            kind: fc.constant('wait' as const),
            ms: fc.constantFrom(1, WEEK - 1, WEEK),
          }),
        },
        {
          weight: 4,
          arbitrary: fc.record({
            kind: fc.constant('act' as const),
            event: fc.constantFrom(...EVENTS),
            who: fc.nat(2),
            which: fc.nat(3),
          }),
        },
      ),
      { minLength: 5, maxLength: 25 },
    )
    const { alice, bob, carol } = world
    const tenants = [alice, bob, carol]
    await fc.assert(
      fc.asyncProperty(steps, async (history) => {
        // A pair of VPCs for each history, so that none meets what another has left.
        const [a, b] = [await world.vpc(alice), await world.vpc(bob)]
        const account: { id: string; by: Tenant; to: Tenant; state: string; until: number }[] = []
        const settle = () => {
          for (const entry of account) {
            if (entry.state === 'pending-acceptance' && entry.until <= world.clock.nowMs)
              entry.state = 'expired'
          }
        }
        const taken = () => account.some(({ state }) => state === 'pending-acceptance' || state === 'active')
        for (const step of history) {
          settle()
          if (step.kind === 'wait') world.clock.nowMs += step.ms
          else if (step.kind === 'ask') {
            const [from, to] = step.back ? [b, a] : [a, b]
            const asked = world.ask(from, to)
            if (taken()) await assert.rejects(asked, { code: 'peering.exists' })
            else {
              const [by, other] = step.back ? [bob, alice] : [alice, bob]
              const entry = { id: (await asked).id, by, to: other, state: 'pending-acceptance' }
              account.push({ ...entry, until: world.clock.nowMs + WEEK })
            }
          } else {
            const entry = account[step.which]
            if (!entry) continue
            const who = at(tenants, step.who)
            const decides = step.event === 'delete' || (step.event === 'reopen' ? entry.by : entry.to) === who
            const to =
              entry.state === 'deleted' ? undefined : LEGAL[entry.state as keyof typeof LEGAL][step.event]
            const verdict =
              entry.state === 'deleted' || who === carol
                ? 'peering.not-found'
                : !decides
                  ? 'peering.wrong-side'
                  : to === undefined
                    ? 'peering.wrong-state'
                    : to === 'pending-acceptance' && taken()
                      ? 'peering.exists'
                      : 'ok'
            assert.deepEqual(await verdicts([act(step.event, world.as(who), entry.id)]), [verdict])
            if (verdict === 'ok' && to) {
              entry.state = to
              if (step.event === 'reopen') entry.until = world.clock.nowMs + WEEK
            }
          }
        }
        settle()
        for (const { id, state } of account) {
          const shown = await world.app.showPeering(world.as(alice), { id }).catch(() => null)
          assert.equal(shown?.peering.state ?? 'deleted', state)
        }
      }),
      { numRuns: 60 },
    )
    await agreesWithItsLog()
  })
})

/** Every peering is where its events, followed from the first, lead; and has one version for each of them. */
async function agreesWithItsLog(): Promise<void> {
  const events = await world.events()
  assert.deepEqual(
    events.map(({ sequence }) => sequence),
    events.map((_, index) => index + 1),
  )
  const reached = new Map<string, { state: string; version: number; atMs: number }>()
  for (const { peering, from, to, atMs } of events) {
    const last = reached.get(peering)
    assert.equal(from, last?.state ?? null)
    assert.ok(last === undefined || atMs >= last.atMs)
    reached.set(peering, { state: to, version: (last?.version ?? 0) + 1, atMs })
  }
  for (const [id, { state, version }] of reached) {
    const found = await world.store.findPeering(id)
    assert.deepEqual([found?.peering.state, found?.peering.version], [state, version])
  }
}

describe('reopening', () => {
  it('is refused where the pair has gone to another request meanwhile', async () => {
    const expired = await inState('expired')
    const another = await world.ask(theirs, ours)
    await assert.rejects(act('reopen', world.as(world.alice), expired.id), {
      code: 'peering.exists',
      details: { id: another.id, requester: '', accepter: '' },
    })
    assert.equal(await world.stored(expired.id), 'expired')
  })

  it('is refused where either VPC is gone meanwhile: a live peering must have two ends', async () => {
    const expired = await inState('expired')
    await world.app.deleteVpc(world.as(world.bob), { id: theirs.id })
    await assert.rejects(act('reopen', world.as(world.alice), expired.id))
    assert.equal(await world.stored(expired.id), 'expired')
  })

  it('is held to the quota, like the request it repeats', async () => {
    const profile = limitedTo({ 'peerings-per-vpc': 1 })
    const alice = world.as(world.alice, { profile })
    const { peering } = await world.app.createPeering(alice, request(ours, theirs))
    world.clock.nowMs += WEEK
    await world.app.createPeering(alice, request(ours, await world.vpc(world.bob)))
    await assert.rejects(act('reopen', alice, peering.id), {
      code: 'quota.exceeded',
      details: { quota: 'peerings-per-vpc', limit: 1, used: 1 },
    })
  })
})

describe('accepting', () => {
  it("is held to the accepter's quota: from then on the peering counts for it too", async () => {
    const bob = world.as(world.bob, { profile: limitedTo({ 'peerings-per-vpc': 1 }) })
    const [first, second] = [
      await world.ask(ours, theirs),
      await world.ask(await world.vpc(world.alice), theirs),
    ]
    await act('accept', bob, first.id)
    await assert.rejects(act('accept', bob, second.id), {
      code: 'quota.exceeded',
      details: { quota: 'peerings-per-vpc', limit: 1, used: 1 },
    })
    await act('reject', bob, second.id)
  })
})

describe('who may do what', () => {
  /** Everything that names a peering. */
  function attempts(caller: Caller, id: string): Record<string, () => Promise<unknown>> {
    const { app } = world
    return {
      show: () => app.showPeering(caller, { id }),
      accept: () => app.acceptPeering(caller, { id }),
      reject: () => app.rejectPeering(caller, { id }),
      reopen: () => app.reopenPeering(caller, { id }),
      delete: () => app.deletePeering(caller, { id }),
      update: () => app.updatePeering(caller, { id, name: 'x' }),
      move: () => app.movePeering(caller, { id, resourceGroup: 'rg' }),
      tag: () => app.tagPeerings(caller, { ids: [id], tags: [{ key: 'k', value: 'v' }], limit: 20 }),
      untag: () => app.untagPeerings(caller, { ids: [id], keys: null }),
    }
  }

  for (const state of ['pending-acceptance', 'active', 'rejected', 'expired'] as const) {
    it(`a peering that is ${state} does not exist for strangers, nor for a party in another region`, async () => {
      const { alice, bob, carol } = world
      const { id } = await inState(state)
      const unchanged = await world.everything()
      const strangers = [
        world.as(carol),
        world.as(carol, { region: REGION_A }),
        world.as(alice, { region: REGION_B }),
        world.as(bob, { region: REGION_B }),
      ]
      for (const stranger of strangers) {
        // What is not theirs and what is not there are one and the same.
        for (const asked of [id, 'no-such-peering']) {
          for (const [name, attempt] of Object.entries(attempts(stranger, asked))) {
            const refusal = name.endsWith('tag')
              ? { code: 'tag.resource-not-found', details: { ids: [asked] } }
              : { code: 'peering.not-found', details: { id: asked } }
            await assert.rejects(attempt(), refusal, name)
          }
        }
        const page = await world.app.listPeerings(stranger, {
          order: 'id',
          window: { limit: 9 },
          withTotal: true,
        })
        assert.deepEqual(page, { items: [], total: 0 })
      }
      assert.deepEqual(await world.app.listEvents(world.as(carol), { after: 0, limit: 10 }), [])
      assert.deepEqual(await world.everything(), unchanged)
    })
  }

  it('each decision is refused to the side whose it is not', async () => {
    const { alice, bob } = world
    const waiting = await inState('pending-acceptance')
    const unchanged = await world.everything()
    for (const event of ['accept', 'reject'] as const) {
      await assert.rejects(act(event, world.as(alice), waiting.id), {
        code: 'peering.wrong-side',
        details: { id: waiting.id, event },
      })
    }
    assert.deepEqual(await world.everything(), unchanged)
    await act('delete', world.as(alice), waiting.id)
    const expired = await inState('expired')
    await assert.rejects(act('reopen', world.as(bob), expired.id), { code: 'peering.wrong-side' })
    await act('delete', world.as(bob), expired.id)
  })

  it('the operator may decide for either side', async () => {
    const { operator } = world
    const { id } = await inState('expired')
    await act('reopen', operator, id)
    await act('accept', operator, id)
    await act('delete', operator, id)
    assert.ok(
      (await world.events())
        .slice(2)
        .every(({ actor }) => actor.kind === 'operator' && actor.tenant === null),
    )
  })

  it('a party sees the events of its own peerings, the operator all', async () => {
    const { alice, bob, carol, operator, app } = world
    await inState('active')
    await world.ask(await world.vpc(carol), theirs)
    const numbers = async (caller: Caller) =>
      (await app.listEvents(caller, { after: 0, limit: 10 })).map(({ sequence }) => sequence)
    assert.deepEqual(await numbers(world.as(alice)), [1, 2])
    assert.deepEqual(await numbers(world.as(bob)), [1, 2, 3])
    assert.deepEqual(await numbers(world.as(carol)), [3])
    assert.deepEqual(await numbers(operator), [1, 2, 3])
    assert.deepEqual(
      (await app.listEvents(operator, { after: 1, limit: 1 })).map(({ sequence }) => sequence),
      [2],
    )
  })
})

describe('changing what a peering is called', () => {
  it('is for either side, keeps what is not named, and is on record', async () => {
    const { alice, bob, app } = world
    const { id, attributes } = await inState('active')
    const named = await app.updatePeering(world.as(bob), {
      id,
      name: 'new',
      attributes: { bandwidthMbps: 10 },
    })
    assert.deepEqual(
      [named.peering.name, named.peering.description, named.peering.attributes],
      ['new', '', { ...attributes, bandwidthMbps: 10 }],
    )
    const described = await app.updatePeering(world.as(alice), { id, description: 'said' })
    assert.deepEqual([described.peering.name, described.peering.description], ['new', 'said'])
    assert.deepEqual([described.peering.state, described.peering.version], ['active', 4])
    assert.deepEqual(
      (await world.events()).slice(2).map(({ type, from, to }) => [type, from, to]),
      [
        ['peering.updated', 'active', 'active'],
        ['peering.updated', 'active', 'active'],
      ],
    )
  })

  it('is refused in the states that the profile does not name', async () => {
    const { alice, app } = world
    const profile = profileWith({ updatable: ['active'] })
    const { id } = await inState('pending-acceptance')
    await assert.rejects(app.updatePeering(world.as(alice, { profile }), { id, name: 'x' }), {
      code: 'peering.wrong-state',
      details: { id, state: 'pending-acceptance', event: 'update' },
    })
    await app.acceptPeering(world.as(world.bob), { id })
    await app.updatePeering(world.as(alice, { profile }), { id, name: 'x' })
  })

  it('is refused where the attributes are', async () => {
    const profile = profileWith({ bandwidth: { sameRegion: 'refuse', limitMbps: null } })
    const { id } = await inState('active')
    const update = { id, attributes: { bandwidthMbps: 10 } }
    await assert.rejects(world.app.updatePeering(world.as(world.alice, { profile }), update), {
      code: 'bandwidth.same-region',
      details: { bandwidthMbps: 10 },
    })
  })

  it('leaves each side its own tags and its own resource group', async () => {
    const { alice, bob, app } = world
    const { id } = await inState('active')
    const tag = (key: string, value: string) => ({ key, value })
    const attributesNow = async () => (await app.showPeering(world.operator, { id })).peering.attributes
    await app.tagPeerings(world.as(alice), { ids: [id], tags: [tag('a', '1'), tag('b', '1')], limit: 2 })
    await app.tagPeerings(world.as(bob), { ids: [id], tags: [tag('a', '9')], limit: 2 })
    await app.tagPeerings(world.as(alice), { ids: [id], tags: [tag('a', '2')], limit: 2 })
    assert.deepEqual((await attributesNow()).tags, {
      requester: [tag('b', '1'), tag('a', '2')],
      accepter: [tag('a', '9')],
    })
    const third = { ids: [id], tags: [tag('c', '')], limit: 2 }
    await assert.rejects(app.tagPeerings(world.as(alice), third), {
      code: 'tag.limit-exceeded',
      details: { limit: 2 },
    })
    await app.untagPeerings(world.as(alice), { ids: [id], keys: ['b', 'none'] })
    await app.untagPeerings(world.as(alice), { ids: [id], keys: ['b'] })
    assert.deepEqual((await attributesNow()).tags, { requester: [tag('a', '2')], accepter: [tag('a', '9')] })
    await app.untagPeerings(world.as(bob), { ids: [id], keys: null })
    assert.deepEqual((await attributesNow()).tags, { requester: [tag('a', '2')], accepter: [] })
    await app.movePeering(world.as(alice), { id, resourceGroup: 'rg-a' })
    await app.movePeering(world.as(bob), { id, resourceGroup: 'rg-b' })
    assert.deepEqual((await attributesNow()).resourceGroup, { requester: 'rg-a', accepter: 'rg-b' })
  })

  it('tags nothing where one of the peerings is not there', async () => {
    const { alice, app } = world
    const { id } = await inState('active')
    const unchanged = await world.everything()
    const tagging = { ids: [id, 'none'], tags: [{ key: 'k', value: 'v' }], limit: 20 }
    await assert.rejects(app.tagPeerings(world.as(alice), tagging), {
      code: 'tag.resource-not-found',
      details: { ids: ['none'] },
    })
    assert.deepEqual(await world.everything(), unchanged)
  })
})

describe('the list', () => {
  it("takes any dialect's id for a VPC, and is empty for one that nobody has", async () => {
    const { alice, app } = world
    const { id } = await world.ask(ours, theirs)
    await world.ask(ours, await world.vpc(world.bob))
    const listed = async (vpcs: string[], withTotal = false) => {
      const page = await app.listPeerings(world.as(alice), {
        vpcs,
        order: 'id',
        window: { limit: 9 },
        withTotal,
      })
      return [page.items.map(({ peering }) => peering.id), page.total]
    }
    for (const known of Object.values(theirs.ids)) assert.deepEqual(await listed([known], true), [[id], 1])
    assert.deepEqual(await listed([ours.ids.tencent, theirs.ids.alibaba]), [[id], null])
    assert.deepEqual(await listed(['none'], true), [[], 0])
  })

  it('counts only where it is asked to, also where it is empty', async () => {
    const filter = { vpcs: ['none'], order: 'id', window: { limit: 9 }, withTotal: false } as const
    assert.deepEqual(await world.app.listPeerings(world.as(world.alice), filter), { items: [], total: null })
  })
})

describe('changes at the same time', () => {
  /** `count` waiting requests of alice's to bob, each between two VPCs that no other is between. */
  async function requests(count: number): Promise<readonly string[]> {
    const side = Math.ceil(Math.sqrt(count))
    const [a, b] = [
      await Promise.all(Array.from({ length: side }, () => world.vpc(world.alice, { cidrs: [] }))),
      await Promise.all(Array.from({ length: side }, () => world.vpc(world.bob, { cidrs: [] }))),
    ]
    const pairs = Array.from(
      { length: count },
      (_, n) => [at(a, n % side), at(b, Math.floor(n / side))] as const,
    )
    return (await Promise.all(pairs.map(([from, to]) => world.ask(from, to)))).map(({ id }) => id)
  }

  it('let exactly one answer stand for each of 1,000 requests, and the log agrees', async () => {
    const bob = world.as(world.bob)
    const ids = await requests(1000)
    const answers = ['accept', 'reject', 'reject', 'accept'] as const
    const outcomes = await verdicts(
      ids.flatMap((id, n) => answers.map((_, k) => act(at(answers, (n + k) % 4), bob, id))),
    )
    for (const [n, id] of ids.entries()) {
      const verdicts = outcomes.slice(4 * n, 4 * n + 4)
      assert.deepEqual([...verdicts].sort(), [
        'ok',
        'peering.wrong-state',
        'peering.wrong-state',
        'peering.wrong-state',
      ])
      const answer = at(answers, (n + verdicts.indexOf('ok')) % 4)
      assert.equal(await world.stored(id), answer === 'accept' ? 'active' : 'rejected')
    }
    assert.equal((await world.events()).length, 2000)
    await agreesWithItsLog()
  })

  it('let at most one answer stand where both sides delete meanwhile, and delete once', async () => {
    const [alice, bob] = [world.as(world.alice), world.as(world.bob)]
    const ids = await requests(1000)
    const outcomes = await Promise.all(
      ids.map((id, n) => {
        // Not always of the same kind: the later half of the requests is deleted by alice alone.
        const race = [
          () => act('accept', bob, id),
          () => act('reject', bob, id),
          () => act('delete', alice, id),
          ...(n < 500 ? [() => act('delete', bob, id)] : []),
        ]
        return verdicts(race.map((attempt) => attempt()))
      }),
    )
    const events = await world.events()
    for (const [n, id] of ids.entries()) {
      const [accepted, rejected, ...deletions] = at(outcomes, n)
      assert.ok([accepted, rejected].filter((verdict) => verdict === 'ok').length <= 1)
      assert.equal(deletions.filter((verdict) => verdict === 'ok').length, 1)
      assert.equal(await world.stored(id), 'deleted')
      const types = events.filter(({ peering }) => peering === id).map(({ type }) => type)
      const answers = [
        accepted === 'ok' ? ['peering.accepted'] : [],
        rejected === 'ok' ? ['peering.rejected'] : [],
      ].flat()
      assert.deepEqual(types, ['peering.requested', ...answers, 'peering.deleted'])
    }
    await agreesWithItsLog()
  })

  it('let exactly one of many requests for a pair stand, either way round', async () => {
    const attempts = Array.from({ length: 100 }, (_, n) =>
      n % 2 ? world.ask(ours, theirs) : world.ask(theirs, ours),
    )
    const outcomes = await verdicts(attempts)
    assert.equal(outcomes.filter((verdict) => verdict === 'ok').length, 1)
    assert.equal(outcomes.filter((verdict) => verdict === 'peering.exists').length, 99)
    assert.equal((await world.events()).length, 1)
  })

  it('are made one after the other where the dialect looks again: none is lost', async () => {
    const { id } = await world.ask(ours, theirs)
    const keys = Array.from({ length: 15 }, (_, n) => `key-${n}`)
    const tagging = keys.map((key) =>
      world.app.tagPeerings(world.as(world.alice), { ids: [id], tags: [{ key, value: '' }], limit: 20 }),
    )
    assert.deepEqual(new Set(await verdicts(tagging)), new Set(['ok']))
    const { peering } = await world.app.showPeering(world.as(world.alice), { id })
    assert.deepEqual(peering.attributes.tags.requester.map(({ key }) => key).sort(), [...keys].sort())
    assert.equal(peering.version, 16)
  })

  it('are refused as busy where the dialect says so, and leave nothing behind that is', async () => {
    const profile = profileWith({ concurrentChange: 'refuse' })
    const [alice, bob] = [world.as(world.alice, { profile }), world.as(world.bob, { profile })]
    const { id } = await world.ask(ours, theirs)
    const outcomes = await verdicts([
      act('accept', bob, id),
      act('reject', bob, id),
      act('delete', alice, id),
      world.app.updatePeering(alice, { id, name: 'x' }),
    ])
    // Which of them is first is nobody's promise; that the others are told so is.
    assert.deepEqual([...outcomes].sort(), ['ok', 'peering.busy', 'peering.busy', 'peering.busy'])
    const becomes = ['active', 'rejected', 'deleted', 'pending-acceptance'][outcomes.indexOf('ok')]
    assert.equal(await world.stored(id), becomes)
    // The same VPC in two requests at once is busy too; once they are answered nothing is.
    const others = [await world.vpc(world.bob), await world.vpc(world.bob)]
    const asked = await verdicts(others.map((vpc) => world.app.createPeering(alice, request(ours, vpc))))
    assert.deepEqual(asked, ['ok', 'peering.busy'])
    assert.equal(world.context.inFlight.size, 0)
    await world.app.createPeering(alice, request(ours, at(others, 1)))
    await act('delete', alice, id)
  })

  it('are refused as busy also where another has made its change before this one could', async () => {
    const profile = profileWith({ concurrentChange: 'refuse' })
    const { id } = await world.ask(ours, theirs)
    // Another process on the same store would do this: change the peering between our reading and our writing.
    const { store } = world
    const commit = store.commit.bind(store)
    let meddled = false
    store.commit = async (change) => {
      const from = (await store.findPeering(id))?.peering
      if (!meddled && from && !change.dryRun) {
        meddled = true
        await commit({
          peerings: [{ from, to: { ...from, name: 'meddled', version: from.version + 1 } }],
          nowMs: NOW,
        })
      }
      return commit(change)
    }
    await assert.rejects(act('accept', world.as(world.bob, { profile }), id), { code: 'peering.busy' })
    assert.equal(await world.stored(id), 'pending-acceptance')
    assert.equal(world.context.inFlight.size, 0)
    // Who looks again finds it as it is now.
    meddled = false
    const { peering } = await act('accept', world.as(world.bob), id)
    assert.deepEqual([peering.state, peering.name], ['active', 'meddled'])
  })
})

describe('a dry run', () => {
  it('answers what would be and changes nothing', async () => {
    const { alice, bob, app } = world
    const [a, b] = [world.as(alice, { dryRun: true }), world.as(bob, { dryRun: true })]
    const { id } = await world.ask(ours, theirs)
    const [spare, other] = [await world.vpc(alice), await world.vpc(bob)]
    const attempts: Record<string, () => Promise<unknown>> = {
      create: async () =>
        assert.equal((await app.createPeering(a, request(ours, other))).peering.state, 'pending-acceptance'),
      accept: async () => assert.equal((await app.acceptPeering(b, { id })).peering.state, 'active'),
      reject: async () => assert.equal((await app.rejectPeering(b, { id })).peering.state, 'rejected'),
      delete: async () => assert.equal((await app.deletePeering(a, { id })).peering.state, 'deleted'),
      update: async () => assert.equal((await app.updatePeering(a, { id, name: 'x' })).peering.name, 'x'),
      move: () => app.movePeering(a, { id, resourceGroup: 'rg' }),
      tag: () => app.tagPeerings(a, { ids: [id], tags: [{ key: 'k', value: 'v' }], limit: 20 }),
      untag: () => app.untagPeerings(a, { ids: [id], keys: null }),
      createVpc: () =>
        app.createVpc(a, { tenant: alice, region: REGION_A, name: '', description: '', cidrs: [], tags: [] }),
      deleteVpc: () => app.deleteVpc(a, { id: spare.id }),
      createTenant: () => app.createTenant({ ...world.operator, dryRun: true }, { name: 'dora' }),
      createAccessKey: () => app.createAccessKey(a, { tenant: alice }),
      deleteAccessKey: async () => {
        const [key] = await world.store.listAccessKeys(alice.id)
        await app.deleteAccessKey(a, { tenant: alice, id: key?.id ?? '' })
      },
    }
    const unchanged = await world.everything()
    for (const [name, attempt] of Object.entries(attempts)) {
      await attempt()
      assert.deepEqual(await world.everything(), unchanged, name)
    }
    // And afterwards the real thing succeeds, as was foretold.
    await app.acceptPeering(world.as(bob), { id })
    await app.deleteVpc(world.as(alice), { id: spare.id })
  })

  it('throws what would be thrown', async () => {
    const { alice, bob, carol, app } = world
    const as = (tenant: Tenant, overrides: Partial<Caller> = {}) =>
      world.as(tenant, { dryRun: true, ...overrides })
    const { id } = await world.ask(ours, theirs)
    const refusals: readonly (readonly [string, (dryRun: boolean) => Promise<unknown>])[] = [
      ['peering.exists', (dryRun) => app.createPeering(as(alice, { dryRun }), request(ours, theirs))],
      ['peering.same-vpc', (dryRun) => app.createPeering(as(alice, { dryRun }), request(ours, ours))],
      [
        'vpc.accepter-not-found',
        (dryRun) => app.createPeering(as(alice, { dryRun }), request(ours, theirs, { accepterVpc: 'x' })),
      ],
      [
        'quota.exceeded',
        async (dryRun) => {
          const profile = limitedTo({ 'peerings-per-vpc': 1 })
          await app.createPeering(as(alice, { dryRun, profile }), request(ours, await world.vpc(bob)))
        },
      ],
      ['peering.wrong-side', (dryRun) => app.acceptPeering(as(alice, { dryRun }), { id })],
      ['peering.wrong-state', (dryRun) => app.reopenPeering(as(alice, { dryRun }), { id })],
      ['peering.not-found', (dryRun) => app.deletePeering(as(carol, { dryRun }), { id })],
      ['vpc.in-use', (dryRun) => app.deleteVpc(as(alice, { dryRun }), { id: ours.id })],
      ['tenant.exists', (dryRun) => app.createTenant({ ...world.operator, dryRun }, { name: 'alice' })],
    ]
    for (const [code, attempt] of refusals) {
      assert.deepEqual(await verdicts([attempt(true)]), [code])
      assert.deepEqual(await verdicts([attempt(false)]), [code])
    }
  })
})
