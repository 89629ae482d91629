import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Logger, pino } from 'pino'

export type Line = Readonly<Record<string, unknown>>

/** A logger whose lines can be read again. */
export function keptLog(): { logger: Logger; text: () => string; lines: () => Line[] } {
  let text = ''
  const logger = pino(
    { base: null },
    {
      write(line: string) {
        text += line
      },
    },
  )
  return { logger, text: () => text, lines: () => parse(text) }
}

export function linesOf(path: string): Line[] {
  return parse(readFileSync(path, 'utf8'))
}

function parse(text: string): Line[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line)
}

/** What `look` answers once it is not null; throws after `timeoutMs`. */
export async function until<T>(look: () => T | null | Promise<T | null>, timeoutMs = 10_000): Promise<T> {
  for (const deadlineMs = Date.now() + timeoutMs; ; ) {
    const found = await look()
    if (found !== null) return found
    if (Date.now() > deadlineMs) throw new Error(`nothing came within ${timeoutMs} ms`)
    await sleep(10)
  }
}
