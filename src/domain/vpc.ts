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
  /** Canonical CIDR texts, IPv4 or IPv6; the first is the primary one. May be empty. */
  readonly cidrs: readonly string[]
  readonly tags: readonly Tag[]
  readonly createdAtMs: number
  readonly updatedAtMs: number
  /** Null while it exists. A deleted VPC is kept for the sake of dead peerings that still name it. */
  readonly deletedAtMs: number | null
  readonly version: number
}
