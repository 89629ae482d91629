import { formatCidr } from '../domain/cidr.ts'
import { DomainError } from '../domain/errors.ts'
import {
  allowRoute,
  badDestination,
  parseDestination,
  type Route,
  type RouteTable,
} from '../domain/network.ts'
import { peeringAt } from '../domain/peering.ts'
import { sidesOf } from '../domain/policy.ts'
import { limitsFor } from '../domain/quota.ts'
import type { Vpc } from '../domain/vpc.ts'
import type { Condition, PartRevision, PeeringView } from '../ports/store.ts'
import { type Caller, type Context, principalOf } from './context.ts'
import { allParts, draftPart, editNetwork } from './edit-network.ts'
import { showRoute, showRouteTable, vpcOf } from './show-part.ts'
import { showVpc } from './show-vpc.ts'

/** What a route says; the destination in any spelling, the next hop by any dialect's id of a peering. */
export interface RouteSaying {
  readonly destination: string
  readonly nextHop: string
  readonly name: string
  readonly description: string
  readonly enabled: boolean
}

/** Which route of the table is meant; `label` is what the client called it. */
export interface RouteSelector {
  readonly label: string
  readonly matches: (route: Route) => boolean
}

export interface ChangeRoutes {
  /** Any dialect's id of a route table of the caller's. */
  readonly routeTable: string
  readonly add: readonly RouteSaying[]
  readonly modify: readonly { readonly route: RouteSelector; readonly to: Partial<RouteSaying> }[]
  readonly remove: readonly RouteSelector[]
  /** What is said of the table itself along the way. */
  readonly table?: Partial<Pick<RouteTable, 'name' | 'description'>>
}

export interface ChangedRoutes {
  readonly routeTable: RouteTable
  readonly vpc: Vpc
  readonly added: readonly Route[]
  readonly modified: readonly Route[]
  readonly removed: readonly Route[]
}

/**
 * Changes the routes of one table, all as asked or none. What is removed is removed first.
 *
 * Throws `route-table.not-found`, `route.not-found`, and what `planRoutes` and `save` throw.
 */
export function changeRoutes(context: Context, caller: Caller, input: ChangeRoutes): Promise<ChangedRoutes> {
  let routeTable: RouteTable
  return editNetwork(
    context,
    caller,
    async () => {
      routeTable = await showRouteTable(context, caller, { id: input.routeTable })
      return vpcOf(context, caller, routeTable)
    },
    async (vpc, nowMs) => {
      const present = await allParts(context, 'route', { routeTable: routeTable.id })
      const plan = { vpc, routeTable, present, nowMs }
      const { added, modified, removed, parts, conditions } = await planRoutes(context, caller, plan, input)
      const from = routeTable
      if (input.table) {
        routeTable = { ...from, ...input.table, updatedAtMs: nowMs }
        parts.push({ from, to: routeTable })
      }
      const result = { routeTable, vpc, added, modified, removed }
      return { parts, conditions, result, resultId: [routeTable.id, ...added.map(({ id }) => id)].join(' ') }
    },
    (resultId) => recall(context, caller, resultId),
  )
}

/** The routes of a table as they stand, and what a change of them is judged by. */
interface TableOfRoutes {
  readonly vpc: Vpc
  readonly routeTable: RouteTable
  readonly present: readonly Route[]
  readonly nowMs: number
}

/**
 * What becomes of the routes of a table, and what that takes for granted. A route is looked at again only where its
 * destination or its next hop changes: that it is switched off, or described, is no new claim on its peering.
 *
 * Throws `route.not-found`, `route.next-hop-not-found`, `route.exists`, `route.destination-*`,
 * `route.peering-not-ready`, `request.invalid` for a bad destination, `quota.exceeded`.
 */
export async function planRoutes(
  context: Context,
  caller: Caller,
  { vpc, routeTable, present, nowMs }: TableOfRoutes,
  input: Pick<ChangeRoutes, 'add' | 'modify' | 'remove'>,
) {
  const subnets = await allParts(context, 'subnet', { vpcs: [vpc.id] })
  const conditions: Condition[] = []
  // Two selectors may name one route.
  const removed = [...new Set(input.remove.map((selector) => select(present, selector)))]
  let routes = present.filter((route) => !removed.includes(route))
  /** Lets `route` be, beside the others, and takes note of what it takes for granted. */
  const place = async (saying: Pick<RouteSaying, 'destination' | 'nextHop'>, others: readonly Route[]) => {
    const destination = canonicalDestination(saying.destination)
    const { peering, peer } = await findNextHop(context, caller, vpc, saying.nextHop)
    conditions.push({ kind: 'unchanged', of: 'peerings', id: peering.id, version: peering.version })
    const standing = peeringAt(peering, nowMs)
    const { profile } = caller
    allowRoute(destination, { vpc, subnets, routes: others, peering: standing, peer, profile })
    return { destination, destinationAsSent: saying.destination, nextHop: peering.id }
  }
  const modified = new Map<Route, Route>()
  for (const { route: selector, to: patch } of input.modify) {
    const before = select(routes, selector)
    const others = routes.filter((route) => route !== before)
    const { destination = before.destinationAsSent, nextHop = before.nextHop } = patch
    const moves = patch.destination !== undefined || patch.nextHop !== undefined
    const to: Route = {
      ...before,
      name: patch.name ?? before.name,
      description: patch.description ?? before.description,
      enabled: patch.enabled ?? before.enabled,
      ...(moves && (await place({ destination, nextHop }, others))),
      updatedAtMs: nowMs,
    }
    // One that is named twice is changed twice, and saved once.
    const from = [...modified].find(([, earlier]) => earlier === before)?.[0] ?? before
    modified.set(from, to)
    routes = [...others, to]
  }
  const added: Route[] = []
  for (const saying of input.add) {
    const route: Route = {
      ...draftPart(context, 'route', vpc, saying),
      routeTable: routeTable.id,
      enabled: saying.enabled,
      ...(await place(saying, routes)),
    }
    added.push(route)
    routes = [...routes, route]
  }
  holdToQuota(caller, routes.length, present.length)
  const parts: PartRevision[] = [
    ...removed.map((from) => ({ from, to: null })),
    ...[...modified].map(([from, to]) => ({ from, to })),
    ...added.map((to) => ({ from: null, to })),
  ]
  return { parts, conditions, added, modified: [...modified.values()], removed }
}

/** Deletes one route, of the VPC named or of any. Throws `vpc.not-found`, `route.not-found`, and what `save` throws. */
export function deleteRoute(
  context: Context,
  caller: Caller,
  input: { vpc?: string; id: string },
): Promise<void> {
  return editNetwork(
    context,
    caller,
    async () =>
      input.vpc === undefined
        ? vpcOf(context, caller, await showRoute(context, caller, input))
        : showVpc(context, caller, { id: input.vpc }),
    async (vpc) => {
      const from = await showRoute(context, caller, input)
      if (from.vpc !== vpc.id) throw new DomainError('route.not-found', { id: input.id })
      return { parts: [{ from, to: null }], result: undefined, resultId: from.id }
    },
    async () => {},
  )
}

/** The result of an earlier request, as far as it still stands: what was added. */
async function recall(context: Context, caller: Caller, resultId: string): Promise<ChangedRoutes> {
  const [id = '', ...ids] = resultId.split(' ')
  const routeTable = await showRouteTable(context, caller, { id })
  const vpc = await vpcOf(context, caller, routeTable)
  const added = ids.length === 0 ? [] : await allParts(context, 'route', { ids })
  return { routeTable, vpc, added, modified: [], removed: [] }
}

function select(routes: readonly Route[], { label, matches }: RouteSelector): Route {
  const found = routes.find(matches)
  if (!found) throw new DomainError('route.not-found', { id: label })
  return found
}

function canonicalDestination(text: string): string {
  const block = parseDestination(text)
  if (!block) throw new DomainError('request.invalid', badDestination(text))
  return formatCidr(block)
}

/** The peering of `vpc` that `id` names, for one of its parties, and the VPC at its other end. */
async function findNextHop(context: Context, caller: Caller, vpc: Vpc, id: string) {
  const view = await context.store.findPeering(id)
  const peer = view && view.peering.state !== 'deleted' ? peerOf(view, vpc) : null
  if (!view || !peer || sidesOf(view.peering, principalOf(caller)).length === 0) {
    throw new DomainError('route.next-hop-not-found', { id })
  }
  return { peering: view.peering, peer }
}

/** The VPC that a peering joins `vpc` with; null where it joins others. */
function peerOf({ peering, requester, accepter }: PeeringView, vpc: Vpc): Vpc | null {
  if (peering.requester.vpc === vpc.id) return accepter.vpc
  return peering.accepter.vpc === vpc.id ? requester.vpc : null
}

function holdToQuota(caller: Caller, count: number, before: number): void {
  const limit = limitsFor(caller.profile.quotas, caller.tenant?.quotas ?? {})['routes-per-route-table']
  if (limit !== null && count > limit && count > before) {
    throw new DomainError('quota.exceeded', { quota: 'routes-per-route-table', limit, used: before })
  }
}
