import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { useChange } from '../../api/change.ts'
import { type Peering, Problem } from '../../api/client.ts'
import { useVpcNames } from '../../api/names.ts'
import { peeringQuery } from '../../api/queries.ts'
import { session } from '../../api/session.ts'
import { StateBadge } from '../../components/badge.tsx'
import { Button } from '../../components/button.tsx'
import { Copyable } from '../../components/copyable.tsx'
import { Empty } from '../../components/empty.tsx'
import { Facts } from '../../components/facts.tsx'
import { Failure } from '../../components/failure.tsx'
import { Page } from '../../components/page.tsx'
import { Panel } from '../../components/panel.tsx'
import { Strait } from '../../components/strait.tsx'
import { Time } from '../../components/time.tsx'
import { useMessages } from '../../i18n/index.ts'
import { Consequences } from '../../peering/consequences.tsx'
import { Deadline } from '../../peering/deadline.tsx'
import { AcceptDialog, DeleteDialog, RejectDialog } from '../../peering/dialogs.tsx'
import { History } from '../../peering/history.tsx'
import { obstacleTo } from '../../peering/obstacle.ts'
import { useShortcuts } from '../../util/shortcuts.ts'
import { useStore } from '../../util/store.ts'
import { waitsFor } from '../../util/waits-for.ts'
import { RealizationPanel } from './realization-panel.tsx'
import './peering.css'

/** One peering, whole: its two ends, what may be done, how far the network has come, its history. */
export default function PeeringPage() {
  const { t } = useMessages()
  const { id = '' } = useParams({ strict: false })
  const { data, error, refetch } = useQuery(peeringQuery(id))
  if (error instanceof Problem && error.status === 404) {
    return (
      <Page title={t.nav.peering}>
        <Empty title={t.problems.notFound}>
          <Link to="/peerings">{t.peering.back}</Link>
        </Empty>
      </Page>
    )
  }
  if (!data) {
    return (
      <Page title={t.nav.peering}>
        {error ? (
          <Failure error={error} onRetry={() => void refetch()} />
        ) : (
          <p className="soft">{t.common.loading}</p>
        )}
      </Page>
    )
  }
  return <Whole peering={data} />
}

function Whole({ peering }: { readonly peering: Peering }) {
  const { t } = useMessages()
  const { caller } = useStore(session)
  const names = useVpcNames()
  const { name, description, state, createdAt, expiresAt } = peering
  return (
    <Page title={name || t.common.unnamed} beside={<StateBadge state={state} />}>
      <p className="peering-back">
        <Link to="/peerings">← {t.peering.back}</Link>
      </p>
      {description !== '' && <p>{description}</p>}
      <Strait peering={peering} names={names} viewer={caller?.tenant?.id ?? null} />
      {state === 'pending-acceptance' && expiresAt !== null && (
        <Deadline from={createdAt} until={expiresAt} />
      )}
      <Actions peering={peering} />
      {waitsFor(peering, caller) && (
        <div className="panel">
          <Consequences peering={peering} />
        </div>
      )}
      <div className="peering-columns">
        <Panel title={t.peering.history}>
          <History peering={peering} />
        </Panel>
        <div className="peering-side">
          <RealizationPanel peering={peering} />
          <FactsPanel peering={peering} />
        </div>
      </div>
    </Page>
  )
}

type Open = 'accept' | 'reject' | 'delete' | null

function Actions({ peering }: { readonly peering: Peering }) {
  const { t } = useMessages()
  const { caller } = useStore(session)
  const navigate = useNavigate()
  const [open, setOpen] = useState<Open>(null)
  const reopen = useChange('POST /peerings/{id}/reopen', ({ name, id }) => t.peering.reopened(name || id))
  const close = () => setOpen(null)
  const obstacle = (event: 'accept' | 'reject' | 'reopen' | 'delete') => obstacleTo(peering, event, caller, t)
  useShortcuts({
    a: () => obstacle('accept') === null && setOpen('accept'),
    r: () => obstacle('reject') === null && setOpen('reject'),
  })
  return (
    <div className="peering-actions">
      <Button
        look="main"
        because={obstacle('accept')}
        aria-keyshortcuts="a"
        onClick={() => setOpen('accept')}
      >
        {t.peering.accept}
      </Button>
      <Button because={obstacle('reject')} aria-keyshortcuts="r" onClick={() => setOpen('reject')}>
        {t.peering.reject}
      </Button>
      <Button
        because={obstacle('reopen')}
        busy={reopen.isPending}
        onClick={() => reopen.mutate({ path: { id: peering.id } })}
      >
        {t.peering.reopen}
      </Button>
      <Button look="danger" because={obstacle('delete')} onClick={() => setOpen('delete')}>
        {peering.state === 'pending-acceptance' ? t.peering.withdraw : t.peering.delete}
      </Button>
      {open === 'accept' && <AcceptDialog peering={peering} onClose={close} />}
      {open === 'reject' && <RejectDialog peering={peering} onClose={close} />}
      {open === 'delete' && (
        <DeleteDialog peering={peering} onClose={close} onDone={() => void navigate({ to: '/peerings' })} />
      )}
    </div>
  )
}

function FactsPanel({ peering }: { readonly peering: Peering }) {
  const { t } = useMessages()
  const { ids, createdAt, updatedAt, expiresAt } = peering
  return (
    <Panel title={t.peering.facts}>
      <Facts
        facts={[
          [t.common.created, <Time key="created" at={createdAt} both />],
          [t.common.changed, <Time key="changed" at={updatedAt} both />],
          ...(expiresAt === null
            ? []
            : [[t.peering.deadline, <Time key="expires" at={expiresAt} both />] as const]),
          [
            t.peering.idsOf('Huawei'),
            <Copyable key="huawei" text={ids.huawei} label={t.peering.idsOf('Huawei')} />,
          ],
          [
            t.peering.idsOf('Alibaba'),
            <Copyable key="alibaba" text={ids.alibaba} label={t.peering.idsOf('Alibaba')} />,
          ],
          [
            t.peering.idsOf('Tencent'),
            <Copyable key="tencent" text={ids.tencent} label={t.peering.idsOf('Tencent')} />,
          ],
        ]}
      />
    </Panel>
  )
}
