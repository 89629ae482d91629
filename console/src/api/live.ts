import { createStore } from '../util/store.ts'
import { call, openEventStream, type PeeringEvent, Problem } from './client.ts'
import { readEventStream } from './event-stream.ts'

/** Whether news arrive. `lost`: the service does not answer, and is tried again. */
export type Connection = 'connecting' | 'live' | 'lost'

export const connection = createStore<Connection>('connecting')

/** Milliseconds between tries, from the first on; the last holds for all that follow. */
const RETRY_DELAYS_MS = [250, 500, 1000, 2000, 4000]
/** A tab that nobody has looked at for so long lets go of its connection: a browser has few for each service. */
const HIDDEN_MS_MAX = 60_000

/**
 * Follows the events of the session until `signal` says so: those after the newest there is, in commit order, each
 * once, however often the connection is lost. `onReturn` hears that it is back: what is no event may have changed.
 */
export async function follow(
  signal: AbortSignal,
  onEvents: (events: readonly PeeringEvent[]) => void,
  onReturn: () => void,
): Promise<void> {
  let after: number | null = null
  let failures = 0
  connection.set('connecting')
  while (!signal.aborted) {
    const ended = new AbortController()
    const attempt = whileWatched(AbortSignal.any([signal, ended.signal]))
    try {
      after ??= await newestSequence(attempt)
      const response = await openEventStream(after, attempt)
      if (failures > 0) onReturn()
      failures = 0
      connection.set('live')
      for await (const events of readEventStream(response)) {
        after = events.at(-1)?.sequence ?? after
        onEvents(events)
      }
    } catch (error) {
      if (signal.aborted || (error instanceof Problem && error.status === 401)) return
    } finally {
      ended.abort()
    }
    if (document.hidden) {
      await untilWatched(signal)
      continue
    }
    if (signal.aborted) return
    connection.set('lost')
    await pause(RETRY_DELAYS_MS[Math.min(failures++, RETRY_DELAYS_MS.length - 1)] ?? 0, signal)
  }
}

async function newestSequence(signal: AbortSignal): Promise<number> {
  const { events } = await call('GET /events', { query: { order: 'descending', limit: 1 } }, { signal })
  return events[0]?.sequence ?? 0
}

/** Ends with `signal`, and once the tab has been hidden for long. It stops looking when `signal` ends. */
function whileWatched(signal: AbortSignal): AbortSignal {
  const attempt = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  const look = () => {
    clearTimeout(timer)
    if (document.hidden) timer = setTimeout(() => attempt.abort(), HIDDEN_MS_MAX)
  }
  document.addEventListener('visibilitychange', look, { signal })
  look()
  return AbortSignal.any([signal, attempt.signal])
}

function untilWatched(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (!document.hidden || signal.aborted) resolve()
    }
    document.addEventListener('visibilitychange', look, { signal })
    signal.addEventListener('abort', look)
    look()
  })
}

/** Cut short by `signal`, and by the browser's word that there is a network again. */
function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, delayMs)
    signal.addEventListener('abort', () => resolve(), { once: true })
    window.addEventListener('online', () => resolve(), { once: true, signal })
  })
}
