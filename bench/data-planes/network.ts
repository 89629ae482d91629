/** A VPC with a workload in it that answers. */
export interface Site {
  readonly vpc: string
  readonly cidr: string
  readonly address: string
  /** Where the workload lives. */
  readonly namespace: string
}

/** A port, as the native API answers it. */
export interface PortBody {
  readonly id: string
  readonly address: string
  readonly prefixLength: number
  readonly mac: string
  readonly gateway: string
  readonly attach:
    | { readonly netns: { readonly namespace: string } }
    | { readonly ovn: { readonly ifaceId: string } }
    | null
}

/** What a service drives, and how somebody without one would do the same. */
export interface BenchNetwork {
  /** Options of `isthmus serve`. */
  readonly args: readonly string[]
  /** Has a workload live at a port; answers its namespace. */
  plug(port: PortBody, vpc: string): Promise<string>
  /** Peers two VPCs by hand, as quickly as its own tools can. */
  layByHand(one: Site, other: Site): Promise<void>
  removeByHand(one: Site, other: Site): Promise<void>
  /** The ids of some rows of a peering, which are others once it was laid anew; none: nothing is left of it. */
  partsOf(peering: string, one: Site): Promise<readonly string[]>
  /** Takes a part of a peering away, without which nothing passes. */
  damage(peering: string, one: Site): Promise<void>
  /** Fulfilled once nothing has gone on in it for a while. */
  settle(): Promise<void>
  /** Takes away what is left of it, once nothing drives it any more. */
  dispose(): Promise<void>
}
