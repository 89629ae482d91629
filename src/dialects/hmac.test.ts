import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { hmac, hmacKey, hmacKeyChain } from './hmac.ts'

describe('an HMAC', () => {
  it('is what RFC 2202 and RFC 4231 say', () => {
    const [key, text] = [hmacKey('Jefe'), 'what do ya want for nothing?']
    assert.equal(hmac('sha1', key, text, 'hex'), 'effcdf6ae5eb2fa2d27416d5f184df9c259a7c79')
    assert.equal(
      hmac('sha256', key, text, 'hex'),
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    )
  })

  it('is that of the runtime, for every key and text', () => {
    // Keys and texts on both sides of what is used as it is, and of what fits beside it.
    const texts = fc.string({ unit: 'binary', maxLength: 200 })
    const lengths = fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 40 }))
    const cases = fc.property(
      fc.constantFrom('sha1' as const, 'sha256' as const),
      texts,
      texts,
      lengths,
      (algorithm, key, part, times) => {
        const text = part.repeat(times)
        for (const output of ['hex', 'base64', 'binary'] as const) {
          const expected = createHmac(algorithm, Buffer.from(key)).update(text).digest(output)
          assert.equal(hmac(algorithm, hmacKey(key), text, output), expected)
        }
      },
    )
    // Too long for its place only once it is in bytes.
    fc.assert(cases, { numRuns: 500, examples: [['sha256', 'key', '語', 1400]] })
  })

  it('is a key again in a chain', () => {
    const steps = ['20261121', 'region-a', 'vpc', 'sdk_request']
    const expected = steps.reduce<Buffer>(
      (key, step) => createHmac('sha256', key).update(step).digest(),
      Buffer.from('SDKsecret'),
    )
    assert.equal(hmacKeyChain(hmacKey('SDKsecret'), steps), expected.toString('binary'))
  })
})
