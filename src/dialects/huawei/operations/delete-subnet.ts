import { operation } from '../../dialect.ts'
import type { HuaweiCall } from '../call.ts'

/** Deleting a Subnet. Source: Open Telekom Cloud VPC API reference, "Deleting a Subnet"; 204 without a body. */
export const deleteSubnet = operation({
  name: 'DELETE /v1/{project_id}/vpcs/{vpc_id}/subnets/{subnet_id}',
  decode: ({ path }: HuaweiCall) => ({ id: path['subnet_id'] ?? '', vpc: path['vpc_id'] ?? '' }),
  run: (app, caller, input) => app.deleteSubnet(caller, input),
  encode: () => null,
})
