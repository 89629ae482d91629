import { contains, parseCidr } from './cidr.ts'
import type { PartId, PeeringId, VpcId } from './identity.ts'
import type { Port, Route, RouteTable, Subnet } from './network.ts'
import { type Peering, peeringAt } from './peering.ts'
import type { Adopted, Vpc } from './vpc.ts'

/** What should be in the network for a VPC that Isthmus manages, or has adopted. */
export interface WantedNetwork {
  readonly vpc: VpcId
  /** What stands for the VPC already; null: Isthmus makes it. */
  readonly adopted: Adopted | null
  /** None of an adopted one. */
  readonly subnets: readonly {
    readonly id: PartId
    readonly cidrs: readonly string[]
    readonly gateway: string
    /** The table it goes by, where that is not the default one. */
    readonly routeTable: PartId | null
  }[]
  readonly ports: readonly {
    readonly id: PartId
    readonly subnet: PartId
    /** One of each family of its subnet. */
    readonly addresses: readonly string[]
    readonly mac: string
    /** The namespace that the workload lives in; null: one of its own. */
    readonly namespace: string | null
  }[]
}

/** What should be in the network for a peering. */
export interface WantedLink {
  readonly peering: PeeringId
  /** Only an open one lets packets pass. A closed one may be laid in advance, as far as it changes nothing for anybody. */
  readonly open: boolean
  readonly requester: WantedSide
  readonly accepter: WantedSide
}

/** One end of a link. */
export interface WantedSide {
  readonly vpc: VpcId
  readonly adopted: Adopted | null
  /** The blocks of this VPC: the only sources here, and the only destinations there. */
  readonly cidrs: readonly string[]
  /** What this VPC sends through the link once it is open: routes inside the other's blocks. */
  readonly routes: readonly WantedRoute[]
}

export interface WantedRoute {
  readonly destination: string
  /** The table it is in, where that is not the default one; then only the subnets that go by that table use it. */
  readonly routeTable: PartId | null
}

/** A VPC with its parts, as far as they matter here. */
export interface Network {
  readonly vpc: Vpc
  readonly subnets: readonly Subnet[]
  readonly routeTables: readonly RouteTable[]
  readonly routes: readonly Route[]
  readonly ports: readonly Port[]
}

/** What of a VPC is a network of its own. */
export type OwnNetwork = Pick<Network, 'vpc' | 'subnets' | 'ports'>

/** What of a VPC matters to its peerings. */
export type RoutedNetwork = Pick<Network, 'vpc' | 'routeTables' | 'routes'>

/** What should be in the network for a VPC; null for one that is deleted. Pure. */
export function wantedNetwork({ vpc, subnets, ports }: OwnNetwork): WantedNetwork | null {
  if (vpc.deletedAtMs !== null) return null
  const { adopted } = vpc.attributes
  if (adopted) return { vpc: vpc.id, adopted, subnets: [], ports: [] }
  return {
    vpc: vpc.id,
    adopted,
    subnets: subnets.map(({ id, cidrs, gateway, routeTable }) => ({ id, cidrs, gateway, routeTable })),
    ports: ports.map(({ id, subnet, addresses, mac, namespace }) => ({
      id,
      subnet,
      addresses,
      mac,
      namespace,
    })),
  }
}

/**
 * What should be in the network for a peering at `nowMs`; null where nothing should. A request that waits is laid, but
 * closed: a mere request must change nothing for anybody. Pure.
 */
export function wantedLink(
  peering: Peering,
  requester: RoutedNetwork,
  accepter: RoutedNetwork,
  nowMs: number,
): WantedLink | null {
  const { state } = peeringAt(peering, nowMs)
  if (state !== 'active' && state !== 'pending-acceptance') return null
  if (requester.vpc.deletedAtMs !== null || accepter.vpc.deletedAtMs !== null) return null
  const open = state === 'active'
  return {
    peering: peering.id,
    open,
    requester: wantedSide(peering, requester, accepter),
    accepter: wantedSide(peering, accepter, requester),
  }
}

function wantedSide(peering: Peering, own: RoutedNetwork, other: RoutedNetwork): WantedSide {
  const { id, cidrs } = own.vpc
  const defaults = new Set(own.routeTables.filter(({ isDefault }) => isDefault).map((table) => table.id))
  const inside = (destination: string) => {
    const block = parseCidr(destination)
    return other.vpc.cidrs.some((cidr) => {
      const outer = parseCidr(cidr)
      return block !== null && outer !== null && contains(outer, block)
    })
  }
  const routes = own.routes
    .filter(({ nextHop, enabled, destination }) => nextHop === peering.id && enabled && inside(destination))
    .map(({ destination, routeTable }) => ({
      destination,
      routeTable: defaults.has(routeTable) ? null : routeTable,
    }))
  return { vpc: id, adopted: own.vpc.attributes.adopted, cidrs, routes }
}

/**
 * The generation of what is wanted for a peering: it rises with every change of the peering or of either VPC, so that
 * "is it live yet?" is a comparison.
 */
export function generationOf(peering: Peering, requester: Vpc, accepter: Vpc): number {
  return peering.version + requester.version + accepter.version
}

/** How far the network has come with a peering, or with a VPC of its own. */
export interface Realization {
  readonly of: PeeringId | VpcId
  /** The generation that is in the network; 0: none yet. */
  readonly realized: number
  /** When the path was last seen to do what is wanted, real time; null: not yet, or not since it changed. */
  readonly provenAtMs: number | null
  /** Why `realized` is behind, or why there is no proof; null where all is well. */
  readonly reason: string | null
}
