import { operation } from '../../dialect.ts'
import type { HuaweiCall } from '../call.ts'
import { encodeVpc } from '../codec.ts'

/** Querying VPC Details. Source: Open Telekom Cloud VPC API reference, "Querying VPC Details". */
export const showVpc = operation({
  name: 'GET /v1/{project_id}/vpcs/{vpc_id}',
  decode: ({ path }: HuaweiCall) => ({ id: path['vpc_id'] ?? '' }),
  run: (app, caller, input) => app.showVpc(caller, input),
  encode: (vpc, _call, _app, caller) => ({
    vpc: encodeVpc(vpc, caller.tenant?.huawei.projects[vpc.region] ?? ''),
  }),
})
