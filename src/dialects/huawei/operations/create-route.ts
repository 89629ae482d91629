import { DomainError } from '../../../domain/errors.ts'
import { operation } from '../../dialect.ts'
import type { HuaweiCall } from '../call.ts'
import { decodeDestination, decodeRouteType, encodeRoute } from '../network-codec.ts'
import { defaultTable } from '../network-views.ts'

/**
 * Creating a VPC Route, in the default route table of the VPC; 201.
 * Source: Open Telekom Cloud VPC API reference, "Creating a VPC Route".
 */
export const createRoute = operation({
  name: 'POST /v2.0/vpc/routes',
  decode: (call: HuaweiCall) => {
    const route = call.body().object('route')
    decodeRouteType(route, ['peering'])
    return {
      vpc: route.text('vpc_id'),
      saying: {
        destination: decodeDestination(route),
        nextHop: route.text('nexthop'),
        name: '',
        description: '',
        enabled: true,
      },
    }
  },
  run: async (app, caller, { vpc, saying }) => {
    const { id } = await defaultTable(app, caller, vpc)
    const { added } = await app.changeRoutes(caller, {
      routeTable: id,
      add: [saying],
      modify: [],
      remove: [],
    })
    const [route] = added
    if (!route) throw new DomainError('service.internal', {})
    return route
  },
  encode: (route, _call, _app, caller) => ({ route: encodeRoute(route, caller) }),
})
