import { type Cidr, contains, parseCidr } from '../../../domain/cidr.ts'
import type { VpcId } from '../../../domain/identity.ts'
import { parseDestination } from '../../../domain/network.ts'
import type { Adopted } from '../../../domain/vpc.ts'
import { DataPlaneUnavailableError } from '../../../ports/data-plane.ts'
import { markOf, routerName } from './names.ts'
import type { Northbound, NorthboundRow } from './tables.ts'

/* Who is connected to whom, by the rows at hand. It holds for routers of ours and of others alike. */

export type Router = NorthboundRow<'Logical_Router'>
export type RouterPort = NorthboundRow<'Logical_Router_Port'>
export type SwitchPort = NorthboundRow<'Logical_Switch_Port'>
type StaticRoute = NorthboundRow<'Logical_Router_Static_Route'>

/** The router that is, or stands for, a VPC. Throws `DataPlaneUnavailableError` where there is none. */
export function routerOf(
  northbound: Northbound,
  { vpc, adopted }: { readonly vpc: VpcId; readonly adopted: Adopted | null },
): Router {
  if (adopted && 'netns' in adopted) {
    throw new DataPlaneUnavailableError(
      `the VPC ${vpc} has adopted a network namespace, which needs another data plane`,
    )
  }
  const name = adopted ? adopted.ovnRouter : routerName(vpc)
  const [router, another] = northbound.find('Logical_Router', 'name', name)
  if (!router) throw new DataPlaneUnavailableError(`there is no OVN logical router ${name}`)
  if (another) throw new DataPlaneUnavailableError(`there is more than one OVN logical router ${name}`)
  if (adopted && markOf(router.external_ids)) {
    throw new DataPlaneUnavailableError(`the OVN logical router ${name} is another VPC's`)
  }
  return router
}

const present = <T>(row: T | null): row is T => row !== null

export function portsOf(northbound: Northbound, router: Router): RouterPort[] {
  return [...router.ports].map((uuid) => northbound.get('Logical_Router_Port', uuid)).filter(present)
}

export function routesOf(northbound: Northbound, router: Router): StaticRoute[] {
  return [...router.static_routes]
    .map((uuid) => northbound.get('Logical_Router_Static_Route', uuid))
    .filter(present)
}

/** The block that an address with a length is of, e.g. 10.1.0.0/24 of 10.1.0.1/24. */
export function networkOf(text: string): Cidr | null {
  const [address = '', length] = text.split('/')
  const block = parseDestination(address)
  if (!block || length === undefined) return null
  const bits = Number(length)
  const hostBits = BigInt(block.bits - bits)
  return { family: block.family, base: (block.base >> hostBits) << hostBits, bits }
}

export const blocksOf = (texts: Iterable<string>): Cidr[] =>
  [...texts].map(parseCidr).filter((block) => block !== null)

/** The blocks that are connected to a router: local to it. */
export function connectedTo(northbound: Northbound, router: Router): Cidr[] {
  return portsOf(northbound, router)
    .filter(({ external_ids }) => markOf(external_ids)?.peering === undefined)
    .flatMap(({ networks }) => [...networks].map(networkOf))
    .filter(present)
}

/** A workload: what is plugged into a switch that is connected to a router. */
export interface Workload {
  readonly port: SwitchPort
  readonly addresses: readonly string[]
  /** The port by which its router is connected to its switch. */
  readonly gateway: RouterPort
}

export function workloadsOf(northbound: Northbound, router: Router): Workload[] {
  return portsOf(northbound, router).flatMap((gateway) => workloadsBehind(northbound, gateway))
}

export function workloadsBehind(northbound: Northbound, gateway: RouterPort): Workload[] {
  return plugsBehind(northbound, gateway).map((port) => ({ port, gateway, addresses: addressesOf(port) }))
}

/** What workloads are plugged in by, of all switches that are connected to a router. */
export function plugsOf(northbound: Northbound, router: Router): SwitchPort[] {
  return portsOf(northbound, router).flatMap((gateway) => plugsBehind(northbound, gateway))
}

function plugsBehind(northbound: Northbound, gateway: RouterPort): SwitchPort[] {
  return northbound
    .find('Logical_Switch_Port', 'routerPort', gateway.name)
    .flatMap(({ _uuid }) => northbound.find('Logical_Switch', 'ports', _uuid))
    .flatMap(({ ports }) => [...ports].map((uuid) => northbound.get('Logical_Switch_Port', uuid)))
    .filter(present)
    .filter(({ type }) => type === '')
}

/** Of each `MAC IP…` the addresses. Source: ovn-nb(5), "Logical_Switch_Port". */
export function addressesOf(port: SwitchPort): string[] {
  return [...port.addresses]
    .flatMap((text) => text.split(/\s+/).slice(1))
    .filter((text) => parseDestination(text) !== null)
}

export function isInside(block: Cidr, address: string): boolean {
  const target = parseDestination(address)
  return target !== null && contains(block, target)
}
