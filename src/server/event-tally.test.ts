import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { aesGcmSealer } from '../adapters/secrets/aes-gcm.ts'
import { openSqliteStore } from '../adapters/store/sqlite/store.ts'
import { buildPeering, draft, put, putParties, revised } from '../adapters/store/store.fixtures.ts'
import type { Store } from '../ports/store.ts'
import { EventTally } from './event-tally.ts'

test('what the event log comes to is kept now and then, so that no process reads it from its beginning', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'isthmus-tally-'))
  const sealer = aesGcmSealer(Buffer.alloc(32, 7))
  const store = await openSqliteStore({ directory, sealer, onFailure: () => {} })
  t.after(async () => {
    await store.close()
    rmSync(directory, { recursive: true })
  })
  const { ours, theirs } = await putParties(store)
  const waiting = buildPeering(ours, theirs)
  const active = revised(waiting, { state: 'active' })
  await put(store, { peerings: [{ from: null, to: waiting }], events: [draft(waiting)] })
  await put(store, {
    peerings: [{ from: waiting, to: active }],
    events: [draft(active, 'peering.accepted', waiting)],
  })
  const updates = Array.from({ length: 500 }, () => draft(active, 'peering.updated', active))
  for (let count = 0; count < 23; count++) await put(store, { events: updates })

  const counted = counting(store)
  const first = new EventTally(counted.store)
  let tally = await first.look()
  // One look does not wait for all of it; the next goes on where it was.
  while (tally === null) tally = await first.look()
  assert.equal(tally.sequence, 2 + 23 * 500)
  assert.deepEqual(tally.states, { 'pending-acceptance': 0, active: 1, rejected: 0, expired: 0, deleted: 0 })
  assert.equal(tally.events['peering.requested'], 1)
  assert.equal(tally.events['peering.accepted'], 1)
  assert.equal(tally.events['peering.updated'], 23 * 500)
  assert.equal(counted.read(), tally.sequence, 'each event was read once')

  const again = counting(store)
  assert.deepEqual(await new EventTally(again.store).look(), tally)
  assert.ok(again.read() < 2_000, `${again.read()} events were read again`)

  const deleted = revised(active, { state: 'deleted' })
  await put(store, {
    peerings: [{ from: active, to: deleted }],
    events: [draft(deleted, 'peering.deleted', active)],
  })
  const later = await first.look()
  assert.deepEqual([later?.states.active, later?.states.deleted], [0, 1])
  assert.equal(counted.read(), tally.sequence + 1)
})

/** `store`, and how many events were read from it. */
function counting(store: Store): { store: Store; read: () => number } {
  let read = 0
  const counted = Object.create(store) as Store
  counted.listEvents = async (...args) => {
    const events = await store.listEvents(...args)
    read += events.length
    return events
  }
  counted.readSetting = (name) => store.readSetting(name)
  counted.commit = (change) => store.commit(change)
  return { store: counted, read: () => read }
}
