import type { Caller } from '../../../app/context.ts'
import type { App } from '../../../app/index.ts'
import type { Route } from '../../../domain/network.ts'
import { operation } from '../../dialect.ts'
import type { Fields } from '../../fields.ts'
import { type HuaweiCall, projectId, projectIn } from '../call.ts'
import { encodeRoute } from '../network-codec.ts'
import { inDefaultTables } from '../network-views.ts'
import { decodePage, filteredPage, pageLinks } from '../paging.ts'

/**
 * Querying VPC Routes: those of the default route tables of the caller's VPCs. Filters are exact, and ANDed.
 * Source: Open Telekom Cloud VPC API reference, "Querying VPC Routes".
 */
export const listRoutes = operation({
  name: 'GET /v2.0/vpc/routes',
  decode: ({ query }: HuaweiCall) => readQuery(query),
  run: list,
  encode: (routes, call, _app, caller) => ({
    routes: routes.map((route) => encodeRoute(route, caller)),
    ...pageLinks(
      'routes_links',
      routes.map(({ ids }) => ids.huawei),
      call,
    ),
  }),
})

function readQuery(query: Fields) {
  return {
    id: query.optionalText('id'),
    vpc: query.optionalText('vpc_id'),
    project: query.optionalText('tenant_id'),
    destination: query.optionalText('destination'),
    type: query.optionalText('type') ?? 'peering',
    page: decodePage(query),
  }
}

async function list(
  app: App,
  caller: Caller,
  { id, vpc: vpcId, project, destination, type, page }: ReturnType<typeof readQuery>,
): Promise<readonly Route[]> {
  const vpc = vpcId === undefined ? undefined : await app.context.store.findVpc(vpcId)
  if (vpc === null || type !== 'peering') return []
  const filter = { ...(id !== undefined && { ids: [id] }), ...(vpc && { vpcs: [vpc.id] }), withTotal: false }
  return filteredPage(
    page,
    (window) => app.listRoutes(caller, { ...filter, window }),
    async (routes) =>
      (await inDefaultTables(app, caller, routes)).filter(
        (route) =>
          (destination === undefined || [route.destination, route.destinationAsSent].includes(destination)) &&
          (project === undefined || projectIn(caller, route.region) === projectId(project)),
      ),
  )
}
