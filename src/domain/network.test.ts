import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { buildTenant, buildVpc } from '../adapters/store/store.fixtures.ts'
import { partId, peeringId } from './identity.ts'
import { allowSubnet, hopFor, parseDestination, type Route, routeNumber, type Subnet } from './network.ts'

const vpc = buildVpc(buildTenant(), { cidrs: ['10.0.0.0/8', 'fd00::/16'] })
const part = { tenant: vpc.tenant, region: vpc.region, vpc: vpc.id, name: '', description: '', tags: [] }
const times = { createdAtMs: 0, updatedAtMs: 0 }
const identity = (n: number) => {
  const id = `00000000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`
  return { id: partId(id), ids: { huawei: id, alibaba: `a-${n}`, tencent: `t-${n}` } }
}

function subnet(n: number, ...cidrs: string[]): Subnet {
  const rest = { zone: '', gateway: '', dnsServers: [], routeTable: null }
  return { ...part, ...times, ...identity(n), kind: 'subnet', cidrs, ...rest }
}

function route(n: number, destination: string, enabled = true): Route {
  const to = { routeTable: partId('table'), destination, destinationAsSent: destination, enabled }
  return { ...part, ...times, ...identity(n), kind: 'route', nextHop: peeringId(`p${n}`), ...to }
}

/** Written from the words of the rule, bit by bit, without the domain's own arithmetic. */
function bitsOf(address: string): string {
  if (!address.includes(':'))
    return `4${address
      .split('.')
      .map((part) => Number(part).toString(2).padStart(8, '0'))
      .join('')}`
  const [head = '', tail] = address.split('::')
  const groups = (text: string) => (text === '' ? [] : text.split(':'))
  const [first, last] = [groups(head), groups(tail ?? '')]
  const all =
    tail === undefined ? first : [...first, ...Array(8 - first.length - last.length).fill('0'), ...last]
  return `6${all.map((group) => Number.parseInt(group, 16).toString(2).padStart(16, '0')).join('')}`
}

function covers(cidr: string, address: string): boolean {
  const [base = '', length] = cidr.split('/')
  return bitsOf(address).startsWith(bitsOf(base).slice(0, 1 + Number(length)))
}

// Few distinct bits, so that blocks nest and addresses fall into them.
const ipv4 = fc.tuple(fc.integer({ min: 0, max: 32 }), fc.nat(3), fc.nat(3)).map(([bits, a, b]) => {
  const value = ((10 << 24) | (a << 22) | (b << 8)) >>> 0
  const base = bits === 0 ? 0 : (value & (0xffffffff << (32 - bits))) >>> 0
  return `${[24, 16, 8, 0].map((shift) => (base >>> shift) & 255).join('.')}/${bits}`
})
const ipv6 = fc.tuple(fc.constantFrom(16, 32, 48), fc.nat(2), fc.nat(2)).map(([bits, a, b]) => {
  if (bits === 16) return 'fd00::/16'
  return bits === 32 ? `fd00:${a}::/32` : `fd00:${a}:${b}::/48`
})
const block = fc.oneof(ipv4, ipv6)
const address = fc.oneof(
  fc.tuple(fc.nat(3), fc.nat(3), fc.nat(255)).map(([a, b, c]) => `10.${a * 64}.${b}.${c}`),
  fc.tuple(fc.nat(2), fc.nat(2), fc.nat(9)).map(([a, b, c]) => `fd00:${a}:${b}::${c}`),
)

describe('hopFor', () => {
  it('finds what a search of every block finds: local first, then the longest prefix, of what is enabled', () => {
    const table = fc.uniqueArray(fc.tuple(block, fc.boolean()), { selector: ([cidr]) => cidr, maxLength: 12 })
    let [locals, routed, none] = [0, 0, 0]
    fc.assert(
      fc.property(
        table,
        fc.array(block, { maxLength: 2 }),
        fc.array(address, { minLength: 1, maxLength: 4 }),
        (entries, local, addresses) => {
          const routes = entries.map(([cidr, enabled], n) => route(n, cidr, enabled))
          const subnets = local.map((cidr, n) => subnet(n, cidr))
          for (const target of addresses) {
            const hop = hopFor(target, subnets, routes)
            const home = local.findIndex((cidr) => covers(cidr, target))
            const matching = routes
              .filter(({ destination, enabled }) => enabled && covers(destination, target))
              .sort((a, b) => Number(b.destination.split('/')[1]) - Number(a.destination.split('/')[1]))
            if (home >= 0) {
              locals++
              assert.deepEqual(hop, { kind: 'local', subnet: subnets[home] })
            } else if (matching[0]) {
              routed++
              assert.deepEqual(hop, { kind: 'route', route: matching[0] })
            } else {
              none++
              assert.deepEqual(hop, { kind: 'none' })
            }
          }
        },
      ),
      { numRuns: 10_000 },
    )
    // All three were met, or this would show little.
    assert.ok(locals > 1000 && routed > 1000 && none > 1000, `${locals} ${routed} ${none}`)
  })
})

describe('allowSubnet', () => {
  it('wants a block inside the VPC that shares no address with another subnet', () => {
    const present = [subnet(1, '10.1.0.0/16', 'fd00:1::/32')]
    allowSubnet(vpc, present, ['10.2.0.0/24', 'fd00:2::/64'])
    const refused = (cidrs: string[]) => {
      try {
        allowSubnet(vpc, present, cidrs)
        return null
      } catch (error) {
        return (error as { code: string }).code
      }
    }
    assert.equal(refused(['10.1.255.0/24']), 'subnet.overlap')
    assert.equal(refused(['10.0.0.0/15']), 'subnet.overlap')
    assert.equal(refused(['10.3.0.0/24', 'fd00:1:2::/64']), 'subnet.overlap')
    assert.equal(refused(['192.168.0.0/24']), 'subnet.outside-vpc')
    assert.equal(refused(['0.0.0.0/0']), 'subnet.outside-vpc')
    assert.equal(refused(['fe80::/64']), 'subnet.outside-vpc')
  })
})

describe('parseDestination', () => {
  it('takes an address by itself for the block of that one address', () => {
    assert.deepEqual(parseDestination('10.0.0.1'), parseDestination('10.0.0.1/32'))
    assert.deepEqual(parseDestination('fd00::1'), parseDestination('fd00::1/128'))
    for (const bad of ['', '10.0.0.1/24', '10.0.0', 'x/8', '10.0.0.0/33'])
      assert.equal(parseDestination(bad), null)
  })
})

describe('routeNumber', () => {
  it('is a whole number that every client can hold', () => {
    assert.equal(routeNumber(partId('01890000-0000-7000-8000-ffffffffffff')), 2 ** 48 - 1)
    assert.ok(Number.isSafeInteger(2 ** 48 - 1))
  })
})
