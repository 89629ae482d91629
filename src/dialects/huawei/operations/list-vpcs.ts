import { operation } from '../../dialect.ts'
import type { HuaweiCall } from '../call.ts'
import { decodeLimit } from '../codec.ts'
import { DEFAULT_ENTERPRISE_PROJECT, encodeVpc } from '../network-codec.ts'
import { vpcViews } from '../network-views.ts'

/** Every VPC is in the default enterprise project. The last is how a Terraform provider asks for all of them. */
const EVERY_VPC: readonly (string | undefined)[] = [undefined, DEFAULT_ENTERPRISE_PROJECT, 'all_granted_eps']

/** Querying VPCs. Source: Open Telekom Cloud VPC API reference, "Querying VPCs". */
export const listVpcs = operation({
  name: 'GET /v1/{project_id}/vpcs',
  decode: ({ query }: HuaweiCall) => {
    const id = query.optionalText('id')
    const marker = query.optionalText('marker')
    return {
      none: !EVERY_VPC.includes(query.optionalText('enterprise_project_id')),
      ...(id !== undefined && { ids: [id] }),
      order: 'id' as const,
      window: { limit: decodeLimit(query), ...(marker !== undefined && { after: marker }) },
      withTotal: false,
    }
  },
  run: async (app, caller, { none, ...filter }) => {
    if (none) return []
    return vpcViews(app, caller, (await app.listVpcs(caller, filter)).items)
  },
  encode: (views, _call, _app, caller) => ({ vpcs: views.map((view) => encodeVpc(view, caller)) }),
})
