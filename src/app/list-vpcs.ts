import type { Vpc } from '../domain/vpc.ts'
import type { Page, VpcQuery } from '../ports/store.ts'
import { type Caller, type Context, partyOf } from './context.ts'

/** The caller's VPCs; the operator sees everybody's. */
export function listVpcs(
  context: Context,
  caller: Caller,
  filter: Omit<VpcQuery, 'party'>,
): Promise<Page<Vpc>> {
  return context.store.listVpcs({ ...filter, party: partyOf(caller) })
}
