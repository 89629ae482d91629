import { operation } from '../../dialect.ts'
import type { HuaweiCall } from '../call.ts'
import { encodeWholeRouteTable } from '../network-codec.ts'
import { wholeRouteTable } from '../network-views.ts'

/** Querying a Route Table, with its routes. Source: Open Telekom Cloud VPC API reference, "Querying a Route Table". */
export const showRouteTable = operation({
  name: 'GET /v1/{project_id}/routetables/{routetable_id}',
  decode: ({ path }: HuaweiCall) => ({ id: path['routetable_id'] ?? '' }),
  run: (app, caller, { id }) => wholeRouteTable(app, caller, id),
  encode: (view, _call, _app, caller) => ({ routetable: encodeWholeRouteTable(view, caller) }),
})
