import { writeFileSync } from 'node:fs'
import type { Violation } from '../history/history.ts'
import type { TortureResult } from './torture.ts'

const SHOWN_A_KIND = 3

/** What is wrong, some of each kind in words, and the whole history in `file`, to be looked at again. */
export function describeViolations({ violations, history }: TortureResult, file: string): string {
  writeFileSync(file, JSON.stringify({ violations, history }))
  const kinds = Object.entries(Object.groupBy(violations, ({ kind }) => kind)) as [string, Violation[]][]
  const parts = kinds.map(([kind, found]) => {
    const more = found.length > SHOWN_A_KIND ? `\n  and ${found.length - SHOWN_A_KIND} more` : ''
    return `${kind}:\n  ${found
      .slice(0, SHOWN_A_KIND)
      .map(({ text }) => text)
      .join('\n  ')}${more}\n`
  })
  return `${parts.join('\n')}\nthe history is in ${file}\n`
}
