import { useMessages } from '../i18n/index.ts'
import { useNow } from '../util/clock.ts'
import { absolute, remaining } from '../util/time.ts'
import './deadline.css'

const URGENT_MS = 24 * 3_600_000

/** How long is left to answer, ticking, and how much of the whole time that is. */
export function Deadline({ from, until }: { readonly from: string; readonly until: string }) {
  const { t, tag } = useMessages()
  const now = useNow(1000)
  const [startMs, endMs] = [Date.parse(from), Date.parse(until)]
  const left = endMs - now
  const share = Math.max(0, Math.min(1, left / Math.max(1, endMs - startMs)))
  return (
    <p className={`deadline ${left < URGENT_MS ? 'deadline-urgent' : ''}`} title={absolute(tag, endMs)}>
      <span>
        <time dateTime={until}>{left > 0 ? remaining(tag, left) : t.peering.overdue}</time>
        {left > 0 && <span className="deadline-words"> {t.peering.leftToAnswer}</span>}
      </span>
      <span className="deadline-bar" aria-hidden="true">
        <span style={{ width: `${share * 100}%` }} />
      </span>
    </p>
  )
}
