import type { Explanation } from './api.ts'
import { commandFor } from './command-for-call.ts'
import { paint } from './terminal.ts'
import { plain } from './text.ts'

const MARKS = { passed: paint('green', '✓'), stopped: paint('red', '✗') } as const

/** The way of a packet, hop by hop, down to the first thing that stops it; then whose it is to mend, and how. */
export function drawPath(explanation: Explanation): string {
  const { from, to, steps, reachable, cause, next } = explanation
  const widest = Math.max(...steps.map(({ at }) => at.length))
  const hops = steps.flatMap(({ at, ok, says }, index) => [
    ...(index === 0 ? [] : [paint('grey', '│')]),
    `${ok ? MARKS.passed : MARKS.stopped} ${at.padEnd(widest)}  ${plain(says)}`,
  ])
  const verdict = reachable
    ? paint('green', 'Packets pass.')
    : paint('red', `Packets do not pass: ${plain(cause)}.`)
  return [
    plain(`${from.address} in VPC ${from.vpc}  ->  ${to.address} in VPC ${to.vpc}`),
    '',
    ...hops,
    '',
    verdict,
    ...(next ? remedy(next) : []),
  ].join('\n')
}

function remedy({ tenant, says, calls }: NonNullable<Explanation['next']>): string[] {
  const who = tenant ? `${plain(tenant.name)} has to` : 'What to do'
  const here = calls.native === null ? null : commandFor(calls.native)
  const listed = Object.entries(calls).filter((call): call is [string, string] => call[1] !== null)
  return [
    `${who}: ${plain(says)}`,
    ...(here === null ? [] : ['', `  ${here}`]),
    ...(listed.length === 0 ? [] : ['']),
    ...listed.map(([dialect, call]) => `  ${dialect.padEnd(8)}  ${plain(call)}`),
  ]
}
