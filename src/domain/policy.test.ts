import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  at,
  buildPeering,
  buildTenant,
  buildVpc,
  NOW,
  OPEN_PROFILE,
  REGION_A,
  REGION_B,
} from '../adapters/store/store.fixtures.ts'
import { PEERING_EVENTS } from './peering.ts'
import { allowAttributes, allowPair, authorize, owns, type Principal, sidesOf } from './policy.ts'
import type { Vpc } from './vpc.ts'

const [alice, bob, carol] = [buildTenant(), buildTenant(), buildTenant()]
const asTenant = ({ id }: typeof alice, region: Vpc['region'] | null = null): Principal => ({
  kind: 'tenant',
  tenant: id,
  region,
})
const operator: Principal = { kind: 'operator' }
const acrossRegions = buildPeering(buildVpc(alice, { region: REGION_A }), buildVpc(bob, { region: REGION_B }))
const ofOneTenant = buildPeering(buildVpc(alice, { region: REGION_A }), buildVpc(alice, { region: REGION_B }))

describe('authorize', () => {
  // The columns: accept reject expire reopen delete.
  const TABLE: readonly [string, Principal, string][] = [
    ['the requester', asTenant(alice), 'wrong-side wrong-side wrong-side ok ok'],
    ['the requester in its region', asTenant(alice, REGION_A), 'wrong-side wrong-side wrong-side ok ok'],
    [
      'the requester in another region',
      asTenant(alice, REGION_B),
      'not-found not-found not-found not-found not-found',
    ],
    ['the accepter', asTenant(bob), 'ok ok wrong-side wrong-side ok'],
    ['the accepter in its region', asTenant(bob, REGION_B), 'ok ok wrong-side wrong-side ok'],
    [
      'the accepter in another region',
      asTenant(bob, REGION_A),
      'not-found not-found not-found not-found not-found',
    ],
    ['a stranger', asTenant(carol), 'not-found not-found not-found not-found not-found'],
    [
      'a stranger in a region of it',
      asTenant(carol, REGION_A),
      'not-found not-found not-found not-found not-found',
    ],
    // Not even the operator makes time pass.
    ['the operator', operator, 'ok ok wrong-side ok ok'],
  ]
  for (const [who, principal, row] of TABLE) {
    const words = row.split(' ')
    for (const [index, event] of PEERING_EVENTS.entries()) {
      const verdict = at(words, index)
      it(`${event} by ${who}: ${verdict}`, () => {
        const act = () => authorize(acrossRegions, principal, event)
        if (verdict === 'ok') act()
        else {
          const details = verdict === 'not-found' ? { id: acrossRegions.id } : { id: acrossRegions.id, event }
          assert.throws(act, { code: `peering.${verdict}`, details })
        }
      })
    }
  }

  it('lets one that is on both sides do what either may', () => {
    for (const event of ['accept', 'reject', 'reopen', 'delete'] as const)
      authorize(ofOneTenant, asTenant(alice), event)
    // In one region it speaks for the end that is there, and for no other.
    authorize(ofOneTenant, asTenant(alice, REGION_B), 'accept')
    assert.throws(() => authorize(ofOneTenant, asTenant(alice, REGION_A), 'accept'), {
      code: 'peering.wrong-side',
    })
    assert.throws(() => authorize(ofOneTenant, asTenant(alice, REGION_B), 'reopen'), {
      code: 'peering.wrong-side',
    })
  })
})

describe('sidesOf', () => {
  it('says which ends a principal speaks for', () => {
    assert.deepEqual(sidesOf(acrossRegions, asTenant(alice)), ['requester'])
    assert.deepEqual(sidesOf(acrossRegions, asTenant(bob)), ['accepter'])
    assert.deepEqual(sidesOf(acrossRegions, asTenant(bob, REGION_A)), [])
    assert.deepEqual(sidesOf(acrossRegions, asTenant(carol)), [])
    assert.deepEqual(sidesOf(acrossRegions, operator), ['requester', 'accepter'])
    assert.deepEqual(sidesOf(ofOneTenant, asTenant(alice)), ['requester', 'accepter'])
    assert.deepEqual(sidesOf(ofOneTenant, asTenant(alice, REGION_B)), ['accepter'])
  })
})

describe('owns', () => {
  const vpc = buildVpc(alice)

  it('is the tenant in the region, and the operator', () => {
    assert.equal(owns(asTenant(alice), vpc), true)
    assert.equal(owns(asTenant(alice, REGION_A), vpc), true)
    assert.equal(owns(asTenant(alice, REGION_B), vpc), false)
    assert.equal(owns(asTenant(bob), vpc), false)
    assert.equal(owns(operator, vpc), true)
  })

  it('is nobody once the VPC is deleted', () => {
    const deleted = { ...vpc, deletedAtMs: NOW }
    for (const principal of [asTenant(alice), asTenant(alice, REGION_A), operator])
      assert.equal(owns(principal, deleted), false)
  })
})

describe('allowPair', () => {
  const STRICT = {
    ...OPEN_PROFILE,
    overlap: 'refuse',
    overlapElsewhere: 'refuse',
    crossRegion: 'refuse',
  } as const
  const alone = { requester: [], accepter: [] }
  const vpcWith = (cidrs: string[], overrides: Partial<Vpc> = {}) => buildVpc(alice, { cidrs, ...overrides })
  const neighbour = (hub: Vpc, vpc: Vpc) => ({ vpc, peering: buildPeering(hub, vpc) })

  it('never lets a VPC be peered with itself', () => {
    const vpc = vpcWith([])
    const refusal = { code: 'peering.same-vpc', details: { id: vpc.id } }
    assert.throws(() => allowPair(vpc, vpc, alone, OPEN_PROFILE), refusal)
    assert.throws(() => allowPair(vpc, vpc, alone, STRICT), refusal)
  })

  it('refuses two regions where the profile does', () => {
    const [here, there] = [vpcWith([], { region: REGION_A }), vpcWith([], { region: REGION_B })]
    allowPair(here, there, alone, { ...STRICT, crossRegion: 'allow' })
    allowPair(here, vpcWith([], { region: REGION_A }), alone, STRICT)
    assert.throws(() => allowPair(here, there, alone, STRICT), {
      code: 'peering.cross-region',
      details: { requester: REGION_A, accepter: REGION_B },
    })
  })

  const CLASHES: readonly [string[], string[], [string, string] | null][] = [
    [['10.0.0.0/16'], ['10.0.0.0/16'], ['10.0.0.0/16', '10.0.0.0/16']],
    [['10.0.0.0/8'], ['10.1.0.0/16'], ['10.0.0.0/8', '10.1.0.0/16']],
    [['10.1.0.0/16'], ['10.0.0.0/8'], ['10.1.0.0/16', '10.0.0.0/8']],
    [['10.0.0.0/16'], ['10.1.0.0/16'], null],
    [['2001:db8::/32'], ['2001:db8:1::/48'], ['2001:db8::/32', '2001:db8:1::/48']],
    [['2001:db8::/48'], ['2001:db8:1::/48'], null],
    [['::/0'], ['0.0.0.0/0'], null],
    // Any block may be the one that clashes, not only the first.
    [
      ['10.0.0.0/16', '192.168.0.0/24'],
      ['10.1.0.0/16', '192.168.0.0/16'],
      ['192.168.0.0/24', '192.168.0.0/16'],
    ],
    [
      ['10.0.0.0/16', 'fd00::/8'],
      ['10.1.0.0/16', 'fd00:1::/32'],
      ['fd00::/8', 'fd00:1::/32'],
    ],
    [[], ['10.0.0.0/16'], null],
    [[], [], null],
  ]
  for (const [ours, theirs, clash] of CLASHES) {
    it(`${clash ? 'refuses' : 'allows'} [${ours}] with [${theirs}] where overlap is refused`, () => {
      const [requester, accepter] = [vpcWith(ours), vpcWith(theirs)]
      allowPair(requester, accepter, alone, { ...STRICT, overlap: 'allow' })
      const act = () => allowPair(requester, accepter, alone, STRICT)
      if (clash)
        assert.throws(act, { code: 'peering.overlap', details: { requester: clash[0], accepter: clash[1] } })
      else act()
    })
  }

  it('refuses a newcomer that clashes with a neighbour of either end', () => {
    const [requester, accepter] = [vpcWith(['10.0.0.0/16']), vpcWith(['10.1.0.0/16', 'fd00::/64'])]
    const besideRequester = neighbour(requester, vpcWith(['192.168.0.0/16', 'fd00::/48']))
    const besideAccepter = neighbour(accepter, vpcWith(['10.0.7.0/24']))
    const harmless = neighbour(requester, vpcWith(['172.16.0.0/12']))
    allowPair(requester, accepter, { requester: [harmless], accepter: [harmless] }, STRICT)
    assert.throws(
      () => allowPair(requester, accepter, { requester: [harmless, besideRequester], accepter: [] }, STRICT),
      {
        code: 'peering.overlap-elsewhere',
        details: { vpc: requester.id, block: 'fd00::/64', peering: besideRequester.peering.id },
      },
    )
    assert.throws(
      () => allowPair(requester, accepter, { requester: [], accepter: [besideAccepter] }, STRICT),
      {
        code: 'peering.overlap-elsewhere',
        details: { vpc: accepter.id, block: '10.0.0.0/16', peering: besideAccepter.peering.id },
      },
    )
    const both = { requester: [besideRequester], accepter: [besideAccepter] }
    allowPair(requester, accepter, both, { ...STRICT, overlapElsewhere: 'allow' })
  })

  it('does not hold a VPC against itself: the pair that is already peered is the store to refuse', () => {
    const [requester, accepter] = [vpcWith(['10.0.0.0/16']), vpcWith(['10.1.0.0/16'])]
    const present = {
      requester: [neighbour(requester, accepter)],
      accepter: [neighbour(accepter, requester)],
    }
    allowPair(requester, accepter, present, STRICT)
  })
})

describe('allowAttributes', () => {
  const near = buildPeering(buildVpc(alice), buildVpc(bob))
  const STRICT = {
    ...OPEN_PROFILE,
    bandwidth: { sameRegion: 'refuse', limitMbps: 1000 },
    linkTypeInSameRegion: 'refuse',
  } as const

  it('minds only what is given', () => {
    allowAttributes(near, {}, STRICT)
    allowAttributes(near, { bandwidthMbps: null, linkType: null, qosLevel: 'PT' }, STRICT)
  })

  it('holds bandwidth to the region rule and to the limit', () => {
    assert.throws(() => allowAttributes(near, { bandwidthMbps: 10 }, STRICT), {
      code: 'bandwidth.same-region',
      details: { bandwidthMbps: 10 },
    })
    allowAttributes(acrossRegions, { bandwidthMbps: 1000 }, STRICT)
    assert.throws(() => allowAttributes(acrossRegions, { bandwidthMbps: 1001 }, STRICT), {
      code: 'bandwidth.too-high',
      details: { bandwidthMbps: 1001, limitMbps: 1000 },
    })
    allowAttributes(near, { bandwidthMbps: 1_000_000 }, OPEN_PROFILE)
  })

  it('holds link type to the region rule', () => {
    assert.throws(() => allowAttributes(near, { linkType: 'Gold' }, STRICT), {
      code: 'link-type.same-region',
      details: { linkType: 'Gold' },
    })
    allowAttributes(acrossRegions, { linkType: 'Gold' }, STRICT)
    allowAttributes(near, { linkType: 'Gold' }, OPEN_PROFILE)
  })
})
