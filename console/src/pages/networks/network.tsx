import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import type { Vpc } from '../../api/client.ts'
import { usePeerings } from '../../api/queries.ts'
import { StateBadge } from '../../components/badge.tsx'
import { Button } from '../../components/button.tsx'
import { Copyable } from '../../components/copyable.tsx'
import { Facts } from '../../components/facts.tsx'
import { Failure } from '../../components/failure.tsx'
import { Page } from '../../components/page.tsx'
import { Panel } from '../../components/panel.tsx'
import { type Messages, useMessages } from '../../i18n/index.ts'
import { CreateRouteDialog, CreateSubnetDialog } from './create-dialogs.tsx'
import { DeleteRouteDialog, DeleteSubnetDialog, DeleteVpcDialog } from './delete-dialogs.tsx'
import { type Port, type Route, type Subnet, useParts, useVpc } from './queries.ts'
import './networks.css'

/** One VPC: its blocks, and the subnets, routes and ports in it. */
export default function Network() {
  const { t } = useMessages()
  const { id } = useParams({ strict: false }) as { id: string }
  const navigate = useNavigate()
  const vpc = useVpc(id)
  const [deleting, setDeleting] = useState(false)
  const back = (
    <p className="network-back">
      <Link to="/networks">← {t.networks.back}</Link>
    </p>
  )
  if (!vpc.data) {
    return (
      <Page title={t.networks.network}>
        {back}
        {vpc.error ? <Failure error={vpc.error} /> : <p className="soft">{t.common.loading}</p>}
      </Page>
    )
  }
  return (
    <Page
      title={vpc.data.name || t.common.unnamed}
      beside={
        <Button look="danger" onClick={() => setDeleting(true)}>
          {t.networks.delete}
        </Button>
      }
    >
      {back}
      <div className="network-columns">
        <Parts vpc={vpc.data} />
        <div className="network-side">
          <About vpc={vpc.data} />
          <Peerings vpc={vpc.data} />
        </div>
      </div>
      {deleting && (
        <DeleteVpcDialog
          vpc={vpc.data}
          onClose={() => setDeleting(false)}
          onDone={() => void navigate({ to: '/networks' })}
        />
      )}
    </Page>
  )
}

function About({ vpc }: { readonly vpc: Vpc }) {
  const { t } = useMessages()
  return (
    <Panel title={t.peering.facts}>
      <Facts
        facts={[
          [t.networks.blocks, <code key="blocks">{vpc.cidrs.join(' ')}</code>],
          [t.common.region, vpc.region],
          [
            t.networks.network,
            vpc.adopt ? `${t.networks.adopted}: ${adopted(vpc.adopt)}` : t.networks.managed,
          ],
          ...Object.entries(vpc.ids).map(
            ([cloud, id]) =>
              [t.peering.idsOf(cloud), <Copyable key={cloud} text={id} label={cloud} />] as const,
          ),
        ]}
      />
    </Panel>
  )
}

const adopted = (what: NonNullable<Vpc['adopt']>) => Object.entries(what).flat().join(' ')

function Peerings({ vpc }: { readonly vpc: Vpc }) {
  const { t } = useMessages()
  const { rows } = usePeerings({ vpc: vpc.id })
  return (
    <Panel title={t.networks.peerings}>
      {rows.length === 0 && <p className="soft">{t.topology.alone}</p>}
      <ul className="topology-peerings">
        {rows.map(({ id, name, state }) => (
          <li key={id}>
            <Link to="/peerings/$id" params={{ id }}>
              {name || t.common.unnamed}
            </Link>{' '}
            <StateBadge state={state} />
          </li>
        ))}
      </ul>
      <Link to="/topology" search={{ vpc: vpc.id } as never}>
        {t.nav.topology}
      </Link>
    </Panel>
  )
}

type Asked =
  | { readonly kind: 'new-subnet' }
  | { readonly kind: 'new-route' }
  | { readonly kind: 'delete-subnet'; readonly subnet: Subnet }
  | { readonly kind: 'delete-route'; readonly route: Route }

function Parts({ vpc }: { readonly vpc: Vpc }) {
  const { t } = useMessages()
  const { data, error, refetch } = useParts(vpc.id)
  const peerings = usePeerings({ vpc: vpc.id })
  const [asked, setAsked] = useState<Asked | null>(null)
  const names = new Map(peerings.rows.map(({ id, name }) => [id, name]))
  const active = peerings.rows.filter(({ state }) => state === 'active')
  const close = () => setAsked(null)
  if (!data)
    return error ? <Failure error={error} onRetry={() => void refetch()} /> : <p>{t.common.loading}</p>
  return (
    <div className="network-parts">
      <Panel
        title={t.networks.subnets}
        beside={<Button onClick={() => setAsked({ kind: 'new-subnet' })}>{t.networks.addSubnet}</Button>}
      >
        <Subnets subnets={data.subnets} onDelete={(subnet) => setAsked({ kind: 'delete-subnet', subnet })} />
      </Panel>
      <Panel
        title={t.networks.routes}
        beside={
          <Button
            because={active.length === 0 ? t.networks.noPeerings : null}
            onClick={() => setAsked({ kind: 'new-route' })}
          >
            {t.networks.addRoute}
          </Button>
        }
      >
        <Routes
          routes={data.routes}
          names={names}
          onDelete={(route) => setAsked({ kind: 'delete-route', route })}
        />
      </Panel>
      <Panel title={t.networks.ports}>
        <Ports ports={data.ports} t={t} />
      </Panel>
      {asked?.kind === 'new-subnet' && <CreateSubnetDialog vpc={vpc} onClose={close} />}
      {asked?.kind === 'new-route' && <CreateRouteDialog vpc={vpc} peerings={active} onClose={close} />}
      {asked?.kind === 'delete-subnet' && <DeleteSubnetDialog subnet={asked.subnet} onClose={close} />}
      {asked?.kind === 'delete-route' && <DeleteRouteDialog route={asked.route} onClose={close} />}
    </div>
  )
}

interface SubnetsProps {
  readonly subnets: readonly Subnet[]
  readonly onDelete: (subnet: Subnet) => void
}

function Subnets({ subnets, onDelete }: SubnetsProps) {
  const { t } = useMessages()
  if (subnets.length === 0) return <p className="soft">{t.networks.noSubnets}</p>
  return (
    <ul className="parts">
      {subnets.map((subnet) => (
        <li key={subnet.id}>
          <span>
            <code>{[subnet.cidr, subnet.ipv6Cidr].filter(Boolean).join(' ')}</code> {subnet.name}{' '}
            <span className="soft small">
              {t.networks.gateway} <code>{subnet.gateway}</code>
            </span>
          </span>
          <Button
            look="quiet"
            aria-label={`${t.networks.delete}: ${subnet.cidr}`}
            onClick={() => onDelete(subnet)}
          >
            {t.networks.delete}
          </Button>
        </li>
      ))}
    </ul>
  )
}

interface RoutesProps {
  readonly routes: readonly Route[]
  readonly names: ReadonlyMap<string, string>
  readonly onDelete: (route: Route) => void
}

function Routes({ routes, names, onDelete }: RoutesProps) {
  const { t } = useMessages()
  if (routes.length === 0) return <p className="soft">{t.networks.noRoutes}</p>
  return (
    <ul className="parts">
      {routes.map((route) => (
        <li key={route.id}>
          <span>
            <code>{route.destination}</code> →{' '}
            <Link to="/peerings/$id" params={{ id: route.peering }}>
              {names.get(route.peering) || route.peering.slice(0, 8)}
            </Link>{' '}
            {!route.enabled && <span className="soft small">{t.networks.disabled}</span>}
          </span>
          <Button
            look="quiet"
            aria-label={`${t.networks.delete}: ${route.destination}`}
            onClick={() => onDelete(route)}
          >
            {t.networks.delete}
          </Button>
        </li>
      ))}
    </ul>
  )
}

function Ports({ ports, t }: { readonly ports: readonly Port[]; readonly t: Messages }) {
  if (ports.length === 0) return <p className="soft">{t.networks.noPorts}</p>
  return (
    <ul className="parts">
      {ports.map(({ id, addresses, mac, attach }) => (
        <li key={id}>
          <span>
            <code>{addresses.join(' ')}</code> <code className="soft small">{mac}</code>
          </span>
          {attach && (
            <span className="soft small">
              {t.networks.plug} <code>{'netns' in attach ? attach.netns.namespace : attach.ovn.ifaceId}</code>
            </span>
          )}
        </li>
      ))}
    </ul>
  )
}
