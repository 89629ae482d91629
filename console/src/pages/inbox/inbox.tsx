import { Link } from '@tanstack/react-router'
import { useMemo, useRef, useState } from 'react'
import type { Peering } from '../../api/client.ts'
import { useVpcNames } from '../../api/names.ts'
import { usePeerings } from '../../api/queries.ts'
import { session } from '../../api/session.ts'
import { Button } from '../../components/button.tsx'
import { Empty } from '../../components/empty.tsx'
import { Failure } from '../../components/failure.tsx'
import { Page } from '../../components/page.tsx'
import { useMessages } from '../../i18n/index.ts'
import { AcceptDialog, RejectDialog } from '../../peering/dialogs.tsx'
import { useShortcuts } from '../../util/shortcuts.ts'
import { useStore } from '../../util/store.ts'
import { waitsFor } from '../../util/waits-for.ts'
import { RequestCard } from './request-card.tsx'
import './inbox.css'

const CARDS_AT_ONCE = 20

type Answering = { readonly peering: Peering; readonly how: 'accept' | 'reject' }

/** The requests that wait for whoever is signed in, the most urgent first. */
export default function Inbox() {
  const { t, number } = useMessages()
  const { caller } = useStore(session)
  const names = useVpcNames()
  const { rows, error, pending } = usePeerings({ state: 'pending-acceptance' })
  const [shown, setShown] = useState(CARDS_AT_ONCE)
  const [answering, setAnswering] = useState<Answering | null>(null)
  const list = useRef<HTMLOListElement>(null)
  const waiting = useMemo(
    () => rows.filter((peering) => waitsFor(peering, caller)).sort(byDeadline),
    [rows, caller],
  )
  useCardKeys(list, waiting, setAnswering)
  const sent = rows.filter(({ requester }) => requester.tenant.id === caller?.tenant?.id).length
  return (
    <Page title={t.nav.inbox} beside={waiting.length > 0 && <p>{t.inbox.intro(number(waiting.length))}</p>}>
      {error && <Failure error={error} />}
      {pending && !error && <p className="soft">{t.common.loading}</p>}
      {!pending && !error && waiting.length === 0 && <Empty title={t.inbox.empty}>{t.inbox.emptyHint}</Empty>}
      <ol className="inbox" ref={list}>
        {waiting.slice(0, shown).map((peering) => (
          <RequestCard
            key={peering.id}
            peering={peering}
            names={names}
            caller={caller}
            onAnswer={(how) => setAnswering({ peering, how })}
          />
        ))}
      </ol>
      {waiting.length > shown && (
        <Button onClick={() => setShown(shown + CARDS_AT_ONCE)}>
          {t.inbox.more(number(Math.min(CARDS_AT_ONCE, waiting.length - shown)))}
        </Button>
      )}
      {sent > 0 && (
        <p className="soft">
          {t.inbox.sent(number(sent))}{' '}
          <Link to="/peerings" search={{ state: 'pending-acceptance', side: 'requester' }}>
            {t.inbox.seeSent}
          </Link>
        </p>
      )}
      {answering?.how === 'accept' && (
        <AcceptDialog peering={answering.peering} onClose={() => setAnswering(null)} />
      )}
      {answering?.how === 'reject' && (
        <RejectDialog peering={answering.peering} onClose={() => setAnswering(null)} />
      )}
    </Page>
  )
}

function byDeadline(a: Peering, b: Peering): number {
  return (a.expiresAt ?? '').localeCompare(b.expiresAt ?? '') || a.id.localeCompare(b.id)
}

/** `j` and `k` go from request to request; `a` and `r` answer the one in focus, or the only one. */
function useCardKeys(
  list: React.RefObject<HTMLOListElement | null>,
  waiting: readonly Peering[],
  onAnswer: (answering: Answering) => void,
) {
  const cards = () => [...(list.current?.children ?? [])] as HTMLElement[]
  const at = () => cards().findIndex((card) => card.contains(document.activeElement))
  const go = (by: number) => {
    const all = cards()
    const next = all[Math.max(0, Math.min(all.length - 1, at() < 0 ? 0 : at() + by))]
    next?.focus()
    next?.scrollIntoView({ block: 'nearest' })
  }
  const answer = (how: Answering['how']) => {
    const peering = waiting[at() < 0 && waiting.length === 1 ? 0 : at()]
    if (peering) onAnswer({ peering, how })
  }
  useShortcuts({ j: () => go(1), k: () => go(-1), a: () => answer('accept'), r: () => answer('reject') })
}
