import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Tenant } from '../../api/client.ts'
import { tenantsQuery } from '../../api/queries.ts'
import { session } from '../../api/session.ts'
import { Button } from '../../components/button.tsx'
import { Dialog } from '../../components/dialog.tsx'
import { Empty } from '../../components/empty.tsx'
import { Failure } from '../../components/failure.tsx'
import { Page } from '../../components/page.tsx'
import { type Column, Table } from '../../components/table.tsx'
import { Time } from '../../components/time.tsx'
import { type Messages, useMessages } from '../../i18n/index.ts'
import { useShortcuts } from '../../util/shortcuts.ts'
import { useStore } from '../../util/store.ts'
import { CreateTenantDialog } from './create-tenant-dialog.tsx'
import { TenantDetails } from './tenant-details.tsx'
import './tenants.css'

/** For the operator, all tenants and their keys; for a tenant, its own keys. */
export default function Tenants() {
  const { t } = useMessages()
  const { caller } = useStore(session)
  if (caller?.operator) return <All />
  return <Page title={t.nav.keys}>{caller?.tenant && <TenantDetails id={caller.tenant.id} />}</Page>
}

function All() {
  const { t } = useMessages()
  const { data, error, isPending, refetch } = useQuery(tenantsQuery())
  const [open, setOpen] = useState<Tenant | null>(null)
  const [creating, setCreating] = useState(false)
  useShortcuts({ c: () => setCreating(true) })
  const rows = data?.tenants.toSorted((a, b) => a.name.localeCompare(b.name)) ?? []
  return (
    <Page
      title={t.nav.tenants}
      beside={
        <Button look="main" aria-keyshortcuts="c" onClick={() => setCreating(true)}>
          {t.tenants.create}
        </Button>
      }
    >
      {error && !data && <Failure error={error} onRetry={() => void refetch()} />}
      {isPending && !error && <p className="soft">{t.common.loading}</p>}
      {rows.length > 0 && (
        <Table
          label={t.nav.tenants}
          columns={columnsOf(t)}
          rows={rows}
          keyOf={({ id }) => id}
          onOpen={setOpen}
        />
      )}
      {data && rows.length === 0 && <Empty title={t.tenants.empty} />}
      {creating && <CreateTenantDialog onClose={() => setCreating(false)} />}
      {open && (
        <Dialog title={open.name} onClose={() => setOpen(null)} wide>
          <TenantDetails id={open.id} />
        </Dialog>
      )}
    </Page>
  )
}

function columnsOf(t: Messages): readonly Column<Tenant>[] {
  return [
    { key: 'name', title: t.common.name, width: 'minmax(8rem, 1.5fr)', cell: ({ name }) => name },
    {
      key: 'huawei',
      title: t.tenants.huawei,
      width: 'minmax(8rem, 1fr)',
      cell: ({ huawei }) => <code>{huawei.domainName}</code>,
      spare: true,
    },
    {
      key: 'alibaba',
      title: t.tenants.alibaba,
      width: 'minmax(9rem, 1fr)',
      cell: ({ alibaba }) => <code>{alibaba.uid}</code>,
      spare: true,
    },
    {
      key: 'tencent',
      title: t.tenants.tencent,
      width: 'minmax(8rem, 1fr)',
      cell: ({ tencent }) => <code>{tencent.uin}</code>,
      spare: true,
    },
    {
      key: 'created',
      title: t.common.created,
      width: '9rem',
      cell: ({ createdAt }) => <Time at={createdAt} />,
    },
  ]
}
