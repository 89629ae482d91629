import type { RouteSelector } from '../../../app/change-routes.ts'
import { formatCidr, parseCidr } from '../../../domain/cidr.ts'
import { operation } from '../../dialect.ts'
import type { Fields } from '../../fields.ts'
import type { HuaweiCall } from '../call.ts'
import { DESCRIPTION } from '../codec.ts'
import {
  decodeDestination,
  decodeNewRoute,
  decodeRouteType,
  encodeWholeRouteTable,
  RESOURCE_NAME,
} from '../network-codec.ts'
import { wholeRouteTable } from '../network-views.ts'

/**
 * Updating a Route Table: its name, its description, and its routes, which are known by their destinations; all of it or
 * nothing. Source: Open Telekom Cloud VPC API reference, "Updating a Route Table".
 */
export const updateRouteTable = operation({
  name: 'PUT /v1/{project_id}/routetables/{routetable_id}',
  decode: (call: HuaweiCall) => {
    const table = call.body().object('routetable')
    const routes = table.optionalObject('routes')
    const name = table.optionalText('name', { ...RESOURCE_NAME, min: 1 })
    const description = table.optionalText('description', DESCRIPTION)
    return {
      routeTable: call.path['routetable_id'] ?? '',
      add: routes?.objects('add').map(decodeNewRoute) ?? [],
      modify: routes?.objects('mod').map(decodeModification) ?? [],
      remove: routes?.objects('del').map(decodeSelector) ?? [],
      table: { ...(name !== undefined && { name }), ...(description !== undefined && { description }) },
    }
  },
  run: async (app, caller, input) =>
    wholeRouteTable(app, caller, (await app.changeRoutes(caller, input)).routeTable.id),
  encode: (view, _call, _app, caller) => ({ routetable: encodeWholeRouteTable(view, caller) }),
})

function decodeModification(route: Fields) {
  decodeRouteType(route)
  const description = route.optionalText('description', DESCRIPTION)
  return {
    route: decodeSelector(route),
    to: { nextHop: route.text('nexthop'), ...(description !== undefined && { description }) },
  }
}

function decodeSelector(route: Fields): RouteSelector {
  const label = decodeDestination(route)
  const block = parseCidr(label)
  const destination = block ? formatCidr(block) : label
  return { label, matches: (other) => other.destination === destination }
}
