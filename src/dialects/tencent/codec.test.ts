import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Fields } from '../fields.ts'
import { decodeVpcBlock, decodeWord, encodeTime } from './codec.ts'

const fields = (value: string) => new Fields({ Word: value }, { wire: 'json', emptyIsAbsent: false })

describe('encodeTime', () => {
  it('is China’s time, cut to the second', () => {
    assert.equal(encodeTime(Date.UTC(2016, 0, 6, 12, 56, 7, 999)), '2016-01-06 20:56:07')
    assert.equal(encodeTime(Date.UTC(2024, 11, 31, 20)), '2025-01-01 04:00:00')
  })
})

describe('decodeVpcBlock', () => {
  for (const text of ['10.0.0.0/12', '10.255.255.240/28', '172.31.0.0/16', '192.168.0.0/16']) {
    it(`takes ${text}`, () => assert.equal(decodeVpcBlock(fields(text), 'Word'), text))
  }

  for (const text of [
    '10.0.0.0/11',
    '10.0.0.0/29',
    '172.32.0.0/16',
    '192.168.0.0/15',
    '0.0.0.0/0',
    '::/16',
  ]) {
    it(`refuses ${text}`, () =>
      assert.throws(() => decodeVpcBlock(fields(text), 'Word'), { code: 'request.invalid' }))
  }
})

describe('decodeWord', () => {
  it('is what the word means, also where that is false', () => {
    assert.equal(decodeWord(fields('ASC'), 'Word', { DESC: true, ASC: false }), false)
    assert.equal(decodeWord(fields('ASC'), 'Another', { DESC: true, ASC: false }), undefined)
  })

  it('refuses every other word', () => {
    for (const text of ['', 'asc', 'constructor', '__proto__']) {
      assert.throws(() => decodeWord(fields(text), 'Word', { ASC: 1 }), { code: 'request.invalid' })
    }
  })
})
