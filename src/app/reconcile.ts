import { type EventDraft, eventOf, THE_CLOCK } from '../domain/event.ts'
import type { PeeringId, VpcId } from '../domain/identity.ts'
import {
  generationOf,
  type OwnNetwork,
  type Realization,
  type RoutedNetwork,
  wantedLink,
  wantedNetwork,
} from '../domain/realization.ts'
import type { Vpc } from '../domain/vpc.ts'
import type { DataPlane } from '../ports/data-plane.ts'
import type { PeeringView } from '../ports/store.ts'
import type { Context } from './context.ts'
import { allParts } from './edit-network.ts'

/*
 * What brings the network to what was agreed. Level-triggered: a pass is given an id and nothing else, looks at what was
 * agreed, and has the data plane look at what there is and mend it. It may die anywhere; the next pass is the retry.
 * What was agreed and how far the network has come stay apart: the one is the peering, the other its realization.
 */

/** Brings the network of a VPC to what is wanted. Rejects where the data plane does; the reason is kept. Safe to repeat. */
export async function reconcileVpc(context: Context, dataPlane: DataPlane, id: VpcId): Promise<void> {
  const vpc = await context.store.findVpc(id)
  if (!vpc) return
  const wanted = wantedNetwork(await ownNetwork(context, vpc))
  const before = await context.store.findRealization(id)
  await noting(context, id, () => dataPlane.realizeNetwork(id, wanted))
  if (wanted === null) await forget(context, id)
  else await keep(context, before, { of: id, realized: vpc.version, provenAtMs: null, reason: null })
}

/**
 * Brings the link of a peering to what is wanted, then finds out whether packets agree, which may take a while: once it is
 * `overtaken` by a change, that is no longer waited for, nor kept. Rejects where the data plane does; the reason is kept.
 * Safe to repeat.
 */
export async function reconcilePeering(
  context: Context,
  dataPlane: DataPlane,
  id: PeeringId,
  overtaken: AbortSignal = NEVER,
): Promise<void> {
  const view = await context.store.findPeering(id)
  if (!view) return
  const { peering, requester, accepter } = view
  const [ours, theirs] = await routedNetworks(context, view)
  const before = await context.store.findRealization(id)
  const wanted = wantedLink(peering, ours, theirs, context.clock.now())
  await noting(context, id, () => dataPlane.realizeLink(id, wanted))
  const realized = generationOf(peering, requester.vpc, accepter.vpc)
  if (wanted === null) {
    const proof = await dataPlane.prove(id, null)
    // A part of the network that is silent may still forward: then it is not gone.
    if (proof.kind === 'unconfirmed') {
      await keep(context, before, { of: id, realized, provenAtMs: null, reason: proof.reason })
    } else if (before) await forget(context, id)
    return
  }
  const same = before?.realized === realized
  if (!same) await keep(context, before, { of: id, realized, provenAtMs: null, reason: null })
  const proof = await unless(overtaken, dataPlane.prove(id, wanted))
  if (proof === null) return
  const proven = proof.kind === 'proven'
  const now = {
    of: id,
    realized,
    provenAtMs: proven ? context.clock.realNow() : null,
    reason: proven ? null : proof.reason,
  }
  const lost = same && before.provenAtMs !== null && proof.kind === 'failed'
  const events = lost ? [eventOf('peering.proof-lost', peering, peering, THE_CLOCK)] : []
  await keep(context, same ? before : null, now, events)
}

const NEVER = new AbortController().signal

/** What comes of `work`; null once `signal` has been given, whatever may come of it then. */
async function unless<T>(signal: AbortSignal, work: Promise<T>): Promise<T | null> {
  const { promise, resolve } = Promise.withResolvers<null>()
  const give = () => resolve(null)
  signal.addEventListener('abort', give)
  if (signal.aborted) give()
  // Nobody hears of it any more when it fails later.
  work.catch(() => {})
  try {
    return await Promise.race([promise, work])
  } finally {
    signal.removeEventListener('abort', give)
  }
}

/** Does `work`; where it cannot be done, keeps why, beside how far the network had come before. */
async function noting(context: Context, of: Realization['of'], work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    const before = await context.store.findRealization(of)
    const reason = error instanceof Error ? error.message : String(error)
    await keep(context, before, { of, realized: before?.realized ?? 0, provenAtMs: null, reason })
    throw error
  }
}

/** Writes how far the network has come, where that is not what was written `before`: most passes find all as it was. */
async function keep(
  context: Context,
  before: Realization | null,
  now: Realization,
  events: readonly EventDraft[] = [],
): Promise<void> {
  const { realized, provenAtMs, reason } = now
  const isSame = before?.realized === realized && before.provenAtMs === provenAtMs && before.reason === reason
  if (isSame && events.length === 0) return
  await context.store.commit({ realizations: [now], events, nowMs: context.clock.realNow() })
}

async function forget(context: Context, of: Realization['of']): Promise<void> {
  await context.store.commit({ unrealizations: [of], nowMs: context.clock.realNow() })
}

/*
 * The parts of a VPC may be newer than the VPC that was read before them; then its next pass is due already. No more of them
 * is read than a pass needs: there is one for each peering, and a VPC may have many.
 */

async function ownNetwork(context: Context, vpc: Vpc): Promise<OwnNetwork> {
  const vpcs = [vpc.id]
  const [subnets, ports] = await Promise.all([
    allParts(context, 'subnet', { vpcs }),
    allParts(context, 'port', { vpcs }),
  ])
  return { vpc, subnets, ports }
}

async function routedNetworks(
  context: Context,
  { peering, requester, accepter }: PeeringView,
): Promise<[RoutedNetwork, RoutedNetwork]> {
  const [routes, routeTables] = await Promise.all([
    allParts(context, 'route', { peering: peering.id }),
    allParts(context, 'route-table', { vpcs: [requester.vpc.id, accepter.vpc.id] }),
  ])
  const networkOf = (vpc: Vpc) => ({
    vpc,
    routeTables: routeTables.filter((table) => table.vpc === vpc.id),
    routes: routes.filter((route) => route.vpc === vpc.id),
  })
  return [networkOf(requester.vpc), networkOf(accepter.vpc)]
}
