import { DomainError } from './errors.ts'
import type { PeeringId, RegionName, ResourceIds, TenantId, VpcId } from './identity.ts'

export const PEERING_STATES = ['pending-acceptance', 'active', 'rejected', 'expired', 'deleted'] as const
export type PeeringState = (typeof PEERING_STATES)[number]

export const PEERING_EVENTS = ['accept', 'reject', 'expire', 'reopen', 'delete'] as const
export type PeeringEvent = (typeof PEERING_EVENTS)[number]

/** Every state x every event: the next state, or null where the event is refused. */
export const TRANSITIONS: Record<PeeringState, Record<PeeringEvent, PeeringState | null>> = {
  'pending-acceptance': {
    accept: 'active',
    reject: 'rejected',
    expire: 'expired',
    reopen: null,
    delete: 'deleted',
  },
  active: { accept: null, reject: null, expire: null, reopen: null, delete: 'deleted' },
  rejected: { accept: null, reject: null, expire: null, reopen: null, delete: 'deleted' },
  expired: { accept: null, reject: null, expire: null, reopen: 'pending-acceptance', delete: 'deleted' },
  deleted: { accept: null, reject: null, expire: null, reopen: null, delete: null },
}

/** Whose decision each event is. */
export const ACTORS: Record<PeeringEvent, 'requester' | 'accepter' | 'either' | 'clock'> = {
  accept: 'accepter',
  reject: 'accepter',
  expire: 'clock',
  reopen: 'requester',
  delete: 'either',
}

/** States in which a peering holds its pair of VPCs: no other may be asked for between the two. */
export const LIVE_STATES: readonly PeeringState[] = ['pending-acceptance', 'active']

/** One end of a peering. None of this ever changes after the request. */
export interface PeeringSide {
  readonly tenant: TenantId
  readonly region: RegionName
  readonly vpc: VpcId
}

export interface Tag {
  readonly key: string
  readonly value: string
}

/** A value that each side keeps for itself. */
export interface PerSide<T> {
  readonly requester: T
  readonly accepter: T
}

/** What only some clouds know of a peering. Null is "never said", which not every cloud prints as nothing. */
export interface PeeringAttributes {
  readonly bandwidthMbps: number | null
  readonly linkType: string | null
  readonly qosLevel: string | null
  readonly chargeType: string | null
  readonly resourceGroup: PerSide<string | null>
  readonly tags: PerSide<readonly Tag[]>
}

/** The agreement between two tenants about two VPCs. */
export interface Peering {
  readonly id: PeeringId
  readonly ids: ResourceIds
  readonly name: string
  readonly description: string
  readonly requester: PeeringSide
  readonly accepter: PeeringSide
  /** As last written. What holds now is `stateAt`: a deadline passes without anybody writing it down. */
  readonly state: PeeringState
  /** Milliseconds since the epoch, on the service's clock. */
  readonly createdAtMs: number
  readonly updatedAtMs: number
  /** When the request lapses; null once it was answered. Kept in `expired`, as the time it lapsed. */
  readonly expiresAtMs: number | null
  /** Raised by one with every change. */
  readonly version: number
  readonly attributes: PeeringAttributes
}

export const NO_ATTRIBUTES: PeeringAttributes = {
  bandwidthMbps: null,
  linkType: null,
  qosLevel: null,
  chargeType: null,
  resourceGroup: { requester: null, accepter: null },
  tags: { requester: [], accepter: [] },
}

/** The state after `event`. Throws `peering.wrong-state` where the table refuses it. */
export function next(id: string, state: PeeringState, event: PeeringEvent): PeeringState {
  const to = TRANSITIONS[state][event]
  if (to === null) throw new DomainError('peering.wrong-state', { id, state, event })
  return to
}

/** Whether the request has lapsed by `nowMs`, written down or not. */
export function isDue(peering: Peering, nowMs: number): boolean {
  return (
    peering.state === 'pending-acceptance' && peering.expiresAtMs !== null && peering.expiresAtMs <= nowMs
  )
}

/**
 * `peering` as it stands at `nowMs`: a request whose time is up is expired, to the millisecond, whether or not
 * anything has swept it yet.
 */
export function peeringAt(peering: Peering, nowMs: number): Peering {
  return isDue(peering, nowMs) ? apply(peering, 'expire', peering.expiresAtMs ?? nowMs, 0) : peering
}

/**
 * `peering` after `event` at `atMs`. A reopened request gets `acceptanceTimeoutMs` anew. Throws
 * `peering.wrong-state`.
 */
export function apply(
  peering: Peering,
  event: PeeringEvent,
  atMs: number,
  acceptanceTimeoutMs: number,
): Peering {
  const state = next(peering.id, peering.state, event)
  const expiresAtMs =
    state === 'pending-acceptance'
      ? atMs + acceptanceTimeoutMs
      : state === 'expired'
        ? peering.expiresAtMs
        : null
  return { ...peering, state, expiresAtMs, updatedAtMs: atMs, version: peering.version + 1 }
}

/** Whether both ends are in one region, as the operator named regions. */
export function sameRegion(peering: Pick<Peering, 'requester' | 'accepter'>): boolean {
  return peering.requester.region === peering.accepter.region
}

/** The two VPCs in one fixed order, so that a pair is the same whichever way round it was asked. */
export function pairOf(a: VpcId, b: VpcId): readonly [VpcId, VpcId] {
  return a < b ? [a, b] : [b, a]
}
