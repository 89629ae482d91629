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

/** A router or a namespace that is not ours: only the rows of peerings are ever made or removed there. */
export type Adopted = { readonly ovnRouter: string } | { readonly netns: string }

/** What a VPC has beside its addresses. All but `adopted` is what only some clouds know, kept for those who read it back. */
export interface VpcAttributes {
  /** What stands for it in the network already, made by somebody else; null: Isthmus makes its network. */
  readonly adopted: Adopted | null
  readonly resourceGroup: string | null
  readonly dnsServers: readonly string[]
  readonly domainName: string
  readonly multicast: boolean
  readonly userCidrs: readonly string[]
  /** Tencent Cloud's: whether its blocks, and not its subnets, are published where it is attached. Absent: not. */
  readonly publishesIpv4Blocks?: boolean
  readonly publishesIpv6Blocks?: boolean
  /** Huawei Cloud's. Absent: off. */
  readonly sharedSnat?: boolean
  readonly enhancedLocalRoute?: boolean
  /** Alibaba Cloud's: whether machines get public host names. Absent: not. */
  readonly dnsHostnames?: boolean
}

export const NO_VPC_ATTRIBUTES: VpcAttributes = {
  adopted: null,
  resourceGroup: null,
  dnsServers: [],
  domainName: '',
  multicast: false,
  userCidrs: [],
}
