import { randomUUID } from 'node:crypto'
import { type PartId, type PeeringId, partId, peeringId, type VpcId, vpcId } from '../../domain/identity.ts'
import type { WantedLink, WantedNetwork, WantedSide } from '../../domain/realization.ts'
import type { Adopted } from '../../domain/vpc.ts'

/** A VPC of the data plane's tests. Each of its subnets holds one port, at the tenth address of each block. */
export interface TestVpc {
  readonly id: VpcId
  readonly adopted: Adopted | null
  readonly cidrs: readonly string[]
  readonly network: WantedNetwork
}

export interface TestSubnet {
  readonly cidrs: readonly string[]
  readonly routeTable?: PartId
  /** The namespace its workload lives in; absent: one of its own. */
  readonly namespace?: string
}

let macs = 0

export function buildVpc(cidrs: readonly string[], subnets: readonly TestSubnet[]): TestVpc {
  const id = vpcId(randomUUID())
  const made = subnets.map((subnet) => ({ ...subnet, id: partId(randomUUID()) }))
  return {
    id,
    adopted: null,
    cidrs,
    network: {
      vpc: id,
      adopted: null,
      subnets: made.map((subnet) => ({
        id: subnet.id,
        cidrs: subnet.cidrs,
        gateway: addressIn(subnet.cidrs[0] ?? '', 1),
        routeTable: subnet.routeTable ?? null,
      })),
      ports: made.map((subnet) => ({
        id: partId(randomUUID()),
        subnet: subnet.id,
        addresses: subnet.cidrs.map((cidr) => addressIn(cidr, 10)),
        mac: `02:42:00:00:00:${(++macs % 256).toString(16).padStart(2, '0')}`,
        namespace: subnet.namespace ?? null,
      })),
    },
  }
}

export function buildAdopted(adopted: Adopted, cidrs: readonly string[]): TestVpc {
  const id = vpcId(randomUUID())
  return { id, adopted, cidrs, network: { vpc: id, adopted, subnets: [], ports: [] } }
}

/** The address with that number in a block that ends at a dot or a colon, e.g. 10.1.1.0/24 or fd00:1::/64. */
export function addressIn(cidr: string, number: number): string {
  const base = cidr.replace(/\/\d+$/, '')
  return base.includes(':') ? `${base}${number.toString(16)}` : base.replace(/0$/, String(number))
}

/** What one side of a link is to be: routes into whole blocks of the other, unless others are named. */
export interface TestSide {
  readonly vpc: TestVpc
  readonly routes?: readonly (string | { readonly destination: string; readonly routeTable: PartId })[]
}

export function buildLink(
  requester: TestSide,
  accepter: TestSide,
  more: { readonly open?: boolean; readonly peering?: PeeringId } = {},
): WantedLink {
  const open = more.open ?? true
  const side = (own: TestSide, other: TestSide): WantedSide => ({
    vpc: own.vpc.id,
    adopted: own.vpc.adopted,
    cidrs: own.vpc.cidrs,
    routes: (own.routes ?? other.vpc.cidrs).map((route) =>
      typeof route === 'string' ? { destination: route, routeTable: null } : route,
    ),
  })
  return {
    peering: more.peering ?? peeringId(randomUUID()),
    open,
    requester: side(requester, accepter),
    accepter: side(accepter, requester),
  }
}
