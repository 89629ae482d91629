import { createInterface } from 'node:readline/promises'

/** What the terminal can do, where there is one. */

/** Whether standard output is a terminal that shows colours and is not asked to do without. */
export const COLOUR =
  process.stdout.isTTY === true && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb'

/** Columns of the terminal; null: there is none, and nothing need be cut. */
export function terminalWidth(): number | null {
  return process.stdout.isTTY ? process.stdout.columns || 80 : null
}

const CODES = { green: '32', yellow: '33', red: '31', grey: '90', bold: '1' } as const
export type Colour = keyof typeof CODES

export function paint(colour: Colour | null, text: string): string {
  return colour !== null && COLOUR ? `\x1b[${CODES[colour]}m${text}\x1b[0m` : text
}

/**
 * Whether to go on with what cannot be taken back. A person at a terminal is told what will stop working, and asked; a
 * script that got here meant it.
 */
export async function confirmed(consequence: () => Promise<string>, yes: boolean): Promise<boolean> {
  if (yes || !process.stdin.isTTY || !process.stderr.isTTY) return true
  process.stderr.write(`${await consequence()}\n`)
  const reader = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return /^y(es)?$/i.test((await reader.question('Go on? [y/N] ')).trim())
  } finally {
    reader.close()
  }
}

/** Aborted at SIGINT and SIGTERM: for what goes on until somebody has seen enough. */
export function untilInterrupted(): AbortSignal {
  const controller = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => controller.abort())
  return controller.signal
}
