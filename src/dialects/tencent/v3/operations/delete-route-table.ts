import { operation } from '../../../dialect.ts'
import type { TencentCall } from '../../call.ts'
import { whole } from '../call.ts'
import { TABLE_ID } from '../codec.ts'

/** Deleting a route table that no subnet goes by, with the routes in it. Source: API 3.0 "DeleteRouteTable". */
export const deleteRouteTable = operation({
  name: 'DeleteRouteTable',
  decode: (call: TencentCall) =>
    whole(call.fields(), (fields) => ({ id: fields.text('RouteTableId', TABLE_ID) })),
  run: (app, caller, input) => app.deleteRouteTable(caller, input),
  encode: () => ({}),
})
