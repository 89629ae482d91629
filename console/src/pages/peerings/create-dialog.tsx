import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useId, useState } from 'react'
import { useChange } from '../../api/change.ts'
import { type Answer, call } from '../../api/client.ts'
import { useVpcs } from '../../api/queries.ts'
import { Button } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { describe } from '../../components/failure.tsx'
import { SelectField, TextArea, TextField } from '../../components/field.tsx'
import { Strait } from '../../components/strait.tsx'
import { type Messages, useMessages } from '../../i18n/index.ts'
import { useSettled } from '../../util/settled.ts'

const EMPTY = { requesterVpc: '', accepterVpc: '', name: '', description: '' }

/** Asks for a peering. What would become of the request is shown before it is sent. */
export function CreateDialog({ onClose }: { readonly onClose: () => void }) {
  const { t } = useMessages()
  const navigate = useNavigate()
  const form = useId()
  const { rows } = useVpcs()
  const [body, setBody] = useState(EMPTY)
  const create = useChange('POST /peerings', ({ name, id }) => t.peering.requestedToast(name || id))
  const set = (part: Partial<typeof EMPTY>) => setBody({ ...body, ...part })
  const settled = useSettled(body.accepterVpc)
  const ready = body.requesterVpc !== '' && body.accepterVpc.trim() !== ''
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!ready || create.isPending) return
    const trimmed = { ...body, accepterVpc: body.accepterVpc.trim() }
    create.mutate(
      { body: trimmed },
      {
        onSuccess: ({ id }) => {
          onClose()
          void navigate({ to: '/peerings/$id', params: { id } })
        },
      },
    )
  }
  const actions = (
    <>
      <Button onClick={onClose}>{t.common.cancel}</Button>
      <Button
        look="main"
        submits
        form={form}
        busy={create.isPending}
        because={ready ? null : t.peerings.fill}
      >
        {t.peerings.submit}
      </Button>
    </>
  )
  return (
    <Dialog title={t.peerings.create} onClose={onClose} actions={actions} wide>
      <form id={form} className="create" onSubmit={submit}>
        <SelectField
          label={t.peerings.own}
          hint={rows.length === 0 ? t.peerings.noOwn : t.peerings.ownHint}
          value={body.requesterVpc}
          onChange={(event) => set({ requesterVpc: event.target.value })}
          choices={[
            { value: '', text: '—' },
            ...rows.map(({ id, name, cidrs, region }) => ({
              value: id,
              text: [name || id, region, cidrs.join(' ')].join(' · '),
            })),
          ]}
        />
        <TextField
          label={t.peerings.other}
          hint={t.peerings.otherHint}
          value={body.accepterVpc}
          maxLength={64}
          onChange={(event) => set({ accepterVpc: event.target.value })}
        />
        <TextField
          label={t.common.name}
          hint={t.peerings.nameHint}
          value={body.name}
          maxLength={128}
          onChange={(event) => set({ name: event.target.value })}
        />
        <TextArea
          label={`${t.common.description} (${t.common.optional})`}
          value={body.description}
          maxLength={256}
          onChange={(event) => set({ description: event.target.value })}
        />
      </form>
      {ready && <Preview requesterVpc={body.requesterVpc} accepterVpc={settled.trim()} />}
    </Dialog>
  )
}

/** What the service would make of the request, changing nothing. */
function Preview(ends: { readonly requesterVpc: string; readonly accepterVpc: string }) {
  const { t, tag } = useMessages()
  const { rows } = useVpcs()
  const { data, error, isFetching } = useQuery({
    queryKey: ['peerings', 'preview', ends] as const,
    queryFn: ({ signal }) =>
      call('POST /peerings', { body: { ...ends, name: '' }, query: { dryRun: true } }, { signal }),
    retry: false,
    placeholderData: keepPreviousData,
  })
  const names = new Map(rows.map(({ id, name }) => [id, name || id]))
  return (
    <section className="preview" aria-live="polite">
      <h3>{t.peerings.preview}</h3>
      {isFetching && !data && <p className="soft">{t.common.loading}</p>}
      {error && <p className="field-error">{describe(error, t, tag)}</p>}
      {data && !error && (
        <>
          <Strait peering={data} names={names} viewer={null} />
          <p>{verdictOf(data, t)}</p>
        </>
      )}
    </section>
  )
}

function verdictOf({ consent, state, accepter }: Answer<'POST /peerings'>, t: Messages): string {
  if (consent?.decision === 'accept') return t.peerings.previewAccept
  if (consent?.decision === 'refuse') return t.peerings.previewRefuse
  return state === 'active' ? t.peerings.previewActive : t.peerings.previewAsk(accepter.tenant.name)
}
