import { PEERING_STATES, type PeeringState } from '../../../../src/domain/peering.ts'
import type { Caller, Peering } from '../../api/client.ts'

/** What the list is narrowed to; it stands in the address. */
export interface Filter {
  readonly state?: PeeringState
  readonly side?: 'requester' | 'accepter'
  readonly vpc?: string
  readonly text?: string
}

/** States in which a peering can be found in the list. */
export const LISTED_STATES = PEERING_STATES.filter((state) => state !== 'deleted')

/** What of `search` is a filter; anybody may have typed it. */
export function readFilter(search: Readonly<Record<string, unknown>>): Filter {
  const state = LISTED_STATES.find((each) => each === search['state'])
  const side = (['requester', 'accepter'] as const).find((each) => each === search['side'])
  const [vpc, text] = [textIn(search['vpc']), textIn(search['text'])]
  return { ...(state && { state }), ...(side && { side }), ...(vpc && { vpc }), ...(text && { text }) }
}

function textIn(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value).slice(0, 200) : ''
}

/** A row, with all of its text that can be searched. */
export interface Searchable {
  readonly row: Peering
  readonly text: string
}

/** The rows, the newest change first. Made once for a list, and searched with every key. */
export function searchable(
  rows: readonly Peering[],
  names: ReadonlyMap<string, string>,
): readonly Searchable[] {
  const newest = rows.toSorted((a, b) => (a.updatedAt > b.updatedAt ? -1 : a.updatedAt < b.updatedAt ? 1 : 0))
  return newest.map((row) => ({ row, text: textOf(row, names) }))
}

/** Those that `filter` lets through, as far as the service has not done it. */
export function narrow(
  rows: readonly Searchable[],
  { side, text = '' }: Filter,
  caller: Caller | null,
): readonly Peering[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  return rows.flatMap(({ row, text: all }) => {
    const fits = side === undefined || row[side].tenant.id === caller?.tenant?.id
    return fits && words.every((word) => all.includes(word)) ? [row] : []
  })
}

function textOf(row: Peering, names: ReadonlyMap<string, string>): string {
  const ends = [row.requester, row.accepter].flatMap(({ tenant, vpc, vpcIds, cidrs, region }) => [
    ...[tenant.name, vpc, vpcIds.alibaba, vpcIds.tencent, names.get(vpc) ?? '', region],
    ...cidrs,
  ])
  const { name, description, id, ids } = row
  return [name, description, id, ids.alibaba, ids.tencent, ...ends].join('\n').toLowerCase()
}
