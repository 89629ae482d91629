import { DomainError } from '../../../../domain/errors.ts'
import { operation } from '../../../dialect.ts'
import type { Fields } from '../../../fields.ts'
import type { TencentCall } from '../../call.ts'
import { viewRoutes } from '../../networks.ts'
import { whole } from '../call.ts'
import { ROUTE_ID, TABLE_ID } from '../codec.ts'
import { encodeRoute, requireSome, routeCalled, routeNumbered } from '../network-codec.ts'

/**
 * Deleting routes of a table, all or none, by their numbers or ids alone. Source: API 3.0 "DeleteRoutes"; Terraform
 * provider.
 */
export const deleteRoutes = operation({
  name: 'DeleteRoutes',
  decode: (call: TencentCall) =>
    whole(call.fields(), (fields) => ({
      routeTable: fields.text('RouteTableId', TABLE_ID),
      remove: requireSome('Routes', fields.objects('Routes').map(decodeSelector)),
      add: [],
      modify: [],
    })),
  run: async (app, caller, input) => {
    const { routeTable, removed } = await app.changeRoutes(caller, input)
    return viewRoutes(app, caller, removed, [routeTable])
  },
  encode: (views) => ({ RouteSet: views.map(encodeRoute) }),
})

/** Whatever else is said of the route is not looked at. */
function decodeSelector(fields: Fields) {
  const number = fields.optionalInteger('RouteId', { min: 0 })
  const id = fields.optionalText('RouteItemId', ROUTE_ID)
  if (id !== undefined) return routeCalled(id)
  if (number === undefined) throw new DomainError('request.missing', { field: fields.path('RouteId') })
  return routeNumbered(number)
}
