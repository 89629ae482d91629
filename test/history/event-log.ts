import { EVENT_TYPES } from '../../src/domain/event.ts'
import { vpcId } from '../../src/domain/identity.ts'
import {
  LIVE_STATES,
  type PeeringEvent,
  type PeeringState,
  pairOf,
  TRANSITIONS,
} from '../../src/domain/peering.ts'
import { describeEvent, type History, type HistoryEvent, type Violation } from './history.ts'
import { firstState, mayCause, type Parties, type State } from './rules.ts'

const EVENT_OF_TYPE = Object.fromEntries(
  Object.entries(EVENT_TYPES).map(([event, type]) => [type, event as PeeringEvent]),
)

/** What the log must be by itself: numbered without a gap, lawful step by step, one live peering a pair. */
export function checkEventLog(history: History): Violation[] {
  return [...checkNumbers(history), ...checkTransitions(history.events), ...checkPairs(history)]
}

function checkNumbers({ events, eventsBefore }: History): Violation[] {
  for (const [index, event] of events.entries()) {
    const number = eventsBefore + index + 1
    if (event.sequence === number) continue
    const text = `event number ${number} was to come, and this came: ${describeEvent(event)}`
    return [{ kind: 'numbering', peering: event.peering, text }]
  }
  return []
}

function checkTransitions(events: readonly HistoryEvent[]): Violation[] {
  const violations: Violation[] = []
  const states = new Map<string, PeeringState>()
  for (const event of events) {
    const before = states.get(event.peering) ?? null
    states.set(event.peering, event.to)
    const blame = (kind: Violation['kind'], why: string) =>
      violations.push({ kind, peering: event.peering, text: `${describeEvent(event)}, ${why}` })
    if (event.from !== before) {
      blame('illegal-transition', `but it was ${before ?? 'not there'}`)
      continue
    }
    const lawful = lawfulState(event, before)
    if (lawful !== event.to) blame('illegal-transition', `which leads to ${lawful ?? 'nothing'}`)
    if (!lawfulActor(event)) blame('wrong-actor', 'which is not for them')
  }
  return violations
}

/** Where the event leads from `before`; null where it cannot be there. */
function lawfulState(event: HistoryEvent, before: State): State {
  if (event.type === 'peering.requested') return before === null ? firstState(event) : null
  if (before === null) return null
  if (event.type === 'peering.updated') return before === 'deleted' ? null : before
  const transition = EVENT_OF_TYPE[event.type]
  return transition === undefined ? null : TRANSITIONS[before][transition]
}

function lawfulActor(event: HistoryEvent): boolean {
  const by = event.actor.tenant ?? event.actor.kind
  const parties: Parties = event
  const transition = EVENT_OF_TYPE[event.type]
  if (transition !== undefined) return mayCause(transition, by, parties)
  if (event.type === 'peering.requested') return by === 'operator' || by === parties.requester
  return mayCause('delete', by, parties)
}

function checkPairs({ events, peerings }: History): Violation[] {
  const violations: Violation[] = []
  const holders = new Map<string, string>()
  for (const event of events) {
    const ends = peerings[event.peering]
    if (!ends) continue
    const pair = pairKey(ends.requester.vpc, ends.accepter.vpc)
    const holder = holders.get(pair)
    if (!LIVE_STATES.includes(event.to)) {
      if (holder === event.peering) holders.delete(pair)
    } else if (holder !== undefined && holder !== event.peering) {
      const text = `${describeEvent(event)}, while ${holder} holds the same two VPCs (${pair})`
      violations.push({ kind: 'pair-taken-twice', peering: event.peering, text })
    } else holders.set(pair, event.peering)
  }
  return violations
}

export function pairKey(one: string, other: string): string {
  return pairOf(vpcId(one), vpcId(other)).join(' and ')
}
