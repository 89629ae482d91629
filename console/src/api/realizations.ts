import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useStore } from '../util/store.ts'
import { type Answer, call } from './client.ts'
import { session } from './session.ts'

type Realization = Answer<'GET /realizations'>['realizations'][number]

const PAGE_ROWS = 1000
/** The network catches up, and packets stop passing, without an event that says so; looked at again this often. */
const LOOK_AGAIN_MS = 3_000

/** How far the network has come with each peering one takes part in, by its id; none where no network is driven. */
export function useRealizations(): ReadonlyMap<string, Realization> {
  const { caller } = useStore(session)
  const { data } = useQuery({
    queryKey: ['peerings', 'realizations'],
    queryFn: ({ signal }) => readAll(signal),
    enabled: caller?.dataPlane !== 'none',
    refetchInterval: LOOK_AGAIN_MS,
  })
  return useMemo(() => new Map((data ?? []).map((each) => [each.peering, each])), [data])
}

async function readAll(signal: AbortSignal): Promise<readonly Realization[]> {
  const rows: Realization[] = []
  for (let after: string | null = ''; after !== null; ) {
    const query: { limit: number; after?: string } = { limit: PAGE_ROWS, ...(after && { after }) }
    const page: Answer<'GET /realizations'> = await call('GET /realizations', { query }, { signal })
    rows.push(...page.realizations)
    after = page.next
  }
  return rows
}
