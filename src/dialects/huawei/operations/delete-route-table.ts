import { operation } from '../../dialect.ts'
import type { HuaweiCall } from '../call.ts'

/**
 * Deleting a Route Table, with the routes in it: one that no subnet goes by, and never the default one.
 * Source: Open Telekom Cloud VPC API reference, "Deleting a Route Table"; 204 without a body.
 */
export const deleteRouteTable = operation({
  name: 'DELETE /v1/{project_id}/routetables/{routetable_id}',
  decode: ({ path }: HuaweiCall) => ({ id: path['routetable_id'] ?? '' }),
  run: (app, caller, input) => app.deleteRouteTable(caller, input),
  encode: () => null,
})
