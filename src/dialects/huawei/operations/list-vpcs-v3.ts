import { operation } from '../../dialect.ts'
import { type HuaweiCall, valuesOf } from '../call.ts'
import { encodeVpcV3 } from '../network-codec.ts'
import { countedVpcs } from '../network-views.ts'
import { decodePage, filteredPage } from '../paging.ts'

/**
 * Querying VPCs, v3: each filter may be given several times, and one of its values must match.
 * Source: Open Telekom Cloud VPC API reference (v3), "Querying VPCs".
 */
export const listVpcsV3 = operation({
  name: 'GET /v3/{project_id}/vpc/vpcs',
  decode: (call: HuaweiCall) => ({
    page: { ...decodePage(call.query), reverse: false },
    ids: valuesOf(call, 'id'),
    names: valuesOf(call, 'name'),
    descriptions: valuesOf(call, 'description'),
    cidrs: valuesOf(call, 'cidr'),
  }),
  run: async (app, caller, { page, ids, names, descriptions, cidrs }) => {
    const among = (values: readonly string[], value: string) => values.length === 0 || values.includes(value)
    const items = await filteredPage(
      page,
      (window) =>
        app.listVpcs(caller, { ...(ids.length > 0 && { ids }), order: 'id', window, withTotal: false }),
      (vpcs) =>
        vpcs.filter(
          ({ name, description, cidrs: [cidr = ''] }) =>
            among(names, name) && among(descriptions, description) && among(cidrs, cidr),
        ),
    )
    return { views: await countedVpcs(app, caller, items), full: items.length === page.limit }
  },
  encode: ({ views, full }, _call, _app, caller) => ({
    request_id: caller.requestId,
    vpcs: views.map((view) => encodeVpcV3(view, caller)),
    page_info: {
      previous_marker: views[0]?.vpc.ids.huawei ?? '',
      // A client that finds one asks for the page behind it.
      ...(full && { next_marker: views.at(-1)?.vpc.ids.huawei }),
      current_count: views.length,
    },
  }),
})
