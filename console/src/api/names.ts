import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useStore } from '../util/store.ts'
import { tenantsQuery, useVpcs } from './queries.ts'
import { session } from './session.ts'

/** What the VPCs that one may see are called, by id. Those without a name are left out. */
export function useVpcNames(): ReadonlyMap<string, string> {
  const { rows } = useVpcs()
  return useMemo(
    () => new Map(rows.filter(({ name }) => name !== '').map(({ id, name }) => [id, name])),
    [rows],
  )
}

/** What tenants are called, by id, as far as whoever is signed in may know: oneself; for the operator, all. */
export function useTenantNames(): ReadonlyMap<string, string> {
  const { caller } = useStore(session)
  const { data } = useQuery({ ...tenantsQuery(), enabled: caller?.operator ?? false })
  return useMemo(() => {
    const known = [...(data?.tenants ?? []), ...(caller?.tenant ? [caller.tenant] : [])]
    return new Map(known.map(({ id, name }) => [id, name]))
  }, [data, caller])
}
