import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { Groups } from './groups.ts'

/** Groups of at most three, each of which is settled when it is told to. */
function heldBack() {
  const settled: string[][] = []
  const under: (() => void)[] = []
  const groups = new Groups<string>(
    (group) => {
      settled.push([...group])
      return new Promise((resolve) => under.push(resolve))
    },
    (waiting) => waiting.splice(0, 3),
  )
  const finish = async () => {
    under.shift()?.()
    await turn()
  }
  return { groups, settled, finish }
}

describe('work in groups', () => {
  it('takes along what comes in one turn, and in one group what comes while another is under way', async () => {
    const { groups, settled, finish } = heldBack()
    groups.add('a')
    groups.add('b')
    assert.deepEqual(settled, [])
    await turn()
    for (const item of ['c', 'd', 'e', 'f']) groups.add(item)
    await turn()
    assert.deepEqual([settled, groups.waiting, groups.underWay], [[['a', 'b']], 4, 2])
    await finish()
    assert.deepEqual([settled.at(-1), groups.waiting, groups.underWay], [['c', 'd', 'e'], 1, 3])
    await finish()
    await finish()
    assert.deepEqual([settled.at(-1), groups.waiting, groups.underWay], [['f'], 0, 0])
    groups.add('g')
    await turn()
    assert.deepEqual(settled.at(-1), ['g'])
  })

  it('is idle once nothing is left of it, and gives up what waits', async () => {
    const { groups, settled, finish } = heldBack()
    await groups.idle()
    groups.add('a')
    await turn()
    groups.add('b')
    const order: string[] = []
    const idle = groups.idle().then(() => order.push('idle'))
    assert.deepEqual(groups.giveUp(), ['b'])
    order.push('given up')
    await finish()
    await idle
    assert.deepEqual([order, settled], [['given up', 'idle'], [['a']]])
  })
})
