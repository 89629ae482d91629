import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useCallback, useMemo, useState } from 'react'
import { EVENT_TYPES, type EventType } from '../../../../src/domain/event.ts'
import { call, type PeeringEvent } from '../../api/client.ts'
import { tenantsQuery, usePeerings } from '../../api/queries.ts'
import { session } from '../../api/session.ts'
import { StateBadge } from '../../components/badge.tsx'
import { Button } from '../../components/button.tsx'
import { Empty } from '../../components/empty.tsx'
import { Failure } from '../../components/failure.tsx'
import { SelectField } from '../../components/field.tsx'
import { Page } from '../../components/page.tsx'
import { type Column, Table } from '../../components/table.tsx'
import { Time } from '../../components/time.tsx'
import { type Messages, useMessages } from '../../i18n/index.ts'
import { eventWords } from '../../peering/event-words.ts'
import { useStore } from '../../util/store.ts'
import './events.css'

const PAGE_EVENTS = 200

/** Those that a change of state brings, and the two that change none. */
const TYPES: readonly EventType[] = [
  'peering.requested',
  ...Object.values(EVENT_TYPES),
  'peering.updated',
  'peering.proof-lost',
]

/** What happens, as it happens: the newest at the top. */
export default function Events() {
  const { t, number } = useMessages()
  const navigate = useNavigate()
  const [type, setType] = useState('')
  const { data, error, isPending, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } =
    useInfiniteQuery({
      queryKey: ['events', 'recent'] as const,
      initialPageParam: undefined as number | undefined,
      queryFn: async ({ pageParam, signal }) => {
        const before = pageParam === undefined ? {} : { before: pageParam }
        const query = { order: 'descending', limit: PAGE_EVENTS, ...before } as const
        return (await call('GET /events', { query }, { signal })).events
      },
      getNextPageParam: (page) => (page.length < PAGE_EVENTS ? undefined : page.at(-1)?.sequence),
    })
  const all = useMemo(() => data?.pages.flat() ?? [], [data])
  const rows = useMemo(() => all.filter((event) => type === '' || event.type === type), [all, type])
  const { tenants, peerings } = useKnownNames()
  const open = useCallback(
    ({ peering }: PeeringEvent) => void navigate({ to: '/peerings/$id', params: { id: peering } }),
    [navigate],
  )
  const columns = useMemo(() => columnsOf(t, number, tenants, peerings), [t, number, tenants, peerings])
  return (
    <Page title={t.nav.events} beside={<p className="soft small">{t.events.follow}</p>}>
      <div className="events-filter">
        <SelectField
          label={t.events.type}
          value={type}
          onChange={(event) => setType(event.target.value)}
          choices={[
            { value: '', text: t.common.all },
            ...TYPES.map((value) => ({ value, text: t.events[value] })),
          ]}
        />
      </div>
      {error && !data && <Failure error={error} onRetry={() => void refetch()} />}
      {isPending && !error && <p className="soft">{t.common.loading}</p>}
      {rows.length > 0 && (
        <Table
          label={t.nav.events}
          columns={columns}
          rows={rows}
          keyOf={({ sequence }) => String(sequence)}
          onOpen={open}
        />
      )}
      {!isPending && all.length === 0 && <Empty title={t.events.none}>{t.events.noneHint}</Empty>}
      {all.length > 0 && rows.length === 0 && <p className="soft">{t.events.noMatch}</p>}
      {hasNextPage && (
        <Button busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {t.events.older}
        </Button>
      )}
    </Page>
  )
}

/** What tenants and peerings are called, by id, as far as whoever is signed in may know. */
function useKnownNames() {
  const { caller } = useStore(session)
  const { rows } = usePeerings()
  const list = useQuery({ ...tenantsQuery(), enabled: caller?.operator ?? false })
  return useMemo(() => {
    const sides = rows.flatMap(({ requester, accepter }) => [requester.tenant, accepter.tenant])
    const known = [...sides, ...(list.data?.tenants ?? []), ...(caller?.tenant ? [caller.tenant] : [])]
    return {
      tenants: new Map(known.map(({ id, name }) => [id, name])),
      peerings: new Map(rows.map(({ id, name }) => [id, name])),
    }
  }, [rows, list.data, caller])
}

function columnsOf(
  t: Messages,
  number: (value: number) => string,
  tenants: ReadonlyMap<string, string>,
  peerings: ReadonlyMap<string, string>,
): readonly Column<PeeringEvent>[] {
  const words = (event: PeeringEvent) => eventWords(event, tenants, t)
  return [
    {
      key: 'number',
      title: t.events.number,
      width: '4.5rem',
      cell: ({ sequence }) => number(sequence),
      spare: true,
    },
    { key: 'when', title: t.events.when, width: '8.5rem', cell: ({ at }) => <Time at={at} /> },
    {
      key: 'what',
      title: t.events.what,
      width: 'minmax(7rem, 1fr)',
      cell: (event) => <strong>{words(event).what}</strong>,
    },
    {
      key: 'state',
      title: t.peerings.state,
      width: '7.5rem',
      cell: ({ to }) => <StateBadge state={to} />,
      spare: true,
    },
    {
      key: 'peering',
      title: t.events.peering,
      width: 'minmax(7rem, 1.4fr)',
      cell: ({ peering }) => peerings.get(peering) || <code>{peering}</code>,
    },
    {
      key: 'who',
      title: t.events.who,
      width: 'minmax(9rem, 1.4fr)',
      cell: (event) => (
        <>
          {words(event).who} <span className="soft">{words(event).through}</span>
        </>
      ),
      spare: true,
    },
    {
      key: 'reason',
      title: t.common.reason,
      width: 'minmax(6rem, 1fr)',
      cell: ({ reason }) => <span title={reason ?? undefined}>{reason}</span>,
      spare: true,
    },
  ]
}
