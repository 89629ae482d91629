import assert from 'node:assert/strict'
import { test } from 'node:test'
import { integer, assert as law, property } from 'fast-check'
import { BASIC, EXTENDED, utcText, utcTimeMs } from './times.ts'

const AFTER_YEAR_9999 = Date.UTC(10000, 0, 1)

test('a time and its text are those of a Date', () => {
  law(
    property(integer({ min: 0, max: AFTER_YEAR_9999 - 1 }), (timeMs) => {
      const text = new Date(timeMs).toISOString().slice(0, 19)
      assert.equal(utcText(timeMs), text)
      const [toTheSecondMs, basic] = [Math.floor(timeMs / 1000) * 1000, text.replaceAll(/[-:]/g, '')]
      assert.equal(utcTimeMs(`${text}Z`, EXTENDED), toTheSecondMs)
      assert.equal(utcTimeMs(`${basic}Z`, BASIC), toTheSecondMs)
      assert.equal(utcTimeMs(`${text}Z`, BASIC), null)
      assert.equal(utcTimeMs(`${basic}Z`, EXTENDED), null)
    }),
  )
})

test('what is no day or no time is none', () => {
  for (const text of [
    '2026-02-29T00:00:00Z',
    '2100-02-29T00:00:00Z',
    '2026-04-31T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-00-01T00:00:00Z',
    '2026-01-00T00:00:00Z',
    '2026-01-01T24:00:00Z',
    '2026-01-01T00:60:00Z',
    '2026-01-01T00:00:60Z',
    '1969-12-31T23:59:59Z',
    'x-01-01T00:00:00Z',
    '2026-01-01T00:00:00',
    '2026-01-01T00:00:00.5Z',
    '2026-01-01T00:00:00Z\n',
  ]) {
    assert.equal(utcTimeMs(text, EXTENDED), null, text)
    assert.equal(utcTimeMs(text.replaceAll(/[-:]/g, ''), BASIC), null, text)
  }
  assert.equal(utcTimeMs('2000-02-29T00:00:00Z', EXTENDED), Date.UTC(2000, 1, 29))
})
