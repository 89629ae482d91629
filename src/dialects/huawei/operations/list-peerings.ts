import type { Caller } from '../../../app/context.ts'
import type { App } from '../../../app/index.ts'
import { regionOfProject } from '../../../domain/tenant.ts'
import type { PeeringView } from '../../../ports/store.ts'
import { operation } from '../../dialect.ts'
import { encode } from '../../encoding.ts'
import type { Fields } from '../../fields.ts'
import { baseUrl, type HuaweiCall, projectId } from '../call.ts'
import { decodeLimit, decodeStatus, encodePeering } from '../codec.ts'

/**
 * Querying VPC Peering Connections: what the caller's project takes part in, by id, a page at a time.
 * Source: Open Telekom Cloud VPC API reference, "Querying VPC Peering Connections" and "Pagination"; Neutron.
 */
export const listPeerings = operation({
  name: 'GET /v2.0/vpc/peerings',
  decode: ({ query }: HuaweiCall) => readQuery(query),
  run: list,
  encode: (items, call) => ({ peerings: items.map(encodePeering), ...links(items, call) }),
})

function readQuery(query: Fields) {
  return {
    id: query.optionalText('id'),
    name: query.optionalText('name'),
    status: query.optionalText('status'),
    project: query.optionalText('tenant_id'),
    vpc: query.optionalText('vpc_id'),
    limit: decodeLimit(query),
    marker: query.optionalText('marker'),
    reverse: query.optionalText('page_reverse')?.toLowerCase() === 'true',
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

/** Links to the neighbouring pages, as Neutron decides which there are; only where a limit was asked for. */
function links(items: readonly PeeringView[], { query, request }: HuaweiCall) {
  const [first, last] = [items[0]?.peering.ids.huawei, items.at(-1)?.peering.ids.huawei]
  if (!query.has('limit')) return {}
  const { limit, reverse } = readQuery(query)
  const full = items.length === limit
  const peerings_links = []
  if (full || reverse) peerings_links.push({ rel: 'next', href: pageUrl(request, last, false) })
  if (full || !reverse) peerings_links.push({ rel: 'previous', href: pageUrl(request, first, true) })
  return { peerings_links }
}

/** The same query from `marker` on, or back from it; from the very start or end where the page had no row. */
function pageUrl(request: HuaweiCall['request'], marker: string | undefined, reverse: boolean): string {
  const kept = request.query.split('&').filter((piece) => !/^(marker|page_reverse)(=|$)/.test(piece))
  if (marker !== undefined) kept.push(`marker=${encode(marker)}`)
  // In lower case, as in recorded traffic.
  if (reverse) kept.push('page_reverse=true')
  return `${baseUrl(request)}${request.path}?${kept.filter((piece) => piece !== '').join('&')}`
}
