import type { PeeringEvent, PeeringState } from '../../src/domain/peering.ts'

/**
 * What clients saw of a service, and what the service has on record: all that the checker needs to tell whether the
 * two can both be true. Plain data, so that a history that was found wrong can be saved and looked at again.
 */
export interface History {
  readonly operations: readonly Operation[]
  /** The number of the last event before it began; 0 where nothing was there. */
  readonly eventsBefore: number
  /** The event log from there on, as it was read when everything was over. */
  readonly events: readonly HistoryEvent[]
  /** The ends of every peering that any answer told of, by its id. */
  readonly peerings: Readonly<Record<string, Ends>>
}

/** `expire` is the clock's. `show` stands for every way to learn the state of one peering. */
export type Verb = 'create' | 'show' | PeeringEvent

export type Outcome =
  /** `state`: the peering's, as the answer has it; null where it says nothing of the time it was done. */
  | { readonly kind: 'done'; readonly state: PeeringState | null }
  /** Nothing was changed, and this is why. */
  | { readonly kind: 'refused'; readonly code: string }
  /** Nobody knows: it may be done at any time after it was asked for, or never. */
  | { readonly kind: 'unknown' }

/** One thing that one client asked for, with all the attempts it took. */
export interface Operation {
  readonly number: number
  readonly client: string
  readonly verb: Verb
  /** A tenant's id, `operator`, or `clock`. */
  readonly by: string
  /** Null: a request that made nothing, or nobody knows what. */
  readonly peering: string | null
  /** What a request was for; null for everything else. */
  readonly asked: Ends | null
  /** On one clock for the whole history, milliseconds. */
  readonly invokedAtMs: number
  /** Null where the outcome is unknown. */
  readonly returnedAtMs: number | null
  readonly outcome: Outcome
  /** The attempt that was answered, as the event log names it; null where none was. */
  readonly requestId: string | null
  /** Attempts that nobody answered, all under one idempotency token. One of them may be what was done. */
  readonly unansweredAttempts: number
}

export interface End {
  /** A tenant's id. */
  readonly tenant: string
  readonly vpc: string
}

export interface Ends {
  readonly requester: End
  readonly accepter: End
}

/** One line of the event log, as the native API answers it. */
export interface HistoryEvent {
  readonly sequence: number
  readonly type: string
  readonly peering: string
  readonly from: PeeringState | null
  readonly to: PeeringState
  readonly requester: string
  readonly accepter: string
  readonly actor: {
    readonly kind: string
    readonly tenant: string | null
    readonly requestId: string | null
  }
}

export type ViolationKind =
  /** Event numbers do not count from 1 without a gap. */
  | 'numbering'
  /** An event does not follow from the state before it. */
  | 'illegal-transition'
  /** It was not for whom the log names to do this. */
  | 'wrong-actor'
  /** Two live peerings of one pair of VPCs. */
  | 'pair-taken-twice'
  /** A change that was acknowledged is not in the log. */
  | 'lost'
  /** An event that nobody can have caused, one that its client was told had failed, or a second one. */
  | 'uncaused'
  /** What is in the log cannot have been in this order, given who was answered before whom asked. */
  | 'out-of-order'
  /** No order of the operations on one peering explains all of their answers. */
  | 'not-linearizable'

export interface Violation {
  readonly kind: ViolationKind
  readonly peering: string | null
  /** What is wrong, in words, with the operations and events it shows in. */
  readonly text: string
}

export function describeOperation(operation: Operation): string {
  const { number, client, verb, by, peering, asked, invokedAtMs, returnedAtMs, outcome } = operation
  const subject = peering ?? (asked ? `${asked.requester.vpc} to ${asked.accepter.vpc}` : 'nothing')
  const until = returnedAtMs === null ? 'never answered' : `${returnedAtMs.toFixed(1)} ms`
  const said =
    outcome.kind === 'done'
      ? `done${outcome.state === null ? '' : `, ${outcome.state}`}`
      : outcome.kind === 'refused'
        ? `refused, ${outcome.code}`
        : 'unknown'
  return `#${number} client ${client}: ${verb} ${subject} as ${by} (${invokedAtMs.toFixed(1)} to ${until}): ${said}`
}

export function describeEvent({ sequence, type, peering, from, to, actor }: HistoryEvent): string {
  return `event ${sequence}: ${type} ${peering} ${from ?? 'nothing'} > ${to} by ${actor.tenant ?? actor.kind}`
}
