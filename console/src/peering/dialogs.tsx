import { useQuery } from '@tanstack/react-query'
import { type FormEvent, type ReactNode, useId, useState } from 'react'
import { useChange } from '../api/change.ts'
import { call, type Peering } from '../api/client.ts'
import { useVpcNames } from '../api/names.ts'
import { session } from '../api/session.ts'
import { Button } from '../components/button.tsx'
import { Dialog } from '../components/dialog.tsx'
import { TextArea } from '../components/field.tsx'
import { Warning } from '../components/warning.tsx'
import { useMessages } from '../i18n/index.ts'
import { sidesOf } from '../util/may-cause.ts'
import { useStore } from '../util/store.ts'
import { Consequences } from './consequences.tsx'

interface DialogProps {
  readonly peering: Peering
  readonly onClose: () => void
  /** What happens once it is done. */
  readonly onDone?: () => void
}

const REASON_LENGTH_MAX = 512

export function AcceptDialog({ peering, onClose }: DialogProps) {
  const { t } = useMessages()
  const accept = useChange('POST /peerings/{id}/accept', ({ name, id }) => t.peering.accepted(name || id))
  return (
    <Decision
      title={t.peering.acceptTitle(peering.requester.tenant.name)}
      action={t.peering.accept}
      hint={t.peering.reasonHint}
      busy={accept.isPending}
      onClose={onClose}
      onDecide={(body) => accept.mutate({ path: { id: peering.id }, body }, { onSuccess: onClose })}
    >
      <Consequences peering={peering} />
    </Decision>
  )
}

export function RejectDialog({ peering, onClose }: DialogProps) {
  const { t } = useMessages()
  const reject = useChange('POST /peerings/{id}/reject', ({ name, id }) => t.peering.rejected(name || id))
  return (
    <Decision
      title={t.peering.rejectTitle(peering.requester.tenant.name)}
      action={t.peering.reject}
      look="danger"
      hint={t.peering.rejectHint}
      busy={reject.isPending}
      onClose={onClose}
      onDecide={(body) => reject.mutate({ path: { id: peering.id }, body }, { onSuccess: onClose })}
    />
  )
}

/** Ends a peering, or takes a request back; says first what will stop working. */
export function DeleteDialog({ peering, onClose, onDone }: DialogProps) {
  const { t } = useMessages()
  const name = peering.name || peering.id
  const waiting = peering.state === 'pending-acceptance'
  const remove = useChange('DELETE /peerings/{id}', () => t.peering.deletedToast(name))
  const done = () => {
    onClose()
    onDone?.()
  }
  return (
    <Decision
      title={waiting ? t.peering.withdrawTitle(name) : t.peering.deleteTitle(name)}
      action={waiting ? t.peering.withdraw : t.peering.delete}
      look="danger"
      hint={t.peering.reasonHint}
      busy={remove.isPending}
      onClose={onClose}
      onDecide={(body) => remove.mutate({ path: { id: peering.id }, body }, { onSuccess: done })}
    >
      <WhatStops peering={peering} />
    </Decision>
  )
}

interface DecisionProps {
  readonly title: string
  readonly action: string
  readonly look?: 'main' | 'danger'
  readonly hint: string
  readonly busy: boolean
  readonly onClose: () => void
  readonly onDecide: (body: { reason?: string }) => void
  readonly children?: ReactNode
}

/** A decision that can be given a reason. */
function Decision({ title, action, look = 'main', hint, busy, onClose, onDecide, children }: DecisionProps) {
  const { t } = useMessages()
  const [reason, setReason] = useState('')
  const form = useId()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!busy) onDecide(reason.trim() === '' ? {} : { reason: reason.trim() })
  }
  const actions = (
    <>
      <Button onClick={onClose}>{t.common.cancel}</Button>
      <Button look={look} submits form={form} busy={busy}>
        {action}
      </Button>
    </>
  )
  return (
    <Dialog title={title} onClose={onClose} actions={actions}>
      {children}
      <form id={form} onSubmit={submit}>
        <TextArea
          label={`${t.common.reason} (${t.common.optional})`}
          hint={hint}
          maxLength={REASON_LENGTH_MAX}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) submit(event)
          }}
        />
      </form>
    </Dialog>
  )
}

function WhatStops({ peering }: { readonly peering: Peering }) {
  const { t } = useMessages()
  const names = useVpcNames()
  const { caller } = useStore(session)
  const own = sidesOf(peering, caller).map((side) => peering[side].vpc)
  const routes = useQuery({
    queryKey: ['vpcs', 'routes-through', peering.id, own],
    queryFn: ({ signal }) => routesThrough(peering.id, own, signal),
    enabled: peering.state === 'active' || peering.state === 'pending-acceptance',
  })
  if (peering.state === 'rejected' || peering.state === 'expired') return <p>{t.peering.deleteRecord}</p>
  const label = (side: 'requester' | 'accepter') =>
    `${peering[side].tenant.name} / ${names.get(peering[side].vpc) ?? peering[side].vpc}`
  const found = routes.data ?? []
  return (
    <Warning>
      <p>
        <strong>
          {peering.state === 'active'
            ? t.peering.deleteStops(label('requester'), label('accepter'))
            : t.peering.withdrawStops}
        </strong>
      </p>
      {routes.isSuccess && (
        <>
          <p>{found.length > 0 ? t.peering.deleteRoutes(found.length) : t.peering.deleteNoRoutes}</p>
          {found.length > 0 && (
            <ul className="blocks">
              {found.map(({ id, destination, vpc }) => (
                <li key={id}>
                  <code>{destination}</code> <span className="soft small">{names.get(vpc) ?? vpc}</span>
                </li>
              ))}
            </ul>
          )}
        </>
      )}
      {peering.state === 'active' && own.length < 2 && <p>{t.peering.deleteTheirRoutes}</p>}
      {peering.state === 'active' && <p>{t.peering.deleteForGood}</p>}
    </Warning>
  )
}

async function routesThrough(peering: string, vpcs: readonly string[], signal: AbortSignal) {
  const answers = await Promise.all(
    vpcs.map((id) => call('GET /vpcs/{id}/routes', { path: { id }, query: { limit: 1000 } }, { signal })),
  )
  return answers.flatMap(({ routes }) => routes).filter((route) => route.peering === peering)
}
