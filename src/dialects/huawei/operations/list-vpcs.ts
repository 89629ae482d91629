import { operation } from '../../dialect.ts'
import type { HuaweiCall } from '../call.ts'
import { decodeLimit, encodeVpc } from '../codec.ts'

/** Querying VPCs. Source: Open Telekom Cloud VPC API reference, "Querying VPCs". */
export const listVpcs = operation({
  name: 'GET /v1/{project_id}/vpcs',
  decode: ({ query }: HuaweiCall) => {
    const id = query.optionalText('id')
    const marker = query.optionalText('marker')
    return {
      ...(id !== undefined && { ids: [id] }),
      order: 'id' as const,
      window: { limit: decodeLimit(query), ...(marker !== undefined && { after: marker }) },
      withTotal: false,
    }
  },
  run: (app, caller, input) => app.listVpcs(caller, input),
  encode: ({ items }, _call, _app, caller) => ({
    vpcs: items.map((vpc) => encodeVpc(vpc, caller.tenant?.huawei.projects[vpc.region] ?? '')),
  }),
})
