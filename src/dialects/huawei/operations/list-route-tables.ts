import type { Caller } from '../../../app/context.ts'
import type { App } from '../../../app/index.ts'
import { operation } from '../../dialect.ts'
import type { HuaweiCall } from '../call.ts'
import { encodeRouteTable } from '../network-codec.ts'
import { routeTableViews } from '../network-views.ts'
import { decodePage, filteredPage } from '../paging.ts'

/**
 * Querying Route Tables, without the routes in them. A Terraform provider pages by `marker` until a page is empty.
 * Source: Open Telekom Cloud VPC API reference, "Querying Route Tables".
 */
export const listRouteTables = operation({
  name: 'GET /v1/{project_id}/routetables',
  decode: ({ query }: HuaweiCall) => ({
    page: { ...decodePage(query), reverse: false },
    id: query.optionalText('id'),
    vpc: query.optionalText('vpc_id'),
    subnet: query.optionalText('subnet_id'),
  }),
  run: async (app, caller, { page, id, vpc: vpcId, subnet: subnetId }) => {
    const vpc = vpcId === undefined ? undefined : await app.context.store.findVpc(vpcId)
    const subnet = subnetId === undefined ? undefined : await findSubnet(app, caller, subnetId)
    if (vpc === null || subnet === null) return []
    const within = vpc ?? (subnet && { id: subnet.vpc })
    const filter = { ...(id !== undefined && { ids: [id] }), ...(within && { vpcs: [within.id] }) }
    const tables = await filteredPage(
      page,
      (window) => app.listRouteTables(caller, { ...filter, window, withTotal: false }),
      (items) =>
        items.filter(
          (table) =>
            !subnet ||
            (table.vpc === subnet.vpc &&
              (subnet.routeTable === null ? table.isDefault : table.id === subnet.routeTable)),
        ),
    )
    return routeTableViews(app, caller, tables)
  },
  encode: (views, _call, _app, caller) => ({
    routetables: views.map((view) => encodeRouteTable(view, caller)),
  }),
})

async function findSubnet(app: App, caller: Caller, id: string) {
  const { items } = await app.listSubnets(caller, { ids: [id], window: { limit: 1 }, withTotal: false })
  return items[0] ?? null
}
