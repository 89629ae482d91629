import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Locks } from './locks.ts'

describe('locks', () => {
  it('keep apart what shares a key, in order, whatever comes of it, and nothing else', async () => {
    const locks = new Locks()
    const events: string[] = []
    let release = () => {}
    const first = locks.with(['a', 'b'], async () => {
      events.push('first')
      await new Promise<void>((resolve) => {
        release = resolve
      })
      throw new Error('first failed')
    })
    const second = locks.with(['b', 'c'], async () => events.push('second'))
    const third = locks.with(['c', 'a'], async () => events.push('third'))
    await locks.with(['d'], async () => events.push('other'))
    assert.deepEqual(events, ['first', 'other'])
    assert.equal(locks.holds('a'), true)
    release()
    await assert.rejects(first, /first failed/)
    await Promise.all([second, third])
    assert.deepEqual(events, ['first', 'other', 'second', 'third'])
    for (const key of ['a', 'b', 'c', 'd']) assert.equal(locks.holds(key), false)
  })
})
