import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useId, useState } from 'react'
import { call } from '../../api/client.ts'
import { Button } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { describe } from '../../components/failure.tsx'
import { TextField } from '../../components/field.tsx'
import { say } from '../../components/toast.tsx'
import { useMessages } from '../../i18n/index.ts'
import { NewSecret } from './new-secret.tsx'

/** Makes a tenant, and shows the secret of its first key, once. */
export function CreateTenantDialog({ onClose }: { readonly onClose: () => void }) {
  const { t, tag } = useMessages()
  const client = useQueryClient()
  const form = useId()
  const [name, setName] = useState('')
  const create = useMutation({
    mutationFn: () => call('POST /tenants', { body: { name: name.trim() } }),
    onSuccess: () => {
      say('good', t.tenants.made(name.trim()))
      void client.invalidateQueries({ queryKey: ['tenants'] })
    },
  })
  const key = create.data?.accessKeys?.[0]
  if (key) return <NewSecret accessKey={key} onClose={onClose} />
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (name.trim() !== '' && !create.isPending) create.mutate()
  }
  const actions = (
    <>
      <Button onClick={onClose}>{t.common.cancel}</Button>
      <Button
        look="main"
        submits
        form={form}
        busy={create.isPending}
        because={name.trim() === '' ? t.tenants.nameMissing : null}
      >
        {t.tenants.create}
      </Button>
    </>
  )
  return (
    <Dialog title={t.tenants.create} onClose={onClose} actions={actions}>
      <form id={form} onSubmit={submit}>
        <TextField
          label={t.common.name}
          hint={t.tenants.createHint}
          error={create.error && describe(create.error, t, tag)}
          maxLength={64}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
      </form>
    </Dialog>
  )
}
