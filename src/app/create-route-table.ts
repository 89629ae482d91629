import { DomainError } from '../domain/errors.ts'
import type { RouteTable, Subnet } from '../domain/network.ts'
import type { Tag } from '../domain/peering.ts'
import type { Vpc } from '../domain/vpc.ts'
import { planRoutes, type RouteSaying } from './change-routes.ts'
import type { Caller, Context } from './context.ts'
import { allParts, draftPart, editNetwork } from './edit-network.ts'
import { showRouteTable, showSubnet, vpcOf } from './show-part.ts'
import { showVpc } from './show-vpc.ts'

export interface CreateRouteTable {
  /** Any dialect's id of a VPC of the caller's. */
  readonly vpc: string
  readonly name: string
  readonly description: string
  readonly tags?: readonly Tag[]
  /** Made along with it, or nothing is. */
  readonly routes?: readonly RouteSaying[]
}

/** A further route table of a VPC. Throws `vpc.not-found`, and what `planRoutes` and `save` throw. */
export function createRouteTable(
  context: Context,
  caller: Caller,
  input: CreateRouteTable,
): Promise<RouteTable> {
  return editNetwork(
    context,
    caller,
    () => showVpc(context, caller, { id: input.vpc }),
    async (vpc, nowMs) => {
      const table = draftRouteTable(context, vpc, { ...input, isDefault: false })
      const { parts, conditions } = await planRoutes(
        context,
        caller,
        { vpc, routeTable: table, present: [], nowMs },
        { add: input.routes ?? [], modify: [], remove: [] },
      )
      return { parts: [{ from: null, to: table }, ...parts], conditions, result: table, resultId: table.id }
    },
    (id) => showRouteTable(context, caller, { id }),
  )
}

export function draftRouteTable(
  context: Context,
  vpc: Vpc,
  said: Pick<RouteTable, 'name' | 'description' | 'isDefault'> & { tags?: readonly Tag[] },
): RouteTable {
  return { ...draftPart(context, 'route-table', vpc, said), isDefault: said.isDefault }
}

/** What may be changed of a route table. An absent member stays as it is. */
export type RouteTablePatch = Partial<Pick<RouteTable, 'name' | 'description' | 'tags' | 'propagates'>>

/** Throws `route-table.not-found`, and what `save` throws. */
export function updateRouteTable(
  context: Context,
  caller: Caller,
  input: RouteTablePatch & { id: string },
): Promise<RouteTable> {
  const { id, ...patch } = input
  let table: RouteTable
  return editNetwork(
    context,
    caller,
    async () => {
      table = await showRouteTable(context, caller, { id })
      return vpcOf(context, caller, table)
    },
    async (_vpc, nowMs) => {
      const to: RouteTable = { ...table, ...patch, updatedAtMs: nowMs }
      return { parts: [{ from: table, to }], result: to, resultId: to.id }
    },
    (again) => showRouteTable(context, caller, { id: again }),
  )
}

/**
 * Deletes a route table with the routes in it; with `onlyEmpty`, only one without. Throws `route-table.not-found`,
 * `route-table.is-default`, `route-table.in-use` by a subnet, `route-table.has-routes`, and what `save` throws.
 */
export function deleteRouteTable(
  context: Context,
  caller: Caller,
  input: { id: string; onlyEmpty?: boolean },
): Promise<void> {
  let table: RouteTable
  return editNetwork(
    context,
    caller,
    async () => {
      table = await showRouteTable(context, caller, input)
      return vpcOf(context, caller, table)
    },
    async () => {
      if (table.isDefault) throw new DomainError('route-table.is-default', { id: table.id })
      const [user] = await allParts(context, 'subnet', { routeTable: table.id })
      if (user) throw new DomainError('route-table.in-use', { id: table.id, subnet: user.id })
      const routes = await allParts(context, 'route', { routeTable: table.id })
      const [route] = routes
      if (route && input.onlyEmpty) {
        throw new DomainError('route-table.has-routes', { id: table.id, route: route.id })
      }
      const parts = [...routes, table].map((from) => ({ from, to: null }))
      return { parts, result: undefined, resultId: table.id }
    },
    async () => {},
  )
}

/**
 * Lets subnets go by a route table of their VPC; null: by the default one. Safe to repeat. Throws
 * `route-table.not-found`, `subnet.not-found`, also for one of another VPC, and what `save` throws.
 */
export function associateRouteTable(
  context: Context,
  caller: Caller,
  input: { routeTable: string; associate: readonly string[]; disassociate: readonly string[] },
): Promise<RouteTable> {
  let table: RouteTable
  return editNetwork(
    context,
    caller,
    async () => {
      table = await showRouteTable(context, caller, { id: input.routeTable })
      return vpcOf(context, caller, table)
    },
    async (vpc, nowMs) => {
      const find = async (id: string) => {
        const subnet = await showSubnet(context, caller, { id })
        if (subnet.vpc !== vpc.id) throw new DomainError('subnet.not-found', { id })
        return subnet
      }
      const moved = (from: Subnet, routeTable: Subnet['routeTable']) => ({
        from,
        to: { ...from, routeTable, updatedAtMs: nowMs },
      })
      const joining = await Promise.all(input.associate.map(find))
      const leaving = (await Promise.all(input.disassociate.map(find))).filter(
        ({ routeTable }) => routeTable === table.id,
      )
      const parts = [
        ...joining.map((subnet) => moved(subnet, table.isDefault ? null : table.id)),
        ...leaving.map((subnet) => moved(subnet, null)),
      ]
      return { parts, result: table, resultId: table.id }
    },
    (id) => showRouteTable(context, caller, { id }),
  )
}
