import { type AtomType, type Column, describeColumn, type Tables } from './columns.ts'
import { ProtocolError, SchemaError } from './errors.ts'
import type { Json } from './rpc.ts'

/** A database's tables, as its server describes them. */
export type Schema = ReadonlyMap<string, ReadonlyMap<string, SchemaColumn>>

export interface SchemaColumn {
  readonly type: Column
  /** Whether changes are sent as the whole new value, and not as the difference: the column holds one value at most. */
  readonly sentWhole: boolean
}

const ATOM_TYPES: readonly string[] = ['integer', 'real', 'boolean', 'string', 'uuid'] satisfies AtomType[]

type JsonObject = { readonly [name: string]: Json | undefined }

/**
 * Reads the answer to `get_schema`. Throws ProtocolError.
 * Source: RFC 7047, section 3.2, "Schema Format".
 */
export function readSchema(json: Json): Schema {
  return new Map(entries(json, 'tables').map(([name, table]) => [name, readTable(table)]))
}

function readTable(table: Json): ReadonlyMap<string, SchemaColumn> {
  return new Map(entries(table, 'columns').map(([name, column]) => [name, readColumn(column)]))
}

function readColumn(column: Json): SchemaColumn {
  const { type: json } = object(column)
  if (typeof json === 'string') return { type: { kind: 'scalar', key: readAtom(json) }, sentWhole: true }
  const { key, value, min = 1, max = 1 } = object(json)
  const sentWhole = max === 1
  if (value !== undefined) {
    return { type: { kind: 'map', key: readAtom(key), value: readAtom(value) }, sentWhole }
  }
  const kind = sentWhole ? (min === 0 ? 'optional' : 'scalar') : 'set'
  return { type: { kind, key: readAtom(key) }, sentWhole }
}

/** A base type is its name, or an object with constraints that are the server's to check. */
function readAtom(json: Json | undefined): AtomType {
  const name = typeof json === 'string' ? json : object(json)['type']
  if (typeof name !== 'string' || !ATOM_TYPES.includes(name)) {
    throw new ProtocolError(`the schema has an unknown type: ${JSON.stringify(name)}`)
  }
  return name as AtomType
}

function object(json: Json | undefined): JsonObject {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new ProtocolError('the schema cannot be read')
  }
  return json as JsonObject
}

function entries(json: Json, member: string): [string, Json][] {
  return Object.entries(object(object(json)[member])) as [string, Json][]
}

/** Throws SchemaError, naming the first column of `tables` that the server does not have, or has as something else. */
export function checkSchema(schema: Schema, tables: Tables): void {
  for (const [table, columns] of Object.entries(tables)) {
    const found = schema.get(table)
    if (!found) throw new SchemaError(`the database has no table ${table}`)
    for (const [column, expected] of Object.entries(columns)) {
      const actual = found.get(column)
      if (!actual) throw new SchemaError(`the database has no column ${table}.${column}`)
      const [wanted, has] = [describeColumn(expected), describeColumn(actual.type)]
      if (wanted !== has) throw new SchemaError(`${table}.${column} is ${has}, not ${wanted}`)
    }
  }
}
