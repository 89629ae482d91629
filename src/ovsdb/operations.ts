import type { Atoms, Column, Columns, NamedUuid, Row, Tables, Uuid, Written } from './columns.ts'
import { OperationError, ProtocolError, RpcError } from './errors.ts'
import type { Json } from './rpc.ts'
import { decode, decodeAtom, encode, encodeMembers, sendable } from './values.ts'

/**
 * The operations of a transaction, in RFC 7047's own words. In a `where` all conditions must hold.
 * Source: RFC 7047, section 5.2, "Database Operations".
 */
export type Operation<S extends Tables> =
  | { readonly [T in keyof S & string]: TableOperation<T, S[T]> }[keyof S & string]
  /** Not answered before it is on disk; a cluster's commits always are. */
  | { readonly op: 'commit'; readonly durable: true }
  | { readonly op: 'abort' }
  /** Kept in the database's log. */
  | { readonly op: 'comment'; readonly comment: string }
  /** Fails with `not owner` unless this connection holds the lock; see `Database.lock`. */
  | { readonly op: 'assert'; readonly lock: string }

type TableOperation<T extends string, C extends Columns> =
  | {
      readonly op: 'insert'
      readonly table: T
      readonly row: WrittenRow<C>
      /** What other operations of the transaction call the new row: `{ named }`. */
      readonly uuidName?: string
      /** The new row's id, chosen by the caller: a second insert of it fails. Open vSwitch 2.13 or newer. */
      readonly uuid?: Uuid
    }
  | {
      readonly op: 'select'
      readonly table: T
      readonly where: Where<C>
      /** All that were declared, where absent. */
      readonly columns?: readonly (keyof C & string)[]
    }
  | { readonly op: 'update'; readonly table: T; readonly where: Where<C>; readonly row: WrittenRow<C> }
  | {
      readonly op: 'mutate'
      readonly table: T
      readonly where: Where<C>
      readonly mutations: readonly Mutation<C>[]
    }
  | { readonly op: 'delete'; readonly table: T; readonly where: Where<C> }
  | {
      readonly op: 'wait'
      readonly table: T
      readonly where: Where<C>
      readonly columns: readonly (keyof C & string)[]
      readonly until: '==' | '!='
      readonly rows: readonly WrittenRow<C>[]
      /** How long the server may wait for it to become true, ms; 0 to fail at once (with `timed out`). */
      readonly timeoutMs: number
    }

/** Columns left out of an insert get their type's default, e.g. 0 or the empty set; of an update, stay as they are. */
export type WrittenRow<C extends Columns> = { readonly [N in keyof C]?: Written<C[N]> }

export type ConditionFunction = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'includes' | 'excludes'

export type Condition<C extends Columns> =
  | readonly ['_uuid', '==' | '!=', Uuid | NamedUuid]
  | {
      readonly [N in keyof C & string]: readonly [
        column: N,
        function: ConditionFunction,
        value: Written<C[N]>,
      ]
    }[keyof C & string]

/** An empty one holds for every row. */
export type Where<C extends Columns> = readonly Condition<C>[]

export type Mutation<C extends Columns> = {
  readonly [N in keyof C & string]:
    | readonly [column: N, mutator: 'insert' | 'delete', value: Written<C[N]>]
    | readonly [column: N, mutator: Arithmetic, value: number]
    | (C[N] extends { kind: 'map'; key: infer K extends keyof Atoms }
        ? readonly [column: N, mutator: 'delete', keys: readonly Atoms[K][] | ReadonlySet<Atoms[K]>]
        : never)
}[keyof C & string]

type Arithmetic = '+=' | '-=' | '*=' | '/=' | '%='

/** What a transaction is answered: for each operation what it did; null where there is nothing to say. */
export type Results<S extends Tables, O extends readonly Operation<S>[]> = {
  -readonly [I in keyof O]: ResultOf<S, O[I]>
}

type ResultOf<S extends Tables, O> = O extends { op: 'insert' }
  ? { readonly uuid: Uuid }
  : O extends { op: 'select'; table: infer T extends keyof S; columns: readonly (infer N)[] }
    ? { readonly rows: readonly Pick<Row<S[T]>, '_uuid' | Extract<N, keyof S[T]>>[] }
    : O extends { op: 'select'; table: infer T extends keyof S }
      ? { readonly rows: readonly Row<S[T]>[] }
      : O extends { op: 'update' | 'mutate' | 'delete' }
        ? { readonly count: number }
        : null

/** The same without the types of a particular database, as this module and its neighbours handle them. */
export type AnyOperation = Operation<Tables>

/** Whether something may be left of it, once it was sent. */
export function writes(operations: readonly AnyOperation[]): boolean {
  return operations.some(({ op }) => op === 'insert' || op === 'update' || op === 'mutate' || op === 'delete')
}

/** Throws TypeError where a value does not suit its column, or no server would take it. */
export function encodeOperations(tables: Tables, operations: readonly AnyOperation[]): Json[] {
  return operations.map((operation) => encodeOperation(tables, operation))
}

function encodeOperation(tables: Tables, operation: AnyOperation): Json {
  if (!('table' in operation)) {
    if (operation.op === 'comment') sendable(operation.comment)
    return { ...operation }
  }
  const { op, table } = operation
  const columns = columnsOf(tables, table)
  if (op === 'insert') {
    const { row, uuidName, uuid } = operation
    return {
      op,
      table,
      row: encodeRow(columns, row),
      ...(uuidName !== undefined && { 'uuid-name': sendable(uuidName) }),
      ...(uuid !== undefined && { uuid: sendable(uuid) }),
    }
  }
  const where = encodeWhere(columns, operation.where)
  if (op === 'delete') return { op, table, where }
  if (op === 'update') return { op, table, where, row: encodeRow(columns, operation.row) }
  if (op === 'select') return { op, table, where, columns: ['_uuid', ...selected(columns, operation)] }
  if (op === 'mutate') {
    return { op, table, where, mutations: operation.mutations.map((each) => encodeMutation(columns, each)) }
  }
  return {
    op,
    table,
    where,
    columns: operation.columns,
    until: operation.until,
    rows: operation.rows.map((row) => encodeRow(columns, row)),
    timeout: operation.timeoutMs,
  }
}

const UUID_COLUMN = { kind: 'scalar', key: 'uuid' } as const satisfies Column

/** `where` as the server takes it, in a transaction or a monitor. */
export function encodeWhere(columns: Columns, where: readonly (Condition<Columns> | boolean)[]): Json[] {
  return where.map((condition) => {
    if (typeof condition === 'boolean') return condition
    const [name, comparison, value] = condition
    const column = name === '_uuid' ? UUID_COLUMN : columnOf(columns, name)
    return [name, comparison, encode(column, value)]
  })
}

function encodeRow(columns: Columns, row: WrittenRow<Columns>): Json {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, encode(columnOf(columns, name), value)]),
  )
}

function encodeMutation(columns: Columns, [name, mutator, value]: Mutation<Columns>): Json {
  const column = columnOf(columns, name)
  if (mutator !== 'insert' && mutator !== 'delete') {
    if (typeof value !== 'number') throw new TypeError(`${name} ${mutator} takes a number`)
    return [name, mutator, value]
  }
  const ofKeys =
    column.kind === 'map' && mutator === 'delete' && (Array.isArray(value) || value instanceof Set)
  return [name, mutator, ofKeys ? encodeMembers(column.key, value) : encode(column, value)]
}

function columnsOf(tables: Tables, table: string): Columns {
  const columns = tables[table]
  if (!columns) throw new TypeError(`the table ${table} was not declared`)
  return columns
}

function columnOf(columns: Columns, name: string): Column {
  const column = columns[name]
  if (!column) throw new TypeError(`the column ${name} was not declared`)
  return column
}

function selected(columns: Columns, { columns: names }: { columns?: readonly string[] }): readonly string[] {
  return names ?? Object.keys(columns)
}

type Entry = { readonly [name: string]: Json }

/**
 * Reads the answer to `operations`. Throws OperationError, RpcError where they were refused as a whole, and ProtocolError.
 * An answer has one entry for each operation, null after one that failed, and one more where the commit itself failed.
 * Source: RFC 7047, section 4.1.3, "Transact".
 */
export function decodeResults(tables: Tables, operations: readonly AnyOperation[], json: Json): unknown[] {
  if (!Array.isArray(json)) throw new ProtocolError('the answer to a transaction is no list')
  const entries = json as readonly (Entry | null)[]
  const failed = entries.findIndex((entry) => typeof entry?.['error'] === 'string')
  if (failed >= 0) {
    const { error: reason, details } = entries[failed] as Entry
    throw new OperationError(
      operations[failed] ?? null,
      String(reason),
      typeof details === 'string' ? details : null,
    )
  }
  if (entries.length === 0 && operations.length > 0) throw new RpcError('transact', 'no answer', null)
  if (entries.length !== operations.length) throw new ProtocolError('the answer to another transaction')
  return operations.map((operation, index) => decodeResult(tables, operation, entries[index] ?? null))
}

function decodeResult(tables: Tables, operation: AnyOperation, entry: Entry | null): unknown {
  const { op } = operation
  if (op === 'insert') return { uuid: decodeAtom('uuid', entry?.['uuid'] ?? null) }
  if (op === 'select') {
    const columns = columnsOf(tables, operation.table)
    const rows = entry?.['rows']
    if (!Array.isArray(rows)) throw new ProtocolError('a select was answered without rows')
    return { rows: rows.map((row: Entry) => decodeRow(columns, selected(columns, operation), row)) }
  }
  if (op === 'update' || op === 'mutate' || op === 'delete') {
    const count = entry?.['count']
    if (typeof count !== 'number') throw new ProtocolError(`${op} was answered without a count`)
    return { count }
  }
  return null
}

function decodeRow(columns: Columns, names: readonly string[], json: Entry): unknown {
  const values = names.map((name) => [name, decode(columnOf(columns, name), json[name] ?? null)] as const)
  return { _uuid: decodeAtom('uuid', json['_uuid'] ?? null), ...Object.fromEntries(values) }
}
