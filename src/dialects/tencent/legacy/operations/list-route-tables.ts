import { operation } from '../../../dialect.ts'
import type { TencentCall } from '../../call.ts'
import { decodeWord, tableName } from '../../codec.ts'
import { ALL, viewTables } from '../../networks.ts'
import { decodeDescending, decodeWindow } from '../codec.ts'
import { encodeTable } from '../route-codec.ts'

/**
 * Listing the route tables of an account in the region of the call, with their routes. A VPC or a table that is named
 * and is none of the account's is an error in this API. Source: legacy page "Querying Route Tables".
 */
export const listRouteTables = operation({
  name: 'DescribeRouteTable',
  decode: (call: TencentCall) => {
    const fields = call.fields()
    return {
      vpc: fields.optionalText('vpcId'),
      id: fields.optionalText('routeTableId'),
      name: fields.optionalText('routeTableName') ?? '',
      byName: decodeWord(fields, 'orderField', { createTime: false, routeTableName: true }) ?? false,
      descending: decodeDescending(fields),
      window: decodeWindow(fields),
    }
  },
  run: async (app, caller, { vpc, id, name, byName, descending, window }) => {
    const vpcs = vpc === undefined ? undefined : [(await app.showVpc(caller, { id: vpc })).id]
    const ids = id === undefined ? undefined : [(await app.showRouteTable(caller, { id })).id]
    const { items } = await app.listRouteTables(caller, {
      ...ALL,
      ...(vpcs && { vpcs }),
      ...(ids && { ids }),
    })
    const matching = items.filter((table) => tableName(table).includes(name))
    // They come in the order of their ids, which begin with the time they were made at.
    if (byName) matching.sort((a, b) => (tableName(a) < tableName(b) ? -1 : 1))
    if (descending) matching.reverse()
    const page = matching.slice(window.offset, window.offset + window.limit)
    return { totalCount: matching.length, views: await viewTables(app, caller, page) }
  },
  encode: ({ totalCount, views }) => ({ totalCount, data: views.map(encodeTable) }),
})
