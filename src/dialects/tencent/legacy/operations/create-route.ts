import { operation } from '../../../dialect.ts'
import type { TencentCall } from '../../call.ts'
import { asSaid, decodeTableOfVpc, requireRoutes, requireTableOfVpc } from '../route-codec.ts'

/** Adding routes to a table, all or none. Source: legacy page "Creating a Routing Policy". */
export const createRoute = operation({
  name: 'CreateRoute',
  decode: (call: TencentCall) => {
    const fields = call.fields()
    return { ...decodeTableOfVpc(fields), routes: requireRoutes(fields) }
  },
  run: async (app, caller, input) => {
    const { id } = await requireTableOfVpc(app, caller, input)
    return app.changeRoutes(caller, { routeTable: id, add: input.routes.map(asSaid), modify: [], remove: [] })
  },
  encode: () => ({}),
})
