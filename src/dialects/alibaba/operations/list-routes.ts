import type { Caller } from '../../../app/context.ts'
import type { App } from '../../../app/index.ts'
import { formatCidr } from '../../../domain/cidr.ts'
import { DomainError } from '../../../domain/errors.ts'
import { parseDestination } from '../../../domain/network.ts'
import { operation } from '../../dialect.ts'
import type { Fields } from '../../fields.ts'
import { isIpv6 } from '../blocks.ts'
import type { AlibabaCall } from '../call.ts'
import { type Cursor, decodeNextToken, decodeRegion, encodeNextToken } from '../codec.ts'
import { withNetworks } from '../networks.ts'
import { encodeListedEntry, type RouteEntry, routeEntriesOf } from '../route-entries.ts'

/**
 * DescribeRouteEntryList: the entries of one table, those of the system first, a page at a time.
 * Source: "DescribeRouteEntryList", where the limit is `MaxResult`, without an s.
 */
export const listRoutes = operation({
  name: '2016-04-28 DescribeRouteEntryList',
  decode: ({ parameters }: AlibabaCall, app) => readQuery(parameters, app),
  run: list,
  encode: ({ table, items, total, next }) => ({
    TotalCount: total,
    NextToken: encodeNextToken(next),
    RouteEntrys: { RouteEntry: items.map((entry) => encodeListedEntry(entry, table)) },
  }),
})

function readQuery(parameters: Fields, app: App) {
  return {
    region: decodeRegion(app, parameters.text('RegionId')),
    table: parameters.text('RouteTableId'),
    limit: parameters.optionalInteger('MaxResult', { min: 1, max: 100 }) ?? 10,
    cursor: decodeNextToken(parameters),
    id: parameters.optionalText('RouteEntryId'),
    name: parameters.optionalText('RouteEntryName'),
    destination: parameters.optionalText('DestinationCidrBlock'),
    type: parameters.optionalText('RouteEntryType', {
      pattern: /^(System|Custom|BGP)$/,
      expects: 'must be System, Custom or BGP',
    }),
    nextHop: parameters.optionalText('NextHopId'),
    nextHopType: parameters.optionalText('NextHopType'),
    ipVersion: parameters
      .optionalText('IpVersion', { pattern: /^ipv[46]$/i, expects: 'must be ipv4 or ipv6' })
      ?.toLowerCase(),
  }
}

type Query = ReturnType<typeof readQuery>

async function list(app: App, caller: Caller, query: Query) {
  const here = { ...caller, region: query.region }
  const [found] = await withNetworks(app, here, [await app.showRouteTable(here, { id: query.table })])
  if (!found) throw new DomainError('route-table.not-found', { id: query.table })
  const table = found.part
  const entries = (await routeEntriesOf(app, here, found.network, [table])).get(table) ?? []
  const matching = entries.filter((entry) => matches(entry, query))
  const ahead = matching.filter((entry) => isAfter(entry, query.cursor))
  const items = ahead.slice(0, query.limit)
  const last = items.at(-1)
  const next = last && ahead.length > query.limit ? { after: last.key, skip: last.group } : null
  return { table, items, total: matching.length, next }
}

/** A page goes on after the last entry of the one before, whatever came or went meanwhile. */
function isAfter({ group, key }: RouteEntry, { after, skip }: Cursor): boolean {
  return after === null || group > skip || (group === skip && key > after)
}

function matches(entry: RouteEntry, query: Query): boolean {
  const { id, name, destination, type, nextHop, nextHopType, ipVersion } = query
  return (
    (id ?? entry.id) === entry.id &&
    (name ?? entry.name) === entry.name &&
    (destination === undefined || canonical(destination) === canonical(entry.destination)) &&
    (type ?? entry.type) === entry.type &&
    (nextHop ?? entry.nextHop) === entry.nextHop &&
    (nextHopType ?? entry.nextHopType) === entry.nextHopType &&
    (ipVersion === undefined || (ipVersion === 'ipv6') === isIpv6(entry.destination))
  )
}

function canonical(destination: string): string {
  const block = parseDestination(destination)
  return block ? formatCidr(block) : destination
}
