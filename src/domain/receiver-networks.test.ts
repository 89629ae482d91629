import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { formatAddress } from './cidr.ts'
import { mayReceive, parseNetworkRules } from './receiver-networks.ts'

const ALLOWED = ['192.0.2.1', '10.1.2.3', '172.16.0.1', '192.168.1.1', '100.64.0.1', '2001:db8::1', 'fd00::1']
const REFUSED = [
  ...[
    '127.0.0.1',
    '127.255.255.254',
    '0.0.0.0',
    '0.1.2.3',
    '169.254.169.254',
    '224.0.0.1',
    '255.255.255.255',
  ],
  ...['100.100.100.200', '168.63.129.16', '192.0.0.192', '::', '::1', 'fe80::1', 'fe80::1%eth0', 'ff02::1'],
  ...['fd00:ec2::254', '::ffff:127.0.0.1', '::ffff:a9fe:a9fe', '::127.0.0.1', '64:ff9b::169.254.169.254'],
  ...['2002:7f00:1::', '2002:a9fe:a9fe::1', 'localhost', '', '1.2.3', '0x7f.1', '127.1'],
]

describe('where receivers may be', () => {
  it('is, by default, anywhere but on this machine and where clouds keep credentials', () => {
    for (const address of ALLOWED) assert.equal(mayReceive(address, []), true, address)
    for (const address of REFUSED) assert.equal(mayReceive(address, []), false, address)
  })

  it('is what the operator says, where that is said of a block at least as small', () => {
    const rules = parseNetworkRules('127.0.0.0/8, !10.0.0.0/8,10.1.0.0/16,!2001:db8::/32')
    assert.equal(mayReceive('127.0.0.1', rules), true)
    assert.equal(mayReceive('::ffff:127.0.0.1', rules), true)
    assert.equal(mayReceive('10.2.0.1', rules), false)
    assert.equal(mayReceive('::ffff:10.2.0.1', rules), false)
    assert.equal(mayReceive('10.1.0.1', rules), true)
    assert.equal(mayReceive('2001:db8::1', rules), false)
    assert.equal(mayReceive('169.254.169.254', rules), false)
    // One that is larger than the default's says nothing about those.
    assert.equal(mayReceive('169.254.169.254', parseNetworkRules('0.0.0.0/0')), false)
    assert.equal(mayReceive('169.254.169.254', parseNetworkRules('169.254.169.254/32')), true)
    const only = parseNetworkRules('!0.0.0.0/0,!::/0,192.0.2.0/24')
    assert.deepEqual(
      ['192.0.2.1', '192.0.3.1', '2001:db8::1', '127.0.0.1'].map((address) => mayReceive(address, only)),
      [true, false, false, false],
    )
  })

  it('does not depend on how an IPv4 address is written down in IPv6', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 0xffffffffn }), (value) => {
        const plain = mayReceive(formatAddress(4, value), [])
        assert.equal(mayReceive(formatAddress(6, (0xffffn << 32n) | value), []), plain)
        assert.equal(mayReceive(formatAddress(6, (0x2002n << 112n) | (value << 80n)), []), plain)
      }),
    )
  })

  it('is said in blocks', () => {
    assert.deepEqual(parseNetworkRules(' '), [])
    for (const text of ['127.0.0.1', '127.0.0.1/8', '10/8', 'loopback', '!!10.0.0.0/8'])
      assert.throws(() => parseNetworkRules(text), /is not a block of addresses/)
  })
})
