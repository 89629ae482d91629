import { type Cidr, contains, formatCidr, overlaps, parseAddress, parseCidr } from './cidr.ts'
import { DomainError } from './errors.ts'
import type { PartId, PeeringId, RegionName, ResourceIds, TenantId, VpcId } from './identity.ts'
import type { Peering, Tag } from './peering.ts'
import type { Profile } from './profile.ts'
import type { Vpc } from './vpc.ts'

/** What every part of a VPC has. Parts change only together with their VPC, whose version is raised each time. */
interface Part {
  readonly id: PartId
  readonly ids: ResourceIds
  readonly tenant: TenantId
  readonly region: RegionName
  readonly vpc: VpcId
  readonly name: string
  readonly description: string
  readonly tags: readonly Tag[]
  /** Milliseconds since the epoch, on the service's clock. */
  readonly createdAtMs: number
  readonly updatedAtMs: number
}

/** A part of a VPC's blocks in which machines live; Alibaba Cloud's vSwitch. Its addresses are local to the VPC. */
export interface Subnet extends Part {
  readonly kind: 'subnet'
  /** Canonical texts: an IPv4 block, an IPv6 block, or one of each. */
  readonly cidrs: readonly string[]
  readonly zone: string
  /** The address of the router in the subnet, as asked for; the first one of the first block where nothing was said. */
  readonly gateway: string
  readonly dnsServers: readonly string[]
  /** Null: the VPC's default table. */
  readonly routeTable: PartId | null
  /** Tencent Cloud's; kept for those who read it back. Absent: off. */
  readonly broadcast?: boolean
  /** Huawei Cloud's; kept for those who read it back. Absent: on, with no options. */
  readonly dhcp?: SubnetDhcp
}

/** What machines of a subnet are told with their addresses, and whether they are. */
export interface SubnetDhcp {
  readonly enabled: boolean
  /** E.g. `ntp`, in the vendor's words. */
  readonly options: readonly { readonly name: string; readonly value: string }[]
}

/** Each VPC has one default table, made with it; others are made on request and hold for the subnets they are given. */
export interface RouteTable extends Part {
  readonly kind: 'route-table'
  readonly isDefault: boolean
  /** Alibaba Cloud's: whether it takes in routes that others announce; kept for those who read it back. Absent: it does. */
  readonly propagates?: boolean
}

/** Where traffic for a block goes. It belongs to the owner of its VPC, never to the other side of the peering. */
export interface Route extends Part {
  readonly kind: 'route'
  readonly routeTable: PartId
  /** Canonical text. No two routes of a table have the same one. */
  readonly destination: string
  /** As the client spelt it; some read back what they sent. */
  readonly destinationAsSent: string
  readonly nextHop: PeeringId
  readonly enabled: boolean
}

/** A place to plug a workload into a subnet. */
export interface Port extends Part {
  readonly kind: 'port'
  readonly subnet: PartId
  /** One of each family of its subnet; no two ports of a subnet share one. */
  readonly addresses: readonly string[]
  readonly mac: string
  /** The network namespace that the workload lives in; null: one is made for it. */
  readonly namespace: string | null
}

export type NetworkPart = Subnet | RouteTable | Route | Port
export type PartKind = NetworkPart['kind']
export type PartOf<K extends PartKind> = Extract<NetworkPart, { kind: K }>

/** `text` as a block; an address by itself is the block of that one address. Null where it is neither. */
export function parseDestination(text: string): Cidr | null {
  if (text.includes('/')) return parseCidr(text)
  const address = parseAddress(text)
  return address && { family: address.family, base: address.value, bits: address.family === 4 ? 32 : 128 }
}

/** The number by which Tencent Cloud's clients know a route: 48 of the random bits of its id. */
export function routeNumber(id: PartId): number {
  return Number.parseInt(id.slice(-12), 16)
}

const blocksOf = (texts: readonly string[]) =>
  texts.map(parseCidr).filter((block): block is Cidr => block !== null)

/**
 * Lets `vpc` have a subnet of `cidrs` beside those it has, or throws: `subnet.outside-vpc`, `subnet.overlap`.
 */
export function allowSubnet(vpc: Vpc, subnets: readonly Subnet[], cidrs: readonly string[]): void {
  const room = blocksOf(vpc.cidrs)
  for (const block of blocksOf(cidrs)) {
    const cidr = formatCidr(block)
    if (!room.some((outer) => contains(outer, block))) {
      throw new DomainError('subnet.outside-vpc', { cidr, vpc: vpc.id })
    }
    const clash = subnets.find((subnet) => blocksOf(subnet.cidrs).some((other) => overlaps(other, block)))
    if (clash) throw new DomainError('subnet.overlap', { cidr, subnet: clash.id })
  }
}

/** Lets `vpc` have another block, or throws: `vpc.cidr-overlap`, `vpc.cidr-limit`. */
export function allowBlock(vpc: Vpc, cidr: string, limit: number | null): void {
  const block = parseCidr(cidr)
  const clash = vpc.cidrs.find((text) => blocksOf([text]).some((other) => block && overlaps(other, block)))
  if (clash !== undefined) throw new DomainError('vpc.cidr-overlap', { cidr, existing: clash })
  if (limit !== null && vpc.cidrs.length > limit) throw new DomainError('vpc.cidr-limit', { limit })
}

/** Lets `vpc` lose a block, or throws: `vpc.cidr-not-found`, `vpc.cidr-in-use` by a subnet. */
export function allowBlockRemoval(vpc: Vpc, subnets: readonly Subnet[], cidr: string): void {
  if (!vpc.cidrs.includes(cidr)) throw new DomainError('vpc.cidr-not-found', { cidr })
  const outer = parseCidr(cidr)
  const user = subnets.find((subnet) =>
    blocksOf(subnet.cidrs).some((block) => outer && contains(outer, block)),
  )
  if (user) throw new DomainError('vpc.cidr-in-use', { cidr, subnet: user.id })
}

/** What a new route is judged by. */
export interface RouteSurroundings {
  readonly vpc: Vpc
  readonly subnets: readonly Subnet[]
  /** Of the same table. */
  readonly routes: readonly Route[]
  /** The peering it leads through, as it stands now, and the VPC at its other end. */
  readonly peering: Peering
  readonly peer: Vpc
  readonly profile: Profile
}

/**
 * Lets a route for `destination` be made, or throws: `route.peering-not-ready`, `route.exists`,
 * `route.destination-local`, `route.destination-outside-peer`.
 */
export function allowRoute(destination: string, surroundings: RouteSurroundings): void {
  const { vpc, subnets, routes, peering, peer } = surroundings
  const rules = surroundings.profile.routes
  const block = parseCidr(destination)
  if (!block) throw new DomainError('request.invalid', badDestination(destination))
  if (!rules.peeringStates.includes(peering.state)) {
    throw new DomainError('route.peering-not-ready', { peering: peering.id, state: peering.state })
  }
  const same = routes.find((route) => route.destination === destination)
  if (same) throw new DomainError('route.exists', { destination, route: same.id })
  const own = rules.refuseInside === 'vpc' ? vpc.cidrs : subnets.flatMap(({ cidrs }) => cidrs)
  const local =
    rules.refuseInside === null ? undefined : blocksOf(own).find((outer) => contains(outer, block))
  if (local) throw new DomainError('route.destination-local', { destination, local: formatCidr(local) })
  if (rules.onlyInsidePeer && !blocksOf(peer.cidrs).some((outer) => contains(outer, block))) {
    throw new DomainError('route.destination-outside-peer', { destination, peer: peer.id })
  }
}

/** What `request.invalid` says of a destination that is no block. */
export function badDestination(value: string) {
  return {
    field: 'destination',
    problem: 'format',
    reason: 'not a CIDR block without host bits',
    value,
  } as const
}

/** Where a packet goes that a machine of a subnet sends. */
export type Hop =
  | { readonly kind: 'local'; readonly subnet: Subnet }
  | { readonly kind: 'route'; readonly route: Route }
  /** No route: it is dropped. */
  | { readonly kind: 'none' }

/**
 * Where a packet for `address` goes, in a VPC with `subnets`, by a table with `routes`. What is local wins over every
 * route; of the routes that are enabled the longest prefix wins. `address` is one that `parseAddress` reads.
 */
export function hopFor(address: string, subnets: readonly Subnet[], routes: readonly Route[]): Hop {
  const target = parseDestination(address)
  if (!target) return { kind: 'none' }
  const holds = (cidr: string) => blocksOf([cidr]).some((block) => contains(block, target))
  const subnet = subnets.find(({ cidrs }) => cidrs.some(holds))
  if (subnet) return { kind: 'local', subnet }
  let best: { route: Route; bits: number } | null = null
  for (const route of routes) {
    const block = route.enabled ? parseCidr(route.destination) : null
    if (block && contains(block, target) && (!best || block.bits > best.bits))
      best = { route, bits: block.bits }
  }
  return best ? { kind: 'route', route: best.route } : { kind: 'none' }
}
