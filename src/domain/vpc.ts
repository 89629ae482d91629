import type { RegionName, ResourceIds, TenantId, VpcId } from './identity.ts'
import type { Tag } from './peering.ts'

/** A tenant's private network, as far as agreements about it are concerned. */
export interface Vpc {
  readonly id: VpcId
  readonly ids: ResourceIds
  readonly tenant: TenantId
  readonly region: RegionName
  readonly name: string
  readonly description: string
  /** Canonical CIDR texts, IPv4 or IPv6; the first is the primary one, others were added to it. May be empty. */
  readonly cidrs: readonly string[]
  readonly tags: readonly Tag[]
  readonly createdAtMs: number
  readonly updatedAtMs: number
  /** Null while it exists. A deleted VPC is kept for the sake of dead peerings that still name it. */
  readonly deletedAtMs: number | null
  /** Raised by one with every change of the VPC or of any part of it (subnets, route tables, routes). */
  readonly version: number
  readonly attributes: VpcAttributes
}

/** What only some clouds know of a VPC. Kept for those who read it back; nothing here goes by it. */
export interface VpcAttributes {
  readonly resourceGroup: string | null
  readonly dnsServers: readonly string[]
  readonly domainName: string
  readonly multicast: boolean
  readonly userCidrs: readonly string[]
}

export const NO_VPC_ATTRIBUTES: VpcAttributes = {
  resourceGroup: null,
  dnsServers: [],
  domainName: '',
  multicast: false,
  userCidrs: [],
}
