import { type Cidr, contains, formatCidr, overlaps, parseCidr } from '../../../domain/cidr.ts'
import type { PeeringId } from '../../../domain/identity.ts'
import type { WantedLink, WantedSide } from '../../../domain/realization.ts'
import type { Uuid } from '../../../ovsdb/index.ts'
import { DataPlaneUnavailableError } from '../../../ports/data-plane.ts'
import {
  END_ADDRESS,
  endName,
  type Family,
  linkLocalOf,
  macOf,
  marked,
  markOf,
  type SideName,
  setName,
  TRANSIT_TABLE,
  tableName,
} from './names.ts'
import { difference, fillSet, remove, rowsMarked, type WantedRow } from './rows.ts'
import type { Northbound, NorthboundOperation, NorthboundRow } from './tables.ts'
import { blocksOf, connectedTo, type Router, routerOf, routesOf } from './topology.ts'

/*
 * A peering is two router ports that are each other's peers, routes that lead out by them, and at each of them a gate: what
 * comes in passes only from and to the blocks in two address sets. An address set is the one thing that OVN takes up without
 * computing everything anew. So all else is laid when a peering is asked for, and agreeing to it fills the sets.
 *
 * A set holds those blocks of a side that the other side routes to. Where one of them has no route, nothing passes either way.
 */

/** A link that is wanted, and the number that was allocated for it. */
export interface LinkPlan {
  readonly wanted: WantedLink
  readonly number: number
}

/** A block that a router of a managed VPC will have a route for. */
export interface Claim {
  readonly router: Uuid
  readonly block: Cidr
}

/** What is to be done for a link, and what cannot be done; both empty: all is as it should be. */
export interface LinkWork {
  readonly operations: readonly NorthboundOperation[]
  /** What keeps a part of it from being laid, in words. */
  readonly obstacles: readonly string[]
  /** The routes that are laid in advance. */
  readonly advance: readonly Claim[]
}

interface End {
  readonly side: SideName
  readonly wanted: WantedSide
  readonly router: Router
  /** What is connected to the router, and all routes that it has, whosever they are. */
  readonly connected: readonly Cidr[]
  readonly present: readonly PresentRoute[]
  readonly mac: string
  /** What is laid, and lets packets pass while the link is open. */
  readonly routes: readonly { readonly block: Cidr; readonly table: string }[]
}

interface PresentRoute {
  readonly row: NorthboundRow<'Logical_Router_Static_Route'>
  readonly block: Cidr | null
  /** Whose it is; null: not ours. */
  readonly peering: PeeringId | null
}

const OTHER = { requester: 'accepter', accepter: 'requester' } as const
/** Above whatever else the owner of a router has: no rule of somebody else's leads around a gate. */
const PRIORITY = { pass: 32_767, drop: 32_766 } as const
const SOURCE = { 4: 'ip4', 6: 'ip6' } as const
const FAMILIES = [4, 6] as const

/** What takes away whatever there is of a link. */
export function removalOperations(northbound: Northbound, peering: PeeringId): NorthboundOperation[] {
  return difference(northbound, [], rowsMarked(northbound, 'peering', peering))
}

/**
 * What brings a link to what is wanted. `claims`: blocks that others are about to lay routes for. Throws
 * `DataPlaneUnavailableError` where a router is missing.
 */
export function linkWork(northbound: Northbound, plan: LinkPlan, claims: readonly Claim[] = []): LinkWork {
  const { peering } = plan.wanted
  const obstacles: string[] = []
  const ends = endsOf(northbound, plan, obstacles)
  const families = FAMILIES.filter((family) =>
    ends.every(({ wanted }) => blocksOf(wanted.cidrs).some((block) => block.family === family)),
  )
  const advance = ends.map((end) => advanceRoutes(plan.wanted, end, claims))
  const rows = ends.flatMap((end, index) => {
    const other = ends[1 - index] as End
    const blocks = advance[index] ?? []
    const routes = [...end.routes, ...blocks.map((block) => ({ block, table: '' }))]
    return [
      ...portRow(plan.wanted, end),
      ...routes
        .filter(({ block }) => families.includes(block.family))
        .map((each) => routeRow(peering, end, other, each)),
      ...gateRows(peering, end, families),
      ...setRows(peering, end, other, families),
    ]
  })
  const operations = [
    ...ends.flatMap((end) => idleRoutesOfOthers(northbound, peering, end)),
    ...difference(northbound, rows, rowsMarked(northbound, 'peering', peering)),
  ]
  const claimed = ends.flatMap(({ router }, index) =>
    (advance[index] ?? []).map((block) => ({ router: router._uuid, block })),
  )
  return { operations, obstacles, advance: claimed }
}

/** The routes that a link is to have in default tables. Throws as `linkWork` does. */
export function claimsOf(northbound: Northbound, plan: LinkPlan): Claim[] {
  return endsOf(northbound, plan, []).flatMap(({ router, routes }) =>
    routes.filter(({ table }) => table === '').map(({ block }) => ({ router: router._uuid, block })),
  )
}

/** Takes out of the gates what is no longer wanted: what must stop, stops at once. */
export function closingOperations(
  northbound: Northbound,
  peering: PeeringId,
  plan: LinkPlan | null,
): NorthboundOperation[] {
  const ends = plan ? endsOf(northbound, plan, []) : []
  const wanted = new Map(
    ends.flatMap((end, index) =>
      FAMILIES.map((family) => [setName(peering, end.side, family), filling(ends[1 - index] as End, family)]),
    ),
  )
  return northbound.find('Address_Set', 'peering', peering).flatMap((set) => {
    const kept = [...set.addresses].filter((address) => wanted.get(set.name)?.includes(address))
    return kept.length < set.addresses.size ? [fillSet(set, kept)] : []
  })
}

function endsOf(northbound: Northbound, { wanted, number }: LinkPlan, obstacles: string[]): [End, End] {
  const endAt = (side: SideName): End => {
    const router = routerOf(northbound, wanted[side])
    const connected = connectedTo(northbound, router)
    const present = routesOf(northbound, router).map((row) => ({
      row,
      block: parseCidr(row.ip_prefix),
      peering: markOf(row.external_ids)?.peering ?? null,
    }))
    const bare = { side, wanted: wanted[side], router, connected, present, mac: macOf(side, number) }
    return { ...bare, routes: wanted.open ? openRoutes(wanted, bare, obstacles) : [] }
  }
  const ends: [End, End] = [endAt('requester'), endAt('accepter')]
  if (ends[0].router._uuid === ends[1].router._uuid) {
    throw new DataPlaneUnavailableError(`both VPCs stand for the OVN logical router ${ends[0].router.name}`)
  }
  return ends
}

/**
 * The routes of a side as they can be laid: inside the other's blocks, and not for what is local, which would win in the
 * VPC and lose in OVN, where the longer prefix wins.
 */
function openRoutes(
  wanted: WantedLink,
  { side, router, connected, present }: Omit<End, 'routes'>,
  obstacles: string[],
): End['routes'] {
  const reachable = blocksOf(wanted[OTHER[side]].cidrs)
  const foreign = present.filter(({ peering }) => peering === null).map(({ row }) => row)
  return wanted[side].routes.flatMap(({ destination, routeTable }) => {
    const block = parseCidr(destination)
    const table = tableName(routeTable)
    if (!block || !reachable.some((outer) => contains(outer, block))) return []
    if (connected.some((outer) => contains(outer, block))) return []
    if (foreign.some((route) => route.route_table === table && route.ip_prefix === formatCidr(block))) {
      obstacles.push(`the OVN logical router ${router.name} has a route of its own for ${destination}`)
      return []
    }
    return [{ block, table }]
  })
}

/**
 * Routes that may lie there unused, so that later only the gates have to be filled: for those blocks of the other side that
 * this VPC has no other way to, and wants none to by another table. Never in a router of somebody else's, whose owner may
 * lay other routes at any time. They change nothing: without them the same packets would be dropped a step earlier.
 */
function advanceRoutes(wanted: WantedLink, end: End, claims: readonly Claim[]): Cidr[] {
  const { router, connected, present } = end
  if (end.wanted.adopted) return []
  const taken = [
    ...blocksOf(end.wanted.cidrs),
    ...connected,
    ...end.routes.map(({ block }) => block),
    ...claims.filter((claim) => claim.router === router._uuid).map(({ block }) => block),
    ...present.flatMap(({ peering, block }) => (peering !== wanted.peering && block ? [block] : [])),
  ]
  const free: Cidr[] = []
  for (const block of blocksOf(wanted[OTHER[end.side]].cidrs)) {
    if (![...taken, ...free].some((other) => overlaps(other, block))) free.push(block)
  }
  return free
}

/** Routes that other links laid in advance give way to one that is wanted. */
function idleRoutesOfOthers(northbound: Northbound, peering: PeeringId, end: End): NorthboundOperation[] {
  const wanted = end.routes.filter(({ table }) => table === '').map(({ block }) => block)
  if (wanted.length === 0) return []
  return end.present
    .filter(
      ({ row, block, peering: other }) =>
        other !== null &&
        other !== peering &&
        row.route_table === '' &&
        block !== null &&
        wanted.some((each) => overlaps(each, block)) &&
        isIdle(northbound, row, other, block),
    )
    .flatMap(({ row }) => remove(northbound, { table: 'Logical_Router_Static_Route', row }))
}

/** Whether nothing can pass by a route, as the gate at its other end does not have its block. */
function isIdle(
  northbound: Northbound,
  route: NorthboundRow<'Logical_Router_Static_Route'>,
  peering: PeeringId,
  block: Cidr,
): boolean {
  const side = route.output_port === endName(peering, 'requester') ? 'accepter' : 'requester'
  const [set] = northbound.find('Address_Set', 'name', setName(peering, side, block.family))
  return !blocksOf(set?.addresses ?? []).some((each) => overlaps(each, block))
}

function portRow({ peering, open }: WantedLink, { side, wanted, router, mac }: End): WantedRow[] {
  return [
    {
      table: 'Logical_Router_Port',
      parent: router._uuid,
      row: {
        name: endName(peering, side),
        mac,
        networks: [`${END_ADDRESS[side]}/32`],
        peer: endName(peering, OTHER[side]),
        // Who owns the router may take every policy away, and the gate with them: a mere request must stay shut without.
        enabled: wanted.adopted && !open ? false : null,
        options: { route_table: TRANSIT_TABLE },
        external_ids: marked({ peering }),
      },
    },
  ]
}

function routeRow(
  peering: PeeringId,
  { side, router }: End,
  other: End,
  { block, table }: End['routes'][number],
): WantedRow {
  return {
    table: 'Logical_Router_Static_Route',
    parent: router._uuid,
    row: {
      ip_prefix: formatCidr(block),
      nexthop: block.family === 4 ? END_ADDRESS[other.side] : linkLocalOf(other.mac),
      output_port: endName(peering, side),
      route_table: table,
      policy: null,
      external_ids: marked({ peering }),
    },
  }
}

function gateRows(peering: PeeringId, { side, router }: End, families: readonly Family[]): WantedRow[] {
  const into = `inport == "${endName(peering, side)}"`
  const policy = (priority: number, match: string, action: string): WantedRow => ({
    table: 'Logical_Router_Policy',
    parent: router._uuid,
    row: { priority, match, action, external_ids: marked({ peering }) },
  })
  return [
    ...families.map((family) =>
      policy(PRIORITY.pass, `${into} && ${passage(peering, side, family)}`, 'allow'),
    ),
    policy(PRIORITY.drop, into, 'drop'),
  ]
}

/** What may come in at a side. */
function passage(peering: PeeringId, side: SideName, family: Family): string {
  const [from, to] = [setName(peering, OTHER[side], family), setName(peering, side, family)]
  return `${SOURCE[family]}.src == $${from} && ${SOURCE[family]}.dst == $${to}`
}

function setRows(peering: PeeringId, end: End, other: End, families: readonly Family[]): WantedRow[] {
  return families.map((family) => ({
    table: 'Address_Set',
    parent: null,
    row: {
      name: setName(peering, end.side, family),
      addresses: filling(other, family),
      external_ids: marked({ peering }),
    },
  }))
}

/** The blocks that the routes of one side lead to; none that is inside another. */
function filling({ routes }: End, family: Family): string[] {
  const blocks = routes.map(({ block }) => block).filter((block) => block.family === family)
  const outer = blocks.filter(
    (block) => !blocks.some((each) => each.bits < block.bits && contains(each, block)),
  )
  return [...new Set(outer.map(formatCidr))]
}
