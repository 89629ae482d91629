import { PEERING_STATES, type PeeringState, TRANSITIONS } from '../../domain/peering.ts'
import { apiCommand } from '../api-command.ts'
import { eventLine } from '../event-lines.ts'
import { EXIT } from '../exit-codes.ts'
import { findPeering } from '../find.ts'
import { followEvents, newestSequence } from '../follow-events.ts'
import { stateColour } from '../show.ts'
import { paint, untilInterrupted } from '../terminal.ts'
import { jsonText, plain } from '../text.ts'

/** `isthmus peering watch`: waits for what the other side does. */
export const peeringWatch = apiCommand({
  about: 'show what happens to a peering, as it happens; --until waits for a state',
  operands: { peering: { about: 'by any of its ids, or by name where only one has it' } },
  options: { until: { value: 'STATE', about: 'end once it is in this state', choices: PEERING_STATES } },
  details:
    'It ends with 0 when interrupted, when the peering is deleted, or once it is in the state that was waited for; with 1 as soon as it\ncannot come into that state any more. It goes on through restarts of the service. With --json each event is a line of its own.',
  examples: [
    'isthmus peering watch shop-to-database',
    'isthmus peering watch shop-to-database --until active',
  ],
  async run({ client, operands, options: { json, until } }) {
    const signal = untilInterrupted()
    const newest = await newestSequence(client)
    const peering = await findPeering(client, operands.peering)
    if (!json)
      process.stdout.write(`${plain(peering.name)} is ${paint(stateColour(peering.state), peering.state)}\n`)
    const lost = (reason: string) => process.stderr.write(`isthmus peering watch: ${reason}; trying again\n`)
    let verdict = verdictOn(peering.state, until as PeeringState | undefined)
    if (verdict !== null) return verdict
    for await (const event of followEvents(client, newest, signal, lost)) {
      if (event.peering !== peering.id) continue
      process.stdout.write(`${json ? jsonText(event) : eventLine(event)}\n`)
      verdict = verdictOn(event.to, until as PeeringState | undefined)
      if (verdict !== null) return verdict
    }
    return EXIT.done
  },
})

/** The exit code, once there is nothing left to wait for; null: there is. */
function verdictOn(state: PeeringState, until: PeeringState | undefined): number | null {
  if (state === (until ?? 'deleted')) return EXIT.done
  return reachable(state).has(until ?? 'deleted') ? null : EXIT.failed
}

/** The states that can come after `state`, by the table of transitions. */
function reachable(state: PeeringState): ReadonlySet<PeeringState> {
  const found = new Set<PeeringState>()
  const waiting: PeeringState[] = [state]
  for (let from = waiting.pop(); from !== undefined; from = waiting.pop()) {
    for (const to of Object.values(TRANSITIONS[from])) {
      if (to === null || found.has(to)) continue
      found.add(to)
      waiting.push(to)
    }
  }
  return found
}
