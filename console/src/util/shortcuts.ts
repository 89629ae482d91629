import { useEffect } from 'react'

/** What each key does, or two keys one after the other: `?`, `g i`. */
export type Shortcuts = Readonly<Record<string, () => void>>

/** So long after a first key the second still belongs to it, milliseconds. */
const PAIR_MS_MAX = 1_200

let previous = { key: '', atMs: Number.NEGATIVE_INFINITY }
let latest = previous

// Comes before what any component listens to, so that all of them find the same two keys.
window.addEventListener('keydown', ({ key, timeStamp }) => {
  previous = latest
  latest = { key, atMs: timeStamp }
})

/** Listens for `shortcuts` as long as the component is drawn. Not while somebody types, nor over an open dialog. */
export function useShortcuts(shortcuts: Shortcuts): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTaken(event)) return
      const second = previous.key === 'g' && event.timeStamp - previous.atMs < PAIR_MS_MAX
      const act = shortcuts[second ? `g ${event.key}` : event.key]
      if (!act) return
      event.preventDefault()
      act()
    }
    window.addEventListener('keydown', press)
    return () => window.removeEventListener('keydown', press)
  }, [shortcuts])
}

function isTaken(event: KeyboardEvent): boolean {
  const target = event.target as HTMLElement
  return (
    target.closest('input, textarea, select, [contenteditable]') !== null ||
    document.querySelector('dialog[open]') !== null
  )
}
