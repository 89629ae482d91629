import { operation } from '../../dialect.ts'
import type { HuaweiCall } from '../call.ts'
import { encodeVpcV3 } from '../network-codec.ts'
import { countedVpcs } from '../network-views.ts'

/**
 * Querying the Details of a VPC, v3. Both Terraform providers ask for it whenever they read a VPC, and fail without.
 * Source: Open Telekom Cloud VPC API reference (v3), "Querying the Details of a VPC".
 */
export const showVpcV3 = operation({
  name: 'GET /v3/{project_id}/vpc/vpcs/{vpc_id}',
  decode: ({ path }: HuaweiCall) => ({ id: path['vpc_id'] ?? '' }),
  run: async (app, caller, input) => countedVpcs(app, caller, [await app.showVpc(caller, input)]),
  encode: ([view], _call, _app, caller) => ({
    request_id: caller.requestId,
    vpc: view && encodeVpcV3(view, caller),
  }),
})
