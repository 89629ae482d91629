import type { Page, Window } from '../../ports/store.ts'
import { encode } from '../encoding.ts'
import type { Fields } from '../fields.ts'
import { baseUrl, type HuaweiCall } from './call.ts'
import { decodeLimit } from './codec.ts'

/** Which rows of a list in the order of ids, as Neutron has a client say it. */
export interface PageRequest {
  readonly limit: number
  /** The last row that was seen; undefined: none. */
  readonly marker: string | undefined
  /** The rows before the marker; without one, the last rows. */
  readonly reverse: boolean
}

export function decodePage(query: Fields): PageRequest {
  return {
    limit: decodeLimit(query),
    marker: query.optionalText('marker'),
    reverse: query.optionalText('page_reverse')?.toLowerCase() === 'true',
  }
}

/** After every id there is. */
const PAST_ALL_IDS = '~'
const CHUNK_MIN = 200

/**
 * The page asked for, of those rows that `keep` lets pass: what the store does not filter by is filtered here, reading
 * on until the page is full.
 */
export async function filteredPage<T extends { readonly id: string }>(
  { limit, marker, reverse }: PageRequest,
  read: (window: Window) => Promise<Page<T>>,
  keep: (items: readonly T[]) => readonly T[] | Promise<readonly T[]>,
): Promise<readonly T[]> {
  const chunk = Math.max(limit, CHUNK_MIN)
  let mark = reverse ? (marker ?? PAST_ALL_IDS) : marker
  let kept: readonly T[] = []
  for (;;) {
    const place = mark === undefined ? {} : reverse ? { before: mark } : { after: mark }
    const { items } = await read({ limit: chunk, ...place })
    const some = await keep(items)
    kept = reverse ? [...some, ...kept] : [...kept, ...some]
    if (kept.length >= limit || items.length < chunk) break
    mark = items.at(reverse ? 0 : -1)?.id
  }
  return reverse ? kept.slice(-limit) : kept.slice(0, limit)
}

/**
 * Links to the neighbouring pages under `name`, as Neutron decides which there are; only where a limit was asked for.
 */
export function pageLinks(name: string, ids: readonly string[], { query, request }: HuaweiCall) {
  if (!query.has('limit')) return {}
  const { limit, reverse } = decodePage(query)
  const full = ids.length === limit
  const links = []
  if (full || reverse) links.push({ rel: 'next', href: pageUrl(request, ids.at(-1), false) })
  if (full || !reverse) links.push({ rel: 'previous', href: pageUrl(request, ids[0], true) })
  return { [name]: links }
}

/** The same query from `marker` on, or back from it; from the very start or end where the page had no row. */
function pageUrl(request: HuaweiCall['request'], marker: string | undefined, reverse: boolean): string {
  const kept = request.query.split('&').filter((piece) => !/^(marker|page_reverse)(=|$)/.test(piece))
  if (marker !== undefined) kept.push(`marker=${encode(marker)}`)
  // In lower case, as in recorded traffic.
  if (reverse) kept.push('page_reverse=true')
  return `${baseUrl(request)}${request.path}?${kept.filter((piece) => piece !== '').join('&')}`
}
