import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { AtomType, Column } from './columns.ts'
import { ProtocolError, SchemaError } from './errors.ts'
import { onlyInOne } from './ovsdb.fixtures.ts'
import type { Json } from './rpc.ts'
import { checkSchema, readSchema } from './schema.ts'
import { type Atom, applyDifference, decode, defaultOf, encode, equal, type Value } from './values.ts'

const ATOMS: Readonly<Record<AtomType, fc.Arbitrary<Atom>>> = {
  integer: fc.maxSafeInteger(),
  real: fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Object.is(value, -0)),
  boolean: fc.boolean(),
  string: fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0')),
  uuid: fc.uuid(),
}
const types = Object.keys(ATOMS) as AtomType[]

function anyValue(column: Column): fc.Arbitrary<Value> {
  const atom = ATOMS[column.key]
  if (column.kind === 'scalar') return atom
  if (column.kind === 'optional') return fc.option(atom)
  if (column.kind === 'set') return fc.uniqueArray(atom).map((members) => new Set(members))
  return fc
    .uniqueArray(fc.tuple(atom, ATOMS[column.value]), { selector: ([key]) => key })
    .map((pairs) => new Map(pairs))
}

const anyColumn: fc.Arbitrary<Column> = fc
  .record({
    kind: fc.constantFrom('scalar', 'optional', 'set', 'map'),
    key: fc.constantFrom(...types),
    value: fc.constantFrom(...types),
  })
  .map(({ kind, key, value }) => (kind === 'map' ? { kind, key, value } : ({ kind, key } as Column)))

/** Of a column, and of two values that it may hold. */
const columnAndTwo = anyColumn.chain((column) =>
  fc.tuple(fc.constant(column), anyValue(column), anyValue(column)),
)

/** As a server would send it: a set of one is its only member. */
function sent(json: Json): Json {
  const members = Array.isArray(json) && json[0] === 'set' ? (json[1] as Json[]) : []
  return members.length === 1 ? (members[0] ?? null) : json
}

/** What a server sends for a change, written down from the manual's words. */
function difference(column: Column, before: Value, after: Value): Value {
  if (before instanceof Set && after instanceof Set) return onlyInOne(before, after)
  if (before instanceof Map && after instanceof Map) {
    const keys = new Set([...before.keys(), ...after.keys()])
    const changed = [...keys].filter((key) => before.get(key) !== after.get(key))
    return new Map(changed.map((key) => [key, after.has(key) ? after.get(key) : before.get(key)]))
  }
  assert.ok(column.kind === 'scalar' || column.kind === 'optional')
  return after
}

describe('values', () => {
  it('come back from the wire as they were sent', () => {
    fc.assert(
      fc.property(columnAndTwo, ([column, value]) => {
        const json = JSON.parse(JSON.stringify(sent(encode(column, value)))) as Json
        const back = decode(column, json)
        assert.deepEqual(back, value)
        assert.ok(equal(back, value))
      }),
    )
  })

  it('become what they shall be by the difference that a server sends', () => {
    fc.assert(
      fc.property(columnAndTwo, ([column, before, after]) => {
        const kept = structuredClone(before)
        const json = sent(encode(column, difference(column, before, after)))
        assert.deepEqual(applyDifference(column, before, json), after)
        assert.deepEqual(before, kept, 'the value before has changed in place')
      }),
    )
  })

  it('are equal when, and only when, they hold the same', () => {
    fc.assert(
      fc.property(columnAndTwo, ([, a, b]) => {
        const same = (value: Value) =>
          value instanceof Set || value instanceof Map ? JSON.stringify([...value].sort()) : value
        assert.equal(equal(a, b), same(a) === same(b))
      }),
    )
  })

  it('are what the manual says where a row leaves them out', () => {
    assert.equal(defaultOf({ kind: 'scalar', key: 'integer' }), 0)
    assert.equal(defaultOf({ kind: 'scalar', key: 'uuid' }), '00000000-0000-0000-0000-000000000000')
    assert.equal(defaultOf({ kind: 'optional', key: 'boolean' }), null)
    assert.deepEqual(defaultOf({ kind: 'set', key: 'string' }), new Set())
    assert.deepEqual(defaultOf({ kind: 'map', key: 'string', value: 'uuid' }), new Map())
  })

  it('are refused where they are of another type', () => {
    const cases: [Column, Json][] = [
      [{ kind: 'scalar', key: 'integer' }, 'x'],
      [{ kind: 'scalar', key: 'integer' }, null],
      [{ kind: 'scalar', key: 'uuid' }, 'x'],
      [{ kind: 'scalar', key: 'uuid' }, ['named-uuid', 'x']],
      [{ kind: 'optional', key: 'string' }, ['set', ['a', 'b']]],
      [{ kind: 'set', key: 'string' }, ['set', [1]]],
      [{ kind: 'map', key: 'string', value: 'string' }, 'x'],
      [{ kind: 'map', key: 'string', value: 'string' }, ['map', [['a']]]],
      [{ kind: 'map', key: 'string', value: 'string' }, ['map', [['a', 1]]]],
    ]
    for (const [column, json] of cases) assert.throws(() => decode(column, json), ProtocolError)
  })
})

describe('the schema', () => {
  const schema = (type: Json) => readSchema({ tables: { T: { columns: { c: { type } } } } })

  it('says of each column what it holds, and whether its changes are sent whole', () => {
    const cases: [Json, Column, boolean][] = [
      ['string', { kind: 'scalar', key: 'string' }, true],
      [{ key: { type: 'integer', minInteger: 1 } }, { kind: 'scalar', key: 'integer' }, true],
      [{ key: 'uuid', min: 0 }, { kind: 'optional', key: 'uuid' }, true],
      [{ key: 'string', min: 0, max: 'unlimited' }, { kind: 'set', key: 'string' }, false],
      [{ key: 'string', min: 1, max: 2 }, { kind: 'set', key: 'string' }, false],
      [
        { key: 'string', value: { type: 'uuid', refTable: 'T' }, min: 0, max: 'unlimited' },
        { kind: 'map', key: 'string', value: 'uuid' },
        false,
      ],
      [{ key: 'string', value: 'real', min: 0, max: 1 }, { kind: 'map', key: 'string', value: 'real' }, true],
    ]
    for (const [json, type, sentWhole] of cases) {
      assert.deepEqual(schema(json).get('T')?.get('c'), { type, sentWhole })
    }
  })

  it('is refused where it cannot be read, or is not what was declared', () => {
    for (const json of [null, [], {}, { tables: { T: {} } }]) {
      assert.throws(() => readSchema(json), ProtocolError)
    }
    assert.throws(() => schema('colour'), ProtocolError)
    const text = schema('string')
    checkSchema(text, { T: { c: { kind: 'scalar', key: 'string' } } })
    assert.throws(() => checkSchema(text, { T: { c: { kind: 'optional', key: 'string' } } }), {
      name: SchemaError.name,
      message: 'T.c is scalar string, not optional string',
    })
  })
})
