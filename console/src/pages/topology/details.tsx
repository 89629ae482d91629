import { Link as RouterLink } from '@tanstack/react-router'
import { Empty } from '../../components/empty.tsx'
import { Facts } from '../../components/facts.tsx'
import { Panel } from '../../components/panel.tsx'
import { useMessages } from '../../i18n/index.ts'
import { around, type Graph, titleOf } from './graph.ts'
import { LinkBadge } from './legend.tsx'

/** What there is to know of the VPC that was chosen, in words: for whoever cannot see the picture, too. */
export function Details({ graph, chosen }: { readonly graph: Graph; readonly chosen: string | null }) {
  const { t } = useMessages()
  const vpc = graph.vpcs.find(({ id }) => id === chosen)
  if (!vpc) return <Empty title={t.topology.choose}>{t.topology.chooseHint}</Empty>
  const near = around(graph, vpc.id)
  const label = (id: string) => {
    const other = near.vpcs.find((each) => each.id === id)
    return other ? `${other.tenant?.name ?? ''} · ${titleOf(other)}` : id
  }
  return (
    <Panel title={titleOf(vpc)}>
      <Facts
        facts={[
          [t.tenants.tenant, vpc.tenant?.name],
          [t.common.region, vpc.region],
          [t.common.addresses, <code key="addresses">{vpc.cidrs.join(' ')}</code>],
          [t.common.id, <code key="id">{vpc.id}</code>],
        ]}
      />
      <h3>{t.nav.peerings}</h3>
      {near.peerings.length === 0 && <p className="soft">{t.topology.alone}</p>}
      <ul className="topology-peerings">
        {near.peerings.map(({ id, name, requester, accepter, link }) => (
          <li key={id}>
            <RouterLink to="/peerings/$id" params={{ id }}>
              {name || t.common.unnamed}
            </RouterLink>
            <LinkBadge link={link} />
            <span className="soft small">
              {requester === vpc.id ? '→' : '←'} {label(requester === vpc.id ? accepter : requester)}
            </span>
          </li>
        ))}
      </ul>
      <RouterLink to="/explain" search={{ from: vpc.id } as never}>
        {t.topology.explainFrom}
      </RouterLink>
    </Panel>
  )
}
