import { EVENT_TYPES } from '../../src/domain/event.ts'
import {
  describeEvent,
  describeOperation,
  type History,
  type HistoryEvent,
  type Operation,
  type Verb,
  type Violation,
} from './history.ts'
import { isChange } from './rules.ts'

/** Which operation caused which event, as far as anything can tell. */
export interface Attribution {
  readonly eventOf: ReadonlyMap<Operation, HistoryEvent>
  readonly violations: readonly Violation[]
}

const typeOf = (verb: Exclude<Verb, 'show'>) => (verb === 'create' ? 'peering.requested' : EVENT_TYPES[verb])

/** Whether the event says just what the operation would have done. */
function couldCause(operation: Operation, event: HistoryEvent, history: History): boolean {
  const { verb, by, peering, asked } = operation
  if (verb === 'show' || typeOf(verb) !== event.type) return false
  if (by !== (event.actor.tenant ?? event.actor.kind)) return false
  if (peering !== null) return peering === event.peering
  const ends = history.peerings[event.peering]
  return (
    ends !== undefined &&
    asked?.requester.vpc === ends.requester.vpc &&
    asked.accepter.vpc === ends.accepter.vpc
  )
}

/**
 * Finds for every event the operation that caused it: the one that was answered under the request id it names, else
 * the earliest of those that could have and whose outcome (or that of an attempt) nobody knows. Every acknowledged
 * change must come to have one event, and every event its cause.
 */
export function attribute(history: History): Attribution {
  const answered = new Map(
    history.operations.flatMap((operation) =>
      operation.requestId === null ? [] : [[operation.requestId, operation]],
    ),
  )
  const changes = history.operations.filter(isChange).toSorted((a, b) => a.invokedAtMs - b.invokedAtMs)
  const eventOf = new Map<Operation, HistoryEvent>()
  const violations: Violation[] = []
  const unclaimed: HistoryEvent[] = []
  const blame = (kind: Violation['kind'], peering: string | null, text: string) =>
    violations.push({ kind, peering, text })
  for (const event of history.events) {
    const operation = event.actor.requestId === null ? undefined : answered.get(event.actor.requestId)
    if (!operation) unclaimed.push(event)
    else if (!isChange(operation) || !couldCause(operation, event, history)) {
      const what = `${describeEvent(event)} is not what its client was told: ${describeOperation(operation)}`
      blame('uncaused', event.peering, what)
    } else if (eventOf.has(operation)) {
      blame(
        'uncaused',
        event.peering,
        `${describeEvent(event)} says again what ${describeOperation(operation)} did`,
      )
    } else eventOf.set(operation, event)
  }
  const open = (operation: Operation) =>
    !eventOf.has(operation) && (operation.outcome.kind === 'unknown' || operation.unansweredAttempts > 0)
  for (const event of unclaimed) {
    // What was acknowledged must have an event, what is unknown need not: so the former is served first.
    const causes = changes.filter((operation) => open(operation) && couldCause(operation, event, history))
    const cause = causes.find(({ outcome }) => outcome.kind === 'done') ?? causes[0]
    if (cause) eventOf.set(cause, event)
    else blame('uncaused', event.peering, `nobody asked for ${describeEvent(event)}`)
  }
  for (const operation of changes) {
    if (operation.outcome.kind !== 'done' || eventOf.has(operation)) continue
    blame('lost', operation.peering, `no event says what was acknowledged: ${describeOperation(operation)}`)
  }
  return { eventOf, violations }
}
