import type { Caller } from '../../../app/context.ts'
import type { App } from '../../../app/index.ts'
import { regionOfProject } from '../../../domain/tenant.ts'
import type { PeeringView } from '../../../ports/store.ts'
import { operation } from '../../dialect.ts'
import type { Fields } from '../../fields.ts'
import { type HuaweiCall, projectId } from '../call.ts'
import { decodeStatus, encodePeering } from '../codec.ts'
import { decodePage, pageLinks } from '../paging.ts'

/**
 * Querying VPC Peering Connections: what the caller's project takes part in, by id, a page at a time.
 * Source: Open Telekom Cloud VPC API reference, "Querying VPC Peering Connections" and "Pagination"; Neutron.
 */
export const listPeerings = operation({
  name: 'GET /v2.0/vpc/peerings',
  decode: ({ query }: HuaweiCall) => readQuery(query),
  run: list,
  encode: (items, call) => ({
    peerings: items.map(encodePeering),
    ...pageLinks(
      'peerings_links',
      items.map(({ peering }) => peering.ids.huawei),
      call,
    ),
  }),
})

function readQuery(query: Fields) {
  return {
    id: query.optionalText('id'),
    name: query.optionalText('name'),
    status: query.optionalText('status'),
    project: query.optionalText('tenant_id'),
    vpc: query.optionalText('vpc_id'),
    ...decodePage(query),
  }
}

/** Filters that nothing can match give an empty list, not an error. Backwards from no row is the last page. */
async function list(
  app: App,
  caller: Caller,
  query: ReturnType<typeof readQuery>,
): Promise<readonly PeeringView[]> {
  const state = query.status === undefined ? undefined : decodeStatus(query.status)
  if (state === null) return []
  const project = query.project === undefined ? undefined : projectId(query.project)
  const other = project === undefined ? undefined : await app.context.store.findTenant({ project })
  if (other === null) return []
  const fromEnd = query.reverse && query.marker === undefined
  const { items } = await app.listPeerings(caller, {
    ...(query.id !== undefined && { ids: [query.id] }),
    ...(query.name !== undefined && { name: query.name }),
    ...(state && { states: [state] }),
    ...(query.vpc !== undefined && { vpcs: [query.vpc] }),
    ...(other && project && { other: { tenant: other.id, region: regionOfProject(other, project) } }),
    order: fromEnd ? 'id-descending' : 'id',
    window: {
      limit: query.limit,
      ...(query.marker !== undefined && (query.reverse ? { before: query.marker } : { after: query.marker })),
    },
    withTotal: false,
  })
  return fromEnd ? items.toReversed() : items
}
