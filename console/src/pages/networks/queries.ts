import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type Answer, call, type Input, type OperationName } from '../../api/client.ts'
import { describe } from '../../components/failure.tsx'
import { say } from '../../components/toast.tsx'
import { useMessages } from '../../i18n/index.ts'

export type Subnet = Answer<'GET /vpcs/{id}/subnets'>['subnets'][number]
export type Route = Answer<'GET /vpcs/{id}/routes'>['routes'][number]
export type Port = Answer<'GET /vpcs/{id}/ports'>['ports'][number]

const ROWS_MAX = 1000

export const useVpc = (id: string) =>
  useQuery({
    queryKey: ['vpcs', 'one', id],
    queryFn: ({ signal }) => call('GET /vpcs/{id}', { path: { id } }, { signal }),
  })

/** What is in a VPC: its first thousand subnets, routes and ports. */
export const useParts = (id: string) =>
  useQuery({
    queryKey: ['vpcs', 'parts', id],
    queryFn: async ({ signal }) => {
      const input = { path: { id }, query: { limit: ROWS_MAX } }
      const [{ subnets }, { routes }, { ports }] = await Promise.all([
        call('GET /vpcs/{id}/subnets', input, { signal }),
        call('GET /vpcs/{id}/routes', input, { signal }),
        call('GET /vpcs/{id}/ports', input, { signal }),
      ])
      return { subnets, routes, ports }
    },
  })

export const useRegions = () =>
  useQuery({
    queryKey: ['regions'],
    queryFn: ({ signal }) => call('GET /regions', {}, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  })

/** A change of a VPC or of something in it; lists of them are read anew, and what came of it is said. */
export function useNetworkChange<O extends OperationName>(operation: O, success: string, onDone: () => void) {
  const client = useQueryClient()
  const { t, tag } = useMessages()
  return useMutation({
    mutationFn: (input: Input<O>) => call(operation, input, { once: crypto.randomUUID() }),
    onSuccess: async () => {
      say('good', success)
      onDone()
      await client.invalidateQueries({ queryKey: ['vpcs'] })
    },
    onError: (error) => say('bad', describe(error, t, tag)),
  })
}
