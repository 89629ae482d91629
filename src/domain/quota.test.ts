import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import {
  at,
  buildPeering,
  buildTenant,
  buildVpc,
  NOW,
  REGION_A,
  REGION_B,
  WEEK,
} from '../adapters/store/store.fixtures.ts'
import { apply, PEERING_EVENTS, type Peering, TRANSITIONS } from './peering.ts'
import { counterMoves, countersOf, limitsFor } from './quota.ts'

const [alice, bob] = [buildTenant(), buildTenant()]
// Two tenants with two VPCs in each of two regions: every mixture of own and foreign, near and far.
const vpcs = [alice, bob].flatMap((tenant) =>
  [REGION_A, REGION_A, REGION_B, REGION_B].map((region) => buildVpc(tenant, { region })),
)

/** How full everything is, counted from the peerings themselves and in words of the test's own. */
function recount(peerings: Iterable<Peering>): Map<string, number> {
  const used = new Map<string, number>()
  for (const { state, requester, accepter } of peerings) {
    const ends =
      state === 'active' ? [requester, accepter] : state === 'pending-acceptance' ? [requester] : []
    const reach = requester.region === accepter.region ? 'same-region' : 'cross-region'
    const places = new Set(
      ends.flatMap(({ tenant, region, vpc }) => [
        `${tenant}:${region}:peerings-per-tenant-region`,
        `${tenant}:${vpc}:peerings-per-vpc`,
        `${tenant}:${vpc}:${reach}-peerings-per-vpc`,
      ]),
    )
    if (state === 'pending-acceptance') places.add(`${requester.tenant}:waiting:${accepter.tenant}`)
    for (const place of places) used.set(place, (used.get(place) ?? 0) + 1)
  }
  return used
}

describe('counterMoves', () => {
  it('adds up to a recount after any legal history', () => {
    const step = fc.record({
      requester: fc.nat(vpcs.length - 1),
      accepter: fc.nat(vpcs.length - 1),
      peering: fc.nat(20),
      event: fc.constantFrom(null, ...PEERING_EVENTS),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const used = new Map<string, number>()
        const peerings: Peering[] = []
        const move = (before: Peering['state'] | null, after: Peering) => {
          for (const { counter, by } of counterMoves(before, after)) {
            used.set(counter.key, (used.get(counter.key) ?? 0) + by)
            assert.ok((used.get(counter.key) ?? 0) >= 0)
          }
        }
        for (const { requester, accepter, peering: index, event } of steps) {
          if (event === null) {
            if (requester === accepter) continue
            const [ours, theirs] = [at(vpcs, requester), at(vpcs, accepter)]
            const peering = buildPeering(
              ours,
              theirs,
              ours.tenant === theirs.tenant ? { state: 'active' } : {},
            )
            move(null, peering)
            peerings.push(peering)
          } else {
            const before = peerings[index]
            if (!before || TRANSITIONS[before.state][event] === null) continue
            const after = apply(before, event, NOW, WEEK)
            move(before.state, after)
            peerings[index] = after
          }
        }
        const full = [...used].filter(([, count]) => count !== 0)
        assert.deepEqual(new Map(full.sort()), new Map([...recount(peerings)].sort()))
        for (const { key, sumOf } of peerings.flatMap(countersOf))
          assert.equal(
            sumOf.map((part) => used.get(part) ?? 0).reduce((sum, count) => sum + count, 0),
            used.get(key),
          )
      }),
      { numRuns: 500 },
    )
  })

  it('moves nothing where nothing that counts has changed', () => {
    const peering = buildPeering(at(vpcs, 0), at(vpcs, 4))
    assert.deepEqual(counterMoves(peering.state, { ...peering, name: 'other', version: 2 }), [])
  })
})

describe('countersOf', () => {
  const counted = (peering: Peering) => countersOf(peering).map(({ key }) => key)

  it('counts a waiting request for its requester and as waiting, an active peering for both, a dead one for nobody', () => {
    const [ours, theirs] = [at(vpcs, 0), at(vpcs, 4)]
    const peering = buildPeering(ours, theirs)
    const requesters = [
      `${alice.id}:region-a:peerings-per-tenant-region`,
      `${alice.id}:${ours.id}:peerings-per-vpc`,
      `${alice.id}:${ours.id}:same-region-peerings-per-vpc`,
    ]
    const accepters = [
      `${bob.id}:region-a:peerings-per-tenant-region`,
      `${bob.id}:${theirs.id}:peerings-per-vpc`,
      `${bob.id}:${theirs.id}:same-region-peerings-per-vpc`,
    ]
    assert.deepEqual(counted(peering), [...requesters, `${alice.id}:waiting:${bob.id}`])
    assert.deepEqual(counted({ ...peering, state: 'active' }), [...requesters, ...accepters])
    for (const state of ['rejected', 'expired', 'deleted'] as const)
      assert.deepEqual(counted({ ...peering, state }), [])
  })

  it('counts two VPCs of one tenant and region once for the region, and each for itself', () => {
    const keys = counted(buildPeering(at(vpcs, 0), at(vpcs, 1), { state: 'active' }))
    assert.equal(keys.filter((key) => key.endsWith('peerings-per-tenant-region')).length, 1)
    assert.equal(keys.filter((key) => key.endsWith(':peerings-per-vpc')).length, 2)
    assert.equal(keys.filter((key) => key.endsWith(':same-region-peerings-per-vpc')).length, 2)
  })

  it('counts two VPCs of one tenant in two regions once for each region', () => {
    const keys = counted(buildPeering(at(vpcs, 0), at(vpcs, 2), { state: 'active' }))
    assert.deepEqual(
      keys.filter((key) => key.endsWith('peerings-per-tenant-region')),
      [`${alice.id}:region-a:peerings-per-tenant-region`, `${alice.id}:region-b:peerings-per-tenant-region`],
    )
    assert.equal(keys.filter((key) => key.endsWith(':cross-region-peerings-per-vpc')).length, 2)
    assert.equal(keys.filter((key) => key.endsWith(':same-region-peerings-per-vpc')).length, 0)
  })
})

describe('limitsFor', () => {
  const profile = {
    'peerings-per-tenant-region': 50,
    'same-region-peerings-per-vpc': 10,
    'cross-region-peerings-per-vpc': null,
    'peerings-per-vpc': null,
    'routes-per-route-table': 7,
  }

  it('lets the operator say otherwise, also that there is no limit, also nothing at all', () => {
    assert.deepEqual(limitsFor(profile, {}), profile)
    assert.deepEqual(
      limitsFor(profile, {
        'peerings-per-tenant-region': null,
        'same-region-peerings-per-vpc': 0,
        'peerings-per-vpc': 3,
      }),
      {
        'peerings-per-tenant-region': null,
        'same-region-peerings-per-vpc': 0,
        'cross-region-peerings-per-vpc': null,
        'peerings-per-vpc': 3,
        'routes-per-route-table': 7,
      },
    )
  })
})
