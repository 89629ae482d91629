import { Badge, type Tone } from '../../components/badge.tsx'
import { useMessages } from '../../i18n/index.ts'
import { LINKS, type Link } from './graph.ts'

/** What the word for each line looks like; the lines themselves are in `topology.css`. */
const TONES: Readonly<Record<Link, Tone>> = {
  flowing: 'good',
  agreed: 'good',
  unproven: 'wait',
  stopped: 'bad',
  pending: 'wait',
  rejected: 'bad',
  expired: 'quiet',
}

export function LinkBadge({ link }: { readonly link: Link }) {
  const { t } = useMessages()
  return <Badge tone={TONES[link]}>{t.topology.links[link]}</Badge>
}

interface LegendProps {
  readonly counts: ReadonlyMap<Link, number>
  readonly shown: ReadonlySet<Link>
  readonly onShow: (link: Link, shown: boolean) => void
}

/** What the lines mean, how many there are of each kind, and which of them are drawn. */
export function Legend({ counts, shown, onShow }: LegendProps) {
  const { t, number } = useMessages()
  return (
    <fieldset className="legend">
      <legend className="visually-hidden">{t.topology.legend}</legend>
      {LINKS.filter((link) => counts.has(link)).map((link) => (
        <label key={link} className="legend-entry">
          <input
            type="checkbox"
            checked={shown.has(link)}
            onChange={(event) => onShow(link, event.target.checked)}
          />
          <svg viewBox="0 0 28 8" className={`legend-line line-${link}`} aria-hidden="true">
            <path d="M1 4h26" />
          </svg>
          {t.topology.links[link]} <span className="soft">{number(counts.get(link) ?? 0)}</span>
        </label>
      ))}
    </fieldset>
  )
}
