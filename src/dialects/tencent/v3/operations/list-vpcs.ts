import type { Vpc } from '../../../../domain/vpc.ts'
import { operation } from '../../../dialect.ts'
import type { Fields } from '../../../fields.ts'
import type { TencentCall } from '../../call.ts'
import { whole } from '../call.ts'
import {
  decodeFilters,
  decodeIds,
  decodeWindow,
  encodeVpc,
  type Filter,
  idsOf,
  refuseBoth,
  VPC_ID,
} from '../codec.ts'

/**
 * Listing the VPCs of an account in the region of the call. Ids that it has not are left out.
 * Source: API 3.0 "DescribeVpcs".
 */
export const listVpcs = operation({
  name: 'DescribeVpcs',
  decode: (call: TencentCall) => whole(call.fields(), decode),
  run: async (app, caller, { ids, conditions, window }) => {
    const query = { ...(ids && { ids }), order: 'id' as const, withTotal: true }
    if (conditions.length === 0) return app.listVpcs(caller, { ...query, window })
    // The store does not know these filters; an account has few VPCs in one region.
    const { items } = await app.listVpcs(caller, { ...query, window: { limit: Number.MAX_SAFE_INTEGER } })
    const matching = items.filter((vpc) => conditions.every((holds) => holds(vpc)))
    return {
      items: matching.slice(window.offset, window.offset + window.limit),
      total: matching.length,
    }
  },
  encode: ({ items, total }) => ({ TotalCount: total ?? items.length, VpcSet: items.map(encodeVpc) }),
})

type Condition = (vpc: Vpc) => boolean

function decode(fields: Fields) {
  const ids = decodeIds(fields, 'VpcIds', VPC_ID)
  const filters = decodeFilters(fields, (name) => name.startsWith('tag:') || Object.hasOwn(FILTERS, name))
  refuseBoth('VpcIds', ids, filters)
  const byId = filters.find(({ name }) => name === 'vpc-id')
  return {
    ids: byId ? idsOf(byId, VPC_ID) : ids,
    conditions: filters.filter((filter) => filter !== byId).map(conditionOf),
    window: decodeWindow(fields),
  }
}

function conditionOf(filter: Filter): Condition {
  const { name, values } = filter
  if (!name.startsWith('tag:')) return FILTERS[name]?.(values) ?? (() => true)
  const key = name.slice('tag:'.length)
  return ({ tags }) => tags.some((tag) => tag.key === key && values.includes(tag.value))
}

/** Source: as above, "Filters"; `vpc-id` is answered by the store. */
const FILTERS: Readonly<Record<string, (values: readonly string[]) => Condition>> = {
  'vpc-id': () => () => true,
  'vpc-name': (values) => (vpc) => values.some((value) => vpc.name.includes(value)),
  'cidr-block': (values) => (vpc) => values.some((value) => vpc.cidrs.includes(value)),
  'is-default': (values) => () => values.some((value) => value.toLowerCase() === 'false'),
  'tag-key':
    (values) =>
    ({ tags }) =>
      tags.some(({ key }) => values.includes(key)),
}
