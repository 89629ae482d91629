import { operation } from '../../dialect.ts'
import type { HuaweiCall } from '../call.ts'

/** Deleting a VPC. Source: Open Telekom Cloud VPC API reference, "Deleting a VPC"; 204 without a body. */
export const deleteVpc = operation({
  name: 'DELETE /v1/{project_id}/vpcs/{vpc_id}',
  decode: ({ path }: HuaweiCall) => ({ id: path['vpc_id'] ?? '' }),
  run: (app, caller, input) => app.deleteVpc(caller, input),
  encode: () => null,
})
