import { operation } from '../../dialect.ts'
import type { HuaweiCall } from '../call.ts'
import { encodeVpc } from '../network-codec.ts'
import { vpcView } from '../network-views.ts'

/** Querying VPC Details. Source: Open Telekom Cloud VPC API reference, "Querying VPC Details". */
export const showVpc = operation({
  name: 'GET /v1/{project_id}/vpcs/{vpc_id}',
  decode: ({ path }: HuaweiCall) => ({ id: path['vpc_id'] ?? '' }),
  run: async (app, caller, input) => vpcView(app, caller, await app.showVpc(caller, input)),
  encode: (view, _call, _app, caller) => ({ vpc: encodeVpc(view, caller) }),
})
