import { operation } from '../../../dialect.ts'
import type { TencentCall } from '../../call.ts'
import { whole } from '../call.ts'
import { TABLE_ID } from '../codec.ts'
import { decodeRouteSelectors } from '../network-codec.ts'

/** Switching routes of a table on, all or none. Source: API 3.0 "EnableRoutes". */
export const enableRoutes = operation({
  name: 'EnableRoutes',
  decode: (call: TencentCall) =>
    whole(call.fields(), (fields) => ({
      routeTable: fields.text('RouteTableId', TABLE_ID),
      modify: decodeRouteSelectors(fields).map((route) => ({ route, to: { enabled: true } })),
      add: [],
      remove: [],
    })),
  run: (app, caller, input) => app.changeRoutes(caller, input),
  encode: () => ({}),
})
