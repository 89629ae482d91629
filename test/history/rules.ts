import { ACTORS, type PeeringEvent, type PeeringState, TRANSITIONS } from '../../src/domain/peering.ts'
import type { Operation } from './history.ts'

/** The tenants at the two ends of a peering. */
export interface Parties {
  readonly requester: string
  readonly accepter: string
}

/** A peering's state; null before it was asked for. */
export type State = PeeringState | null

/** What a request becomes at once: two VPCs of one tenant need nobody's consent. */
export function firstState({ requester, accepter }: Parties): PeeringState {
  return requester === accepter ? 'active' : 'pending-acceptance'
}

/** Whether `by` may cause `event`: the domain's own table of whose decision each is. */
export function mayCause(event: PeeringEvent, by: string, parties: Parties): boolean {
  const actor = ACTORS[event]
  if (actor === 'clock') return by === 'clock'
  if (by === 'operator') return true
  const sides = (['requester', 'accepter'] as const).filter((side) => parties[side] === by)
  return actor === 'either' ? sides.length > 0 : sides.includes(actor)
}

/** Whether the operation can have left the peering in another state. */
export function isChange({ verb, outcome }: Operation): boolean {
  return verb !== 'show' && outcome.kind !== 'refused'
}

/**
 * The state after `operation` took effect in `state`, by the domain's own transition table; undefined where it cannot
 * have, or cannot have been answered as it was.
 */
export function after(operation: Operation, state: State, parties: Parties): State | undefined {
  const { verb, by, outcome } = operation
  if (outcome.kind === 'refused') return refuses(operation, outcome.code, state, parties) ? state : undefined
  const hidden = state === null || state === 'deleted'
  if (verb === 'show') {
    const seen = !hidden && isParty(by, parties) && outcome.kind === 'done' && outcome.state === state
    return seen ? state : undefined
  }
  const to = verb === 'create' ? created(state, parties) : caused(verb, state, by, parties)
  if (to === undefined) return undefined
  return outcome.kind === 'done' && outcome.state !== null && outcome.state !== to ? undefined : to
}

const created = (state: State, parties: Parties) => (state === null ? firstState(parties) : undefined)

function caused(event: PeeringEvent, state: State, by: string, parties: Parties): PeeringState | undefined {
  if (state === null || !mayCause(event, by, parties)) return undefined
  return TRANSITIONS[state][event] ?? undefined
}

const isParty = (by: string, { requester, accepter }: Parties) =>
  by === 'operator' || by === requester || by === accepter

/** Whether a refusal for that reason is right in `state`. */
function refuses({ verb, by }: Operation, code: string, state: State, parties: Parties): boolean {
  const hidden = state === null || state === 'deleted' || !isParty(by, parties)
  if (code === 'peering.not-found') return hidden
  if (hidden || verb === 'show' || verb === 'create') return false
  if (code === 'peering.wrong-side') return !mayCause(verb, by, parties)
  if (code === 'peering.wrong-state') return mayCause(verb, by, parties) && TRANSITIONS[state][verb] === null
  // Somebody else's change was in the way, or somebody else's peering: nothing that this peering's state could tell.
  return code === 'peering.busy' || (verb === 'reopen' && code === 'peering.exists')
}
