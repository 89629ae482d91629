import type { ReactNode } from 'react'
import type { PeeringState } from '../../../src/domain/peering.ts'
import { useMessages } from '../i18n/index.ts'
import './badge.css'

export type Tone = 'good' | 'bad' | 'wait' | 'quiet'

/** What each state looks like, everywhere. */
export const TONES: Readonly<Record<PeeringState, Tone>> = {
  'pending-acceptance': 'wait',
  active: 'good',
  rejected: 'bad',
  expired: 'quiet',
  deleted: 'quiet',
}

/** A word that stands out. It never says by its colour alone what it says. */
export function Badge({ tone, children }: { readonly tone: Tone; readonly children: ReactNode }) {
  return (
    <span className={`badge badge-${tone}`}>
      <span className="badge-dot" aria-hidden="true" />
      {children}
    </span>
  )
}

export function StateBadge({ state }: { readonly state: PeeringState }) {
  const { t } = useMessages()
  return <Badge tone={TONES[state]}>{t.states[state]}</Badge>
}
