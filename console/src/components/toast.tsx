import { createStore, useStore } from '../util/store.ts'
import './toast.css'

interface Toast {
  readonly number: number
  readonly tone: 'good' | 'bad'
  readonly text: string
}

const SHOWN_MS = 6_000

const toasts = createStore<readonly Toast[]>([])
let last = 0

/** Tells what has come of something, for a few seconds. */
export function say(tone: Toast['tone'], text: string): void {
  const toast = { number: ++last, tone, text }
  toasts.set([...toasts.get().slice(-2), toast])
  setTimeout(() => toasts.set(toasts.get().filter((each) => each !== toast)), SHOWN_MS)
}

/** Where toasts are shown, and read out. */
export function Toasts() {
  const shown = useStore(toasts)
  return (
    <div className="toasts" role="status" aria-live="polite">
      {shown.map(({ number, tone, text }) => (
        <p key={number} className={`toast toast-${tone}`}>
          {text}
        </p>
      ))}
    </div>
  )
}
