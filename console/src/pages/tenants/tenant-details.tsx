import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { type AccessKey, call, type Tenant } from '../../api/client.ts'
import { tenantQuery } from '../../api/queries.ts'
import { session } from '../../api/session.ts'
import { Button } from '../../components/button.tsx'
import { Copyable } from '../../components/copyable.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { Facts } from '../../components/facts.tsx'
import { describe, Failure } from '../../components/failure.tsx'
import { Panel } from '../../components/panel.tsx'
import { Time } from '../../components/time.tsx'
import { say } from '../../components/toast.tsx'
import { Warning } from '../../components/warning.tsx'
import { useMessages } from '../../i18n/index.ts'
import { useStore } from '../../util/store.ts'
import { NewSecret } from './new-secret.tsx'

/** A tenant's ids in every dialect, and its keys. */
export function TenantDetails({ id }: { readonly id: string }) {
  const { t } = useMessages()
  const { data, error, refetch } = useQuery(tenantQuery(id))
  if (error && !data) return <Failure error={error} onRetry={() => void refetch()} />
  if (!data) return <p className="soft">{t.common.loading}</p>
  return (
    <>
      <Keys tenant={data} />
      <Panel title={t.tenants.ids}>
        <Facts
          facts={[
            [t.common.id, <Copyable key="id" text={data.id} label={t.common.id} />],
            [t.tenants.huawei, <Copyable key="h" text={data.huawei.domainName} label={t.tenants.huawei} />],
            ...Object.entries(data.huawei.projects).map(
              ([region, project]) =>
                [
                  t.tenants.project(region),
                  <Copyable key={region} text={project} label={t.tenants.project(region)} />,
                ] as const,
            ),
            [t.tenants.alibaba, <Copyable key="a" text={data.alibaba.uid} label={t.tenants.alibaba} />],
            [t.tenants.tencent, <Copyable key="t" text={data.tencent.uin} label={t.tenants.tencent} />],
          ]}
        />
      </Panel>
    </>
  )
}

function Keys({ tenant }: { readonly tenant: Tenant }) {
  const { t, tag } = useMessages()
  const client = useQueryClient()
  const [made, setMade] = useState<AccessKey | null>(null)
  const [leaving, setLeaving] = useState<string | null>(null)
  const create = useMutation({
    mutationFn: () => call('POST /tenants/{id}/keys', { path: { id: tenant.id } }),
    onSuccess: (key) => {
      setMade(key)
      void client.invalidateQueries({ queryKey: ['tenants', tenant.id] })
    },
    onError: (error) => say('bad', describe(error, t, tag)),
  })
  const keys = tenant.accessKeys ?? []
  return (
    <Panel
      title={t.tenants.keys}
      beside={
        <Button busy={create.isPending} onClick={() => create.mutate()}>
          {t.tenants.newKey}
        </Button>
      }
    >
      <p className="soft small">{t.tenants.keysHint}</p>
      {keys.length === 0 && <p>{t.tenants.noKeys}</p>}
      <ul className="access-keys">
        {keys.map(({ id, createdAt }) => (
          <li key={id}>
            <span>
              <code>{id}</code>{' '}
              <span className="soft small">
                <Time at={createdAt} />
              </span>
            </span>
            <Button look="danger" aria-label={`${t.tenants.deleteKey}: ${id}`} onClick={() => setLeaving(id)}>
              {t.tenants.deleteKey}
            </Button>
          </li>
        ))}
      </ul>
      {made && <NewSecret accessKey={made} onClose={() => setMade(null)} />}
      {leaving !== null && (
        <DeleteKeyDialog
          tenant={tenant}
          id={leaving}
          last={keys.length === 1}
          onClose={() => setLeaving(null)}
        />
      )}
    </Panel>
  )
}

interface DeleteKeyProps {
  readonly tenant: Tenant
  readonly id: string
  readonly last: boolean
  readonly onClose: () => void
}

function DeleteKeyDialog({ tenant, id, last, onClose }: DeleteKeyProps) {
  const { t, tag } = useMessages()
  const client = useQueryClient()
  const { token } = useStore(session)
  const remove = useMutation({
    mutationFn: () => call('DELETE /tenants/{id}/keys/{key}', { path: { id: tenant.id, key: id } }),
    onSuccess: () => {
      say('good', t.tenants.deletedKey(id))
      void client.invalidateQueries({ queryKey: ['tenants', tenant.id] })
      onClose()
    },
    onError: (error) => say('bad', describe(error, t, tag)),
  })
  const actions = (
    <>
      <Button onClick={onClose}>{t.common.cancel}</Button>
      <Button look="danger" busy={remove.isPending} onClick={() => remove.mutate()}>
        {t.tenants.deleteKey}
      </Button>
    </>
  )
  return (
    <Dialog title={t.tenants.deleteKeyTitle(id)} onClose={onClose} actions={actions}>
      <Warning>
        <p>
          <strong>{t.tenants.deleteKeyStops}</strong>
        </p>
        {token.startsWith(`${id}.`) && <p>{t.tenants.deleteKeyOwn}</p>}
        {last && <p>{t.tenants.deleteKeyLast}</p>}
      </Warning>
    </Dialog>
  )
}
