import { operation } from '../../../dialect.ts'
import type { Fields } from '../../../fields.ts'
import type { TencentCall } from '../../call.ts'
import { tableName } from '../../codec.ts'
import { ALL, type TableView, viewTables } from '../../networks.ts'
import { whole } from '../call.ts'
import { TABLE_ID } from '../codec.ts'
import { type FilterTable, pageOf } from '../filters.ts'
import { decodeListing, IN_VPC_FILTERS } from '../listing.ts'
import { encodeTable, PEERING_GATEWAY } from '../network-codec.ts'

/**
 * Listing the route tables of an account in the region of the call, with their routes. Ids that it has not are left
 * out. Source: API 3.0 "DescribeRouteTables".
 */
export const listRouteTables = operation({
  name: 'DescribeRouteTables',
  decode: (call: TencentCall) => whole(call.fields(), decode),
  run: async (app, caller, { ids, conditions, window, withRoutes }) => {
    const { items } = await app.listRouteTables(caller, { ...ALL, ...(ids && { ids }) })
    const views = await viewTables(app, caller, items)
    const page = pageOf(
      views.map((view) => ({ ...view, tags: view.table.tags })),
      conditions,
      window,
    )
    return { ...page, withRoutes }
  },
  encode: ({ items, total, withRoutes }) => ({
    TotalCount: total,
    RouteTableSet: items.map((view) => encodeTable(view, withRoutes ? view.routes : [])),
  }),
})

type Row = TableView & Pick<TableView['table'], 'tags'>

function decode(fields: Fields) {
  const listing = decodeListing(fields, {
    member: 'RouteTableIds',
    idFilter: 'route-table-id',
    idRule: TABLE_ID,
    filters: FILTERS,
  })
  return { ...listing, withRoutes: fields.optionalBoolean('NeedRouterInfo') ?? true }
}

/** Source: as above, "Filters"; `route-table-id` is answered by the store. */
const FILTERS: FilterTable<Row> = {
  ...IN_VPC_FILTERS,
  'route-table-id': () => () => true,
  'route-table-name':
    (values) =>
    ({ table }) =>
      values.some((value) => tableName(table).includes(value)),
  'association.main':
    (values) =>
    ({ table }) =>
      values.some((value) => value.toLowerCase() === String(table.isDefault)),
  // Tables that have such a route; every table has one to its own VPC.
  'next-hop-type':
    (values) =>
    ({ routes }) =>
      values.includes('LOCAL') || (values.includes(PEERING_GATEWAY) && routes.length > 0),
}
