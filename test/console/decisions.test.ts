import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { readEventStream } from '../../console/src/api/event-stream.ts'
import { readFilter } from '../../console/src/pages/peerings/filter.ts'
import { addressCount } from '../../console/src/util/addresses.ts'
import { clashesOf } from '../../console/src/util/clashes.ts'
import { mayCause } from '../../console/src/util/may-cause.ts'
import { absolute, relative, remaining } from '../../console/src/util/time.ts'
import { buildPeering, buildTenant, buildVpc } from '../../src/adapters/store/store.fixtures.ts'
import { next, PEERING_EVENTS, PEERING_STATES } from '../../src/domain/peering.ts'
import { authorize, type Principal } from '../../src/domain/policy.ts'

/** What the console decides by itself: pure, and so tested without a browser. */

type Peering = Parameters<typeof mayCause>[0]
type Caller = NonNullable<Parameters<typeof mayCause>[2]>

const ids = { huawei: 'h', alibaba: 'a', tencent: 't' }
const side = (tenant: string, vpc: string, cidrs: readonly string[] = []) => ({
  tenant: { id: tenant, name: tenant },
  region: 'region-a',
  vpc,
  vpcIds: ids,
  cidrs,
})
const peeringOf = (parts: Partial<Peering>): Peering => ({
  id: 'p',
  ids,
  name: '',
  description: '',
  state: 'pending-acceptance',
  requester: side('alice', 'a-1'),
  accepter: side('bob', 'b-1'),
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
  expiresAt: null,
  ...parts,
})

suite('what may be done', () => {
  test('is what the service lets be done, in every state, by everybody', () => {
    const [alice, bob, carol] = [buildTenant(), buildTenant(), buildTenant()]
    const stored = buildPeering(buildVpc(alice), buildVpc(bob))
    let allowed = 0
    for (const state of PEERING_STATES) {
      const shown = peeringOf({ state, requester: side(alice.id, 'a-1'), accepter: side(bob.id, 'b-1') })
      for (const event of PEERING_EVENTS.filter((each) => each !== 'expire')) {
        for (const tenant of [alice, bob, carol, null]) {
          const principal: Principal = tenant
            ? { kind: 'tenant', tenant: tenant.id, region: null }
            : { kind: 'operator' }
          const caller: Caller = {
            operator: tenant === null,
            tenant: tenant && { id: tenant.id, name: tenant.name },
            dataPlane: 'none',
          }
          const service = () => {
            authorize(stored, principal, event)
            next(stored.id, state, event)
          }
          if (mayCause(shown, event, caller) === null) {
            assert.doesNotThrow(service)
            allowed++
          } else assert.throws(service)
        }
      }
    }
    assert.equal(allowed, 18)
  })
})

suite('what clashes', () => {
  const peering = peeringOf({
    requester: side('alice', 'a-1', ['10.1.0.0/16', '10.9.0.0/16']),
    accepter: side('bob', 'b-1', ['10.9.128.0/17']),
  })
  const vpc = (id: string, tenant: string, cidrs: readonly string[]) => ({
    ...{ id, ids, tenant, name: id, description: '', region: 'region-a', cidrs },
    ...{ createdAt: '', updatedAt: '' },
  })

  test('the worst first: in the VPC itself, in one that is peered with it, in another of one’s own', () => {
    const neighbours = [
      peeringOf({
        id: 'q',
        state: 'active',
        requester: side('carol', 'c-1', ['10.1.2.0/24']),
        accepter: peering.accepter,
      }),
      peeringOf({
        id: 'r',
        state: 'rejected',
        requester: side('dan', 'd-1', ['10.1.2.0/24']),
        accepter: peering.accepter,
      }),
      peering,
    ]
    const vpcs = [
      vpc('b-1', 'bob', ['10.9.128.0/17']),
      vpc('b-2', 'bob', ['10.0.0.0/8']),
      vpc('b-3', 'bob', ['172.16.0.0/12']),
      vpc('x-1', 'mallory', ['10.0.0.0/8']),
    ]
    assert.deepEqual(clashesOf(peering, neighbours, vpcs), [
      { where: 'target', theirs: '10.9.0.0/16', ours: '10.9.128.0/17', name: 'b-1' },
      { where: 'neighbour', theirs: '10.1.0.0/16', ours: '10.1.2.0/24', name: 'carol' },
      { where: 'other', theirs: '10.1.0.0/16', ours: '10.0.0.0/8', name: 'b-2' },
    ])
  })

  test('nothing, where nothing does', () => {
    assert.deepEqual(clashesOf(peeringOf({}), [], [vpc('b-2', 'bob', ['10.0.0.0/8'])]), [])
  })

  test('how many addresses, where the number says something', () => {
    assert.equal(addressCount(['10.0.0.0/24', '10.1.0.0/31']), 258)
    assert.equal(addressCount(['0.0.0.0/0']), 2 ** 32)
    assert.equal(addressCount(['10.0.0.0/24', 'fd00::/64']), null)
    assert.equal(addressCount([]), null)
  })
})

suite('times', () => {
  const now = Date.parse('2026-03-01T12:00:00Z')
  const after = (ms: number) => [relative('en-GB', now + ms, now), relative('zh-CN', now + ms, now)]

  test('how long ago, and how far ahead', () => {
    assert.deepEqual(after(-59_000), ['59 sec ago', '59秒前'])
    assert.deepEqual(after(-60_000), ['1 min ago', '1分钟前'])
    assert.deepEqual(after(3_600_000 * 2), ['in 2 hr', '2小时后'])
    assert.deepEqual(after(-86_400_000), ['yesterday', '昨天'])
    assert.deepEqual(after(0), ['now', '现在'])
  })

  test('what is left, in two units', () => {
    assert.equal(remaining('en-GB', 7 * 86_400_000 - 1), '6 days 23 hrs')
    assert.equal(remaining('zh-CN', 3_600_000 + 61_000), '1小时 1分钟')
    assert.equal(remaining('en-GB', 9_999), '9 secs')
    assert.equal(remaining('en-GB', -5), '0 secs')
  })

  test('exactly', () => {
    assert.match(absolute('en-GB', now), /^1 Mar 2026, \d\d:00:00 /)
  })
})

suite('a filter in the address', () => {
  test('is what it can be, whatever somebody typed', () => {
    assert.deepEqual(readFilter({ state: 'active', side: 'accepter', vpc: 'v', text: 7777 }), {
      state: 'active',
      side: 'accepter',
      vpc: 'v',
      text: '7777',
    })
    assert.deepEqual(readFilter({ state: 'deleted', side: '__proto__', vpc: {}, text: '', more: 1 }), {})
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.anything()), (search) => {
        const filter = readFilter(search)
        assert.deepEqual(readFilter(filter as Record<string, unknown>), filter)
      }),
    )
  })
})

suite('the event stream', () => {
  const blocks = [
    ': still here\n\n',
    ...[1, 2, 3].map((n) => `id: ${n}\nevent: x\ndata: {"sequence":${n},"reason":"é—中"}\n\n`),
  ]
  const bytes = new TextEncoder().encode(blocks.join(''))

  test('is the same events, wherever it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(bytes.length)), async (cuts) => {
        const edges = [0, ...cuts.toSorted((a, b) => a - b), bytes.length]
        const chunks = edges.slice(1).map((end, index) => bytes.slice(edges[index], end))
        const events: unknown[] = []
        for await (const some of readEventStream(new Response(streamOf(chunks)))) events.push(...some)
        assert.deepEqual(
          events,
          [1, 2, 3].map((sequence) => ({ sequence, reason: 'é—中' })),
        )
      }),
    )
  })
})

function streamOf(chunks: readonly Uint8Array<ArrayBuffer>[]): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk)
      controller.close()
    },
  })
}
