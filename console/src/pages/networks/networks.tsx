import { useNavigate, useSearch } from '@tanstack/react-router'
import { useMemo, useRef, useState } from 'react'
import type { Vpc } from '../../api/client.ts'
import { useTenantNames } from '../../api/names.ts'
import { ROWS_MAX, useVpcs } from '../../api/queries.ts'
import { session } from '../../api/session.ts'
import { Button } from '../../components/button.tsx'
import { Empty } from '../../components/empty.tsx'
import { Failure } from '../../components/failure.tsx'
import { TextField } from '../../components/field.tsx'
import { Page } from '../../components/page.tsx'
import { type Column, Table } from '../../components/table.tsx'
import { Time } from '../../components/time.tsx'
import { type Messages, useMessages } from '../../i18n/index.ts'
import { useShortcuts } from '../../util/shortcuts.ts'
import { useStore } from '../../util/store.ts'
import { useTyped } from '../../util/typed.ts'
import { CreateVpcDialog } from './create-dialogs.tsx'
import './networks.css'

/** One's own VPCs; for the operator, everybody's. */
export default function Networks() {
  const { t, number } = useMessages()
  const navigate = useNavigate()
  const { caller } = useStore(session)
  const { text: given } = useSearch({ strict: false }) as { text?: unknown }
  const text = given === undefined ? '' : String(given)
  const list = useVpcs()
  const tenants = useTenantNames()
  const rows = useMemo(() => narrow(list.rows, text, tenants), [list.rows, text, tenants])
  const columns = useMemo(() => columnsOf(t, tenants, caller?.operator ?? false), [t, tenants, caller])
  const [creating, setCreating] = useState(false)
  const search = useRef<HTMLInputElement>(null)
  const [typed, setTyped] = useTyped(text, search)
  useShortcuts({ '/': () => search.current?.focus() })
  const done = !list.pending && !list.reading
  return (
    <Page
      title={t.nav.networks}
      beside={
        <Button look="main" onClick={() => setCreating(true)}>
          {t.networks.create}
        </Button>
      }
    >
      <search className="networks-search">
        <TextField
          label={t.common.search}
          placeholder={t.networks.text}
          type="search"
          ref={search}
          value={typed}
          onChange={({ target }) => {
            setTyped(target.value)
            void navigate({
              to: '/networks',
              search: (target.value ? { text: target.value } : {}) as never,
              replace: true,
            })
          }}
        />
      </search>
      {list.error && <Failure error={list.error} />}
      {rows.length > 0 && (
        <>
          <p className="soft small" role="status">
            {list.cut ? t.common.cut(number(ROWS_MAX)) : t.common.rows(number(rows.length))}
          </p>
          <Table
            label={t.nav.networks}
            columns={columns}
            rows={rows}
            keyOf={({ id }) => id}
            onOpen={({ id }) => void navigate({ to: '/networks/$id', params: { id } })}
          />
        </>
      )}
      {done && !list.error && rows.length === 0 && (
        <Empty title={text ? t.networks.noMatch : t.networks.empty}>
          <p>{text ? t.peerings.noMatchHint : t.networks.emptyHint}</p>
        </Empty>
      )}
      {creating && <CreateVpcDialog onClose={() => setCreating(false)} />}
    </Page>
  )
}

function narrow(rows: readonly Vpc[], text: string, tenants: ReadonlyMap<string, string>): readonly Vpc[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return rows
  return rows.filter(({ name, description, id, ids, region, cidrs, tenant }) => {
    const about = [
      name,
      description,
      id,
      ids.alibaba,
      ids.tencent,
      region,
      tenants.get(tenant) ?? '',
      ...cidrs,
    ]
    const all = about.join('\n').toLowerCase()
    return words.every((word) => all.includes(word))
  })
}

function columnsOf(
  t: Messages,
  tenants: ReadonlyMap<string, string>,
  operator: boolean,
): readonly Column<Vpc>[] {
  const whose: Column<Vpc> = {
    key: 'tenant',
    title: t.networks.tenant,
    width: 'minmax(6rem, 1fr)',
    cell: ({ tenant }) => tenants.get(tenant) ?? tenant,
  }
  return [
    {
      key: 'name',
      title: t.common.name,
      width: 'minmax(7rem, 1.4fr)',
      cell: ({ name }) => name || t.common.unnamed,
    },
    ...(operator ? [whose] : []),
    {
      key: 'addresses',
      title: t.common.addresses,
      width: 'minmax(8rem, 1.6fr)',
      cell: ({ cidrs }) => <code>{cidrs.join(' ')}</code>,
    },
    {
      key: 'region',
      title: t.common.region,
      width: 'minmax(6rem, 1fr)',
      cell: ({ region }) => region,
      spare: true,
    },
    {
      key: 'changed',
      title: t.common.changed,
      width: '8rem',
      cell: ({ updatedAt }) => <Time at={updatedAt} />,
      spare: true,
    },
  ]
}
