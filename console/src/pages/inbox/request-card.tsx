import { Link } from '@tanstack/react-router'
import { useId } from 'react'
import type { Caller, Peering } from '../../api/client.ts'
import { Button } from '../../components/button.tsx'
import { Strait } from '../../components/strait.tsx'
import { Time } from '../../components/time.tsx'
import { useMessages } from '../../i18n/index.ts'
import { Consequences } from '../../peering/consequences.tsx'
import { Deadline } from '../../peering/deadline.tsx'

interface RequestCardProps {
  readonly peering: Peering
  readonly names: ReadonlyMap<string, string>
  readonly caller: Caller | null
  readonly onAnswer: (how: 'accept' | 'reject') => void
}

/** One request: who asks, what it would open, what clashes, how long is left. */
export function RequestCard({ peering, names, caller, onAnswer }: RequestCardProps) {
  const { t } = useMessages()
  const heading = useId()
  const { id, name, description, requester, accepter, createdAt, expiresAt } = peering
  return (
    <li className="request" tabIndex={-1} aria-labelledby={heading}>
      <header className="request-head">
        <div>
          <h2 id={heading}>{t.inbox.asks(requester.tenant.name, names.get(accepter.vpc) ?? accepter.vpc)}</h2>
          <p className="soft small">
            <Link to="/peerings/$id" params={{ id }}>
              {name || t.common.unnamed}
            </Link>{' '}
            · <Time at={createdAt} />
          </p>
        </div>
        {expiresAt !== null && <Deadline from={createdAt} until={expiresAt} />}
      </header>
      {description !== '' && (
        <blockquote className="request-says">
          <span className="soft small">{t.inbox.says}</span> {description}
        </blockquote>
      )}
      <Strait peering={peering} names={names} viewer={caller?.tenant?.id ?? null} />
      <Consequences peering={peering} />
      <footer className="request-foot">
        <Button look="main" aria-keyshortcuts="a" onClick={() => onAnswer('accept')}>
          {t.peering.accept}
        </Button>
        <Button look="danger" aria-keyshortcuts="r" onClick={() => onAnswer('reject')}>
          {t.peering.reject}
        </Button>
      </footer>
    </li>
  )
}
