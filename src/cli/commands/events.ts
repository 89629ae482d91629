import { UsageError } from '../../server/options.ts'
import type { Event } from '../api.ts'
import { apiCommand } from '../api-command.ts'
import type { Client } from '../client.ts'
import { EVENT_COLUMNS, eventLine } from '../event-lines.ts'
import { followEvents, newestSequence } from '../follow-events.ts'
import { print } from '../print.ts'
import { table } from '../table.ts'
import { untilInterrupted } from '../terminal.ts'
import { jsonText } from '../text.ts'

const PAGE = 1_000

/** `isthmus events`: what has happened, and with `--follow` what happens. */
export const events = apiCommand({
  about: 'list what has happened to peerings, in order; --follow goes on as it happens',
  options: {
    follow: {
      about: 'go on until interrupted, through restarts of the service; begins now unless --after is given',
    },
    after: { value: 'NUMBER', about: 'only what comes after the event of this number' },
    limit: { value: 'NUMBER', about: 'no more than so many; not with --follow' },
  },
  details:
    'Every change is there once, in the order in which it was made. With --follow and --json each event is a line of its own.\nThe number of the last one read is where --after goes on another time.',
  examples: [
    'isthmus events',
    'isthmus events --after 1 --limit 100 --json',
    'isthmus events --follow --after 0',
  ],
  async run({ client, options }) {
    const { follow, json } = options
    const after = wholeNumber('--after', options.after)
    const limit = wholeNumber('--limit', options.limit)
    if (follow) {
      if (limit !== undefined) throw new UsageError('--limit and --follow exclude each other')
      await showAsTheyHappen(client, after ?? (await newestSequence(client)), json)
      return 0
    }
    const found = await listed(client, after ?? 0, limit ?? Number.POSITIVE_INFINITY)
    print(json, { events: found }, table(found, EVENT_COLUMNS))
    return 0
  },
})

async function listed(client: Client, after: number, limit: number): Promise<Event[]> {
  const found: Event[] = []
  while (found.length < limit) {
    const page = Math.min(PAGE, limit - found.length)
    const query = { after: found.at(-1)?.sequence ?? after, limit: page }
    const { events: more } = await client.get<{ events: Event[] }>('/events', query)
    found.push(...more)
    if (more.length < page) break
  }
  return found
}

async function showAsTheyHappen(client: Client, after: number, json: boolean): Promise<void> {
  const lost = (reason: string) => process.stderr.write(`isthmus events: ${reason}; trying again\n`)
  for await (const event of followEvents(client, after, untilInterrupted(), lost))
    process.stdout.write(`${json ? jsonText(event) : eventLine(event)}\n`)
}

function wholeNumber(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (!/^\d{1,15}$/.test(text)) throw new UsageError(`${option}: '${text}' is not a whole number`)
  return Number(text)
}
