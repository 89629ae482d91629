import type { Page, PeeringQuery, PeeringView } from '../ports/store.ts'
import { type Caller, type Context, partyOf } from './context.ts'
import { standing } from './load-peering.ts'

/** What a caller may say of the list; whose list it is follows from the caller. */
export type PeeringFilter = Omit<PeeringQuery, 'party' | 'nowMs' | 'vpcs'> & {
  /** Any dialect's VPC ids, each of which must be at one end. One that nobody has gives an empty list. */
  readonly vpcs?: readonly string[]
}

/** The peerings the caller takes part in, as they stand now, deleted ones left out. */
export async function listPeerings(
  context: Context,
  caller: Caller,
  filter: PeeringFilter,
): Promise<Page<PeeringView>> {
  const { vpcs = [], ...rest } = filter
  const found = await Promise.all(vpcs.map((id) => context.store.findVpc(id)))
  if (found.includes(null)) return { items: [], total: 0 }
  const nowMs = context.clock.now()
  const page = await context.store.listPeerings({
    ...rest,
    party: partyOf(caller),
    vpcs: found.flatMap((vpc) => (vpc ? [vpc.id] : [])),
    nowMs,
  })
  return { ...page, items: page.items.map((view) => standing(view, nowMs)) }
}
