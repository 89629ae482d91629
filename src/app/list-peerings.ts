import type { VpcId } from '../domain/identity.ts'
import type { Page, PeeringQuery, PeeringView } from '../ports/store.ts'
import { type Caller, type Context, partyOf } from './context.ts'
import { standing } from './load-peering.ts'

/** What a caller may say of the list; whose list it is follows from the caller. */
export type PeeringFilter = Omit<PeeringQuery, 'party' | 'nowMs' | 'vpcs' | 'anyVpcs'> & {
  /** Any dialect's VPC ids, each of which must be at one end. One that nobody has gives an empty list. */
  readonly vpcs?: readonly string[]
  /** Any dialect's VPC ids, one of which must be at one end. */
  readonly anyVpcs?: readonly string[]
}

/** The peerings the caller takes part in, as they stand now, deleted ones left out. */
export async function listPeerings(
  context: Context,
  caller: Caller,
  filter: PeeringFilter,
): Promise<Page<PeeringView>> {
  const { vpcs = [], anyVpcs, ...rest } = filter
  const all = await findVpcs(context, vpcs)
  const any = anyVpcs && (await findVpcs(context, anyVpcs))
  if (all.length < vpcs.length || any?.length === 0) {
    return { items: [], total: filter.withTotal ? 0 : null }
  }
  const nowMs = context.clock.now()
  const page = await context.store.listPeerings({
    ...rest,
    party: partyOf(caller),
    vpcs: all,
    ...(any && { anyVpcs: any }),
    nowMs,
  })
  return { ...page, items: page.items.map((view) => standing(view, nowMs)) }
}

/** Those that exist, or did. */
async function findVpcs(context: Context, ids: readonly string[]): Promise<readonly VpcId[]> {
  const found = await Promise.all(ids.map((id) => context.store.findVpc(id)))
  return found.flatMap((vpc) => (vpc ? [vpc.id] : []))
}
