import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { Webhook } from 'standardwebhooks'
import { signedHeaders } from './signature.ts'

const secretOf = (key: Uint8Array) => `whsec_${Buffer.from(key).toString('base64')}`
const key = fc.uint8Array({ minLength: 24, maxLength: 64 })

describe('a signature', () => {
  it('is what the published library makes of the same', () => {
    fc.assert(
      fc.property(key, fc.json(), fc.uuid(), (bytes, body, id) => {
        const secret = secretOf(bytes)
        const sentAtMs = Date.UTC(2026, 0, 1, 0, 0, 0, 999)
        const theirs = new Webhook(secret).sign(id, new Date(sentAtMs), body)
        assert.deepEqual(signedHeaders(id, sentAtMs, body, [secret]), {
          'webhook-id': id,
          'webhook-timestamp': '1767225600',
          'webhook-signature': theirs,
        })
      }),
    )
  })

  it('satisfies it by either secret while one is being replaced, and by no other, nor for another body', () => {
    fc.assert(
      fc.property(fc.uniqueArray(key, { minLength: 3, maxLength: 3, selector: secretOf }), (keys) => {
        const [current = '', previous = '', stranger = ''] = keys.map(secretOf)
        const headers = signedHeaders('evt_1', Date.now(), '{"a":1}', [current, previous])
        for (const secret of [current, previous])
          assert.deepEqual(new Webhook(secret).verify('{"a":1}', headers), { a: 1 })
        assert.throws(() => new Webhook(stranger).verify('{"a":1}', headers), /No matching signature/)
        assert.throws(() => new Webhook(current).verify('{"a":2}', headers), /No matching signature/)
      }),
    )
  })
})
