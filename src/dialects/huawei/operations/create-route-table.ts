import { operation } from '../../dialect.ts'
import type { HuaweiCall } from '../call.ts'
import { DESCRIPTION } from '../codec.ts'
import { decodeNewRoute, encodeWholeRouteTable, RESOURCE_NAME, wrong } from '../network-codec.ts'
import { wholeRouteTable } from '../network-views.ts'

/** Source: as below, "No more than five routes can be created at a time". */
const ROUTES_MAX = 5

/**
 * Creating a Route Table, with the routes in it; 200, not 201.
 * Source: Open Telekom Cloud VPC API reference, "Creating a Route Table".
 */
export const createRouteTable = operation({
  name: 'POST /v1/{project_id}/routetables',
  decode: (call: HuaweiCall) => {
    const table = call.body().object('routetable')
    const routes = table.objects('routes').map(decodeNewRoute)
    if (routes.length > ROUTES_MAX) {
      throw wrong('routetable.routes', `may be at most ${ROUTES_MAX} at a time`, String(routes.length))
    }
    return {
      vpc: table.text('vpc_id'),
      name: table.optionalText('name', RESOURCE_NAME) ?? '',
      description: table.optionalText('description', DESCRIPTION) ?? '',
      routes,
    }
  },
  run: async (app, caller, input) =>
    wholeRouteTable(app, caller, (await app.createRouteTable(caller, input)).id),
  encode: (view, _call, _app, caller) => ({ routetable: encodeWholeRouteTable(view, caller) }),
})
