import type { Caller } from '../../app/context.ts'
import type { App } from '../../app/index.ts'
import { parseCidr } from '../../domain/cidr.ts'
import type { PartId, PeeringId, VpcId } from '../../domain/identity.ts'
import type { Route, RouteTable, Subnet } from '../../domain/network.ts'
import type { Vpc } from '../../domain/vpc.ts'

/** Parts of VPCs with what both APIs show of them beside themselves. */

export interface RouteView {
  readonly route: Route
  readonly table: RouteTable
  /** The vendor's id of the peering it leads through. */
  readonly gateway: string
}

export interface TableView {
  readonly table: RouteTable
  readonly vpc: Vpc
  readonly routes: readonly RouteView[]
  /** Those that go by it. */
  readonly subnets: readonly Subnet[]
}

export interface SubnetView {
  readonly subnet: Subnet
  readonly vpc: Vpc
  /** The table that it goes by. */
  readonly table: RouteTable
}

/** A VPC has few parts of each kind, an account few VPCs. */
export const ALL = { window: { limit: Number.MAX_SAFE_INTEGER }, withTotal: false } as const

/** The VPCs that parts of the caller's are in, by id. */
async function vpcsOf(app: App, caller: Caller, parts: readonly { vpc: VpcId }[]) {
  const ids = [...new Set(parts.map(({ vpc }) => vpc))]
  if (ids.length === 0) return new Map<VpcId, Vpc>()
  const { items } = await app.listVpcs(caller, { ...ALL, ids, order: 'id' })
  return new Map(items.map((vpc) => [vpc.id, vpc]))
}

/** Route tables as they are shown. One that is deleted meanwhile, with its VPC, is left out. */
export async function viewTables(
  app: App,
  caller: Caller,
  tables: readonly RouteTable[],
): Promise<readonly TableView[]> {
  const vpcs = await vpcsOf(app, caller, tables)
  if (vpcs.size === 0) return []
  const within = { ...ALL, vpcs: [...vpcs.keys()] }
  const subnets = (await app.listSubnets(caller, within)).items
  const routes = (await app.listRoutes(caller, within)).items
  const views = await viewRoutes(app, caller, routes, tables)
  return tables.flatMap((table) => {
    const vpc = vpcs.get(table.vpc)
    if (!vpc) return []
    const owned = subnets.filter((subnet) => goesBy(subnet, table))
    return [{ table, vpc, subnets: owned, routes: views.filter((view) => view.table === table) }]
  })
}

const goesBy = (subnet: Subnet, table: RouteTable) =>
  table.isDefault ? subnet.vpc === table.vpc && subnet.routeTable === null : subnet.routeTable === table.id

/** Routes of any of `tables` as they are shown. */
export async function viewRoutes(
  app: App,
  caller: Caller,
  routes: readonly Route[],
  tables: readonly RouteTable[],
): Promise<readonly RouteView[]> {
  const byId = new Map<PartId, RouteTable>(tables.map((table) => [table.id, table]))
  const shown = routes.filter(({ routeTable }) => byId.has(routeTable))
  const ids = [...new Set(shown.map(({ nextHop }) => nextHop))]
  const gateways = new Map<PeeringId, string>()
  if (ids.length > 0) {
    const { items } = await app.listPeerings(caller, { ...ALL, ids, order: 'id' })
    for (const { peering } of items) gateways.set(peering.id, peering.ids.tencent)
  }
  return shown.flatMap((route) => {
    const table = byId.get(route.routeTable)
    return table ? [{ route, table, gateway: gateways.get(route.nextHop) ?? route.nextHop }] : []
  })
}

/** Subnets as they are shown. One that is deleted meanwhile, with its VPC, is left out. */
export async function viewSubnets(
  app: App,
  caller: Caller,
  subnets: readonly Subnet[],
): Promise<readonly SubnetView[]> {
  const vpcs = await vpcsOf(app, caller, subnets)
  if (vpcs.size === 0) return []
  const { items: tables } = await app.listRouteTables(caller, { ...ALL, vpcs: [...vpcs.keys()] })
  return subnets.flatMap((subnet) => {
    const vpc = vpcs.get(subnet.vpc)
    const table = tables.find((candidate) => goesBy(subnet, candidate))
    return vpc && table ? [{ subnet, vpc, table }] : []
  })
}

/** The blocks of a VPC, the primary IPv4 block apart from those that were added to it. */
export function blocksOf({ cidrs }: Vpc) {
  const family = (wanted: 4 | 6) => cidrs.filter((text) => parseCidr(text)?.family === wanted)
  const [primary = '', ...assistant] = family(4)
  return { primary, assistant, ipv6: family(6) }
}

/** The addresses that machines may have in an IPv4 block: the vendor keeps three. Source: API 3.0, object Subnet. */
export function roomOf(cidr: string): number {
  const block = parseCidr(cidr)
  return block?.family === 4 ? 2 ** (32 - block.bits) - 3 : 0
}
