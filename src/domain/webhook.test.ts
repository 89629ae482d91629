import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { DomainError } from './errors.ts'
import { parseReceiver, RETRY_SCHEDULE, retryDelayMs, secretsAt } from './webhook.ts'

describe('the schedule of retries', () => {
  const schedule = fc.record({
    firstDelayMs: fc.integer({ min: 1, max: 100_000 }),
    delayMsMax: fc.integer({ min: 100_000, max: 100_000_000 }),
    attemptsMax: fc.integer({ min: 1, max: 40 }),
  })
  const delays = (of: typeof RETRY_SCHEDULE, chance: number) =>
    Array.from({ length: of.attemptsMax }, (_, index) => retryDelayMs(of, index + 1, chance))

  it('waits longer each time, up to a bound, and ends', () => {
    fc.assert(
      fc.property(schedule, fc.double({ min: 0, max: 1, noNaN: true }), (of, chance) => {
        const all = delays(of, chance)
        assert.equal(all.pop(), null)
        for (const [index, delayMs] of all.entries()) {
          const previous = all[index - 1] ?? 0
          assert.ok(delayMs !== null && previous !== null && delayMs >= previous)
          const exact = Math.min(of.delayMsMax, of.firstDelayMs * 2 ** index)
          assert.ok(delayMs >= Math.floor(0.8 * exact) && delayMs <= Math.ceil(1.2 * exact))
        }
      }),
    )
  })

  it('is by default 16 tries in some 23 hours', () => {
    const all = delays(RETRY_SCHEDULE, 0.5)
    assert.deepEqual(all.slice(0, 3), [5_000, 10_000, 20_000])
    const hours = all.reduce((sum: number, delayMs) => sum + (delayMs ?? 0), 0) / 3_600_000
    assert.ok(all.length === 16 && hours > 20 && hours < 24, String(hours))
  })
})

describe('the secrets of a webhook', () => {
  it('are two while one is being replaced', () => {
    const secrets = { current: 'new', previous: { secret: 'old', untilMs: 10 } }
    assert.deepEqual(secretsAt(secrets, 9), ['new', 'old'])
    assert.deepEqual(secretsAt(secrets, 10), ['new'])
    assert.deepEqual(secretsAt({ current: 'new', previous: null }, 0), ['new'])
  })
})

describe('the address of a receiver', () => {
  it('is an absolute URL of HTTP, without a password', () => {
    assert.equal(parseReceiver('https://receiver.example:8443/a?b=c').host, 'receiver.example:8443')
    assert.equal(parseReceiver('http://[2001:db8::1]/').hostname, '[2001:db8::1]')
    const refused = [
      '',
      'receiver.example',
      '/hook',
      'ftp://receiver.example/',
      'file:///etc/passwd',
      'unix:/run/socket',
      'https://user@receiver.example/',
      'https://:password@receiver.example/',
      `https://receiver.example/${'x'.repeat(2_048)}`,
    ]
    for (const text of refused) {
      assert.throws(
        () => parseReceiver(text),
        (error) => error instanceof DomainError && error.code === 'request.invalid',
        text,
      )
    }
  })
})
