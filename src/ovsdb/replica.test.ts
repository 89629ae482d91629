import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { type Row, scalar, set, type Uuid } from './columns.ts'
import { ProtocolError } from './errors.ts'
import { onlyInOne } from './ovsdb.fixtures.ts'
import { Replica } from './replica.ts'
import type { Json } from './rpc.ts'
import { readSchema } from './schema.ts'

const TABLES = { T: { name: scalar('string'), tags: set('string') } } as const
type T = Row<(typeof TABLES)['T']>

const SCHEMA = readSchema({
  tables: {
    T: { columns: { name: { type: 'string' }, tags: { type: { key: 'string', min: 0, max: 'unlimited' } } } },
  },
})

const newReplica = () =>
  new Replica(TABLES, {
    T: { indexes: { name: (row) => (row as unknown as T).name, tag: (row) => (row as unknown as T).tags } },
  })

/** What the table holds: by the row's id, its name and tags. */
type World = ReadonlyMap<string, { name: string; tags: ReadonlySet<string> }>

const anyWorld: fc.Arbitrary<World> = fc
  .uniqueArray(
    fc.tuple(
      fc.constantFrom('1', '2', '3', '4'),
      fc.record({
        name: fc.constantFrom('', 'a', 'b'),
        tags: fc.subarray(['x', 'y', 'z']).map((tags) => new Set(tags)),
      }),
    ),
    { selector: ([id]) => id },
  )
  .map((rows) => new Map(rows))

const setOf = (members: Iterable<string>): Json => ['set', [...members]]
const whole = ({ name, tags }: { name: string; tags: ReadonlySet<string> }): Json => ({
  ...(name !== '' && { name }),
  ...(tags.size > 0 && { tags: setOf(tags) }),
})

/** All that the server has, as it answers a monitor. */
const dump = (world: World): Json => ({
  T: Object.fromEntries([...world].map(([id, row]) => [id, { initial: whole(row) }])),
})

/** What has changed, as it sends it. */
function update(from: World, to: World): Json {
  const rows: Record<string, Json> = {}
  for (const [id, row] of to) {
    const before = from.get(id)
    if (!before) rows[id] = { insert: whole(row) }
    else {
      const tags = onlyInOne(before.tags, row.tags)
      const changed = {
        ...(before.name !== row.name && { name: row.name }),
        ...(tags.size > 0 && { tags: setOf(tags) }),
      }
      if (Object.keys(changed).length > 0) rows[id] = { modify: changed }
    }
  }
  for (const id of from.keys()) if (!to.has(id)) rows[id] = { delete: null }
  return { T: rows }
}

function assertShows(replica: Replica, world: World): void {
  const expected = [...world].map(([_uuid, row]) => ({ _uuid, ...row }))
  const byId = (rows: Iterable<object>) =>
    [...rows].sort((a, b) => String((a as T)._uuid).localeCompare((b as T)._uuid))
  assert.deepEqual(byId(replica.rows('T').values()), byId(expected))
  for (const name of ['', 'a', 'b']) {
    assert.deepEqual(byId(replica.find('T', 'name', name)), byId(expected.filter((row) => row.name === name)))
  }
  for (const tag of ['x', 'y', 'z']) {
    assert.deepEqual(byId(replica.find('T', 'tag', tag)), byId(expected.filter((row) => row.tags.has(tag))))
  }
}

describe('a replica', () => {
  it('shows what the server has, by every index, and tells just what has changed', () => {
    const step = fc.tuple(anyWorld, fc.boolean())
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const replica = newReplica()
        let world: World = new Map()
        for (const [next, reload] of steps) {
          const before = new Map(replica.rows('T'))
          const changes = reload
            ? replica.load(dump(next), SCHEMA)
            : replica.apply(update(world, next), SCHEMA)
          assertShows(replica, next)
          for (const change of changes) {
            assert.equal(change.before, before.get(change.uuid) ?? null)
            assert.equal(change.after, replica.rows('T').get(change.uuid) ?? null)
            assert.notDeepEqual(change.before, change.after)
          }
          const told = new Set(changes.map(({ uuid }) => uuid))
          assert.equal(told.size, changes.length)
          for (const [uuid, row] of before)
            if (!told.has(uuid)) assert.equal(replica.rows('T').get(uuid), row)
          assert.equal(replica.rows('T').size, next.size)
          world = next
        }
      }),
    )
  })

  it('changes nothing where any part of an update cannot be read', () => {
    const replica = newReplica()
    const world: World = new Map([['1', { name: 'a', tags: new Set(['x']) }]])
    replica.load(dump(world), SCHEMA)
    const good: Json = { insert: { name: 'b' } }
    const bad: Json[] = [
      { T: { 2: good, 3: { modify: { name: 'x' } } } },
      { T: { 2: good, 1: { modify: { name: 7 } } } },
      { T: { 2: good, 1: { modify: { colour: 'x' } } } },
      { T: { 2: good }, U: { 1: good } },
      { T: { 2: good, 3: null } },
      { T: [good] },
      null,
    ]
    for (const updates of bad) {
      assert.throws(() => replica.apply(updates, SCHEMA), ProtocolError)
      assertShows(replica, world)
    }
  })

  it('has no table and no index that was not asked for', () => {
    assert.throws(() => newReplica().rows('U'), TypeError)
    assert.throws(() => newReplica().find('T', 'colour', 'x'), TypeError)
    assert.deepEqual(
      newReplica()
        .rows('T')
        .get('x' as Uuid),
      undefined,
    )
  })
})
