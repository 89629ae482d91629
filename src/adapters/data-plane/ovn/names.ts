import type { PartId, PeeringId, VpcId } from '../../../domain/identity.ts'

/*
 * How what Isthmus made in OVN is recognised: by a mark in `external_ids`, which says for which VPC or peering it is. Names
 * are made of ids, one for each thing, so that no two can meet.
 */

const OWNER = 'isthmus'

export type SideName = 'requester' | 'accepter'
export type Family = 4 | 6

export interface Mark {
  readonly vpc?: VpcId
  readonly peering?: PeeringId
}

/** What is written on a row. */
export function marked(mark: Mark & { readonly subnet?: PartId; readonly port?: PartId }) {
  return { owner: OWNER, ...mark }
}

/** Whose row it is; null where it is not ours. */
export function markOf(externalIds: ReadonlyMap<string, string>): Mark | null {
  if (externalIds.get('owner') !== OWNER) return null
  const [vpc, peering] = [externalIds.get('vpc'), externalIds.get('peering')]
  return {
    ...(vpc !== undefined && { vpc: vpc as VpcId }),
    ...(peering !== undefined && { peering: peering as PeeringId }),
  }
}

/** The logical router of a managed VPC. */
export const routerName = (vpc: VpcId) => `isthmus-vpc-${vpc}`
/** The logical switch of a subnet, its router's port, and the switch's port towards that. */
export const switchName = (subnet: PartId) => `isthmus-subnet-${subnet}`
export const gatewayPortName = (subnet: PartId) => `isthmus-gateway-${subnet}`
export const uplinkName = (subnet: PartId) => `isthmus-uplink-${subnet}`
/** The logical switch port of a workload: what an interface is plugged in as. */
export const portName = (port: PartId) => `isthmus-port-${port}`
/** The router port of one end of a peering. */
export const endName = (peering: PeeringId, side: SideName) => `isthmus-${side}-${peering}`
/** The routing table that the subnets of a route table go by. */
export const tableName = (routeTable: PartId | null) => (routeTable === null ? '' : `isthmus-${routeTable}`)
/** The blocks of one side that packets may go to. Names of address sets take no hyphens. */
export function setName(peering: PeeringId, side: SideName, family: Family): string {
  return `isthmus_${peering.replaceAll('-', '')}_${side}_${family}`
}

/** What came in by a peering goes by this routing table. There is no route in it: it leads to what is connected, and no further. */
export const TRANSIT_TABLE = 'isthmus-peering'

/** The same at every peering: packets leave by a port that is named, so these need to be unique on no router. */
export const END_ADDRESS = { requester: '169.254.0.1', accepter: '169.254.0.2' } as const

const MAC_PREFIX = { gateway: '02:49', requester: '02:4a', accepter: '02:4b' } as const

/** A locally administered address, from a number that is no other thing's. */
export function macOf(kind: keyof typeof MAC_PREFIX, number: number): string {
  const digits = number.toString(16).padStart(8, '0')
  if (digits.length > 8) throw new Error(`the number ${number} is too large for a MAC address`)
  return `${MAC_PREFIX[kind]}:${digits.match(/../g)?.join(':')}`
}

/** The IPv6 address that a router port has by itself. Source: RFC 4291, appendix A. */
export function linkLocalOf(mac: string): string {
  const bytes = mac.split(':').map((byte) => Number.parseInt(byte, 16))
  const [first = 0, second = 0, third = 0, ...rest] = bytes
  const all = [first ^ 2, second, third, 0xff, 0xfe, ...rest]
  const groups = [0, 2, 4, 6].map((at) => (((all[at] ?? 0) << 8) | (all[at + 1] ?? 0)).toString(16))
  return `fe80::${groups.join(':')}`
}
