import { useCallback, useSyncExternalStore } from 'react'
import { createStore } from './store.ts'

/** How far the service's clock is ahead of this browser's, milliseconds. Deadlines are measured by the service's. */
export const clockOffsetMs = createStore(0)

/** Now, by the service's clock, milliseconds since the epoch. */
export const nowMs = () => Date.now() + clockOffsetMs.get()

/** Now, rounded down to `everyMs`; the component is drawn again each time that changes. */
export function useNow(everyMs: number): number {
  const subscribe = useCallback((listener: () => void) => subscribeTo(everyMs, listener), [everyMs])
  return useSyncExternalStore(subscribe, () => Math.floor(nowMs() / everyMs) * everyMs)
}

const listeners = new Map<number, Set<() => void>>()

/** One timer for all that want to know as often. */
function subscribeTo(everyMs: number, listener: () => void): () => void {
  const all = listeners.get(everyMs) ?? startTimer(everyMs)
  all.add(listener)
  const unsubscribe = clockOffsetMs.subscribe(listener)
  return () => {
    all.delete(listener)
    unsubscribe()
  }
}

function startTimer(everyMs: number): Set<() => void> {
  const all = new Set<() => void>()
  listeners.set(everyMs, all)
  setInterval(() => {
    for (const listener of [...all]) listener()
  }, everyMs)
  return all
}
