import { useInfiniteQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { call, type Peering, type PeeringEvent } from '../api/client.ts'
import { TONES } from '../components/badge.tsx'
import { Button } from '../components/button.tsx'
import { Failure } from '../components/failure.tsx'
import { Time } from '../components/time.tsx'
import { useMessages } from '../i18n/index.ts'
import { eventWords } from './event-words.ts'
import './history.css'

/** So many answers are asked for one after the other; each looks through a part of the event log. */
const PAGES_MAX = 20

/** All that happened to a peering, as a time line, the newest at the top. */
export function History({ peering }: { readonly peering: Peering }) {
  const { t } = useMessages()
  const { id } = peering
  const query = useInfiniteQuery({
    queryKey: ['events', 'of', id] as const,
    initialPageParam: undefined as number | undefined,
    queryFn: ({ pageParam, signal }) => {
      const before = pageParam === undefined ? {} : { before: pageParam }
      return call('GET /peerings/{id}/events', { path: { id }, query: before }, { signal })
    },
    getNextPageParam: ({ next }) => next ?? undefined,
  })
  const { data, error, hasNextPage, isFetching, fetchNextPage } = query
  const goOn = hasNextPage && !isFetching && (data?.pages.length ?? 0) < PAGES_MAX
  useEffect(() => {
    if (goOn) void fetchNextPage()
  }, [goOn, fetchNextPage])
  const events = data?.pages.flatMap((page) => page.events) ?? []
  if (error && !data) return <Failure error={error} onRetry={() => void query.refetch()} />
  return (
    <>
      <ol className="history">
        {events.map((event) => (
          <Moment key={event.sequence} event={event} peering={peering} />
        ))}
      </ol>
      {isFetching && <p className="soft small">{t.common.loading}</p>}
      {hasNextPage && !isFetching && (
        <Button onClick={() => void fetchNextPage()}>{t.peering.lookFurther}</Button>
      )}
      {data && !hasNextPage && <p className="soft small">{t.peering.historyBegins}</p>}
    </>
  )
}

function Moment({ event, peering }: { readonly event: PeeringEvent; readonly peering: Peering }) {
  const { t } = useMessages()
  const { requester, accepter } = peering
  const names = new Map([requester, accepter].map(({ tenant }) => [tenant.id, tenant.name]))
  const { what, who, through } = eventWords(event, names, t)
  return (
    <li className={`moment moment-${TONES[event.to]}`}>
      <p>
        <strong>{what}</strong> {who} {through && <span className="soft">{through}</span>}
      </p>
      <p className="soft small">
        <Time at={event.at} both />
      </p>
      {event.reason !== null && <blockquote className="moment-reason">{event.reason}</blockquote>}
    </li>
  )
}
