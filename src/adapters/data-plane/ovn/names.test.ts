import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { peeringId, vpcId } from '../../../domain/identity.ts'
import { southboundOf } from './address.ts'
import { linkLocalOf, macOf, marked, markOf, setName } from './names.ts'

describe('names in OVN', () => {
  it('marks what it is for, so that it can be read again, and takes no other mark for its own', () => {
    const [vpc, peering] = [vpcId('v'), peeringId('p')]
    assert.deepEqual(markOf(new Map(Object.entries(marked({ vpc })))), { vpc })
    assert.deepEqual(markOf(new Map(Object.entries(marked({ peering })))), { peering })
    assert.equal(markOf(new Map(Object.entries({ ...marked({ peering }), owner: 'somebody' }))), null)
    assert.equal(markOf(new Map([['peering', 'p']])), null)
  })

  it('gives an address set a name that OVN takes, and no two the same', () => {
    const side = fc.constantFrom('requester' as const, 'accepter' as const)
    const key = fc.tuple(fc.uuid(), side, fc.constantFrom(4 as const, 6 as const))
    const nameOf = ([id, at, family]: [string, 'requester' | 'accepter', 4 | 6]) =>
      setName(peeringId(id), at, family)
    fc.assert(
      fc.property(key, key, (one, other) => {
        // Source: ovn-nb(5), "Address_Set": letters, digits, underscores and dots, and no digit first.
        assert.match(nameOf(one), /^[A-Za-z_.][A-Za-z0-9_.]*$/)
        assert.equal(nameOf(one) === nameOf(other), one.join() === other.join())
      }),
    )
  })

  it('makes MAC addresses, and the IPv6 addresses that ports have by them', () => {
    assert.equal(macOf('requester', 0x1234), '02:4a:00:00:12:34')
    assert.equal(linkLocalOf('02:4a:00:00:12:34'), 'fe80::4a:ff:fe00:1234')
    assert.throws(() => macOf('gateway', 2 ** 32))
  })
})

describe('the southbound database', () => {
  it('is beside the northbound one', () => {
    const pairs = {
      'unix:/var/run/ovn/ovnnb_db.sock': 'unix:/var/run/ovn/ovnsb_db.sock',
      'unix:/nb/of/ovnnb_db.sock': 'unix:/nb/of/ovnsb_db.sock',
      'tcp:192.0.2.1:6641, tcp:[2001:db8::1]:6641': 'tcp:192.0.2.1:6642,tcp:[2001:db8::1]:6642',
      'ssl:one.example:16641': 'ssl:one.example:16642',
    }
    for (const [northbound, southbound] of Object.entries(pairs)) {
      assert.equal(southboundOf(northbound), southbound)
    }
  })
})
