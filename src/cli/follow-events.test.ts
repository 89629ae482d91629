import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import type { Client, Query } from './client.ts'
import { newestSequence } from './follow-events.ts'

suite('the newest event', () => {
  test('is found among whatever numbers there are, in a few steps', async () => {
    const numbers = fc.uniqueArray(fc.integer({ min: 1, max: 1_000_000_000 }), { maxLength: 200 })
    await fc.assert(
      fc.asyncProperty(numbers, async (given) => {
        const sorted = given.toSorted((a, b) => a - b)
        let calls = 0
        const get = async (_path: string, { after }: Query) => {
          calls++
          const found = sorted.find((sequence) => sequence > Number(after))
          return { events: found === undefined ? [] : [{ sequence: found }] }
        }
        assert.equal(await newestSequence({ get } as unknown as Client), sorted.at(-1) ?? 0)
        assert.ok(calls <= 80, String(calls))
      }),
    )
  })
})
