import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { formatAddress, parseAddresses } from './address.ts'

describe('addresses', () => {
  it('are read as Open vSwitch writes them', () => {
    const text =
      'unix:/run/ovn/ovnnb_db.sock, tcp:127.0.0.1:6641,ssl:[fd00::1]:6641,tcp:[fe80::1%eth0]:1,tcp:db.example:65535'
    const addresses = parseAddresses(text)
    assert.deepEqual(addresses, [
      { kind: 'unix', path: '/run/ovn/ovnnb_db.sock' },
      { kind: 'tcp', host: '127.0.0.1', port: 6641 },
      { kind: 'ssl', host: 'fd00::1', port: 6641 },
      { kind: 'tcp', host: 'fe80::1%eth0', port: 1 },
      { kind: 'tcp', host: 'db.example', port: 65535 },
    ])
    assert.equal(addresses.map(formatAddress).join(','), text.replace(', ', ','))
  })

  it('are refused, by name, where they are none', () => {
    for (const text of [
      '',
      'unix:',
      'tcp:host',
      'tcp:host:0',
      'tcp:host:65536',
      'tcp:fd00::1:1',
      'ptcp:1',
      'tcp:a:1,',
    ]) {
      assert.throws(() => parseAddresses(text), { name: 'TypeError', message: /^not an OVSDB address: "/ })
    }
  })
})
