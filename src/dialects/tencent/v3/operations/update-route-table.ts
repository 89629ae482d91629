import { operation } from '../../../dialect.ts'
import type { TencentCall } from '../../call.ts'
import { whole } from '../call.ts'
import { NETWORK_NAME, TABLE_ID } from '../codec.ts'

/** Renaming a route table. Source: API 3.0 "ModifyRouteTableAttribute". */
export const updateRouteTable = operation({
  name: 'ModifyRouteTableAttribute',
  decode: (call: TencentCall) =>
    whole(call.fields(), (fields) => ({
      id: fields.text('RouteTableId', TABLE_ID),
      name: fields.text('RouteTableName', NETWORK_NAME),
    })),
  run: (app, caller, input) => app.updateRouteTable(caller, input),
  encode: () => ({}),
})
