import type { Change, Store } from '../ports/store.ts'

/** Hears of a change once it is on disk. */
export type CommitListener = (change: Change) => void

/** `store`, whose commits `listeners` hear of, in their order. What is added to the list later hears of what comes then. */
export function watchCommits(store: Store, listeners: readonly CommitListener[]): Store {
  return {
    ...methodsOf(store),
    async commit(change) {
      const outcome = await store.commit(change)
      if (outcome.ok && !change.dryRun) for (const listener of listeners) listener(change)
      return outcome
    },
  }
}

/** Each bound once: every request calls some of them. */
function methodsOf(store: Store): Store {
  const methods: Record<string, unknown> = {}
  for (let level: object = store; level !== Object.prototype; level = Object.getPrototypeOf(level)) {
    for (const name of Object.getOwnPropertyNames(level)) {
      const member: unknown = Reflect.get(store, name)
      const known = name === 'constructor' || Object.hasOwn(methods, name)
      if (typeof member === 'function' && !known) methods[name] = member.bind(store)
    }
  }
  return methods as unknown as Store
}
