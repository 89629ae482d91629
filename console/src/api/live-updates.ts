import type { InfiniteData, QueryClient } from '@tanstack/react-query'
import { call, type Peering, type PeeringEvent, Problem } from './client.ts'
import type { PeeringFilter } from './queries.ts'

type Pages = InfiniteData<{ readonly rows: readonly Peering[]; readonly next: string | null }>

/** More peerings than this at once, and the lists are read anew instead. */
const LOOKED_UP_MAX = 20

/**
 * Brings what is kept up to date with `events`: each peering they are about is looked up, and takes its place in every
 * list it belongs to. Whatever else hangs on it is read anew where somebody looks at it.
 */
export async function applyEvents(client: QueryClient, events: readonly PeeringEvent[]): Promise<void> {
  const ids = [...new Set(events.map(({ peering }) => peering))]
  prepend(client, events)
  for (const id of ids) void client.invalidateQueries({ queryKey: ['events', 'of', id] })
  for (const id of ids) void client.invalidateQueries({ queryKey: ['peerings', 'realization', id] })
  if (ids.length > LOOKED_UP_MAX) {
    await client.invalidateQueries({ queryKey: ['peerings'] })
    return
  }
  await Promise.all(
    ids.map(async (id) => {
      try {
        place(client, id, await call('GET /peerings/{id}', { path: { id } }))
      } catch (error) {
        if (error instanceof Problem && error.status === 404) place(client, id, null)
        else await client.invalidateQueries({ queryKey: ['peerings'] })
      }
    }),
  )
}

/** Puts what has just happened at the top of the list of events, where somebody has looked at it. */
function prepend(client: QueryClient, events: readonly PeeringEvent[]): void {
  client.setQueryData<InfiniteData<readonly PeeringEvent[]>>(['events', 'recent'], (data) => {
    if (!data) return data
    const [first = [], ...rest] = data.pages
    const fresh = events.filter(({ sequence }) => sequence > (first[0]?.sequence ?? 0)).toReversed()
    return fresh.length === 0 ? data : { ...data, pages: [[...fresh, ...first], ...rest] }
  })
}

/** Puts `peering` where it belongs; null: there is none with that id any more. */
export function place(client: QueryClient, id: string, peering: Peering | null): void {
  if (peering) client.setQueryData(['peerings', 'one', id], peering)
  else void client.invalidateQueries({ queryKey: ['peerings', 'one', id] })
  const lists = client.getQueryCache().findAll({ queryKey: ['peerings', 'list'] })
  for (const { queryKey } of lists) {
    const filter = queryKey[2] as PeeringFilter
    const shown = peering !== null && belongs(peering, filter) ? peering : null
    client.setQueryData<Pages>(queryKey, (data) => data && withRow(data, id, shown))
  }
}

function belongs(peering: Peering, { state, vpc }: PeeringFilter): boolean {
  if (peering.state === 'deleted' || (state !== undefined && peering.state !== state)) return false
  return vpc === undefined || [peering.requester.vpc, peering.accepter.vpc].includes(vpc)
}

/** `data` with `row` in the place of the one with that id, or at the end; null: without it. */
function withRow(data: Pages, id: string, row: Peering | null): Pages {
  const there = data.pages.some(({ rows }) => rows.some((each) => each.id === id))
  if (!there && row === null) return data
  const last = data.pages.length - 1
  const pages = data.pages.map((page, index) => {
    const rows = page.rows.flatMap((each) => (each.id !== id ? [each] : row ? [row] : []))
    return { ...page, rows: !there && row && index === last ? [...rows, row] : rows }
  })
  return { ...data, pages }
}
