import { useState } from 'react'
import type { Answer } from '../../api/client.ts'
import { session } from '../../api/session.ts'
import { Badge } from '../../components/badge.tsx'
import { Copyable } from '../../components/copyable.tsx'
import { Panel } from '../../components/panel.tsx'
import { Tabs } from '../../components/tabs.tsx'
import { type Messages, useMessages } from '../../i18n/index.ts'
import { useStore } from '../../util/store.ts'

type Explanation = Answer<'GET /explain'>
type Dialect = keyof Messages['explain']['dialects']

const DIALECTS: readonly Dialect[] = ['native', 'huawei', 'alibaba', 'tencent']

/** The way of a packet hop by hop, what stops it, and the call that would mend it. */
export function Answered({ explanation }: { readonly explanation: Explanation }) {
  const { t } = useMessages()
  const { reachable, cause, from, to, steps, next } = explanation
  const causes: Readonly<Record<string, string>> = t.explain.causes
  const places: Readonly<Record<string, string>> = t.explain.at
  return (
    <div className="explain-answer">
      <section className={`verdict verdict-${reachable ? 'good' : 'bad'}`}>
        <Badge tone={reachable ? 'good' : 'bad'}>
          {reachable ? t.explain.reachable : t.explain.notReachable}
        </Badge>
        <p className="verdict-cause">{causes[cause] ?? cause}</p>
        <p>
          <code>{from.address}</code> → <code>{to.address}</code>
        </p>
      </section>
      <Panel title={t.explain.path}>
        <ol className="hops">
          {steps.map(({ at, ok, says }) => (
            <li key={`${at} ${says}`} className={ok ? 'hop' : 'hop hop-stops'}>
              <strong>
                <span aria-hidden="true">{ok ? '✓' : '✕'}</span> {places[at] ?? at}
              </strong>
              <p>{says}</p>
            </li>
          ))}
        </ol>
      </Panel>
      {next ? <Next next={next} /> : reachable && <p className="soft">{t.explain.nothing}</p>}
    </div>
  )
}

function Next({ next }: { readonly next: NonNullable<Explanation['next']> }) {
  const { t } = useMessages()
  const { caller } = useStore(session)
  const [dialect, setDialect] = useState<Dialect>('native')
  const { tenant, says, calls } = next
  const call = calls[dialect]
  const mine = tenant !== null && tenant.id === caller?.tenant?.id
  return (
    <Panel title={t.explain.next}>
      <p>
        <strong>{says}</strong>
      </p>
      {tenant && <p>{mine ? t.explain.yours : t.explain.whose(tenant.name)}</p>}
      <Tabs
        label={t.explain.calls}
        tabs={DIALECTS.map((value) => ({ value, text: t.explain.dialects[value] }))}
        chosen={dialect}
        onChoose={setDialect}
      >
        {call === null ? (
          <p className="soft">{t.explain.noCall}</p>
        ) : (
          <Copyable text={call} label={t.explain.dialects[dialect]} />
        )}
      </Tabs>
    </Panel>
  )
}
