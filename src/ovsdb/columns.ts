/** The id of a row, made by the server. */
export type Uuid = string & { readonly __brand: 'ovsdb-uuid' }

/** A row that another operation of the same transaction inserts under this `uuidName`. */
export interface NamedUuid {
  readonly named: string
}

/** What columns are made of, as they are read. Whole numbers beyond 2^53 are rounded. */
export interface Atoms {
  readonly integer: number
  readonly real: number
  readonly boolean: boolean
  readonly string: string
  readonly uuid: Uuid
}

export type AtomType = keyof Atoms
type AtomOf<A> = A extends AtomType ? Atoms[A] : never
type WritableAtom<A> = A extends 'uuid' ? Uuid | NamedUuid : AtomOf<A>

/** The type of a column. */
export type Column =
  | { readonly kind: 'scalar'; readonly key: AtomType }
  | { readonly kind: 'optional'; readonly key: AtomType }
  | { readonly kind: 'set'; readonly key: AtomType }
  | { readonly kind: 'map'; readonly key: AtomType; readonly value: AtomType }

/** The columns of a table that a program knows of. */
export type Columns = { readonly [column: string]: Column }
/** The tables of a database that a program knows of. */
export type Tables = { readonly [table: string]: Columns }

/** A column's value as it is read. */
export type Read<C extends Column> = C extends { kind: 'map'; key: infer K; value: infer V }
  ? ReadonlyMap<AtomOf<K>, AtomOf<V>>
  : C extends { kind: 'scalar'; key: infer K }
    ? AtomOf<K>
    : C extends { kind: 'optional'; key: infer K }
      ? AtomOf<K> | null
      : C extends { kind: 'set'; key: infer K }
        ? ReadonlySet<AtomOf<K>>
        : never

/** A column's value as it is written: a set may be a list, a map with texts for keys a plain object. */
export type Written<C extends Column> = C extends { kind: 'map'; key: infer K; value: infer V }
  ? ReadonlyMap<WritableAtom<K>, WritableAtom<V>> | { readonly [key in AtomOf<K> & string]: WritableAtom<V> }
  : C extends { kind: 'scalar'; key: infer K }
    ? WritableAtom<K>
    : C extends { kind: 'optional'; key: infer K }
      ? WritableAtom<K> | null
      : C extends { kind: 'set'; key: infer K }
        ? readonly WritableAtom<K>[] | ReadonlySet<WritableAtom<K>>
        : never

/** A row as it is read. */
export type Row<C extends Columns> = { readonly _uuid: Uuid } & { readonly [N in keyof C]: Read<C[N]> }

/** Exactly one value. */
export const scalar = <A extends AtomType>(key: A) => ({ kind: 'scalar', key }) as const
/** One value, or null. */
export const optional = <A extends AtomType>(key: A) => ({ kind: 'optional', key }) as const
/** Any number of values, in no order. */
export const set = <A extends AtomType>(key: A) => ({ kind: 'set', key }) as const
export const map = <K extends AtomType, V extends AtomType>(key: K, value: V) =>
  ({ kind: 'map', key, value }) as const

/** Says what a column is, e.g. `set of uuid`. */
export function describeColumn(column: Column): string {
  if (column.kind === 'map') return `map of ${column.key} to ${column.value}`
  return column.kind === 'set' ? `set of ${column.key}` : `${column.kind} ${column.key}`
}
