import { useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback, useMemo, useRef, useState } from 'react'
import type { Peering, PeeringSide } from '../../api/client.ts'
import { useVpcNames } from '../../api/names.ts'
import { ROWS_MAX, usePeerings } from '../../api/queries.ts'
import { session } from '../../api/session.ts'
import { StateBadge } from '../../components/badge.tsx'
import { Button } from '../../components/button.tsx'
import { Empty } from '../../components/empty.tsx'
import { Failure } from '../../components/failure.tsx'
import { SelectField, TextField } from '../../components/field.tsx'
import { Page } from '../../components/page.tsx'
import { type Column, Table } from '../../components/table.tsx'
import { Time } from '../../components/time.tsx'
import { type Messages, useMessages } from '../../i18n/index.ts'
import { useShortcuts } from '../../util/shortcuts.ts'
import { useStore } from '../../util/store.ts'
import { useTyped } from '../../util/typed.ts'
import { CreateDialog } from './create-dialog.tsx'
import { type Filter, LISTED_STATES, narrow, readFilter, searchable } from './filter.ts'
import './peerings.css'

/** The peerings one takes part in; what the list is narrowed to stands in the address. */
export default function Peerings() {
  const { t, number } = useMessages()
  const navigate = useNavigate()
  const { caller } = useStore(session)
  const names = useVpcNames()
  const given = useSearch({ strict: false })
  const filter = useMemo(() => readFilter(given), [given])
  const { state, vpc } = filter
  const list = usePeerings({ ...(state && { state }), ...(vpc && { vpc }) })
  const all = useMemo(() => searchable(list.rows, names), [list.rows, names])
  const rows = useMemo(() => narrow(all, filter, caller), [all, filter, caller])
  const columns = useMemo(() => columnsOf(t, names), [t, names])
  const open = useCallback(
    ({ id }: Peering) => void navigate({ to: '/peerings/$id', params: { id } }),
    [navigate],
  )
  const [creating, setCreating] = useState(false)
  const search = useRef<HTMLInputElement>(null)
  useShortcuts({ c: () => setCreating(true), '/': () => search.current?.focus() })
  const narrowTo = (part: FilterText) =>
    void navigate({ to: '/peerings', search: readFilter({ ...filter, ...part }) as never, replace: true })
  const count = list.reading
    ? t.common.readingMore(number(list.rows.length))
    : t.common.rows(number(rows.length))
  const filtered = Object.keys(filter).length > 0
  return (
    <Page
      title={t.nav.peerings}
      beside={
        <Button look="main" aria-keyshortcuts="c" onClick={() => setCreating(true)}>
          {t.peerings.create}
        </Button>
      }
    >
      <Filters filter={filter} onChange={narrowTo} search={search} />
      {list.error && <Failure error={list.error} />}
      {list.cut && <p className="soft">{t.common.cut(number(ROWS_MAX))}</p>}
      <p role="status" className="soft small">
        {list.pending ? t.common.loading : count}
      </p>
      {rows.length > 0 && (
        <Table label={t.nav.peerings} columns={columns} rows={rows} keyOf={({ id }) => id} onOpen={open} />
      )}
      {!list.pending && !list.reading && rows.length === 0 && (
        <Empty title={filtered ? t.peerings.noMatch : t.peerings.empty}>
          <p>{filtered ? t.peerings.noMatchHint : t.peerings.emptyHint}</p>
          {filtered && (
            <Button onClick={() => void navigate({ to: '/peerings', search: {} as never })}>
              {t.peerings.clearFilter}
            </Button>
          )}
        </Empty>
      )}
      {creating && <CreateDialog onClose={() => setCreating(false)} />}
    </Page>
  )
}

function columnsOf(t: Messages, names: ReadonlyMap<string, string>): readonly Column<Peering>[] {
  const end = ({ tenant, vpc }: PeeringSide) => (
    <>
      {tenant.name} <span className="soft">· {names.get(vpc) ?? <code>…{vpc.slice(-8)}</code>}</span>
    </>
  )
  return [
    {
      key: 'name',
      title: t.common.name,
      width: 'minmax(7rem, 1.4fr)',
      cell: ({ name, requester, accepter }) => (
        <>
          {name || t.common.unnamed}
          <span className="table-second">
            {requester.tenant.name} → {accepter.tenant.name}
          </span>
        </>
      ),
    },
    {
      key: 'state',
      title: t.peerings.state,
      width: '7.5rem',
      cell: ({ state }) => <StateBadge state={state} />,
    },
    {
      key: 'from',
      title: t.peerings.from,
      width: 'minmax(7rem, 1.2fr)',
      cell: ({ requester }) => end(requester),
      spare: true,
    },
    {
      key: 'to',
      title: t.peerings.to,
      width: 'minmax(7rem, 1.2fr)',
      cell: ({ accepter }) => end(accepter),
      spare: true,
    },
    {
      key: 'addresses',
      title: t.common.addresses,
      width: 'minmax(9rem, 1.4fr)',
      cell: ({ requester, accepter }) => (
        <code>
          {requester.cidrs.join(' ')} ↔ {accepter.cidrs.join(' ')}
        </code>
      ),
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

/** As the fields have it; empty is no filter. */
type FilterText = { readonly [K in keyof Filter]?: string }

interface FiltersProps {
  readonly filter: Filter
  readonly onChange: (part: FilterText) => void
  readonly search: React.RefObject<HTMLInputElement | null>
}

function Filters({ filter, onChange, search }: FiltersProps) {
  const { t } = useMessages()
  const { caller } = useStore(session)
  const names = useVpcNames()
  const [typed, setTyped] = useTyped(filter.text ?? '', search)
  const all = { value: '', text: t.common.all }
  const known = filter.vpc !== undefined && !names.has(filter.vpc) ? [[filter.vpc, filter.vpc] as const] : []
  return (
    <search className="filters">
      <TextField
        label={t.common.search}
        placeholder={t.peerings.text}
        type="search"
        ref={search}
        value={typed}
        onChange={({ target }) => {
          setTyped(target.value)
          onChange({ text: target.value })
        }}
      />
      <SelectField
        label={t.peerings.state}
        value={filter.state ?? ''}
        onChange={(event) => onChange({ state: event.target.value })}
        choices={[all, ...LISTED_STATES.map((value) => ({ value, text: t.states[value] }))]}
      />
      {!caller?.operator && (
        <SelectField
          label={t.peerings.side}
          value={filter.side ?? ''}
          onChange={(event) => onChange({ side: event.target.value })}
          choices={[
            { value: '', text: t.sides.both },
            ...(['requester', 'accepter'] as const).map((value) => ({ value, text: t.sides[value] })),
          ]}
        />
      )}
      <SelectField
        label={t.peerings.vpc}
        value={filter.vpc ?? ''}
        onChange={(event) => onChange({ vpc: event.target.value })}
        choices={[all, ...[...known, ...names].map(([value, text]) => ({ value, text }))]}
      />
    </search>
  )
}
