import { hash } from 'node:crypto'
import { storable, storableKey } from './postgres/session.ts'
import type { Row } from './rows.ts'
import { type ColumnKind, TABLES, type Table } from './tables.ts'

/** A row in the one form that all databases have in common: its columns in order, as values of JSON. */
export type CanonicalRow = Readonly<Record<string, unknown>>

/** A store to copy from; nothing else changes it meanwhile. */
export interface CopySource {
  /** `KEY_CHECK` as it is to be at the other end; null where it was never made. */
  readonly keyCheck: string | null
  /** For progress: how many rows there are. */
  count(table: Table): Promise<number>
  /** All rows, by their keys, some at a time. */
  rows(table: Table): AsyncIterable<readonly CanonicalRow[]>
  close(): Promise<void>
}

/** An empty store to copy into: all of it is there once `commit` is over, and nothing before. */
export interface CopyTarget extends CopySource {
  write(table: Table, rows: readonly CanonicalRow[]): Promise<void>
  commit(keyCheck: string | null): Promise<void>
}

/** What one table came to, at both ends. */
export interface CopiedTable {
  readonly table: string
  readonly rows: number
  /** The sum of the SHA-256 of each row's canonical form: the same whatever order they are read in. */
  readonly checksum: string
}

export interface CopyProgress {
  readonly doing: 'copying' | 'verifying'
  readonly table: string
  readonly done: number
  readonly total: number
}

/** It cannot be copied from there, or to there; `message` says why, and what to do. Nothing was changed. */
export class CopyRefusedError extends Error {}

/** The two ends do not hold the same, or the source is not whole. Nothing was committed. */
export class CopyError extends Error {}

/**
 * Copies every table, then reads back what has arrived and holds it against what was read at the source; only then it is
 * committed. Throws CopyError. Safe to repeat after an error: nothing was left behind.
 */
export async function copyStore(
  source: CopySource,
  target: CopyTarget,
  onProgress: (progress: CopyProgress) => void,
): Promise<readonly CopiedTable[]> {
  const copied: CopiedTable[] = []
  for (const table of TABLES) {
    const total = await source.count(table)
    copied.push(
      await digest(source, table, async (rows, done) => {
        if (table.name === 'events') checkSequence(rows, done - rows.length)
        await target.write(table, rows)
        onProgress({ doing: 'copying', table: table.name, done, total })
      }),
    )
  }
  for (const [index, table] of TABLES.entries()) {
    const sent = copied[index]
    const total = sent?.rows ?? 0
    const arrived = await digest(target, table, async (_rows, done) =>
      onProgress({ doing: 'verifying', table: table.name, done, total }),
    )
    if (arrived.rows !== sent?.rows || arrived.checksum !== sent.checksum)
      throw new CopyError(
        `${table.name} did not arrive as it was sent: ${arrived.rows} of ${total} rows, checksum ${arrived.checksum} where it was ${sent?.checksum}`,
      )
  }
  await target.commit(source.keyCheck)
  return copied
}

async function digest(
  end: CopySource,
  table: Table,
  onRows: (rows: readonly CanonicalRow[], done: number) => Promise<void>,
): Promise<CopiedTable> {
  let sum = 0n
  let done = 0
  for await (const rows of end.rows(table)) {
    done += rows.length
    for (const row of rows) sum += BigInt(`0x${hash('sha256', JSON.stringify(row))}`)
    await onRows(rows, done)
  }
  const checksum = BigInt.asUintN(256, sum).toString(16).padStart(64, '0')
  return { table: table.name, rows: done, checksum }
}

/** Whoever follows the events asks for the next number: none may be missing. */
function checkSequence(events: readonly CanonicalRow[], before: number): void {
  for (const [index, { sequence }] of events.entries()) {
    const expected = before + index + 1
    if (sequence !== expected)
      throw new CopyError(`event ${expected} is missing at the source; restore it from a backup first`)
  }
}

/** A row as a database answers it, in the form that all of them have in common. */
export function canonicalRow({ columns }: Table, row: Row): CanonicalRow {
  return Object.fromEntries(
    Object.entries(columns).map(([name, kind]) => {
      const value = row[name]
      return [name, value === null || value === undefined ? null : CANONICAL[kind](value)]
    }),
  )
}

type Value = Exclude<Row[string], null>

/** Databases differ in how they write JSON down; and what PostgreSQL does not keep, or not as a key, is no part of it. */
const CANONICAL: Readonly<Record<ColumnKind, (value: Value) => unknown>> = {
  text: (value) => storable(String(value)),
  'long-key': (value) => storableKey(String(value)),
  integer: Number,
  boolean: Boolean,
  json: (value) => ordered(JSON.parse(String(value))),
  bytes: (value) => Buffer.from(value as Uint8Array).toString('hex'),
}

/** The same value, with the names of its members in order. */
function ordered(value: unknown): unknown {
  if (typeof value === 'string') return storable(value)
  if (Array.isArray(value)) return value.map(ordered)
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).map(([name, member]) => [storable(name), ordered(member)] as const)
  return Object.fromEntries(members.sort(([one], [other]) => (one < other ? -1 : 1)))
}
