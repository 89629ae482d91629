import {
  infiniteQueryOptions,
  keepPreviousData,
  QueryCache,
  QueryClient,
  queryOptions,
  useInfiniteQuery,
} from '@tanstack/react-query'
import { useEffect, useMemo } from 'react'
import { call, type Peering, Problem, type Vpc } from './client.ts'

const RETRIES_MAX = 3

/** Where answers are kept while somebody looks at them. The event stream says when they are old; see `live-updates.ts`. */
export const queryClient = new QueryClient({
  queryCache: new QueryCache(),
  defaultOptions: {
    queries: {
      networkMode: 'always',
      staleTime: 30_000,
      // What the service has refused it will refuse again.
      retry: (failures, error) => !(error instanceof Problem && error.status < 500) && failures < RETRIES_MAX,
      placeholderData: keepPreviousData,
    },
    mutations: { networkMode: 'always', retry: false },
  },
})

const PAGE_ROWS = 1000
/** A list is read to its end, but no further than this. */
export const ROWS_MAX = 20_000

export interface PeeringFilter {
  readonly state?: Peering['state']
  readonly vpc?: string
}

/** Pages of the peerings that match, all that the caller takes part in. */
export const peeringPages = (filter: PeeringFilter = {}) =>
  infiniteQueryOptions({
    queryKey: ['peerings', 'list', filter] as const,
    initialPageParam: undefined as string | undefined,
    queryFn: async ({ pageParam, signal }) => {
      const after = pageParam === undefined ? {} : { after: pageParam }
      const query = { ...filter, ...after, limit: PAGE_ROWS }
      const { peerings, next } = await call('GET /peerings', { query }, { signal })
      return { rows: peerings, next }
    },
    getNextPageParam: ({ next }) => next ?? undefined,
  })

/** Pages of the VPCs, one's own; for the operator, everybody's. */
export const vpcPages = () =>
  infiniteQueryOptions({
    queryKey: ['vpcs', 'list'] as const,
    initialPageParam: undefined as string | undefined,
    queryFn: async ({ pageParam, signal }) => {
      const after = pageParam === undefined ? {} : { after: pageParam }
      const { vpcs, next } = await call('GET /vpcs', { query: { ...after, limit: PAGE_ROWS } }, { signal })
      return { rows: vpcs, next }
    },
    getNextPageParam: ({ next }) => next ?? undefined,
  })

export const peeringQuery = (id: string) =>
  queryOptions({
    queryKey: ['peerings', 'one', id] as const,
    queryFn: ({ signal }) => call('GET /peerings/{id}', { path: { id } }, { signal }),
  })

export const realizationQuery = (id: string) =>
  queryOptions({
    queryKey: ['peerings', 'realization', id] as const,
    queryFn: ({ signal }) => call('GET /peerings/{id}/realization', { path: { id } }, { signal }),
  })

export const tenantsQuery = () =>
  queryOptions({
    queryKey: ['tenants'] as const,
    queryFn: ({ signal }) => call('GET /tenants', {}, { signal }),
  })

export const tenantQuery = (id: string) =>
  queryOptions({
    queryKey: ['tenants', id] as const,
    queryFn: ({ signal }) => call('GET /tenants/{id}', { path: { id } }, { signal }),
  })

/** A list as far as it has been read. */
export interface WholeList<T> {
  readonly rows: readonly T[]
  /** More is on its way. */
  readonly reading: boolean
  /** There is more than is ever read. */
  readonly cut: boolean
  /** Nothing is known yet, and why. */
  readonly error: Error | null
  readonly pending: boolean
}

/** Every peering that matches: shown from the first page on, and read to the end meanwhile. */
export function usePeerings(filter: PeeringFilter = {}): WholeList<Peering> {
  return useWhole(useInfiniteQuery(peeringPages(filter)))
}

/** Every VPC of one's own; for the operator, everybody's. */
export function useVpcs(): WholeList<Vpc> {
  return useWhole(useInfiniteQuery(vpcPages()))
}

interface PagedQuery<T> {
  readonly data: { readonly pages: readonly { readonly rows: readonly T[] }[] } | undefined
  readonly hasNextPage: boolean
  readonly isFetchingNextPage: boolean
  readonly isFetchNextPageError: boolean
  readonly isPending: boolean
  readonly error: Error | null
  readonly fetchNextPage: () => Promise<unknown>
}

function useWhole<T>(query: PagedQuery<T>): WholeList<T> {
  const { data, hasNextPage, isFetchingNextPage, isFetchNextPageError, isPending, error, fetchNextPage } =
    query
  const rows = useMemo(() => data?.pages.flatMap((page) => page.rows) ?? [], [data])
  const room = rows.length < ROWS_MAX
  const wanted = hasNextPage && room && !isFetchingNextPage && !isFetchNextPageError
  useEffect(() => {
    if (wanted) void fetchNextPage()
  }, [wanted, fetchNextPage])
  return {
    rows,
    reading: hasNextPage && room,
    cut: hasNextPage && !room,
    error: data ? null : error,
    pending: isPending,
  }
}
