import type { ReactNode } from 'react'
import type { Peering, PeeringSide } from '../api/client.ts'
import { useMessages } from '../i18n/index.ts'
import './strait.css'

interface StraitProps {
  readonly peering: Peering
  /** What the VPCs are called, by id, as far as one may know. */
  readonly names: ReadonlyMap<string, string>
  /** The tenant that looks at it; null: the operator. */
  readonly viewer: string | null
}

/** The two ends of a peering, and between them the strip that joins them: drawn as far as both agree. */
export function Strait({ peering, names, viewer }: StraitProps) {
  const { t } = useMessages()
  return (
    <div className={`strait strait-${peering.state}`}>
      <Shore side={peering.requester} role={t.sides.requester} names={names} viewer={viewer} />
      <div className="strait-strip" role="img" aria-label={t.states[peering.state]}>
        <svg viewBox="0 0 120 24" preserveAspectRatio="none" aria-hidden="true">
          <path className="strait-water" d="M0 12H120" />
          <path className="strait-land" d={STRIPS[peering.state]} />
        </svg>
      </div>
      <Shore side={peering.accepter} role={t.sides.accepter} names={names} viewer={viewer} />
    </div>
  )
}

const WHOLE = 'M0 12C30 4 50 20 76 12S106 10 120 12'

/** How far the strip reaches from the requester's shore. */
const STRIPS: Readonly<Record<Peering['state'], string>> = {
  'pending-acceptance': 'M0 12C30 4 50 20 76 12',
  active: WHOLE,
  rejected: 'M0 12C18 7 28 10 38 13M86 13C98 10 108 11 120 12',
  expired: 'M0 12C18 7 28 10 38 13',
  deleted: '',
}

function Shore(props: {
  side: PeeringSide
  role: string
  names: ReadonlyMap<string, string>
  viewer: string | null
}) {
  const { side, role, names, viewer } = props
  const { t } = useMessages()
  return (
    <section className="shore" aria-label={role}>
      <p className="shore-role">
        {role}
        {side.tenant.id === viewer && <span> · {t.common.you}</span>}
      </p>
      <p className="shore-tenant">{side.tenant.name}</p>
      <p className="shore-vpc" title={side.vpc}>
        {names.get(side.vpc) ?? <code>{side.vpc}</code>}
        <span className="soft"> · {side.region}</span>
      </p>
      <Blocks cidrs={side.cidrs} />
    </section>
  )
}

const BLOCKS_MAX = 6

/** Blocks of addresses, side by side. */
export function Blocks({ cidrs }: { readonly cidrs: readonly string[] }): ReactNode {
  const { t } = useMessages()
  if (cidrs.length === 0) return <p className="soft small">{t.peering.noAddresses}</p>
  return (
    <ul className="blocks" title={cidrs.join(', ')}>
      {cidrs.slice(0, BLOCKS_MAX).map((cidr) => (
        <li key={cidr}>
          <code>{cidr}</code>
        </li>
      ))}
      {cidrs.length > BLOCKS_MAX && <li className="soft">+{cidrs.length - BLOCKS_MAX}</li>}
    </ul>
  )
}
