import type { QuotaName } from './errors.ts'
import type { PeeringState } from './peering.ts'

/** A limit per counter; null is no limit. */
export type Quotas = Readonly<Record<QuotaName, number | null>>

/** Where the clouds differ in what they allow, as data. Each dialect has one. */
export interface Profile {
  /** Whether two VPCs whose blocks overlap may be peered. */
  readonly overlap: 'allow' | 'refuse'
  /** Whether a VPC may be peered with two VPCs whose blocks overlap each other. */
  readonly overlapElsewhere: 'allow' | 'refuse'
  readonly crossRegion: 'allow' | 'refuse'
  /** Whether a peering within one region may be given a bandwidth, and how much any may have, in Mbit/s. */
  readonly bandwidth: { readonly sameRegion: 'allow' | 'refuse'; readonly limitMbps: number | null }
  /** Whether a peering within one region may be given a link type. */
  readonly linkTypeInSameRegion: 'allow' | 'refuse'
  /** States in which name, description and the rest may be changed. */
  readonly updatable: readonly PeeringState[]
  /** What a change does when another is under way on the same peering or VPC: look again, or tell the caller. */
  readonly concurrentChange: 'retry' | 'refuse'
  /** Which routes through a peering may be made. */
  readonly routes: {
    /** States of the peering in which one may be. */
    readonly peeringStates: readonly PeeringState[]
    /** A destination inside which of the VPC's own blocks is refused; null: none is. */
    readonly refuseInside: 'vpc' | 'subnets' | null
    /** Whether the destination must lie inside the peer's blocks. */
    readonly onlyInsidePeer: boolean
  }
  /** How many blocks a VPC may have beside its first one; null is no limit. */
  readonly extraCidrs: number | null
  /** What happens to routes through a peering that is being deleted. */
  readonly routesOnDelete: 'remove' | 'block-unless-forced'
  /** Whether two VPCs of one tenant and region may have the same name. */
  readonly vpcNames: 'free' | 'unique'
  readonly quotas: Quotas
}
