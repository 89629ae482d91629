import type { PartId, PeeringId, VpcId } from '../domain/identity.ts'
import type { WantedLink, WantedNetwork } from '../domain/realization.ts'

/**
 * The network that packets really go through. It is told what is wanted and brings itself there: every call is safe to
 * repeat, may be cut off anywhere, and finds out by itself what there is already. What it makes carries its mark; what
 * lacks the mark is never changed and never removed.
 *
 * A call that cannot be finished now rejects with `DataPlaneUnavailableError`, which says what is being waited for.
 */
export interface DataPlane {
  readonly name: 'none' | 'netns' | 'ovn'
  /**
   * Brings a managed VPC's own network (its router, subnets and ports) to what is wanted; null takes it away, with
   * everything in it. Of an adopted one only that it exists is looked at.
   */
  realizeNetwork(vpc: VpcId, wanted: WantedNetwork | null): Promise<void>
  /**
   * Brings the link of a peering to what is wanted, removals first; null takes it away from both VPCs. Resolves when
   * the network has taken it up: then packets pass, or no longer do. Of both sides, or of neither.
   */
  realizeLink(peering: PeeringId, wanted: WantedLink | null): Promise<void>
  /** How to plug a workload into a port that has been realized; null where nothing is plugged. */
  attachmentOf(port: PartId): Promise<Attachment | null>
  /** Finds out, in both directions, whether packets that the link wants to pass do, and that none do where it is closed. */
  prove(peering: PeeringId, wanted: WantedLink | null): Promise<Proof>
  /** Everything that carries the mark, whether it is wanted or not. */
  observe(): Promise<{ readonly networks: readonly VpcId[]; readonly links: readonly PeeringId[] }>
  /** `onDrift` hears of links and networks that somebody else has touched, where the driver can tell; null: of any. */
  watch(onDrift: (what: { readonly vpc: VpcId } | { readonly peering: PeeringId } | null) => void): void
  /** Rejects where the network cannot be reached; `/readyz` asks this. */
  ping(): Promise<void>
  /** Lets go of the network and leaves everything in it as it is. */
  close(): Promise<void>
}

export type Attachment =
  | { readonly netns: { readonly namespace: string; readonly interface: string } }
  | { readonly ovn: { readonly ifaceId: string; readonly mac: string; readonly address: string } }

/** What a look at the path came to. */
export type Proof =
  | { readonly kind: 'proven' }
  /** Nothing lives on one of the sides, or this driver sends no packets. */
  | { readonly kind: 'not-provable'; readonly reason: string }
  | { readonly kind: 'failed'; readonly reason: string }
  /** It should be closed, but a part of the network does not confirm that it is. */
  | { readonly kind: 'unconfirmed'; readonly reason: string }

/** The network, or a part of it, does not answer; the same call may succeed later. */
export class DataPlaneUnavailableError extends Error {}
