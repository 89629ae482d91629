import { Writable } from 'node:stream'
import { type DestinationStream, type Logger, pino } from 'pino'

export type { Logger }

/** JSON lines on standard error; for people, where that is a terminal. */
export function createLogger(): Logger {
  const destination: DestinationStream = process.stderr.isTTY
    ? forPeople()
    : pino.destination({ dest: 2, sync: true })
  return pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime, level: 'info' }, destination)
}

const COLOURS: Readonly<Record<number, string>> = {
  30: '\x1b[32m',
  40: '\x1b[33m',
  50: '\x1b[31m',
  60: '\x1b[31m',
}

function forPeople(): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      const { level, time, msg, ...rest } = JSON.parse(chunk.toString()) as Record<string, unknown>
      const clock = String(time).slice(11, 19)
      const details = Object.entries(rest).map(
        ([name, value]) => ` ${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
      )
      process.stderr.write(
        `${COLOURS[Number(level)] ?? ''}${clock}\x1b[0m ${String(msg)}${details.join('')}\n`,
        () => done(),
      )
    },
  })
}
