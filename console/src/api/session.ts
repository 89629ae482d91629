import { createStore } from '../util/store.ts'
import type { Caller } from './client.ts'

/** Who is signed in. The token lives as long as the tab does: in memory and in the tab's own storage, nowhere else. */
export interface Session {
  readonly token: string
  /** Null: nobody is signed in. */
  readonly caller: Caller | null
  /** Why nobody is signed in any more. */
  readonly ended: 'expired' | null
}

const KEY = 'isthmus.session'
const NOBODY: Session = { token: '', caller: null, ended: null }

const store = createStore<Session>(restore())

export const session = {
  get: store.get,
  subscribe: store.subscribe,
  begin(token: string, caller: Caller): void {
    sessionStorage.setItem(KEY, JSON.stringify({ token, caller }))
    store.set({ token, caller, ended: null })
  },
  end(): void {
    sessionStorage.removeItem(KEY)
    store.set(NOBODY)
  },
  /** The service does not take `token` any more. Nothing happens where another has taken its place. */
  expire(token: string): void {
    if (store.get().token !== token || token === '') return
    sessionStorage.removeItem(KEY)
    store.set({ ...NOBODY, ended: 'expired' })
  },
  set: store.set,
}

function restore(): Session {
  const saved = sessionStorage.getItem(KEY)
  if (saved === null) return NOBODY
  try {
    const { token, caller } = JSON.parse(saved) as Pick<Session, 'token' | 'caller'>
    return { token, caller, ended: null }
  } catch {
    return NOBODY
  }
}
