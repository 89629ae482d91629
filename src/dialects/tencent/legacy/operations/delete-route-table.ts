import { operation } from '../../../dialect.ts'
import type { TencentCall } from '../../call.ts'
import { decodeTableOfVpc, requireTableOfVpc } from '../route-codec.ts'

/** Deleting a route table that no subnet goes by. Source: legacy page "Deleting a Route Table". */
export const deleteRouteTable = operation({
  name: 'DeleteRouteTable',
  decode: (call: TencentCall) => decodeTableOfVpc(call.fields()),
  run: async (app, caller, input) =>
    app.deleteRouteTable(caller, { id: (await requireTableOfVpc(app, caller, input)).id }),
  encode: () => ({}),
})
