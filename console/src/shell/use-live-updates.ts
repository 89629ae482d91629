import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { call } from '../api/client.ts'
import { follow } from '../api/live.ts'
import { applyEvents } from '../api/live-updates.ts'
import { clockOffsetMs } from '../util/clock.ts'

/** Keeps what is shown up to date with what happens, and the clock with the service's, as long as it is drawn. */
export function useLiveUpdates(): void {
  const client = useQueryClient()
  useEffect(() => {
    const leaving = new AbortController()
    void readClock(leaving.signal)
    void follow(
      leaving.signal,
      (events) => void applyEvents(client, events),
      () => {
        void client.invalidateQueries()
        void readClock(leaving.signal)
      },
    )
    return () => leaving.abort()
  }, [client])
}

async function readClock(signal: AbortSignal): Promise<void> {
  try {
    const { now } = await call('GET /clock', {}, { signal })
    clockOffsetMs.set(Date.parse(now) - Date.now())
  } catch {
    // This browser's own clock does until the service answers.
  }
}
