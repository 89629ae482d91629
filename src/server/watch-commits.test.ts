import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { Change, CommitOutcome, Store } from '../ports/store.ts'
import { type CommitListener, watchCommits } from './watch-commits.ts'

class Base {
  readonly #said = 'kept'
  async readSetting(name: string) {
    return `${name} ${this.#said}`
  }
  async ping() {
    throw new Error('overridden')
  }
}

class Fake extends Base {
  outcome: CommitOutcome = { ok: true, lastSequence: 1 }
  override async ping() {}
  async commit() {
    return this.outcome
  }
}

it('lets each listener hear of what was committed, in order, and of nothing else', async () => {
  const fake = new Fake()
  const heard: [string, Change][] = []
  const listeners: CommitListener[] = [(change) => heard.push(['first', change])]
  const store = watchCommits(fake as unknown as Store, listeners)
  listeners.push((change) => heard.push(['second', change]))
  const change = { nowMs: 1 }
  assert.equal(await store.commit(change), fake.outcome)
  assert.deepEqual(heard.splice(0), [
    ['first', change],
    ['second', change],
  ])
  await store.commit({ nowMs: 1, dryRun: true })
  fake.outcome = { ok: false, conflict: { kind: 'stale', id: 'x' } }
  assert.equal(await store.commit(change), fake.outcome)
  assert.deepEqual(heard, [])
})

it('is otherwise the store itself', async () => {
  const store = watchCommits(new Fake() as unknown as Store, [])
  assert.equal(await store.readSetting('a setting'), 'a setting kept')
  await store.ping()
  assert.ok(!Object.hasOwn(store, 'constructor'))
})
