import { attribute } from './attribution.ts'
import { checkEventLog } from './event-log.ts'
import { describeOperation, type History, type Operation, type Violation } from './history.ts'
import { linearize } from './linearizability.ts'
import { checkLogOrder } from './log-order.ts'
import type { Parties } from './rules.ts'

/**
 * Everything that is wrong with a history; empty where it is what the domain's transition table allows. Pure.
 *
 * Three questions, each answered by itself: is the event log lawful; has every acknowledged change its one event and
 * every event its cause, in an order that every answer agrees with; and, by the answers alone and without believing
 * the log, is each peering's history linearizable.
 */
export function check(history: History): Violation[] {
  const { eventOf, violations } = attribute(history)
  return [
    ...checkEventLog(history),
    ...violations,
    ...checkLogOrder(history, eventOf),
    ...checkLinearizability(history, eventOf),
  ]
}

function checkLinearizability(
  history: History,
  eventOf: ReturnType<typeof attribute>['eventOf'],
): Violation[] {
  const byPeering = Map.groupBy(
    history.operations,
    (operation) => operation.peering ?? eventOf.get(operation)?.peering,
  )
  const parties = new Map<string, Parties>(
    Object.entries(history.peerings).map(([id, { requester, accepter }]) => [
      id,
      { requester: requester.tenant, accepter: accepter.tenant },
    ]),
  )
  const violations: Violation[] = []
  for (const [peering, operations] of byPeering) {
    const ends = peering === undefined ? undefined : parties.get(peering)
    if (peering === undefined || !ends) continue
    const stuck = linearize(operations, ends)
    if (!stuck) continue
    const list = (some: readonly Operation[]) =>
      some.map((operation) => `\n    ${describeOperation(operation)}`).join('')
    const text =
      `no order of its operations explains all answers. So far, leading to ${stuck.state ?? 'nothing'}:` +
      `${list(stuck.explained.slice(-5))}\n  and then one of these would have to come:${list(stuck.next.slice(0, 5))}`
    violations.push({ kind: 'not-linearizable', peering, text })
  }
  return violations
}
