import assert from 'node:assert/strict'
import { test } from 'node:test'
import { integer, assert as law, property } from 'fast-check'
import { utcText, utcTimeMs } from './times.ts'

const AFTER_YEAR_9999 = Date.UTC(10000, 0, 1)

test('a time and its text are those of a Date', () => {
  law(
    property(integer({ min: 0, max: AFTER_YEAR_9999 - 1 }), (timeMs) => {
      const text = new Date(timeMs).toISOString().slice(0, 19)
      assert.equal(utcText(timeMs), text)
      assert.equal(utcTimeMs(text.split(/\D/)), Math.floor(timeMs / 1000) * 1000)
    }),
  )
})

test('what is no day or no time is none', () => {
  for (const parts of [
    ['2026', '02', '29', '00', '00', '00'],
    ['2100', '02', '29', '00', '00', '00'],
    ['2026', '04', '31', '00', '00', '00'],
    ['2026', '13', '01', '00', '00', '00'],
    ['2026', '00', '01', '00', '00', '00'],
    ['2026', '01', '00', '00', '00', '00'],
    ['2026', '01', '01', '24', '00', '00'],
    ['2026', '01', '01', '00', '60', '00'],
    ['2026', '01', '01', '00', '00', '60'],
    ['1969', '12', '31', '23', '59', '59'],
    ['x', '01', '01', '00', '00', '00'],
  ]) {
    assert.equal(utcTimeMs(parts), null, parts.join(' '))
  }
  assert.equal(utcTimeMs(['2000', '02', '29', '00', '00', '00']), Date.UTC(2000, 1, 29))
})
