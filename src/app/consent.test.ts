import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import fc from 'fast-check'
import { postgresSuite, type TestDatabase } from '../../test/rig/postgres.ts'
import { parseDatabaseUrl } from '../adapters/store/postgres/address.ts'
import { openPostgresStore } from '../adapters/store/postgres/store.ts'
import { at, REGION_B, WEEK } from '../adapters/store/store.fixtures.ts'
import { ASK_ALWAYS, type ConsentPolicy, type ConsentRule } from '../domain/consent.ts'
import type { Peering } from '../domain/peering.ts'
import { countersOf } from '../domain/quota.ts'
import type { Vpc } from '../domain/vpc.ts'
import type { Change } from '../ports/store.ts'
import { limitedTo, openWorld, profileWith, request, verdicts, type World } from './app.fixtures.ts'
import type { Caller } from './context.ts'
import { createApp } from './index.ts'

/** What a policy of consent does to requests, over each of the stores. */
function consentSuite(open: () => Promise<World>): void {
  let world: World
  let ours: Vpc
  let theirs: Vpc
  beforeEach(async () => {
    world = await open()
    ours = await world.vpc(world.alice)
    theirs = await world.vpc(world.bob)
  })
  afterEach(() => world.close())

  const say = (said: Partial<ConsentPolicy>) =>
    world.app.setConsentPolicy(world.as(world.bob), {
      tenant: world.bob.id,
      policy: { ...ASK_ALWAYS, ...said },
    })
  const alices = () => ({ tenants: [world.alice.id] })
  const vpcsOf = (tenant: World['alice'], count: number) =>
    Promise.all(Array.from({ length: count }, () => world.vpc(tenant)))
  /** The log, as far as it is about this: what happened, from where to where, by whom, and why. */
  const story = async (peering: Pick<Peering, 'id'>) =>
    (await world.events())
      .filter((event) => event.peering === peering.id)
      .map(({ type, from, to, actor, reason }) => [type, from, to, actor.kind, actor.tenant, reason])
  const countsOf = async (peering: Peering) =>
    Promise.all(countersOf(peering).map((counter) => world.store.countOf(counter)))

  const AGREED = 'policy: the accepter agrees to requests of this kind'
  const REFUSED = 'policy: the accepter refuses requests of this kind'
  const OVERLAPS = 'policy: the addresses overlap those of a VPC of the accepter’s'
  const TOO_MANY = 'policy: as many requests of this tenant wait as the accepter allows'

  describe('a request', () => {
    it('that is agreed to is active at once, and logged as asked for and as accepted, in one change', async () => {
      await say({ accept: [alices()] })
      const caller = world.as(world.alice, { dialect: 'tencent', requestId: 'r-1' })
      const { peering, verdict } = await world.app.createPeering(caller, request(ours, theirs))
      assert.deepEqual(verdict, { decision: 'accept', rule: 'accept-list' })
      assert.deepEqual([peering.state, peering.expiresAtMs, peering.version], ['active', null, 2])
      assert.deepEqual((await world.store.findPeering(peering.id))?.peering, peering)
      assert.deepEqual(await story(peering), [
        ['peering.requested', null, 'pending-acceptance', 'tenant', world.alice.id, null],
        ['peering.accepted', 'pending-acceptance', 'active', 'policy', world.bob.id, AGREED],
      ])
      const { actor } = at(await world.events(), 1)
      assert.deepEqual([actor.dialect, actor.requestId, actor.remoteAddress], ['tencent', 'r-1', null])
      assert.deepEqual(await countsOf(peering), [1, 1, 1, 1, 1, 1])
      await world.app.deletePeering(world.as(world.alice), { id: peering.id })
      assert.deepEqual(await countsOf(peering), [0, 0, 0, 0, 0, 0])
    })

    it('that is refused is rejected at once, counts for nobody, and leaves its pair free', async () => {
      await say({ refuse: [alices()], accept: [alices()] })
      const refused = await world.ask(ours, theirs)
      assert.deepEqual([refused.state, refused.expiresAtMs], ['rejected', null])
      assert.deepEqual(await story(refused), [
        ['peering.requested', null, 'pending-acceptance', 'tenant', world.alice.id, null],
        ['peering.rejected', 'pending-acceptance', 'rejected', 'policy', world.bob.id, REFUSED],
      ])
      assert.deepEqual(await countsOf({ ...refused, state: 'active' }), [0, 0, 0, 0, 0, 0])
      await say({})
      const { state } = await world.ask(ours, theirs)
      assert.equal(state, 'pending-acceptance')
      // A pair that is taken is taken, whatever would have come of the request.
      await say({ refuse: [alices()] })
      const [again, back] = [world.ask(ours, theirs), world.ask(theirs, ours)]
      assert.deepEqual(await verdicts([again, back]), ['peering.exists', 'peering.exists'])
    })

    it('of somebody whom no rule is about waits as before, and so does one that nothing is said of', async () => {
      await say({ accept: [{ tenants: [world.carol.id] }], refuse: [{ blocks: ['192.0.2.0/24'] }] })
      const { peering, verdict } = await world.app.createPeering(world.as(world.alice), request(ours, theirs))
      assert.deepEqual([peering.state, peering.version, verdict], ['pending-acceptance', 1, undefined])
      assert.equal((await story(peering)).length, 1)
      const other = await world.vpc(world.alice)
      await say({ accept: [alices()] })
      assert.equal(await world.stored(peering.id), 'pending-acceptance')
      await world.app.setConsentPolicy(world.operator, { tenant: world.bob.id, policy: ASK_ALWAYS })
      assert.equal((await world.ask(other, theirs)).state, 'pending-acceptance')
    })

    it('between two VPCs of one tenant is none of its policy’s', async () => {
      await say({ refuse: [{ tenants: [world.bob.id] }, { blocks: ['0.0.0.0/0'] }], refuseOverlap: true })
      assert.equal((await world.ask(theirs, await world.vpc(world.bob))).state, 'active')
    })

    it('for addresses of any VPC of the accepter’s, in whatever region, is refused where it wants that', async () => {
      await world.vpc(world.bob, { region: REGION_B, cidrs: ['172.16.0.0/16', 'fd00:1::/32'] })
      const gone = await world.vpc(world.bob, { cidrs: ['172.20.0.0/16'] })
      await world.app.deleteVpc(world.as(world.bob), { id: gone.id })
      await say({ accept: [alices()], refuseOverlap: true })
      const states: string[] = []
      for (const cidrs of [['172.16.9.0/24'], ['192.0.2.0/24', 'fd00::/16'], ['172.20.0.0/16'], []]) {
        const peering = await world.ask(await world.vpc(world.alice, { cidrs }), theirs)
        states.push(peering.state)
        if (peering.state === 'rejected') assert.equal((await story(peering))[1]?.[5], OVERLAPS)
      }
      assert.deepEqual(states, ['rejected', 'rejected', 'active', 'active'])
    })

    it('that would wait is refused while as many of its tenant’s wait as may', async () => {
      await say({ waitingPerTenant: 2 })
      const vpcs = await vpcsOf(world.alice, 4)
      const [first, , third] = [
        await world.ask(at(vpcs, 0), theirs),
        await world.ask(at(vpcs, 1), theirs),
        await world.ask(at(vpcs, 2), theirs),
      ]
      assert.equal((await story(third))[1]?.[5], TOO_MANY)
      // Another tenant's are counted by themselves, and so are those that wait for somebody else.
      assert.equal((await world.ask(await world.vpc(world.carol), theirs)).state, 'pending-acceptance')
      assert.equal((await world.ask(ours, await world.vpc(world.carol))).state, 'pending-acceptance')
      await world.app.acceptPeering(world.as(world.bob), { id: first.id })
      assert.equal((await world.ask(at(vpcs, 2), theirs)).state, 'pending-acceptance')
      assert.equal((await world.ask(at(vpcs, 3), theirs)).state, 'rejected')
      // Requests that have lapsed do not wait, whether or not anything has swept them.
      world.clock.nowMs += WEEK
      assert.equal((await world.ask(at(vpcs, 3), theirs)).state, 'pending-acceptance')
    })

    it('that finds the quota of an accepter who agrees full waits, until that has room', async () => {
      const limited = limitedTo({ 'peerings-per-vpc': 1 })
      const alice = world.as(world.alice, { profile: limited })
      await say({ accept: [alices()] })
      const [one, two, three] = await vpcsOf(world.alice, 3)
      const ask = async (vpc: Vpc | undefined) =>
        (await world.app.createPeering(alice, request(vpc ?? ours, theirs))).peering
      const first = await ask(one)
      const second = await ask(two)
      assert.deepEqual([first.state, second.state], ['active', 'pending-acceptance'])
      await world.app.deletePeering(alice, { id: first.id })
      assert.equal((await ask(three)).state, 'active')
      // The requester's own is the requester's to mind.
      const failure = { code: 'quota.exceeded' }
      await assert.rejects(
        world.app.createPeering(alice, request(at([three ?? ours], 0), await world.vpc(world.bob))),
        failure,
      )
    })
  })

  describe('asking again for what has lapsed', () => {
    const lapsed = async (vpc = ours) => {
      const peering = await world.ask(vpc, theirs)
      world.clock.nowMs += WEEK
      return peering
    }
    const reopen = async (peering: Peering, overrides = {}) =>
      (await world.app.reopenPeering(world.as(world.alice, overrides), { id: peering.id })).peering

    it('is answered as a new request would be', async () => {
      const peering = await lapsed()
      await say({ accept: [alices()] })
      assert.equal((await reopen(peering)).state, 'active')
      assert.deepEqual(
        (await story(peering)).map(([type, from, to]) => [type, from, to]),
        [
          ['peering.requested', null, 'pending-acceptance'],
          ['peering.expired', 'pending-acceptance', 'expired'],
          ['peering.reopened', 'expired', 'pending-acceptance'],
          ['peering.accepted', 'pending-acceptance', 'active'],
        ],
      )
      assert.deepEqual((await story(peering))[3]?.slice(3), ['policy', world.bob.id, AGREED])
    })

    it('is refused, or waits, by the policy of that moment', async () => {
      const [one, two] = [await lapsed(), await lapsed(await world.vpc(world.alice))]
      await say({ waitingPerTenant: 1 })
      assert.equal((await reopen(one)).state, 'pending-acceptance')
      assert.equal((await reopen(two)).state, 'rejected')
      assert.deepEqual(
        (await story(two)).slice(2).map(([type]) => type),
        ['peering.reopened', 'peering.rejected'],
      )
    })

    it('is not agreed to where the dialect minds what has become a neighbour meanwhile', async () => {
      const peering = await lapsed()
      const twin = await world.vpc(world.carol, { cidrs: theirs.cidrs })
      const neighbour = await world.ask(ours, twin)
      await world.app.acceptPeering(world.as(world.carol), { id: neighbour.id })
      await say({ accept: [alices()] })
      const profile = profileWith({ overlapElsewhere: 'refuse' })
      await assert.rejects(reopen(peering, { profile }), { code: 'peering.overlap-elsewhere' })
      assert.equal((await reopen(peering)).state, 'active')
    })
  })

  describe('a policy', () => {
    it('is its tenant’s, or the operator’s, to change, with its blocks spelled as blocks are', async () => {
      const unchanged = await world.everything()
      const policy = { ...ASK_ALWAYS, refuse: [{ blocks: ['FD00:0::/16'] }], accept: [alices()] }
      const input = { tenant: world.bob.id, policy }
      await assert.rejects(world.app.setConsentPolicy(world.as(world.alice), input), {
        code: 'permission.denied',
      })
      const bad = { ...input, policy: { ...policy, refuse: [{ blocks: ['10.0.0.1/8'] }] } }
      await assert.rejects(world.app.setConsentPolicy(world.as(world.bob), bad), { code: 'request.invalid' })
      await world.app.setConsentPolicy(world.as(world.bob, { dryRun: true }), input)
      assert.deepEqual(await world.everything(), unchanged)
      const canonical = { ...policy, refuse: [{ blocks: ['fd00::/16'] }] }
      assert.deepEqual(await world.app.setConsentPolicy(world.operator, input), canonical)
      const consent = { version: 1, policy: canonical }
      assert.deepEqual((await world.store.findTenant({ id: world.bob.id }))?.consent, consent)
      // Said again, it is no change.
      await world.app.setConsentPolicy(world.as(world.bob), input)
      await world.reopen()
      assert.deepEqual((await world.store.findTenant({ id: world.bob.id }))?.consent, consent)
    })

    it('does under a dry run just what it then does, whatever it says', async () => {
      const blocks = ['10.0.0.0/8', '10.66.0.0/16', '10.67.0.0/16', '172.16.0.0/12', '0.0.0.0/0']
      const rule: fc.Arbitrary<ConsentRule> = fc.oneof(
        fc.constantFrom(alices(), { tenants: [world.carol.id] }),
        fc.record({ blocks: fc.uniqueArray(fc.constantFrom(...blocks), { minLength: 1, maxLength: 2 }) }),
      )
      const said = fc.record({
        refuse: fc.array(rule, { maxLength: 1 }),
        accept: fc.array(rule, { maxLength: 2 }),
        refuseOverlap: fc.boolean(),
        waitingPerTenant: fc.option(fc.nat(2)),
      })
      const cidrs = fc.constantFrom(['10.66.1.0/24'], ['172.16.0.0/24', '10.67.1.0/24'], ['192.0.2.0/24'], [])
      await world.vpc(world.bob, { cidrs: ['10.67.0.0/16'] })
      const alice = world.as(world.alice, { profile: limitedTo({ 'peerings-per-vpc': 4 }) })
      const seen = new Set<string>()
      await fc.assert(
        fc.asyncProperty(said, cidrs, fc.boolean(), async (policy, blocks, taken) => {
          await say(policy)
          const input = request(await world.vpc(world.alice, { cidrs: blocks }), theirs)
          if (taken) await world.app.createPeering(alice, input).catch(() => {})
          const before = await world.store.lastEventSequence()
          const outcome = async (dryRun: boolean) => {
            const made = world.app.createPeering({ ...alice, dryRun }, input)
            return made.then(
              ({ peering, verdict }) => [peering.state, verdict],
              (error) => [error.code, null],
            )
          }
          const foretold = await outcome(true)
          assert.equal(await world.store.lastEventSequence(), before)
          assert.deepEqual(await outcome(false), foretold)
          seen.add(`${foretold[0]} ${JSON.stringify(foretold[1])}`)
          const decided = (await world.store.listEvents(before, 10, null)).map(({ to }) => to)
          if (foretold[1]) assert.deepEqual(decided, ['pending-acceptance', foretold[0]])
        }),
        { numRuns: 60, seed: 7 },
      )
      // Each rule has decided, and none.
      assert.ok(seen.size >= 5, [...seen].join(', '))
    })
  })

  describe('at once', () => {
    /** What became of each request, in the order of the log. */
    const outcomes = async () => {
      const states = new Map<string, string>()
      for (const { peering, to } of await world.events()) states.set(peering, to)
      return [...states.values()]
    }

    it('many requests of one tenant leave as many waiting as may, and the others refused', async () => {
      await say({ waitingPerTenant: 5 })
      const vpcs = await vpcsOf(world.alice, 40)
      const made = await Promise.all(vpcs.map((vpc) => world.ask(vpc, theirs)))
      const waiting = made.filter(({ state }) => state === 'pending-acceptance')
      assert.deepEqual([waiting.length, made.length], [5, 40])
      assert.ok(made.every(({ state }) => state === 'pending-acceptance' || state === 'rejected'))
      // While places come free, too.
      const more = vpcs.filter((vpc) => !waiting.some(({ requester }) => requester.vpc === vpc.id))
      const answers = waiting.map(({ id }) => world.app.rejectPeering(world.as(world.bob), { id }))
      await Promise.all([...answers, ...more.map((vpc) => world.ask(vpc, theirs))])
      const left = new Set<string>()
      const events = await world.events()
      for (const [index, { peering, to }] of events.entries()) {
        const decided = events[index + 1]?.peering === peering
        if (to !== 'pending-acceptance') left.delete(peering)
        else if (!decided) left.add(peering)
        assert.ok(left.size <= 5)
      }
      assert.equal(left.size, 5)
    })

    it('many that are agreed to fill the accepter’s quota and no more; the others wait', async () => {
      const profile = limitedTo({ 'peerings-per-vpc': 7 })
      await say({ accept: [alices()] })
      const vpcs = await vpcsOf(world.alice, 40)
      const alice = world.as(world.alice, { profile })
      await Promise.all(vpcs.map((vpc) => world.app.createPeering(alice, request(vpc, theirs))))
      const states = await outcomes()
      assert.equal(states.filter((state) => state === 'active').length, 7)
      assert.equal(states.filter((state) => state === 'pending-acceptance').length, 33)
    })

    it('a policy that changes is missed by no request that is made after it', async () => {
      const vpcs = await vpcsOf(world.alice, 40)
      const asks = vpcs.map((vpc) => () => world.ask(vpc, theirs))
      const change = () => say({ refuse: [{ blocks: ['0.0.0.0/0'] }] })
      await Promise.all(asks.toSpliced(20, 0, change as never).map((act) => act()))
      const states = await outcomes()
      const first = states.indexOf('rejected')
      assert.ok(first >= 0)
      assert.deepEqual(
        states,
        states.map((_, index) => (index < first ? 'pending-acceptance' : 'rejected')),
      )
    })

    /** What becomes of a request when something else is done between its decision and its commit. */
    const meanwhile = async (act: () => Promise<unknown>, overrides: Partial<Caller> = {}) => {
      const [decided, done] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
      const store = new Proxy(world.store, {
        get(target, name) {
          const member = Reflect.get(target, name, target)
          if (name !== 'commit') return typeof member === 'function' ? member.bind(target) : member
          return async (change: Change) => {
            decided.resolve()
            await done.promise
            return target.commit(change)
          }
        },
      })
      const app = createApp({ ...world.context, store })
      const asked = app.createPeering(world.as(world.alice, overrides), request(ours, theirs))
      await decided.promise
      await act()
      done.resolve()
      return (await asked).peering.state
    }

    it('a VPC that comes, goes, or is given other blocks is missed by no request that is made after it', async () => {
      await say({ refuseOverlap: true })
      const cidrs = ours.cidrs
      let clash: Vpc | undefined
      const come = async () => {
        clash = await world.vpc(world.bob, { cidrs, region: REGION_B })
      }
      assert.equal(await meanwhile(come), 'rejected')
      const go = () => world.app.deleteVpc(world.as(world.bob), { id: clash?.id ?? '' })
      assert.equal(await meanwhile(go), 'pending-acceptance')
      ours = await world.vpc(world.alice)
      const gain = (vpc: Vpc, block: string) => () =>
        world.app.updateVpc(world.operator, { id: vpc.id, addCidrs: [block] })
      assert.equal(await meanwhile(gain(theirs, ours.cidrs[0] ?? '')), 'rejected')
      ours = await world.vpc(world.alice)
      assert.equal(await meanwhile(gain(ours, theirs.cidrs[0] ?? '')), 'rejected')
    })

    it('room that comes, or is taken, is missed by no request that is made after it', async () => {
      const others = await vpcsOf(world.alice, 3)
      await say({ waitingPerTenant: 1 })
      const ask = (index: number) => world.ask(at(others, index), theirs)
      let waiting: Peering | undefined
      const take = async () => {
        waiting = await ask(0)
      }
      assert.equal(await meanwhile(take), 'rejected')
      const leave = () => world.app.rejectPeering(world.as(world.bob), { id: waiting?.id ?? '' })
      assert.equal(await meanwhile(leave), 'pending-acceptance')
      ours = await world.vpc(world.alice)
      await say({ accept: [alices()] })
      const profile = limitedTo({ 'peerings-per-vpc': 1 })
      assert.equal(await meanwhile(() => ask(1), { profile }), 'pending-acceptance')
      ours = at(others, 2)
      const end = async () => {
        const [active] = (await world.store.neighboursOf(theirs.id)).filter(
          ({ peering }) => peering.state === 'active',
        )
        await world.app.deletePeering(world.as(world.bob), { id: active?.peering.id ?? '' })
      }
      assert.equal(await meanwhile(end, { profile }), 'active')
    })

    it('a policy that comes is missed by no request that is made after it', async () => {
      assert.equal(await meanwhile(() => say({ refuse: [alices()] })), 'rejected')
      assert.equal(await meanwhile(() => say({ accept: [alices()] })), 'active')
    })
  })

  it('what an answer is given as its reason is in the log, for both to read', async () => {
    const [one, two] = [await world.ask(ours, theirs), await world.ask(await world.vpc(world.alice), theirs)]
    const bob = world.as(world.bob)
    await world.app.rejectPeering(bob, { id: one.id, reason: 'not yet' })
    await world.app.acceptPeering(bob, { id: two.id, reason: 'welcome' })
    await world.app.deletePeering(world.as(world.alice), { id: two.id, reason: 'moved' })
    for (const tenant of [world.alice, world.bob]) {
      const events = await world.app.listEvents(world.as(tenant), { after: 0, limit: 100 })
      assert.deepEqual(
        events.map(({ reason }) => reason),
        [null, null, 'not yet', 'welcome', 'moved'],
      )
    }
  })
}

describe('consent over the embedded store', () => consentSuite(() => openWorld()))

postgresSuite('consent over PostgreSQL', (server) => {
  consentSuite(async () => {
    const database: TestDatabase = await server().createDatabase()
    const world = await openWorld({}, async (sealer) => {
      const address = parseDatabaseUrl(database.url)
      return (await openPostgresStore({ address, sealer, onFailure: () => {} })).store
    })
    return {
      ...world,
      // Members that a copy would fix to what they are now.
      get app() {
        return world.app
      },
      get context() {
        return world.context
      },
      get store() {
        return world.store
      },
      async close() {
        await world.close()
        await database.drop()
      },
    }
  })
})
