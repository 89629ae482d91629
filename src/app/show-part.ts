import { DomainError } from '../domain/errors.ts'
import type { NetworkPart, PartKind, PartOf, Port, Route, RouteTable, Subnet } from '../domain/network.ts'
import type { Vpc } from '../domain/vpc.ts'
import type { Page, PartQuery } from '../ports/store.ts'
import { type Caller, type Context, partyOf, principalOf } from './context.ts'
import { showVpc } from './show-vpc.ts'

const MISSING = {
  subnet: 'subnet.not-found',
  'route-table': 'route-table.not-found',
  route: 'route.not-found',
  port: 'port.not-found',
} as const satisfies Record<PartKind, string>

/** The caller's part that `id` names. Throws `*.not-found`, also for one that is somebody else's. */
async function showPart<K extends PartKind>(
  context: Context,
  caller: Caller,
  kind: K,
  id: string,
): Promise<PartOf<K>> {
  const part = await context.store.findPart(kind, id)
  if (!part || !isOwn(caller, part)) throw new DomainError(MISSING[kind], { id })
  return part
}

function isOwn(caller: Caller, part: NetworkPart): boolean {
  const principal = principalOf(caller)
  if (principal.kind === 'operator') return true
  return part.tenant === principal.tenant && (principal.region === null || part.region === principal.region)
}

/** Throws `subnet.not-found`, also for somebody else's. */
export function showSubnet(context: Context, caller: Caller, input: { id: string }): Promise<Subnet> {
  return showPart(context, caller, 'subnet', input.id)
}

/** Throws `route-table.not-found`, also for somebody else's. */
export function showRouteTable(context: Context, caller: Caller, input: { id: string }): Promise<RouteTable> {
  return showPart(context, caller, 'route-table', input.id)
}

/** Throws `port.not-found`, also for somebody else's. */
export function showPort(context: Context, caller: Caller, input: { id: string }): Promise<Port> {
  return showPart(context, caller, 'port', input.id)
}

/** Throws `route.not-found`, also for somebody else's. */
export function showRoute(context: Context, caller: Caller, input: { id: string }): Promise<Route> {
  return showPart(context, caller, 'route', input.id)
}

type Filter = Omit<PartQuery, 'party'>

/** The caller's subnets; the operator sees everybody's. */
export function listSubnets(context: Context, caller: Caller, filter: Filter): Promise<Page<Subnet>> {
  return context.store.listParts('subnet', { ...filter, party: partyOf(caller) })
}

/** The caller's route tables; the operator sees everybody's. */
export function listRouteTables(context: Context, caller: Caller, filter: Filter): Promise<Page<RouteTable>> {
  return context.store.listParts('route-table', { ...filter, party: partyOf(caller) })
}

/** The caller's routes; the operator sees everybody's. */
export function listRoutes(context: Context, caller: Caller, filter: Filter): Promise<Page<Route>> {
  return context.store.listParts('route', { ...filter, party: partyOf(caller) })
}

/** The VPC that a part of the caller's is in. */
export function vpcOf(context: Context, caller: Caller, part: NetworkPart): Promise<Vpc> {
  return showVpc(context, caller, { id: part.vpc })
}
