import type { Vpc } from '../../../../domain/vpc.ts'
import { operation } from '../../../dialect.ts'
import type { Fields } from '../../../fields.ts'
import type { TencentCall } from '../../call.ts'
import { ALL } from '../../networks.ts'
import { whole } from '../call.ts'
import { decodeIds, decodeWindow, VPC_ID } from '../codec.ts'
import {
  always,
  conditionOf,
  decodeFilters,
  type FilterTable,
  idsOf,
  knows,
  pageOf,
  refuseBoth,
  TAG_KEY_FILTER,
} from '../filters.ts'
import { encodeVpc } from '../network-codec.ts'

/**
 * Listing the VPCs of an account in the region of the call. Ids that it has not are left out.
 * Source: API 3.0 "DescribeVpcs".
 */
export const listVpcs = operation({
  name: 'DescribeVpcs',
  decode: (call: TencentCall) => whole(call.fields(), decode),
  run: async (app, caller, { ids, conditions, window }) => {
    const query = { ...(ids && { ids }), order: 'id' as const }
    if (conditions.length === 0) return app.listVpcs(caller, { ...query, window, withTotal: true })
    // The store does not know these filters; an account has few VPCs in one region.
    const { items } = await app.listVpcs(caller, { ...ALL, ...query })
    return pageOf(items, conditions, window)
  },
  encode: ({ items, total }) => ({ TotalCount: total ?? items.length, VpcSet: items.map(encodeVpc) }),
})

function decode(fields: Fields) {
  const ids = decodeIds(fields, 'VpcIds', VPC_ID)
  const filters = decodeFilters(fields, knows(FILTERS))
  refuseBoth('VpcIds', ids, filters)
  const byId = filters.find(({ name }) => name === 'vpc-id')
  return {
    ids: byId ? idsOf(byId, VPC_ID) : ids,
    conditions: filters.filter((filter) => filter !== byId).map((filter) => conditionOf(filter, FILTERS)),
    window: decodeWindow(fields),
  }
}

const holdsBlock = (values: readonly string[]) => (vpc: Vpc) =>
  values.some((value) => vpc.cidrs.includes(value))

/** Source: as above, "Filters"; `vpc-id` is answered by the store. */
const FILTERS: FilterTable<Vpc> = {
  ...TAG_KEY_FILTER,
  'vpc-id': () => () => true,
  'vpc-name': (values) => (vpc) => values.some((value) => vpc.name.includes(value)),
  'cidr-block': holdsBlock,
  'ipv6-cidr-block': holdsBlock,
  'is-default': always('false'),
}
