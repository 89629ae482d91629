import { setTimeout } from 'node:timers/promises'
import type { Event } from './api.ts'
import type { Client } from './client.ts'
import { EXIT, Failure } from './exit-codes.ts'

const RETRY_MS = 250
const RETRY_MS_MAX = 5_000
/** The service says that it is still there every 15 s; one that is silent for so long is not. */
const SILENCE_MS_MAX = 45_000

/**
 * Every event after number `after`, as it happens, until `signal` is aborted; none twice and none left out, however
 * often the service goes and comes back, which `onLost` hears of once each time. Rejects where the service refuses.
 */
export async function* followEvents(
  client: Client,
  after: number,
  signal: AbortSignal,
  onLost: (reason: string) => void,
): AsyncGenerator<Event> {
  let last = after
  let retryMs = RETRY_MS
  while (!signal.aborted) {
    try {
      for await (const event of streamed(client, last, signal)) {
        last = event.sequence
        retryMs = RETRY_MS
        yield event
      }
    } catch (error) {
      if (signal.aborted) return
      if (error instanceof Failure && error.exitCode !== EXIT.noAnswer) throw error
      if (retryMs === RETRY_MS) onLost((error as Error).message)
    }
    await setTimeout(retryMs, undefined, { signal }).catch(() => {})
    retryMs = Math.min(retryMs * 2, RETRY_MS_MAX)
  }
}

/** One connection's worth. It ends where the service ends it. */
async function* streamed(client: Client, after: number, signal: AbortSignal): AsyncGenerator<Event> {
  const silence = new AbortController()
  const timer = globalThis.setTimeout(
    () => silence.abort(new Error('the service fell silent')),
    SILENCE_MS_MAX,
  )
  const headers = { accept: 'text/event-stream', 'last-event-id': String(after) }
  try {
    const either = AbortSignal.any([signal, silence.signal])
    const response = await client.open('/events', { after }, headers, either)
    const decoder = new TextDecoder()
    let text = ''
    for await (const chunk of response.body ?? []) {
      timer.refresh()
      text += decoder.decode(chunk, { stream: true })
      const messages = text.split('\n\n')
      text = messages.pop() ?? ''
      for (const message of messages) {
        const data = dataOf(message)
        if (data !== '') yield JSON.parse(data) as Event
      }
    }
  } finally {
    globalThis.clearTimeout(timer)
  }
}

/** The data of a message; empty where it has none, as a comment. Source: WHATWG HTML, "Server-sent events". */
function dataOf(message: string): string {
  return message
    .split('\n')
    .filter((line) => line.startsWith('data:'))
    .map((line) => line.slice(5).replace(/^ /, ''))
    .join('\n')
}

/** The number of the newest event that one may see; 0 where there is none. Found in a few steps, however many there are. */
export async function newestSequence(client: Client): Promise<number> {
  const firstAfter = async (after: number) =>
    (await client.get<{ events: Event[] }>('/events', { after, limit: 1 })).events[0]?.sequence
  let known = 0
  let step = 1
  for (let found = await firstAfter(known); found !== undefined; found = await firstAfter(known + step)) {
    known = found
    step *= 2
  }
  // There is none after `known + step`: the newest is between the two.
  while (step > 0) {
    step = Math.floor(step / 2)
    for (
      let found = await firstAfter(known + step);
      found !== undefined;
      found = await firstAfter(known + step)
    )
      known = found
  }
  return known
}
