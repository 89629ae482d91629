import type { Columns, Row, Tables, Uuid } from './columns.ts'
import { ProtocolError } from './errors.ts'
import type { Condition } from './operations.ts'
import type { Json } from './rpc.ts'
import type { Schema } from './schema.ts'
import { applyDifference, decode, defaultOf, equal, type Value } from './values.ts'

export type IndexKey = string | number | boolean

/** Under which keys a row is to be found: one, several, or (null, undefined) none. Must not throw. */
export type Index<C extends Columns> = (row: Row<C>) => IndexKey | ReadonlySet<IndexKey> | null | undefined

/** What of a database is kept at hand: of each table named here, all declared columns of the rows that suit `where`. */
export type Monitored<S extends Tables> = {
  readonly [T in keyof S]?: {
    /** Unlike in a transaction, rows suit where any one of the conditions holds. All rows, where absent. */
    readonly where?: MonitorWhere<S[T]>
    /** By name. */
    readonly indexes?: { readonly [index: string]: Index<S[T]> }
  }
}

export type MonitorWhere<C extends Columns> = readonly (Condition<C> | boolean)[]

/** A row that came (`before` null), changed, or went (`after` null). */
export type Change<S extends Tables> = {
  readonly [T in keyof S & string]: {
    readonly table: T
    readonly uuid: Uuid
    readonly before: Row<S[T]> | null
    readonly after: Row<S[T]> | null
  }
}[keyof S & string]

type AnyRow = Row<Columns>
type AnyChange = Change<Tables>
type JsonRow = { readonly [column: string]: Json }

/** The rows of one table, and which are found under what. */
class ReplicaTable {
  readonly rows = new Map<Uuid, AnyRow>()
  readonly #indexes: ReadonlyMap<
    string,
    { keysOf: Index<Columns>; entries: Map<IndexKey, Map<Uuid, AnyRow>> }
  >

  constructor(indexes: { readonly [name: string]: Index<Columns> }) {
    this.#indexes = new Map(
      Object.entries(indexes).map(([name, keysOf]) => [name, { keysOf, entries: new Map() }]),
    )
  }

  put(uuid: Uuid, before: AnyRow | null, after: AnyRow | null): void {
    if (after === null) this.rows.delete(uuid)
    else this.rows.set(uuid, after)
    for (const { keysOf, entries } of this.#indexes.values()) {
      for (const key of before === null ? [] : keys(keysOf(before))) {
        const found = entries.get(key)
        if (found?.delete(uuid) && found.size === 0) entries.delete(key)
      }
      for (const key of after === null ? [] : keys(keysOf(after))) {
        const found = entries.get(key)
        if (found) found.set(uuid, after as AnyRow)
        else entries.set(key, new Map([[uuid, after as AnyRow]]))
      }
    }
  }

  find(index: string, key: IndexKey): AnyRow[] {
    const found = this.#indexes.get(index)
    if (!found) throw new TypeError(`there is no index ${index}`)
    return [...(found.entries.get(key)?.values() ?? [])]
  }
}

function keys(found: ReturnType<Index<Columns>>): Iterable<IndexKey> {
  if (found === null || found === undefined) return []
  return typeof found === 'object' ? found : [found]
}

/** What a server's database holds, as far as it is monitored. Rows are never changed in place. */
export class Replica {
  readonly #declared: Tables
  readonly #tables: ReadonlyMap<string, ReplicaTable>

  constructor(declared: Tables, monitored: Monitored<Tables>) {
    this.#declared = declared
    this.#tables = new Map(
      Object.entries(monitored).map(([table, options]) => [table, new ReplicaTable(options?.indexes ?? {})]),
    )
  }

  rows(table: string): ReadonlyMap<Uuid, AnyRow> {
    return this.#table(table).rows
  }

  find(table: string, index: string, key: IndexKey): AnyRow[] {
    return this.#table(table).find(index, key)
  }

  /** Takes `updates` for all there is, and answers what that changes. Throws ProtocolError, and changes nothing then. */
  load(updates: Json, schema: Schema): AnyChange[] {
    const changes: AnyChange[] = []
    const seen = new Set<string>()
    for (const { table, uuid, columns } of this.#read(updates)) {
      const before = this.rows(table).get(uuid) ?? null
      const after = this.#insert(table, uuid, columns['initial'] ?? columns['insert'], schema)
      seen.add(`${table} ${uuid}`)
      if (before === null || !sameRow(before, after)) changes.push({ table, uuid, before, after })
    }
    for (const [table, { rows }] of this.#tables) {
      for (const [uuid, before] of rows) {
        if (!seen.has(`${table} ${uuid}`)) changes.push({ table, uuid, before, after: null })
      }
    }
    return this.#commit(changes)
  }

  /** Takes in what has changed, and answers it. Throws ProtocolError, and changes nothing then. */
  apply(updates: Json, schema: Schema): AnyChange[] {
    const changes: AnyChange[] = []
    for (const { table, uuid, columns } of this.#read(updates)) {
      const before = this.rows(table).get(uuid) ?? null
      if (columns['delete'] !== undefined) {
        if (before !== null) changes.push({ table, uuid, before, after: null })
      } else if (columns['modify'] !== undefined) {
        if (before === null) throw new ProtocolError(`a change to a row of ${table} that nobody knows`)
        changes.push({ table, uuid, before, after: this.#modify(table, before, columns['modify'], schema) })
      } else {
        const after = this.#insert(table, uuid, columns['insert'] ?? columns['initial'], schema)
        changes.push({ table, uuid, before, after })
      }
    }
    return this.#commit(changes)
  }

  #commit(changes: AnyChange[]): AnyChange[] {
    for (const { table, uuid, before, after } of changes) this.#table(table).put(uuid, before, after)
    return changes
  }

  #table(name: string): ReplicaTable {
    const table = this.#tables.get(name)
    if (!table) throw new TypeError(`the table ${name} is not monitored`)
    return table
  }

  *#read(updates: Json): Generator<{ table: string; uuid: Uuid; columns: JsonRow }> {
    for (const [table, rows] of Object.entries(object(updates))) {
      if (!this.#tables.has(table)) throw new ProtocolError(`news of ${table}, which is not monitored`)
      for (const [uuid, columns] of Object.entries(object(rows))) {
        yield { table, uuid: uuid as Uuid, columns: object(columns) }
      }
    }
  }

  #insert(table: string, uuid: Uuid, json: Json | undefined, schema: Schema): AnyRow {
    const columns = object(json ?? null)
    const values: Record<string, Value> = { _uuid: uuid }
    for (const name of Object.keys(this.#declared[table] ?? {})) {
      const { type } = schemaColumn(schema, table, name)
      const value = columns[name]
      values[name] = value === undefined ? defaultOf(type) : decode(type, value)
    }
    return values as AnyRow
  }

  #modify(table: string, before: AnyRow, json: Json, schema: Schema): AnyRow {
    const values: Record<string, Value> = { ...before }
    for (const [name, value] of Object.entries(object(json))) {
      const { type, sentWhole } = schemaColumn(schema, table, name)
      values[name] = sentWhole ? decode(type, value) : applyDifference(type, values[name] ?? null, value)
    }
    return values as AnyRow
  }
}

function schemaColumn(schema: Schema, table: string, name: string) {
  const column = schema.get(table)?.get(name)
  if (!column) throw new ProtocolError(`news of ${table}.${name}, which is not in the schema`)
  return column
}

function sameRow(a: AnyRow, b: AnyRow): boolean {
  return Object.keys(b).every((name) => equal(a[name] as Value, b[name] as Value))
}

function object(json: Json): JsonRow {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new ProtocolError('an update that cannot be read')
  }
  return json as JsonRow
}
