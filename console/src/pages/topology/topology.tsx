import { useNavigate, useSearch } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import { useTenantNames } from '../../api/names.ts'
import { usePeerings, useVpcs } from '../../api/queries.ts'
import { useRealizations } from '../../api/realizations.ts'
import { Empty } from '../../components/empty.tsx'
import { Failure } from '../../components/failure.tsx'
import { SelectField } from '../../components/field.tsx'
import { Page } from '../../components/page.tsx'
import { useMessages } from '../../i18n/index.ts'
import { Details } from './details.tsx'
import { type Graph, graphOf, LINKS, type Link, titleOf } from './graph.ts'
import { Legend } from './legend.tsx'
import { Picture } from './picture.tsx'
import './topology.css'

/** What is over is left out until somebody asks for it. */
const DRAWN: ReadonlySet<Link> = new Set(LINKS.filter((link) => link !== 'rejected' && link !== 'expired'))

/** VPCs as cards, peerings as lines between them: who asked stands left of who was asked. */
export default function Topology() {
  const { t, number } = useMessages()
  const navigate = useNavigate()
  const { vpc: given } = useSearch({ strict: false }) as { vpc?: string }
  const chosen = given ?? null
  const [vpcs, peerings] = [useVpcs(), usePeerings()]
  const [realizations, tenantNames] = [useRealizations(), useTenantNames()]
  const [shown, setShown] = useState(DRAWN)
  const all = useMemo(
    () => graphOf(vpcs.rows, peerings.rows, realizations, tenantNames),
    [vpcs.rows, peerings.rows, realizations, tenantNames],
  )
  const drawn = useMemo(() => only(all, shown), [all, shown])
  const choose = (vpc: string | null) =>
    void navigate({ to: '/topology', search: (vpc ? { vpc } : {}) as never, replace: true })
  const error = vpcs.error ?? peerings.error
  const ready = !vpcs.pending && !peerings.pending && !vpcs.reading && !peerings.reading
  return (
    <Page
      title={t.nav.topology}
      wide
      beside={
        <span className="soft">{t.topology.count(number(all.vpcs.length), number(all.peerings.length))}</span>
      }
    >
      {error && <Failure error={error} />}
      {ready && all.vpcs.length === 0 && <Empty title={t.topology.empty}>{t.topology.emptyHint}</Empty>}
      {!error && all.vpcs.length > 0 && (
        <>
          <div className="topology-tools">
            <SelectField
              label={t.topology.find}
              value={chosen ?? ''}
              onChange={(event) => choose(event.target.value || null)}
              choices={[{ value: '', text: t.topology.whole }, ...choicesOf(all)]}
            />
            <Legend
              counts={countsOf(all)}
              shown={shown}
              onShow={(link, show) =>
                setShown(new Set(LINKS.filter((each) => (each === link ? show : shown.has(each)))))
              }
            />
          </div>
          <div className="topology-columns">
            {ready ? (
              <Picture graph={drawn} chosen={chosen} onChoose={choose} />
            ) : (
              <p className="soft">{t.common.loading}</p>
            )}
            <aside>
              <Details graph={all} chosen={chosen} />
            </aside>
          </div>
        </>
      )}
    </Page>
  )
}

function only({ vpcs, peerings }: Graph, shown: ReadonlySet<Link>): Graph {
  return { vpcs, peerings: peerings.filter(({ link }) => shown.has(link)) }
}

function choicesOf({ vpcs }: Graph) {
  return vpcs
    .map((vpc) => ({ value: vpc.id, text: `${vpc.tenant?.name ?? ''} · ${titleOf(vpc)}` }))
    .toSorted((a, b) => a.text.localeCompare(b.text))
}

function countsOf({ peerings }: Graph): ReadonlyMap<Link, number> {
  const counts = new Map<Link, number>()
  for (const { link } of peerings) counts.set(link, (counts.get(link) ?? 0) + 1)
  return counts
}
