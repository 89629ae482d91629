import { DomainError } from '../domain/errors.ts'
import type { PeeringView } from '../ports/store.ts'
import type { Caller, Context } from './context.ts'
import { allParts } from './edit-network.ts'
import { transitionPeering } from './transition-peering.ts'

/**
 * Either side ends it, in whatever state it is. Routes of both VPCs through it go with it; where the dialect wants them
 * gone first, only if `force` says so. Throws `peering.has-routes`, and as `transitionPeering`.
 */
export function deletePeering(
  context: Context,
  caller: Caller,
  input: { id: string; force?: boolean; reason?: string | undefined },
): Promise<PeeringView> {
  return transitionPeering(context, caller, input.id, 'delete', {
    reason: input.reason,
    along: (view) => routesOf(context, caller, view, input.force === true),
  })
}

/** The routes of both sides that go with a peering, and that there are no others. */
async function routesOf(context: Context, caller: Caller, view: PeeringView, force: boolean) {
  const routes = await allParts(context, 'route', { peering: view.peering.id })
  const [first] = routes
  if (first && caller.profile.routesOnDelete === 'block-unless-forced' && !force) {
    throw new DomainError('peering.has-routes', { id: view.peering.id, route: first.id })
  }
  // A route that is made meanwhile raises the version of its VPC, and all of this is looked at again.
  const revised = [view.requester.vpc, view.accepter.vpc].map((vpc) => ({
    from: vpc,
    to: { ...vpc, version: vpc.version + 1 },
    touched: routes.some((route) => route.vpc === vpc.id),
  }))
  return {
    parts: routes.map((from) => ({ from, to: null })),
    vpcs: revised.filter(({ touched }) => touched).map(({ from, to }) => ({ from, to })),
    conditions: revised
      .filter(({ touched }) => !touched)
      .map(({ from }) => ({ kind: 'unchanged', of: 'vpcs', id: from.id, version: from.version }) as const),
  }
}
