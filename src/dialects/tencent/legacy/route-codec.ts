import type { Caller } from '../../../app/context.ts'
import type { App } from '../../../app/index.ts'
import { formatCidr } from '../../../domain/cidr.ts'
import { DomainError } from '../../../domain/errors.ts'
import { parseDestination, type Route, type RouteTable } from '../../../domain/network.ts'
import type { Fields } from '../../fields.ts'
import { decodeDestination, encodeTime, tableName } from '../codec.ts'
import type { RouteView, TableView } from '../networks.ts'

/**
 * The numbers of what a route may lead to: 2 is what is local to the VPC, 4 a peering. Of the others there are none
 * here. Source: legacy pages "Creating a Routing Policy", "Querying Route Tables".
 */
const NEXT_TYPE = { local: 2, peering: 4 }
const NEXT_TYPES = [0, 1, 3, NEXT_TYPE.peering, 7, 8, 9]

/** Source: legacy page "Creating a VPC", "routeTableType". */
const TABLE_TYPE = { default: 1, other: 0 }

const typeOf = ({ isDefault }: RouteTable) => (isDefault ? TABLE_TYPE.default : TABLE_TYPE.other)

/** A route table as the actions answer it that make one. */
export function encodeTableBriefly(table: RouteTable) {
  return {
    routeTableId: table.ids.tencent,
    unRouteTableId: table.ids.tencent,
    routeTableName: tableName(table),
    routeTableType: typeOf(table),
  }
}

/**
 * A route table in the vendor's words. The page calls the list of its routes `routeTableSet`, its example `routeSet`.
 * Source: legacy page "Querying Route Tables" (DescribeRouteTable).
 */
export function encodeTable({ table, vpc, subnets, routes }: TableView) {
  const routeSet = [LOCAL, ...routes.map(encodeRoute)]
  return {
    vpcId: vpc.ids.tencent,
    unVpcId: vpc.ids.tencent,
    vpcName: vpc.name,
    vpcCidrBlock: vpc.cidrs[0] ?? '',
    ...encodeTableBriefly(table),
    subnetNum: subnets.length,
    routeTableCreateTime: encodeTime(table.createdAtMs),
    routeSet,
    routeTableSet: routeSet,
  }
}

/** The route that every table has. */
const LOCAL = {
  destinationCidrBlock: 'Local',
  nextType: NEXT_TYPE.local,
  nextHub: 'Local',
  unNextHub: 'Local',
  description: '',
}

function encodeRoute({ route, gateway }: RouteView) {
  return {
    destinationCidrBlock: route.destination,
    nextType: NEXT_TYPE.peering,
    nextHub: gateway,
    unNextHub: gateway,
    description: route.description,
  }
}

interface LegacyRoute {
  readonly destination: string
  readonly nextHop: string
}

/**
 * The routes that `routeSet` lists. Throws `request.*`, and `route.next-hop-not-found` for a kind of next hop that
 * there is none of. Source: legacy page "Creating a Routing Policy".
 */
export function decodeRoutes(fields: Fields): readonly LegacyRoute[] {
  return fields.objects('routeSet').map((route) => {
    const destination = decodeDestination(route, 'destinationCidrBlock')
    const type = route.integer('nextType')
    const nextHop = route.text('nextHub')
    if (!NEXT_TYPES.includes(type)) {
      const reason = `must be one of ${NEXT_TYPES.join(', ')}`
      const field = route.path('nextType')
      throw new DomainError('request.invalid', { field, problem: 'range', reason, value: String(type) })
    }
    if (type !== NEXT_TYPE.peering) throw new DomainError('route.next-hop-not-found', { id: nextHop })
    return { destination, nextHop }
  })
}

/** The same, where there must be one. */
export function requireRoutes(fields: Fields): readonly LegacyRoute[] {
  const routes = decodeRoutes(fields)
  if (routes.length === 0) throw new DomainError('request.missing', { field: 'routeSet' })
  return routes
}

/** What is said of a new route beside where it leads: nothing. */
export const asSaid = (route: LegacyRoute) => ({ ...route, name: '', description: '', enabled: true })

/** A route by where it leads: this API has no ids of routes. */
export async function selectRoute(app: App, { destination, nextHop }: LegacyRoute) {
  const peering = (await app.context.store.findPeering(nextHop))?.peering.id
  const block = parseDestination(destination)
  const canonical = block && formatCidr(block)
  return {
    label: `${destination} to ${nextHop}`,
    matches: (route: Route) => route.destination === canonical && route.nextHop === peering,
  }
}

/** The route table and the VPC that an action is about, which must belong together. */
export function decodeTableOfVpc(fields: Fields) {
  return { vpc: fields.text('vpcId'), routeTable: fields.text('routeTableId') }
}

/** Throws `vpc.not-found`, and `route-table.not-found`, also for a table of another VPC. */
export async function requireTableOfVpc(
  app: App,
  caller: Caller,
  { vpc: vpcId, routeTable: id }: { readonly vpc: string; readonly routeTable: string },
): Promise<RouteTable> {
  const vpc = await app.showVpc(caller, { id: vpcId })
  const table = await app.showRouteTable(caller, { id })
  if (table.vpc !== vpc.id) throw new DomainError('route-table.not-found', { id })
  return table
}
