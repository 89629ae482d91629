import { createStore, type Store } from './store.ts'

/** A choice that the browser remembers, unless it may not. Nothing secret belongs here. */
export function preference<T extends string>(name: string, choices: readonly T[], fallback: T): Store<T> {
  const key = `isthmus.${name}`
  const saved = choices.find((choice) => choice === attempt(() => localStorage.getItem(key)))
  const store = createStore<T>(saved ?? fallback)
  store.subscribe(() => attempt(() => localStorage.setItem(key, store.get())))
  return store
}

/** What `act` answers; null where the browser does not let it. */
function attempt<T>(act: () => T): T | null {
  try {
    return act()
  } catch {
    return null
  }
}
