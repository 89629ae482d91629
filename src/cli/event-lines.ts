import type { Event } from './api.ts'
import { shortTime, stateColour } from './show.ts'
import type { Column } from './table.ts'
import { paint } from './terminal.ts'
import { plain } from './text.ts'

const transition = ({ from, to }: Event) => (from === to ? to : `${from ?? 'new'} -> ${to}`)
const actor = ({ actor: { kind, tenant } }: Event) => (tenant === null ? kind : `${kind} ${tenant}`)

export const EVENT_COLUMNS: readonly Column<Event>[] = [
  { heading: 'NUMBER', text: ({ sequence }) => String(sequence), whole: true },
  { heading: 'AT', text: ({ at }) => shortTime(at), whole: true },
  { heading: 'WHAT', text: ({ type }) => type },
  { heading: 'PEERING', text: ({ peering }) => peering, whole: true },
  { heading: 'STATE', text: transition, colour: ({ to }) => stateColour(to) },
  { heading: 'BY', text: actor },
]

/** One event in a line of its own, where the others are not known yet. */
export function eventLine(event: Event): string {
  const { sequence, at, type, peering, to } = event
  const state = paint(stateColour(to), transition(event))
  return `${String(sequence).padStart(6)}  ${shortTime(at)}  ${plain(type).padEnd(18)}  ${plain(peering)}  ${state}  ${plain(actor(event))}`
}
