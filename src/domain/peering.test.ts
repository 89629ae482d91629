import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { buildPeering, buildTenant, buildVpc, NOW, WEEK } from '../adapters/store/store.fixtures.ts'
import {
  apply,
  isDue,
  LIVE_STATES,
  next,
  PEERING_EVENTS,
  PEERING_STATES,
  type Peering,
  type PeeringEvent,
  type PeeringState,
  pairOf,
  peeringAt,
  sameRegion,
} from './peering.ts'

/** What is legal, as a list of sentences; everything that is not in it is refused. */
const LEGAL = `
  pending-acceptance accept active
  pending-acceptance reject rejected
  pending-acceptance expire expired
  pending-acceptance delete deleted
  active             delete deleted
  rejected           delete deleted
  expired            reopen pending-acceptance
  expired            delete deleted
`
  .trim()
  .split('\n')
  .map((line) => line.trim().split(/ +/).join(' '))

const someone = buildPeering(buildVpc(buildTenant()), buildVpc(buildTenant()))

/** A peering in `state`, as a lawful history would have left it. */
function inState(state: PeeringState, overrides: Partial<Peering> = {}): Peering {
  const keepsDeadline = state === 'pending-acceptance' || state === 'expired'
  return { ...someone, state, expiresAtMs: keepsDeadline ? NOW + WEEK : null, version: 7, ...overrides }
}

const anyState = fc.constantFrom(...PEERING_STATES)
const anyEvent = fc.constantFrom(...PEERING_EVENTS)
const anyTime = fc.integer({ min: 0, max: 2 * NOW })

describe('the states of a peering', () => {
  for (const state of PEERING_STATES) {
    for (const event of PEERING_EVENTS) {
      const sentence = LEGAL.find((line) => line.startsWith(`${state} ${event} `))
      const to = sentence?.split(' ')[2]
      it(`${state} + ${event} -> ${to ?? 'refused'}`, () => {
        if (to) {
          assert.equal(next('p', state, event), to)
          assert.equal(apply(inState(state), event, NOW, WEEK).state, to)
        } else {
          const refusal = { code: 'peering.wrong-state', details: { id: someone.id, state, event } }
          assert.throws(() => next(someone.id, state, event), refusal)
          assert.throws(() => apply(inState(state), event, NOW, WEEK), refusal)
        }
      })
    }
  }

  it('hold their pair exactly while a request waits or is agreed', () => {
    assert.deepEqual([...LIVE_STATES].sort(), ['active', 'pending-acceptance'])
  })
})

describe('apply', () => {
  /** `apply`, or null where the event is refused. */
  function tryApply(peering: Peering, event: PeeringEvent, atMs: number): Peering | null {
    return LEGAL.some((line) => line.startsWith(`${peering.state} ${event} `))
      ? apply(peering, event, atMs, WEEK)
      : null
  }

  it('raises the version by one, stamps the time and touches nothing else', () => {
    fc.assert(
      fc.property(anyState, anyEvent, anyTime, fc.nat(1000), (state, event, atMs, version) => {
        const before = inState(state, { version })
        const after = tryApply(before, event, atMs)
        if (!after) return
        assert.equal(after.version, version + 1)
        assert.equal(after.updatedAtMs, atMs)
        const { state: _s, expiresAtMs: _e, updatedAtMs: _u, version: _v, ...rest } = after
        const { state: _s0, expiresAtMs: _e0, updatedAtMs: _u0, version: _v0, ...kept } = before
        assert.deepEqual(rest, kept)
      }),
    )
  })

  it('keeps a deadline exactly while one means something', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 12 }), (events) => {
        let peering = inState('pending-acceptance')
        for (const [index, event] of events.entries())
          peering = tryApply(peering, event, NOW + index) ?? peering
        const means = peering.state === 'pending-acceptance' || peering.state === 'expired'
        assert.equal(peering.expiresAtMs !== null, means)
      }),
    )
  })

  it('gives a reopened request its full time anew', () => {
    fc.assert(
      fc.property(anyTime, fc.integer({ min: 1, max: WEEK }), (atMs, timeout) => {
        const reopened = apply(inState('expired', { expiresAtMs: NOW }), 'reopen', atMs, timeout)
        assert.equal(reopened.expiresAtMs, atMs + timeout)
        assert.equal(isDue(reopened, atMs + timeout - 1), false)
        assert.equal(isDue(reopened, atMs + timeout), true)
      }),
    )
  })

  it('keeps in an expired request the time it lapsed', () => {
    assert.equal(apply(inState('pending-acceptance'), 'expire', NOW + WEEK + 5, WEEK).expiresAtMs, NOW + WEEK)
  })
})

describe('expiry', () => {
  it('comes to the millisecond', () => {
    const request = inState('pending-acceptance')
    assert.equal(peeringAt(request, NOW + WEEK - 1), request)
    const expired = peeringAt(request, NOW + WEEK)
    assert.deepEqual(expired, {
      ...request,
      state: 'expired',
      updatedAtMs: NOW + WEEK,
      version: request.version + 1,
    })
    // Looked at a year later, it still lapsed when it lapsed.
    assert.deepEqual(peeringAt(request, NOW + 52 * WEEK), expired)
  })

  it('changes nothing but requests whose time is up', () => {
    fc.assert(
      fc.property(anyState, anyTime, anyTime, (state, expiresAtMs, nowMs) => {
        const deadline = state === 'pending-acceptance' || state === 'expired' ? expiresAtMs : null
        const before = inState(state, { expiresAtMs: deadline })
        const due = state === 'pending-acceptance' && expiresAtMs <= nowMs
        assert.equal(isDue(before, nowMs), due)
        const after = peeringAt(before, nowMs)
        if (due) assert.equal(after.state, 'expired')
        else assert.equal(after, before)
        assert.equal(peeringAt(after, nowMs), after)
      }),
    )
  })
})

describe('the ends of a peering', () => {
  it('are in one region or in two', () => {
    const [ours, theirs] = [buildVpc(buildTenant()), buildVpc(buildTenant())]
    assert.equal(sameRegion(buildPeering(ours, theirs)), true)
    const elsewhere = { ...theirs, region: 'elsewhere' as typeof theirs.region }
    assert.equal(sameRegion(buildPeering(ours, elsewhere)), false)
  })

  it('make the same pair either way round', () => {
    const [a, b] = [someone.requester.vpc, someone.accepter.vpc]
    assert.deepEqual(pairOf(a, b), pairOf(b, a))
    assert.deepEqual([...pairOf(a, b)].sort(), [a, b].sort())
  })
})
