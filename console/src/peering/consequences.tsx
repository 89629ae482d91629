import { useQuery } from '@tanstack/react-query'
import { call, type Peering } from '../api/client.ts'
import { usePeerings, useVpcs } from '../api/queries.ts'
import { describe } from '../components/failure.tsx'
import { type Messages, useMessages } from '../i18n/index.ts'
import { addressCount } from '../util/addresses.ts'
import { type Clash, clashesOf } from '../util/clashes.ts'
import './consequences.css'

/** What accepting a request would open, and what would clash. Whether it would succeed is asked of the service. */
export function Consequences({ peering }: { readonly peering: Peering }) {
  const { t, tag, number } = useMessages()
  const neighbours = usePeerings({ vpc: peering.accepter.vpc })
  const vpcs = useVpcs()
  const trial = useQuery({
    queryKey: ['peerings', 'trial', peering.id, peering.updatedAt] as const,
    queryFn: ({ signal }) =>
      call('POST /peerings/{id}/accept', { path: { id: peering.id }, query: { dryRun: true } }, { signal }),
    retry: false,
    staleTime: 60_000,
  })
  const clashes = clashesOf(peering, neighbours.rows, vpcs.rows)
  const described = (cidrs: readonly string[]) => {
    const count = addressCount(cidrs)
    return `${cidrs.join(', ') || t.peering.noAddresses}${count === null ? '' : ` (${t.peering.addresses(number(count))})`}`
  }
  return (
    <div className="consequences">
      <section>
        <h3>{t.peering.opens}</h3>
        <p>{t.peering.opensBetween(described(peering.requester.cidrs), described(peering.accepter.cidrs))}</p>
        <p className="soft small">{t.peering.notTransitive}</p>
      </section>
      <section>
        <h3>{t.peering.clashes}</h3>
        {clashes.length === 0 && !neighbours.pending && !vpcs.pending && <p>{t.peering.noClash}</p>}
        <ul className="clashes">
          {clashes.map((clash) => (
            <li key={`${clash.where} ${clash.name} ${clash.ours}`} className={`clash clash-${clash.where}`}>
              {wordsFor(clash, t)}
            </li>
          ))}
          {trial.error && (
            <li className="clash clash-target">
              {t.peering.wouldFail} {describe(trial.error, t, tag)}
            </li>
          )}
        </ul>
      </section>
    </div>
  )
}

function wordsFor({ where, ours, theirs, name }: Clash, t: Messages): string {
  if (where === 'target') return t.peering.clashTarget(ours, theirs)
  if (where === 'neighbour') return t.peering.clashNeighbour(theirs, ours, name)
  return t.peering.clashOther(theirs, ours, name)
}
