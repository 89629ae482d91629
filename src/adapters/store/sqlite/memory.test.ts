import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Memory } from './memory.ts'

describe('the memory of rows', () => {
  it('remembers nothing of what is being changed, until the last change is over', () => {
    const memory = new Memory<string>(10)
    memory.set('a', 'before')
    memory.set('b', 'kept')
    const [one, other] = [memory.changing('a'), memory.changing('a')]
    assert.equal(memory.get('a'), undefined)
    // Whoever reads meanwhile has the row, and may have it from before the change.
    assert.equal(memory.set('a', 'before'), 'before')
    assert.equal(memory.get('a'), undefined)
    one()
    memory.set('a', 'before')
    assert.equal(memory.get('a'), undefined)
    other()
    memory.set('a', 'after')
    assert.deepEqual([memory.get('a'), memory.get('b')], ['after', 'kept'])
  })

  it('finds a row by each of its ids, and forgets it under all of them', () => {
    const memory = new Memory<string>(10)
    memory.set('a', 'before', 'pcc-a', 'pcx-a')
    assert.deepEqual(
      ['a', 'pcc-a', 'pcx-a', 'pcx-b'].map((id) => memory.get(id)),
      ['before', 'before', 'before', undefined],
    )
    const done = memory.changing('a')
    memory.set('a', 'before', 'pcx-a')
    assert.deepEqual(
      ['a', 'pcc-a', 'pcx-a'].map((id) => memory.get(id)),
      [undefined, undefined, undefined],
    )
    done()
    memory.set('a', 'after')
    assert.deepEqual(
      ['a', 'pcc-a', 'pcx-a'].map((id) => memory.get(id)),
      ['after', 'after', 'after'],
    )
  })

  it('remembers nothing at all while anything may be changed', () => {
    const memory = new Memory<string>(10)
    memory.set('a', 'before')
    const done = memory.changingAny()
    memory.set('a', 'before')
    assert.equal(memory.get('a'), undefined)
    done()
    memory.set('a', 'after')
    assert.equal(memory.get('a'), 'after')
  })

  it('forgets everything rather than remember more than it may', () => {
    const memory = new Memory<number>(2)
    for (const [index, id] of ['a', 'b', 'c'].entries()) memory.set(id, index)
    assert.deepEqual([memory.get('a'), memory.get('b'), memory.get('c')], [undefined, undefined, 2])
  })

  it('keeps no ids of rows that went one by one', () => {
    const memory = new Memory<number>(2)
    const others = (index: number) => [`pcc-${index}`, `pcx-${index}`]
    for (let index = 0; index < 4; index++) {
      memory.set(`own-${index}`, index, ...others(index))
      memory.changing(`own-${index}`)()
    }
    // Those of the first would still lead to it.
    memory.set('own-0', 0)
    assert.deepEqual([memory.get('own-0'), memory.get('pcc-0')], [0, undefined])
  })
})
