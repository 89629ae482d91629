import type { Caller } from '../../app/context.ts'
import type { App } from '../../app/index.ts'
import { DomainError } from '../../domain/errors.ts'
import type { Route, RouteTable, Subnet } from '../../domain/network.ts'
import type { Vpc } from '../../domain/vpc.ts'

/** What this vendor's answers show of a thing beside itself. */

/** A VPC with the routes of its default table. */
export interface VpcView {
  readonly vpc: Vpc
  readonly routes: readonly Route[]
}

/** A VPC with how many parts it has. */
export interface CountedVpc {
  readonly vpc: Vpc
  readonly subnets: number
  readonly routeTables: number
}

/** A route table with its VPC, and all subnets of that, of which some go by it. */
export interface RouteTableView {
  readonly table: RouteTable
  readonly vpc: Vpc
  readonly subnets: readonly { readonly subnet: Subnet; readonly goesBy: boolean }[]
}

const ALL = { window: { limit: Number.MAX_SAFE_INTEGER }, withTotal: false } as const

export async function vpcViews(app: App, caller: Caller, vpcs: readonly Vpc[]): Promise<readonly VpcView[]> {
  if (vpcs.length === 0) return []
  const { items } = await app.listRoutes(caller, { ...ALL, vpcs: vpcs.map(({ id }) => id) })
  const routes = Map.groupBy(await inDefaultTables(app, caller, items), ({ vpc }) => vpc)
  return vpcs.map((vpc) => ({ vpc, routes: routes.get(vpc.id) ?? [] }))
}

export async function vpcView(app: App, caller: Caller, vpc: Vpc): Promise<VpcView> {
  const [view] = await vpcViews(app, caller, [vpc])
  return view ?? { vpc, routes: [] }
}

/** Those that are in the default table of their VPC: what the v2.0 API knows of. */
export async function inDefaultTables(
  app: App,
  caller: Caller,
  routes: readonly Route[],
): Promise<readonly Route[]> {
  if (routes.length === 0) return []
  const vpcs = [...new Set(routes.map(({ vpc }) => vpc))]
  const { items } = await app.listRouteTables(caller, { ...ALL, vpcs })
  const defaults = new Set(items.filter(({ isDefault }) => isDefault).map(({ id }) => id))
  return routes.filter(({ routeTable }) => defaults.has(routeTable))
}

/** The default table of a VPC of the caller's. Throws `vpc.not-found`. */
export async function defaultTable(app: App, caller: Caller, vpc: string): Promise<RouteTable> {
  const { id } = await app.showVpc(caller, { id: vpc })
  const { items } = await app.listRouteTables(caller, { ...ALL, vpcs: [id] })
  const table = items.find(({ isDefault }) => isDefault)
  // It goes only with its VPC.
  if (!table) throw new DomainError('vpc.not-found', { id: vpc })
  return table
}

export async function countedVpcs(
  app: App,
  caller: Caller,
  vpcs: readonly Vpc[],
): Promise<readonly CountedVpc[]> {
  if (vpcs.length === 0) return []
  const filter = { ...ALL, vpcs: vpcs.map(({ id }) => id) }
  const subnets = Map.groupBy((await app.listSubnets(caller, filter)).items, ({ vpc }) => vpc)
  const tables = Map.groupBy((await app.listRouteTables(caller, filter)).items, ({ vpc }) => vpc)
  return vpcs.map((vpc) => ({
    vpc,
    subnets: subnets.get(vpc.id)?.length ?? 0,
    routeTables: tables.get(vpc.id)?.length ?? 0,
  }))
}

export async function routeTableViews(
  app: App,
  caller: Caller,
  tables: readonly RouteTable[],
): Promise<readonly RouteTableView[]> {
  if (tables.length === 0) return []
  const ids = [...new Set(tables.map(({ vpc }) => vpc))]
  const subnets = Map.groupBy((await app.listSubnets(caller, { ...ALL, vpcs: ids })).items, ({ vpc }) => vpc)
  const { items: vpcs } = await app.listVpcs(caller, { ...ALL, ids, order: 'id' })
  const byId = new Map(vpcs.map((vpc) => [vpc.id, vpc]))
  return tables.flatMap((table) => {
    const vpc = byId.get(table.vpc)
    // One that was deleted just now took its tables along.
    if (!vpc) return []
    const own = subnets.get(vpc.id) ?? []
    return [{ table, vpc, subnets: own.map((subnet) => ({ subnet, goesBy: goesBy(subnet, table) })) }]
  })
}

function goesBy({ routeTable }: Subnet, table: RouteTable): boolean {
  return table.isDefault ? routeTable === null : routeTable === table.id
}

/** A route table of the caller's with everything there is to say of it. Throws `route-table.not-found`. */
export async function wholeRouteTable(app: App, caller: Caller, id: string) {
  const table = await app.showRouteTable(caller, { id })
  const [view] = await routeTableViews(app, caller, [table])
  if (!view) throw new DomainError('route-table.not-found', { id })
  const { items: routes } = await app.listRoutes(caller, { ...ALL, routeTable: table.id })
  return { ...view, routes }
}
