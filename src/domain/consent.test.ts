import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { ASK_ALWAYS, type ConsentPolicy, type ConsentRule, decide, type RequestFacts } from './consent.ts'
import { tenantId } from './identity.ts'

const [ann, ben, cy] = [tenantId('ann'), tenantId('ben'), tenantId('cy')]
const TENANTS = [ann, ben, cy]
/** Inside each other and apart, of both families. */
const BLOCKS = ['0.0.0.0/0', '10.0.0.0/8', '10.1.0.0/16', '10.2.0.0/16', '172.16.0.0/12', '::/0', 'fd00::/8']

const rule: fc.Arbitrary<ConsentRule> = fc.oneof(
  fc.record({ tenants: fc.uniqueArray(fc.constantFrom(...TENANTS), { minLength: 1 }) }),
  fc.record({ blocks: fc.uniqueArray(fc.constantFrom(...BLOCKS), { minLength: 1, maxLength: 3 }) }),
  fc.record({
    tenants: fc.uniqueArray(fc.constantFrom(...TENANTS), { minLength: 1 }),
    blocks: fc.uniqueArray(fc.constantFrom(...BLOCKS), { minLength: 1, maxLength: 3 }),
  }),
)
const rules = fc.array(rule, { maxLength: 3 })
const policy: fc.Arbitrary<ConsentPolicy> = fc.record({
  refuse: rules,
  accept: rules,
  refuseOverlap: fc.boolean(),
  waitingPerTenant: fc.option(fc.nat(3)),
})
const facts: fc.Arbitrary<RequestFacts> = fc.record({
  tenant: fc.constantFrom(...TENANTS),
  blocks: fc.uniqueArray(fc.constantFrom(...BLOCKS), { maxLength: 3 }),
  overlaps: fc.boolean(),
  room: fc.boolean(),
  waiting: fc.nat(4),
})

/** How far from being agreed to. */
const RANK = { accept: 0, ask: 1, refuse: 2 }
const ranked = (said: ConsentPolicy, request: RequestFacts) => RANK[decide(said, request).decision]

describe('a policy of consent', () => {
  it('that says nothing lets everything wait', () => {
    fc.assert(
      fc.property(facts, (request) => {
        assert.deepEqual(decide(ASK_ALWAYS, request), { decision: 'ask', rule: null })
      }),
    )
  })

  it('decides the same in whatever order its rules, their tenants and blocks, and those of the request are', () => {
    const turned = (list: readonly ConsentRule[]) =>
      list.toReversed().map(({ tenants, blocks }) => ({
        ...(tenants && { tenants: tenants.toReversed() }),
        ...(blocks && { blocks: blocks.toReversed() }),
      }))
    fc.assert(
      fc.property(policy, facts, (said, request) => {
        const other = { ...said, refuse: turned(said.refuse), accept: turned(said.accept) }
        const same = { ...request, blocks: request.blocks.toReversed() }
        assert.deepEqual(decide(other, same), decide(said, request))
      }),
    )
  })

  it('refuses what it refuses, whatever else it says', () => {
    fc.assert(
      fc.property(policy, facts, policy, (said, request, more) => {
        const { rule: decider } = decide({ ...ASK_ALWAYS, refuse: said.refuse }, request)
        fc.pre(decider !== null)
        const verdict = decide({ ...more, refuse: [...more.refuse, ...said.refuse] }, request)
        assert.deepEqual(verdict, { decision: 'refuse', rule: 'refuse-list' })
      }),
    )
  })

  it('is no more willing with a refusal more, and no less with an agreement more', () => {
    fc.assert(
      fc.property(policy, facts, rule, (said, request, more) => {
        const before = ranked(said, request)
        assert.ok(ranked({ ...said, refuse: [...said.refuse, more] }, request) >= before)
        assert.ok(ranked({ ...said, refuseOverlap: true }, request) >= before)
        assert.ok(ranked({ ...said, accept: [...said.accept, more] }, request) <= before)
      }),
    )
  })

  it('is no more willing towards more addresses to refuse, an overlap, less room, or more that waits', () => {
    fc.assert(
      fc.property(policy, facts, fc.constantFrom(...BLOCKS), (said, request, block) => {
        const before = ranked(said, request)
        assert.ok(ranked(said, { ...request, overlaps: true }) >= before)
        assert.ok(ranked(said, { ...request, room: false }) >= before)
        assert.ok(ranked(said, { ...request, waiting: request.waiting + 1 }) >= before)
        if (request.blocks.length === 0) return
        const wider = { ...request, blocks: [...new Set([...request.blocks, block])] }
        assert.ok(ranked(said, wider) >= before)
      }),
    )
  })

  it('never lets more wait than it allows, and keeps out nobody that it agrees to', () => {
    fc.assert(
      fc.property(policy, facts, (said, request) => {
        const { decision } = decide(said, request)
        const limit = said.waitingPerTenant ?? Number.POSITIVE_INFINITY
        if (decision === 'ask') assert.ok(request.waiting < limit)
        if (decision === 'accept') {
          assert.deepEqual(decide({ ...said, waitingPerTenant: 0 }, request), decide(said, request))
        }
      }),
    )
  })

  const request: RequestFacts = {
    tenant: ann,
    blocks: ['10.1.0.0/16', 'fd00:1::/32'],
    overlaps: false,
    room: true,
    waiting: 0,
  }
  const cases: readonly [
    string,
    ConsentRule,
    Partial<RequestFacts>,
    { refuses: boolean; accepts: boolean },
  ][] = [
    ['its tenant', { tenants: [ben, ann] }, {}, { refuses: true, accepts: true }],
    ['another tenant', { tenants: [ben] }, {}, { refuses: false, accepts: false }],
    ['all of its blocks', { blocks: ['10.0.0.0/8', 'fd00::/8'] }, {}, { refuses: true, accepts: true }],
    ['one of its blocks', { blocks: ['10.0.0.0/8'] }, {}, { refuses: true, accepts: false }],
    ['a part of a block', { blocks: ['10.1.1.0/24', '::/0'] }, {}, { refuses: true, accepts: false }],
    ['other blocks', { blocks: ['10.2.0.0/16'] }, {}, { refuses: false, accepts: false }],
    ['any block', { blocks: ['0.0.0.0/0', '::/0'] }, { blocks: [] }, { refuses: false, accepts: false }],
    [
      'its tenant, but other blocks',
      { tenants: [ann], blocks: ['10.2.0.0/16'] },
      {},
      { refuses: false, accepts: false },
    ],
    [
      'its blocks, but another tenant',
      { tenants: [ben], blocks: ['::/0', '0.0.0.0/0'] },
      {},
      { refuses: false, accepts: false },
    ],
    ['nothing', {}, {}, { refuses: false, accepts: false }],
  ]
  for (const [name, about, given, { refuses, accepts }] of cases) {
    it(`has a rule about ${name}: refuses ${refuses}, agrees ${accepts}`, () => {
      const asked = { ...request, ...given }
      const { decision: refusal } = decide({ ...ASK_ALWAYS, refuse: [about] }, asked)
      const { decision: agreement } = decide({ ...ASK_ALWAYS, accept: [about] }, asked)
      assert.deepEqual([refusal, agreement], [refuses ? 'refuse' : 'ask', accepts ? 'accept' : 'ask'])
    })
  }

  it('refuses an overlap before it agrees, agrees before it counts who waits, and counts where there is no room', () => {
    const said: ConsentPolicy = {
      refuse: [],
      accept: [{ tenants: [ann] }],
      refuseOverlap: true,
      waitingPerTenant: 1,
    }
    const rules = [{}, { overlaps: true }, { waiting: 9 }, { waiting: 1, room: false }, { room: false }].map(
      (given) => decide(said, { ...request, ...given }).rule,
    )
    assert.deepEqual(rules, ['accept-list', 'overlap', 'accept-list', 'waiting-limit', null])
  })
})
