import { Type } from 'typebox'
import type { Caller } from '../../../app/context.ts'
import type { App } from '../../../app/index.ts'
import { DomainError } from '../../../domain/errors.ts'
import type { RouteTable as DomainRouteTable } from '../../../domain/network.ts'
import { encodeRoute, encodeRouteTable, encodeSubnet } from '../codec.ts'
import { pageOf, windowOf } from '../page.ts'
import { route } from '../route.ts'
import { DryRun, Id, NewRoute, NewSubnet, Page, Route, RouteTable, Subnet } from '../schemas.ts'

const SubnetId = Type.Object({ ...Id.properties, subnet: Type.String({ maxLength: 64 }) })
const RouteId = Type.Object({ ...Id.properties, route: Type.String({ maxLength: 64 }) })
const Next = Type.Union([Type.String(), Type.Null()])

export const createSubnet = route({
  method: 'POST',
  path: '/vpcs/:id/subnets',
  summary: 'Make a subnet of a VPC',
  status: 201,
  schemas: { params: Id, querystring: DryRun, body: NewSubnet, answer: Subnet },
  async perform({ app, caller, params, body }) {
    const { cidr, name, description = '', gateway = null } = body
    const said = { name, description, cidrs: [cidr, ...(body.ipv6Cidr ? [body.ipv6Cidr] : [])], gateway }
    return encodeSubnet(await app.createSubnet(caller, { vpc: params.id, ...said, zone: '', dnsServers: [] }))
  },
})

export const listSubnets = route({
  method: 'GET',
  path: '/vpcs/:id/subnets',
  summary: 'List the subnets of a VPC',
  status: 200,
  schemas: {
    params: Id,
    querystring: Type.Object(Page),
    answer: Type.Object({ subnets: Type.Array(Subnet), next: Next }),
  },
  async perform({ app, caller, params, query }) {
    const vpc = await app.showVpc(caller, params)
    const { items } = await app.listSubnets(caller, { vpcs: [vpc.id], ...windowOf(query) })
    const { page, next } = pageOf(items, query, ({ id }) => id)
    return { subnets: page.map(encodeSubnet), next }
  },
})

export const deleteSubnet = route({
  method: 'DELETE',
  path: '/vpcs/:id/subnets/:subnet',
  summary: 'Delete a subnet',
  status: 204,
  schemas: { params: SubnetId, querystring: DryRun, answer: null },
  async perform({ app, caller, params }) {
    await app.deleteSubnet(caller, { id: params.subnet, vpc: params.id })
  },
})

export const createRoute = route({
  method: 'POST',
  path: '/vpcs/:id/routes',
  summary: 'Lead what a VPC sends to a block through a peering, by its default route table or another',
  status: 201,
  schemas: { params: Id, querystring: DryRun, body: NewRoute, answer: Route },
  async perform({ app, caller, params, body }) {
    const { destination, peering: nextHop, name = '', description = '' } = body
    const { id } = await tableOf(app, caller, params.id, body.routeTable)
    const add = [{ destination, nextHop, name, description, enabled: true }]
    const { added } = await app.changeRoutes(caller, { routeTable: id, add, modify: [], remove: [] })
    const [made] = added
    // Where a token comes back whose route is gone, it is gone.
    if (!made) throw new DomainError('route.not-found', { id: destination })
    return encodeRoute(made)
  },
})

export const listRoutes = route({
  method: 'GET',
  path: '/vpcs/:id/routes',
  summary: 'List the routes of a VPC, in all of its tables',
  status: 200,
  schemas: {
    params: Id,
    querystring: Type.Object(Page),
    answer: Type.Object({ routes: Type.Array(Route), next: Next }),
  },
  async perform({ app, caller, params, query }) {
    const vpc = await app.showVpc(caller, params)
    const { items } = await app.listRoutes(caller, { vpcs: [vpc.id], ...windowOf(query) })
    const { page, next } = pageOf(items, query, ({ id }) => id)
    return { routes: page.map(encodeRoute), next }
  },
})

export const deleteRoute = route({
  method: 'DELETE',
  path: '/vpcs/:id/routes/:route',
  summary: 'Delete a route',
  status: 204,
  schemas: { params: RouteId, querystring: DryRun, answer: null },
  async perform({ app, caller, params }) {
    await app.deleteRoute(caller, { vpc: params.id, id: params.route })
  },
})

export const listRouteTables = route({
  method: 'GET',
  path: '/vpcs/:id/route-tables',
  summary: 'List the route tables of a VPC: the default one, and those that vendors’ clients made beside it',
  status: 200,
  schemas: {
    params: Id,
    querystring: Type.Object(Page),
    answer: Type.Object({ routeTables: Type.Array(RouteTable), next: Next }),
  },
  async perform({ app, caller, params, query }) {
    const vpc = await app.showVpc(caller, params)
    const { items } = await app.listRouteTables(caller, { vpcs: [vpc.id], ...windowOf(query) })
    const { page, next } = pageOf(items, query, ({ id }) => id)
    return { routeTables: page.map(encodeRouteTable), next }
  },
})

/** The table of that VPC that `named` is, by any dialect's id; its default one where none is named. */
async function tableOf(
  app: App,
  caller: Caller,
  vpcId: string,
  named: string | undefined,
): Promise<DomainRouteTable> {
  const vpc = await app.showVpc(caller, { id: vpcId })
  const filter = { vpcs: [vpc.id], window: { limit: 1000 }, withTotal: false }
  const ids = named === undefined ? {} : { ids: [named] }
  const { items } = await app.listRouteTables(caller, { ...filter, ...ids })
  const table = items.find(({ isDefault }) => isDefault || named !== undefined)
  if (!table) throw new DomainError('route-table.not-found', { id: named ?? vpcId })
  return table
}
