import { randomUUID } from 'node:crypto'
import type { Uuid, WrittenRow } from '../../../ovsdb/index.ts'
import type { Mark } from './names.ts'
import type { Northbound, NorthboundOperation, NorthboundRow, NorthboundTables } from './tables.ts'

/*
 * What should be in the northbound database is a list of rows; what there is besides, under our mark or our names, is too
 * much. The difference is operations that can be repeated: each new row has an id of its own, so a second copy of them fails.
 */

const PARENTS = {
  Logical_Router_Port: ['Logical_Router', 'ports'],
  Logical_Router_Static_Route: ['Logical_Router', 'static_routes'],
  Logical_Router_Policy: ['Logical_Router', 'policies'],
  Logical_Switch_Port: ['Logical_Switch', 'ports'],
  Logical_Router: null,
  Logical_Switch: null,
  Address_Set: null,
} as const

export type OwnedTable = keyof typeof PARENTS
export const OWNED_TABLES = Object.keys(PARENTS) as readonly OwnedTable[]
const WITH_MARK = {
  vpc: ['Logical_Router', 'Logical_Router_Port', 'Logical_Switch', 'Logical_Switch_Port'],
  peering: ['Logical_Router_Port', 'Logical_Router_Static_Route', 'Logical_Router_Policy', 'Address_Set'],
} as const satisfies Record<keyof Mark, readonly OwnedTable[]>

/** A row as it should be: all columns that the driver knows, but for those that hold parts. */
export type WantedRow = {
  readonly [T in OwnedTable]: {
    readonly table: T
    readonly row: Required<Omit<WrittenRow<NorthboundTables[T]>, 'ports' | 'static_routes' | 'policies'>>
    /** The router or switch it belongs to; null: it belongs to none. */
    readonly parent: (typeof PARENTS)[T] extends null ? null : Uuid
    /** What a new row of it is called; absent: anything. */
    readonly uuid?: Uuid
  }
}[OwnedTable]

/** A row as it is. */
export type ActualRow = {
  readonly [T in OwnedTable]: { readonly table: T; readonly row: NorthboundRow<T> }
}[OwnedTable]

/** What tells a row of a table from the others of the same VPC or peering. */
const KEYS: { readonly [T in OwnedTable]: (row: never) => string } = {
  Logical_Router: nameOf,
  Logical_Switch: nameOf,
  Logical_Router_Port: nameOf,
  Logical_Switch_Port: nameOf,
  Address_Set: nameOf,
  Logical_Router_Static_Route: (row: NorthboundRow<'Logical_Router_Static_Route'>) =>
    `${row.output_port} ${row.route_table} ${row.ip_prefix}`,
  Logical_Router_Policy: (row: NorthboundRow<'Logical_Router_Policy'>) => `${row.priority} ${row.match}`,
}

function nameOf({ name }: { readonly name: string }): string {
  return name
}

const keyOf = ({ table, row }: WantedRow | ActualRow) => `${table} ${KEYS[table](row as never)}`

/** All rows that carry a mark. */
export function rowsMarked(northbound: Northbound, mark: keyof Mark, id: string): ActualRow[] {
  return WITH_MARK[mark].flatMap((table) =>
    northbound.find(table, mark, id).map((row) => ({ table, row }) as ActualRow),
  )
}

/** What turns what there is into what is wanted, removals first. Nothing: all is as it should be. */
export function difference(
  northbound: Northbound,
  wanted: readonly WantedRow[],
  marked: readonly ActualRow[],
): NorthboundOperation[] {
  const actual = new Map(marked.map((each) => [each.row._uuid, each]))
  for (const each of wanted) for (const same of namesakes(northbound, each)) actual.set(same.row._uuid, same)
  const spare = new Map<string, ActualRow>()
  const surplus: ActualRow[] = []
  for (const each of actual.values()) {
    const key = keyOf(each)
    if (spare.has(key)) surplus.push(each)
    else spare.set(key, each)
  }
  const kept = wanted.flatMap((each) => {
    const key = keyOf(each)
    const known = spare.get(key)
    spare.delete(key)
    return known ? mend(northbound, each, known) : insert(each)
  })
  return [...[...spare.values(), ...surplus].flatMap((each) => remove(northbound, each)), ...kept]
}

/** Rows of our names are ours, also where somebody has taken the mark off. */
function namesakes(northbound: Northbound, { table, row }: WantedRow): ActualRow[] {
  if (!('name' in row)) return []
  return northbound.find(table, 'name', row.name).map((each) => ({ table, row: each }) as ActualRow)
}

function insert(wanted: WantedRow): NorthboundOperation[] {
  const uuid = wanted.uuid ?? (randomUUID() as Uuid)
  const made = { op: 'insert', table: wanted.table, row: wanted.row, uuid } as NorthboundOperation
  if (wanted.parent !== null) return [made, refer(wanted.table, wanted.parent, 'insert', uuid)]
  if (wanted.table === 'Address_Set') return [made]
  // No index keeps two routers or switches of one name apart.
  const { name } = wanted.row
  const none = {
    op: 'wait',
    table: wanted.table,
    where: [['name', '==', name]],
    columns: ['name'],
    until: '==',
    rows: [],
    timeoutMs: 0,
  } as const
  return [none as NorthboundOperation, made]
}

function mend(northbound: Northbound, wanted: WantedRow, { table, row }: ActualRow): NorthboundOperation[] {
  const wrong = Object.entries(wanted.row).filter(
    ([column, value]) => !isSame((row as unknown as Record<string, unknown>)[column], value),
  )
  const parents = parentsOf(northbound, { table, row } as ActualRow)
  return [
    ...(wrong.length === 0 ? [] : [update(table, row._uuid, Object.fromEntries(wrong))]),
    ...parents
      .filter((parent) => parent !== wanted.parent)
      .map((parent) => refer(table, parent, 'delete', row._uuid)),
    ...(wanted.parent === null || parents.includes(wanted.parent)
      ? []
      : [refer(table, wanted.parent, 'insert', row._uuid)]),
  ]
}

/** What nothing refers to any longer is gone by itself, unless it is a root. */
export function remove(northbound: Northbound, actual: ActualRow): NorthboundOperation[] {
  const { table, row } = actual
  if (PARENTS[table] === null) {
    return [{ op: 'delete', table, where: [['_uuid', '==', row._uuid]] } as NorthboundOperation]
  }
  return parentsOf(northbound, actual).map((parent) => refer(table, parent, 'delete', row._uuid))
}

function parentsOf(northbound: Northbound, { table, row }: ActualRow): Uuid[] {
  const parent = PARENTS[table]
  return parent ? northbound.find(parent[0], parent[1], row._uuid).map(({ _uuid }) => _uuid) : []
}

function refer(table: OwnedTable, parent: Uuid, how: 'insert' | 'delete', uuid: Uuid): NorthboundOperation {
  const [parentTable, column] = PARENTS[table] ?? []
  const mutation: unknown = {
    op: 'mutate',
    table: parentTable,
    where: [['_uuid', '==', parent]],
    mutations: [[column, how, [uuid]]],
  }
  return mutation as NorthboundOperation
}

function update(table: OwnedTable, uuid: Uuid, row: Record<string, unknown>): NorthboundOperation {
  return { op: 'update', table, where: [['_uuid', '==', uuid]], row } as NorthboundOperation
}

/** Replaces what a set holds, and touches nothing else. */
export function fillSet(
  set: NorthboundRow<'Address_Set'>,
  addresses: readonly string[],
): NorthboundOperation {
  return update('Address_Set', set._uuid, { addresses })
}

/** Whether an operation is one that opens or closes a gate, which the network takes up at once; all others are heavy. */
export function isGate(operation: NorthboundOperation): boolean {
  return (
    operation.op === 'update' &&
    operation.table === 'Address_Set' &&
    Object.keys(operation.row).every((column) => column === 'addresses')
  )
}

/** Compares a column as it is read with one as it is written. */
function isSame(actual: unknown, wanted: unknown): boolean {
  if (actual instanceof Set) {
    const members = new Set(wanted as Iterable<unknown>)
    return actual.size === members.size && [...members].every((member) => actual.has(member))
  }
  if (actual instanceof Map) {
    const pairs = Object.entries(wanted as object)
    return actual.size === pairs.length && pairs.every(([key, value]) => actual.get(key) === value)
  }
  return actual === wanted
}
