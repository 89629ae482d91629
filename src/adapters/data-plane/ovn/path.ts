import type { Cidr } from '../../../domain/cidr.ts'
import { endName, markOf, setName } from './names.ts'
import type { Northbound } from './tables.ts'
import {
  blocksOf,
  isInside,
  networkOf,
  portsOf,
  type Router,
  type RouterPort,
  routesOf,
  type Workload,
  workloadsBehind,
} from './topology.ts'

/*
 * The way of a packet, computed from the rows at hand as OVN computes it: at each router the longest prefix of the table that
 * the port goes by where it came in; what is connected wins a tie, and is in every table; then the policies. Of those only
 * the gates are read, so what a policy of somebody else's drops is not seen.
 */

const HOPS_MAX = 8

/** Why a packet from a workload to `address` does not arrive; null: it does. */
export function whyNot(northbound: Northbound, from: Workload, address: string): string | null {
  const source = from.addresses.find((each) => each.includes(':') === address.includes(':'))
  if (source === undefined) return `${from.port.name} has no address to reach ${address} from`
  if (from.port.enabled === false) return `the port ${from.port.name} is disabled`
  let into: RouterPort = from.gateway
  for (let hop = 0; hop < HOPS_MAX; hop++) {
    const [router] = northbound.find('Logical_Router', 'ports', into._uuid)
    if (!router) return `the port ${into.name} belongs to no router`
    if (hop > 0 && !passesGate(northbound, into, source, address)) return `the gate at ${into.name} is closed`
    const way = wayOf(northbound, router, into, address)
    if (way === null) return `${router.name} has no route to ${address} for what comes in by ${into.name}`
    if (way.kind === 'connected') return whyNotDelivered(northbound, way.port, address)
    const next = acrossOf(northbound, way.output)
    if (typeof next === 'string') return next
    into = next
  }
  return `more than ${HOPS_MAX} routers are between them`
}

type Way =
  | { readonly kind: 'connected'; readonly port: RouterPort }
  | { readonly kind: 'route'; readonly output: string }

function wayOf(northbound: Northbound, router: Router, into: RouterPort, address: string): Way | null {
  const table = into.options.get('route_table') ?? ''
  const ports = portsOf(northbound, router).filter(({ enabled }) => enabled !== false)
  const leading = (block: Cidr | null | undefined): block is Cidr => !!block && isInside(block, address)
  const connected = ports.flatMap((port) =>
    [...port.networks]
      .map(networkOf)
      .filter(leading)
      .map(({ bits }) => ({ bits, way: { kind: 'connected', port } as Way })),
  )
  const routed = routesOf(northbound, router)
    .filter(({ route_table }) => route_table === table)
    .flatMap(({ ip_prefix, output_port }) =>
      blocksOf([ip_prefix])
        .filter(leading)
        .map(({ bits }) => ({ bits, way: { kind: 'route', output: output_port ?? '' } as Way })),
    )
    // A route by a port that is not there is none.
    .filter(({ way }) => way.kind === 'route' && ports.some(({ name }) => name === way.output))
  const [best] = [...connected, ...routed].sort((a, b) => b.bits - a.bits)
  return best?.way ?? null
}

function acrossOf(northbound: Northbound, output: string): RouterPort | string {
  const [port] = northbound.find('Logical_Router_Port', 'name', output)
  if (!port?.peer) return `the port ${output} leads to no other router`
  const [peer] = northbound.find('Logical_Router_Port', 'name', port.peer)
  if (!peer) return `the port ${port.peer} is missing`
  if (peer.peer !== output) return `the port ${peer.name} does not lead back to ${output}`
  return peer.enabled === false ? `the port ${peer.name} is disabled` : peer
}

function passesGate(northbound: Northbound, into: RouterPort, from: string, to: string): boolean {
  const peering = markOf(into.external_ids)?.peering
  if (peering === undefined) return true
  const policies = northbound
    .find('Logical_Router_Policy', 'peering', peering)
    .filter(({ match }) => match.startsWith(`inport == "${into.name}"`))
  if (!policies.some(({ action }) => action === 'drop')) return true
  const side = into.name === endName(peering, 'requester') ? 'requester' : 'accepter'
  const other = side === 'requester' ? 'accepter' : 'requester'
  const family = to.includes(':') ? 6 : 4
  const holds = (at: 'requester' | 'accepter', address: string) => {
    const [set] = northbound.find('Address_Set', 'name', setName(peering, at, family))
    return blocksOf(set?.addresses ?? []).some((block) => isInside(block, address))
  }
  const allowed = policies.some(
    ({ action, match }) => action === 'allow' && match.includes(`$${setName(peering, side, family)}`),
  )
  return allowed && holds(other, from) && holds(side, to)
}

function whyNotDelivered(northbound: Northbound, gateway: RouterPort, address: string): string | null {
  const found = workloadsBehind(northbound, gateway).find(({ addresses }) => addresses.includes(address))
  if (!found) return `no port has the address ${address}`
  return found.port.enabled === false ? `the port ${found.port.name} is disabled` : null
}
