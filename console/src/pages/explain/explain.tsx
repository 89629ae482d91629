import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { type FormEvent, useEffect, useState } from 'react'
import { call } from '../../api/client.ts'
import { usePeerings, useVpcs } from '../../api/queries.ts'
import { Button } from '../../components/button.tsx'
import { Failure } from '../../components/failure.tsx'
import { TextField } from '../../components/field.tsx'
import { Page } from '../../components/page.tsx'
import { useMessages } from '../../i18n/index.ts'
import { Answered } from './answered.tsx'
import './explain.css'

/** How often the answer is looked at again, milliseconds: routes and the network change without an event. */
const LOOK_AGAIN_MS = 5_000

/** Why one address can or cannot reach another; both ends stand in the address of the page. */
export default function Explain() {
  const { t } = useMessages()
  const navigate = useNavigate()
  const asked = useSearch({ strict: false }) as { from?: string; to?: string }
  const { from = '', to = '' } = asked
  const [ends, setEnds] = useState({ from: String(from), to: String(to) })
  useEffect(() => setEnds({ from: String(from), to: String(to) }), [from, to])
  const ask = (next: typeof ends) => void navigate({ to: '/explain', search: next as never })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (ends.from.trim() && ends.to.trim()) ask({ from: ends.from.trim(), to: ends.to.trim() })
  }
  const query = useQuery({
    queryKey: ['peerings', 'explain', from, to],
    queryFn: ({ signal }) =>
      call('GET /explain', { query: { from: String(from), to: String(to) } }, { signal }),
    enabled: from !== '' && to !== '',
    refetchInterval: LOOK_AGAIN_MS,
  })
  const field = (end: 'from' | 'to') => (
    <TextField
      label={t.explain[end]}
      hint={t.explain.hint}
      list="known-vpcs"
      maxLength={128}
      value={ends[end]}
      onChange={(event) => setEnds({ ...ends, [end]: event.target.value })}
    />
  )
  return (
    <Page title={t.nav.explain}>
      <p className="soft">{t.explain.intro}</p>
      <form className="explain-question" onSubmit={submit}>
        <KnownVpcs />
        {field('from')}
        <Button
          look="quiet"
          aria-label={t.explain.swap}
          onClick={() => setEnds({ from: ends.to, to: ends.from })}
        >
          ⇄
        </Button>
        {field('to')}
        <Button look="main" submits because={ends.from.trim() && ends.to.trim() ? null : t.explain.fill}>
          {t.explain.ask}
        </Button>
      </form>
      <div aria-live="polite">
        {query.isFetching && (!query.data || query.isPlaceholderData) && (
          <p className="soft">{t.common.loading}</p>
        )}
        {query.error && <Failure error={query.error} onRetry={() => void query.refetch()} />}
        {query.data && !query.isPlaceholderData && <Answered explanation={query.data} />}
      </div>
    </Page>
  )
}

/** VPCs that may be meant: one's own, and those at the other end of one's peerings. */
function KnownVpcs() {
  const [vpcs, peerings] = [useVpcs(), usePeerings()]
  const sides = peerings.rows.flatMap(({ requester, accepter }) => [requester, accepter])
  const known = new Map(sides.map(({ vpc, tenant, cidrs }) => [vpc, `${tenant.name} · ${cidrs.join(' ')}`]))
  for (const { id, name, cidrs } of vpcs.rows) known.set(id, `${name} · ${cidrs.join(' ')}`)
  return (
    <datalist id="known-vpcs">
      {[...known].map(([id, label]) => (
        <option key={id} value={id} label={label} />
      ))}
    </datalist>
  )
}
