import type { DialectName, PeeringId, ResourceIds, TenantId } from './identity.ts'
import type { Peering, PeeringEvent, PeeringState } from './peering.ts'

/**
 * What happened to a peering. `updated` changes no state, nor does `proof-lost`: packets that passed before no longer do,
 * although nothing was changed. All others are transitions.
 */
export type EventType =
  `peering.${'requested' | 'accepted' | 'rejected' | 'expired' | 'reopened' | 'deleted' | 'updated' | 'proof-lost'}`

/** The word for each transition, once it has happened. */
export const EVENT_TYPES: Record<PeeringEvent, EventType> = {
  accept: 'peering.accepted',
  reject: 'peering.rejected',
  expire: 'peering.expired',
  reopen: 'peering.reopened',
  delete: 'peering.deleted',
}

/**
 * Who caused it, and how. The clock has neither tenant nor request; a policy has the tenant whose it is, and the request that it
 * decided.
 */
export interface Actor {
  readonly kind: 'tenant' | 'operator' | 'clock' | 'policy'
  readonly tenant: TenantId | null
  readonly dialect: DialectName | null
  readonly requestId: string | null
  readonly remoteAddress: string | null
}

export const THE_CLOCK: Actor = {
  kind: 'clock',
  tenant: null,
  dialect: null,
  requestId: null,
  remoteAddress: null,
}

/** One line of the event log, before the store has given it its place. */
export interface EventDraft {
  readonly type: EventType
  /** On the service's clock. */
  readonly atMs: number
  readonly peering: PeeringId
  readonly ids: ResourceIds
  readonly from: PeeringState | null
  readonly to: PeeringState
  readonly requester: TenantId
  readonly accepter: TenantId
  readonly actor: Actor
  /** Why, as far as whoever caused it said; both parties may read it. */
  readonly reason: string | null
}

/** `sequence` counts from 1 without a gap, in the order of commits. */
export interface LoggedEvent extends EventDraft {
  readonly sequence: number
}

/** The event that says `before` became `after`. */
export function eventOf(
  type: EventType,
  before: Peering | null,
  after: Peering,
  actor: Actor,
  reason: string | null = null,
): EventDraft {
  return {
    type,
    atMs: after.updatedAtMs,
    peering: after.id,
    ids: after.ids,
    from: before?.state ?? null,
    to: after.state,
    requester: after.requester.tenant,
    accepter: after.accepter.tenant,
    actor,
    reason,
  }
}
