import { operation } from '../../dialect.ts'
import type { HuaweiCall } from '../call.ts'
import { encodeSubnet } from '../network-codec.ts'

/** Querying Subnet Details. Source: Open Telekom Cloud VPC API reference, "Querying Subnet Details". */
export const showSubnet = operation({
  name: 'GET /v1/{project_id}/subnets/{subnet_id}',
  decode: ({ path }: HuaweiCall) => ({ id: path['subnet_id'] ?? '' }),
  run: (app, caller, input) => app.showSubnet(caller, input),
  encode: (subnet, _call, _app, caller) => ({ subnet: encodeSubnet(subnet, caller) }),
})
