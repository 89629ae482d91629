import type { AtomType, Column } from './columns.ts'
import { ProtocolError } from './errors.ts'
import type { Json } from './rpc.ts'

/**
 * Between what is on the wire and what programs hold. On the wire a set of one is its only member, and a set of any
 * other size `["set", […]]`.
 * Source: RFC 7047, section 5.1, "Notation".
 */

/** What a column holds, read; the types of `columns.ts` say which for which column. */
export type Value = Atom | null | ReadonlySet<Atom> | ReadonlyMap<Atom, Atom>
export type Atom = string | number | boolean

const ZERO_UUID = '00000000-0000-0000-0000-000000000000'
const DEFAULTS: Readonly<Record<AtomType, Atom>> = {
  integer: 0,
  real: 0,
  boolean: false,
  string: '',
  uuid: ZERO_UUID,
}

/** What a column holds that is left out of a row. Source: RFC 7047, section 5.2.1. */
export function defaultOf(column: Column): Value {
  if (column.kind === 'scalar') return DEFAULTS[column.key]
  if (column.kind === 'optional') return null
  return column.kind === 'set' ? new Set() : new Map()
}

/** Throws ProtocolError where `json` is no such value. */
export function decode(column: Column, json: Json): Value {
  if (column.kind === 'scalar') return decodeAtom(column.key, json)
  if (column.kind === 'map') return new Map(decodePairs(column, json))
  const members = decodeMembers(column.key, json)
  if (column.kind === 'set') return new Set(members)
  if (members.length > 1) throw new ProtocolError('more than one value where one is allowed')
  return members[0] ?? null
}

/**
 * What a column holds after a `modify`. Sets and maps are sent as their difference: members that come or go; pairs that
 * come, go (sent as they were) or change (sent as they will be).
 * Source: ovsdb-server(7), section 4.1.14, "Update2 notification".
 */
export function applyDifference(column: Column, before: Value, json: Json): Value {
  if (column.kind === 'set') {
    const after = new Set(before as ReadonlySet<Atom>)
    for (const member of decodeMembers(column.key, json)) if (!after.delete(member)) after.add(member)
    return after
  }
  if (column.kind === 'map') {
    const after = new Map(before as ReadonlyMap<Atom, Atom>)
    for (const [key, value] of decodePairs(column, json)) {
      if (after.get(key) === value) after.delete(key)
      else after.set(key, value)
    }
    return after
  }
  return decode(column, json)
}

export function equal(a: Value, b: Value): boolean {
  if (a instanceof Set && b instanceof Set)
    return a.size === b.size && [...a].every((member) => b.has(member))
  if (a instanceof Map && b instanceof Map) {
    return a.size === b.size && [...a].every(([key, value]) => b.get(key) === value)
  }
  return a === b
}

function decodeMembers(type: AtomType, json: Json): Atom[] {
  const members = unwrap('set', json)
  return members === null ? [decodeAtom(type, json)] : members.map((member) => decodeAtom(type, member))
}

function decodePairs(column: Column & { kind: 'map' }, json: Json): [Atom, Atom][] {
  const pairs = unwrap('map', json)
  if (pairs === null) throw new ProtocolError(`not a map: ${brief(json)}`)
  return pairs.map((pair) => {
    if (!Array.isArray(pair) || pair.length !== 2) throw new ProtocolError(`not a pair: ${brief(pair)}`)
    return [decodeAtom(column.key, pair[0]), decodeAtom(column.value, pair[1])]
  })
}

function unwrap(tag: 'set' | 'map', json: Json): readonly Json[] | null {
  return Array.isArray(json) && json.length === 2 && json[0] === tag && Array.isArray(json[1])
    ? json[1]
    : null
}

/** The id out of `["uuid", …]`. */
export function decodeAtom(type: AtomType, json: Json): Atom {
  if (type === 'uuid') {
    if (Array.isArray(json) && json[0] === 'uuid' && typeof json[1] === 'string') return json[1]
  } else if (typeof json === typeof DEFAULTS[type]) {
    return json as Atom
  }
  throw new ProtocolError(`not of type ${type}: ${brief(json)}`)
}

/** Throws TypeError where `value` is no such value, or nothing that a server would take. */
export function encode(column: Column, value: unknown): Json {
  if (column.kind === 'scalar') return encodeAtom(column.key, value)
  if (column.kind === 'map') return encodeMap(column, value)
  if (column.kind === 'optional') return value === null ? ['set', []] : encodeAtom(column.key, value)
  return encodeMembers(column.key, value)
}

/** A set of atoms, e.g. the keys that are to go from a map. */
export function encodeMembers(type: AtomType, value: unknown): Json {
  if (!Array.isArray(value) && !(value instanceof Set)) throw new TypeError(`not a set: ${brief(value)}`)
  return ['set', Array.from(value as Iterable<unknown>, (member) => encodeAtom(type, member))]
}

function encodeMap(column: Column & { kind: 'map' }, value: unknown): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Set) {
    throw new TypeError(`not a map: ${brief(value)}`)
  }
  const pairs: Iterable<[unknown, unknown]> = value instanceof Map ? value : Object.entries(value)
  return [
    'map',
    Array.from(pairs, ([key, each]) => [encodeAtom(column.key, key), encodeAtom(column.value, each)]),
  ]
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

function encodeAtom(type: AtomType, value: unknown): Json {
  if (type === 'uuid') {
    if (typeof value === 'string' && UUID.test(value)) return ['uuid', value]
    const named = (value as { named?: unknown } | null)?.named
    if (typeof named === 'string') return ['named-uuid', named]
  } else if (type === 'string') {
    if (typeof value === 'string') return sendable(value)
  } else if (type === 'boolean') {
    if (typeof value === 'boolean') return value
  } else if (type === 'integer' ? Number.isSafeInteger(value) : Number.isFinite(value)) {
    return value as number
  }
  throw new TypeError(`not of type ${type}: ${brief(value)}`)
}

/** At NUL characters and halves of surrogate pairs a server would hang up on everything that is under way. */
export function sendable(text: string): string {
  if (text.includes('\0') || !text.isWellFormed()) {
    throw new TypeError(`OVSDB cannot keep this text: ${brief(text)}`)
  }
  return text
}

function brief(value: unknown): string {
  return String(JSON.stringify(value)).slice(0, 80)
}
