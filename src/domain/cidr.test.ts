import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import {
  type Cidr,
  contains,
  firstOverlap,
  formatAddress,
  formatCidr,
  overlaps,
  parseAddress,
  parseCidr,
} from './cidr.ts'

const WIDTH = { 4: 32, 6: 128 } as const

/** Any block of a family, or of either. Long runs of zeros are made likely: they are what IPv6 text is about. */
function blocks(...families: (4 | 6)[]): fc.Arbitrary<Cidr> {
  const groups = fc.array(fc.oneof(fc.constant(0n), fc.bigInt(0n, 0xffffn)), { minLength: 8, maxLength: 8 })
  return fc.constantFrom(...families).chain((family) => {
    const value = groups.map(
      (parts) => parts.reduce((sum, part) => (sum << 16n) | part, 0n) % (1n << BigInt(WIDTH[family])),
    )
    return fc.tuple(value, fc.integer({ min: 0, max: WIDTH[family] })).map(([address, bits]) => {
      const hostBits = BigInt(WIDTH[family] - bits)
      return { family, base: (address >> hostBits) << hostBits, bits }
    })
  })
}

/** Blocks inside one block of 256 addresses, so that each one's addresses can be counted out. */
function smallBlocks(family: 4 | 6): fc.Arbitrary<Cidr> {
  const start = family === 4 ? 0x0a000000n : 0x20010db8n << 96n
  return fc
    .tuple(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 0, max: 8 }))
    .map(([last, hostBits]) => ({
      family,
      base: start + BigInt((last >> hostBits) << hostBits),
      bits: WIDTH[family] - hostBits,
    }))
}

function addressesOf(block: Cidr): Set<bigint> {
  const count = 2 ** (WIDTH[block.family] - block.bits)
  return new Set(Array.from({ length: count }, (_, index) => block.base + BigInt(index)))
}

describe('parseCidr and formatCidr', () => {
  it('give every block back as it was', () => {
    fc.assert(fc.property(blocks(4, 6), (block) => assert.deepEqual(parseCidr(formatCidr(block)), block)))
  })

  it('write IPv6 as the URL standard does, which is RFC 5952', () => {
    fc.assert(
      fc.property(blocks(6), ({ base }) => {
        const full = Array.from({ length: 8 }, (_, index) =>
          ((base >> BigInt(112 - 16 * index)) & 0xffffn).toString(16),
        )
        assert.equal(`[${formatAddress(6, base)}]`, new URL(`http://[${full.join(':')}]/`).hostname)
      }),
    )
  })

  const SPELLINGS: readonly [string, string][] = [
    ['10.0.0.0/8', '10.0.0.0/8'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['255.255.255.255/32', '255.255.255.255/32'],
    ['::/0', '::/0'],
    ['::1/128', '::1/128'],
    ['1::/16', '1::/16'],
    ['2001:0DB8:0000:0000:0000:0000:0000:0000/32', '2001:db8::/32'],
    // One group of zeros is not shortened, and of two equal runs the first is.
    ['2001:db8:0:1:1:1:1:1/128', '2001:db8:0:1:1:1:1:1/128'],
    ['2001:db8::1:1:1:1:1/128', '2001:db8:0:1:1:1:1:1/128'],
    ['2001:0:0:1:0:0:1:1/128', '2001::1:0:0:1:1/128'],
    ['2001:0:0:1:0:0:0:1/128', '2001:0:0:1::1/128'],
    ['::ffff:192.0.2.1/128', '::ffff:c000:201/128'],
    ['1:2:3:4:5:6:1.2.3.4/128', '1:2:3:4:5:6:102:304/128'],
    ['1:2:3:4:5:6:7::/128', '1:2:3:4:5:6:7:0/128'],
  ]
  for (const [text, canonical] of SPELLINGS) {
    it(`read ${text} as ${canonical}`, () => {
      const block = parseCidr(text)
      assert.ok(block)
      assert.equal(formatCidr(block), canonical)
    })
  }

  const MALFORMED = [
    '',
    '/',
    '/8',
    '10.0.0.0',
    '10.0.0.0/',
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '10.0.0.0/+8',
    '10.0.0.0/08',
    '10.0.0.0/8 ',
    ' 10.0.0.0/8',
    '10.0.0.0/8\n',
    '10.0.0.0/8/8',
    '10.0.0.0/8.0',
    '10.0.0.0/1e1',
    '10.0.0.0/255.0.0.0',
    '10.0.0/8',
    '10.0.0.0.0/8',
    '10..0.0/8',
    '010.0.0.0/8',
    '10.0.0.00/8',
    '256.0.0.0/8',
    '0x0a.0.0.0/8',
    '-1.0.0.0/8',
    'a.b.c.d/8',
    // Host bits.
    '10.0.0.1/8',
    '10.0.0.0/4',
    '0.0.0.1/0',
    '255.255.255.255/31',
    '2001:db8::1/64',
    '::1/127',
    '::/129',
    '::1::/128',
    '::1::',
    ':::/0',
    ':/0',
    ':1/128',
    '1:/16',
    '1:2:3:4:5:6:7/128',
    '1:2:3:4:5:6:7:8:9/128',
    '1:2:3:4:5:6:7:8::/128',
    '::1:2:3:4:5:6:7:8/128',
    '12345::/16',
    '00001::/16',
    'g::/16',
    'fe80::1%eth0/128',
    '[::]/0',
    // A dotted quad is the end of an address, and has four numbers.
    '1.2.3.4::/32',
    '::1.2.3.4:5/128',
    '::1.2.3/128',
    '::1.2.3.256/128',
    '1:2:3:4:5:6:7:1.2.3.4/128',
  ]
  for (const text of MALFORMED) {
    it(`refuse ${JSON.stringify(text)}`, () => assert.equal(parseCidr(text), null))
  }

  it('read an address without a length, and refuse one with', () => {
    assert.deepEqual(parseAddress('10.0.0.1'), { family: 4, value: 0x0a000001n })
    assert.deepEqual(parseAddress('::1'), { family: 6, value: 1n })
    assert.equal(parseAddress('10.0.0.0/8'), null)
  })
})

describe('overlaps and contains', () => {
  it('agree with the addresses counted out', () => {
    const pairs = fc
      .constantFrom(4 as const, 6 as const)
      .chain((family) => fc.tuple(smallBlocks(family), smallBlocks(family)))
    fc.assert(
      fc.property(pairs, ([a, b]) => {
        const [ours, theirs] = [addressesOf(a), addressesOf(b)]
        assert.equal(
          overlaps(a, b),
          [...ours].some((address) => theirs.has(address)),
        )
        assert.equal(
          contains(a, b),
          [...theirs].every((address) => ours.has(address)),
        )
      }),
      { numRuns: 1000 },
    )
  })

  it('are symmetric, and one follows from the other', () => {
    // A block and one inside it, as often as two that have nothing to do with each other.
    const pairs = fc.oneof(
      fc.tuple(blocks(4, 6), blocks(4, 6)),
      fc.tuple(blocks(4, 6), fc.nat(128)).map(([inner, fewer]) => {
        const bits = Math.max(0, inner.bits - fewer)
        const hostBits = BigInt(WIDTH[inner.family] - bits)
        return [{ ...inner, base: (inner.base >> hostBits) << hostBits, bits }, inner] as const
      }),
    )
    fc.assert(
      fc.property(pairs, ([a, b]) => {
        assert.equal(overlaps(a, b), overlaps(b, a))
        if (contains(a, b)) assert.ok(overlaps(a, b))
        if (contains(a, b) && contains(b, a)) assert.deepEqual(a, b)
        // Blocks cannot overlap by halves.
        if (overlaps(a, b)) assert.ok(contains(a, b) || contains(b, a))
        assert.ok(contains(a, a))
      }),
    )
  })

  it('never hold between families', () => {
    fc.assert(
      fc.property(blocks(4), blocks(6), (a, b) => {
        assert.ok(!overlaps(a, b) && !overlaps(b, a) && !contains(a, b) && !contains(b, a))
      }),
    )
  })
})

describe('firstOverlap', () => {
  it('names one block of each list, ours first', () => {
    const clash = firstOverlap(
      ['10.0.0.0/16', '2001:db8::/32'],
      ['10.1.0.0/16', '2001:db8:1::/48', '10.0.1.0/24'],
    )
    assert.deepEqual(clash, ['10.0.0.0/16', '10.0.1.0/24'])
  })

  it('is null for disjoint lists and for empty ones', () => {
    assert.equal(firstOverlap(['10.0.0.0/16', '::/0'], ['10.1.0.0/16']), null)
    assert.equal(firstOverlap([], ['10.1.0.0/16']), null)
    assert.equal(firstOverlap(['10.1.0.0/16'], []), null)
  })
})
