import { operation } from '../../../dialect.ts'
import type { TencentCall } from '../../call.ts'
import { decodeTableOfVpc, requireRoutes, requireTableOfVpc, selectRoute } from '../route-codec.ts'

/** Deleting routes of a table, all or none, by where they lead. Source: legacy page "Deleting a Routing Policy". */
export const deleteRoute = operation({
  name: 'DeleteRoute',
  decode: (call: TencentCall) => {
    const fields = call.fields()
    return { ...decodeTableOfVpc(fields), routes: requireRoutes(fields) }
  },
  run: async (app, caller, input) => {
    const { id } = await requireTableOfVpc(app, caller, input)
    const remove = await Promise.all(input.routes.map((route) => selectRoute(app, route)))
    return app.changeRoutes(caller, { routeTable: id, add: [], modify: [], remove })
  },
  encode: () => ({}),
})
