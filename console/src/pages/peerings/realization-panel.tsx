import { useQuery } from '@tanstack/react-query'
import type { Peering } from '../../api/client.ts'
import { realizationQuery } from '../../api/queries.ts'
import { session } from '../../api/session.ts'
import { Badge } from '../../components/badge.tsx'
import { Failure } from '../../components/failure.tsx'
import { Panel } from '../../components/panel.tsx'
import { Time } from '../../components/time.tsx'
import { useMessages } from '../../i18n/index.ts'
import { useStore } from '../../util/store.ts'

/** How often it is looked at again, milliseconds: the network catches up without an event that says so. */
const LOOK_AGAIN_MS = 3_000

/** How far the network has come with a peering, and whether packets were seen to pass. */
export function RealizationPanel({ peering }: { readonly peering: Peering }) {
  const { t } = useMessages()
  const { caller } = useStore(session)
  const driven = caller?.dataPlane !== 'none'
  const { data, error } = useQuery({
    ...realizationQuery(peering.id),
    enabled: driven,
    refetchInterval: LOOK_AGAIN_MS,
  })
  return (
    <Panel title={t.peering.network}>
      {!driven && <p className="soft">{t.peering.networkNone}</p>}
      {error && !data && <Failure error={error} />}
      {driven && data && <Realized {...data} />}
    </Panel>
  )
}

interface RealizedProps {
  readonly wanted: number
  readonly realized: number
  readonly provenAt: string | null
  readonly reason: string | null
}

function Realized({ wanted, realized, provenAt, reason }: RealizedProps) {
  const { t, number } = useMessages()
  const there = realized >= wanted
  return (
    <>
      <p>
        <Badge tone={there ? 'good' : 'wait'}>
          {there ? t.peering.networkThere : t.peering.networkBehind}
        </Badge>
      </p>
      <p className="soft small">{t.peering.generation(number(realized), number(wanted))}</p>
      <p>
        {provenAt === null ? (
          t.peering.notProven
        ) : (
          <>
            {t.peering.proven} <Time at={provenAt} />
          </>
        )}
      </p>
      {reason !== null && <p className="soft">{reason}</p>}
    </>
  )
}
