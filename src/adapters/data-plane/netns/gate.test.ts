import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { contains, formatCidr, parseCidr } from '../../../domain/cidr.ts'
import { peeringId, vpcId } from '../../../domain/identity.ts'
import type { WantedSide } from '../../../domain/realization.ts'
import { gatesIn, passages } from './gate.ts'

const side = (cidrs: readonly string[], routes: readonly string[]): WantedSide => ({
  vpc: vpcId('a'),
  adopted: null,
  cidrs,
  routes: routes.map((destination) => ({ destination, routeTable: null })),
})

const block = fc
  .record({ family: fc.constantFrom(4 as const, 6 as const), bits: fc.integer({ min: 1, max: 4 }) })
  .chain(({ family, bits }) =>
    fc.bigInt({ min: 0n, max: (1n << BigInt(bits)) - 1n }).map((head) => {
      const width = family === 4 ? 32 : 128
      return formatCidr({ family, base: head << BigInt(width - bits), bits })
    }),
  )
const sides = fc.record({
  cidrs: fc.array(block, { maxLength: 3 }),
  routes: fc.array(block, { maxLength: 5 }),
})
const within = (inner: string, outers: readonly string[]) => {
  const small = parseCidr(inner)
  return outers.some((text) => {
    const outer = parseCidr(text)
    return small !== null && outer !== null && contains(outer, small)
  })
}

describe('a gate', () => {
  it('lets in what either side routes, by each family', () => {
    const own = side(['10.1.0.0/16', 'fd00:1::/48'], ['10.2.0.0/24', 'fd00:2::/48', '10.9.0.0/16'])
    const other = side(['10.2.0.0/16', 'fd00:2::/48'], ['10.1.0.0/16', 'fd00:1::/64', 'fd00:1::/64'])
    assert.deepEqual(passages(own, other), [
      { source: '10.2.0.0/24', destination: '10.1.0.0/16' },
      { source: 'fd00:2::/48', destination: 'fd00:1::/64' },
    ])
    assert.deepEqual(passages(own, { ...other, routes: [] }), [])
    assert.deepEqual(passages({ ...own, routes: [] }, other), [])
  })

  it('lets in nothing but from block to block, and is the other way round at the other end', () => {
    fc.assert(
      fc.property(sides, sides, (one, two) => {
        const [own, other] = [side(one.cidrs, one.routes), side(two.cidrs, two.routes)]
        const found = passages(own, other)
        for (const { source, destination } of found) {
          assert.ok(within(source, two.cidrs) && one.routes.includes(source))
          assert.ok(within(destination, one.cidrs) && two.routes.includes(destination))
          assert.equal(source.includes(':'), destination.includes(':'))
        }
        const keys = (all: typeof found, turned: boolean) =>
          all
            .map(({ source, destination }) => (turned ? [destination, source] : [source, destination]).join())
            .sort()
        assert.deepEqual(keys(found, false), keys(passages(other, own), true))
      }),
    )
  })

  it('is found again by the peering it names', () => {
    const id = peeringId('01234567-89ab-7cde-8000-000000000001')
    const shown = `table inet isthmus {\n\tchain isthmus7 {\n\t\tcomment "isthmus:${id}"\n\t}\n\n\tchain isthmus8 {\n\t}\n}\n`
    assert.deepEqual(gatesIn(shown), [
      { device: 'isthmus7', peering: id },
      { device: 'isthmus8', peering: null },
    ])
  })
})
