import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type HeavyChange, HeavyQueue } from './heavy-queue.ts'
import type { Turn, Writer } from './writer.ts'

const OVN_TAKES_MS = 400
const turn = {} as Turn
const change: HeavyChange = {
  claims: () => [],
  work: () => ({ operations: [{ op: 'comment', comment: 'one' }], advance: [] }),
}

/** A queue to an OVN that takes its time; and how many changes each transaction had, as they were written. */
function queue() {
  const written: number[] = []
  const writer: Pick<Writer, 'settleCounted'> = {
    settleCounted: async (_turn, plan) => written.push(plan().length),
  }
  return { written, heavy: new HeavyQueue(writer as Writer, () => sleep(OVN_TAKES_MS)) }
}

describe('changes that have OVN compute everything anew', () => {
  it('go together where they come one after another, once it is known how long OVN takes', async () => {
    const { written, heavy } = queue()
    await heavy.run(turn, change)
    await sleep(OVN_TAKES_MS + 50)
    const changes: Promise<unknown>[] = []
    for (let count = 0; count < 5; count++) {
      changes.push(heavy.run(turn, change))
      await sleep(1)
    }
    await Promise.all(changes)
    assert.deepEqual(written, [1, 5])
  })

  it('are not kept waiting for ever by others that keep coming', async () => {
    const { heavy } = queue()
    await heavy.run(turn, change)
    await sleep(OVN_TAKES_MS + 50)
    let isWritten = false
    void heavy.run(turn, change).then(() => {
      isWritten = true
    })
    for (let count = 0; count < 200 && !isWritten; count++) {
      void heavy.run(turn, change)
      await sleep(2)
    }
    assert.ok(isWritten)
  })

  it('go together where they come while OVN computes', async () => {
    const { written, heavy } = queue()
    await heavy.run(turn, change)
    await Promise.all([heavy.run(turn, change), heavy.run(turn, change)])
    assert.deepEqual(written, [1, 2])
  })
})
