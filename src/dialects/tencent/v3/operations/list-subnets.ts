import { operation } from '../../../dialect.ts'
import type { Fields } from '../../../fields.ts'
import type { TencentCall } from '../../call.ts'
import { ALL, type SubnetView, viewSubnets } from '../../networks.ts'
import { whole } from '../call.ts'
import { decodeIds, decodeWindow, SUBNET_ID, VPC_ID } from '../codec.ts'
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
import { encodeSubnet } from '../network-codec.ts'

/**
 * Listing the subnets of an account in the region of the call. Ids that it has not are left out.
 * Source: API 3.0 "DescribeSubnets".
 */
export const listSubnets = operation({
  name: 'DescribeSubnets',
  decode: (call: TencentCall) => whole(call.fields(), decode),
  run: async (app, caller, { ids, conditions, window }) => {
    const { items } = await app.listSubnets(caller, { ...ALL, ...(ids && { ids }) })
    const views = await viewSubnets(app, caller, items)
    return pageOf(
      views.map((view) => ({ ...view, tags: view.subnet.tags })),
      conditions,
      window,
    )
  },
  encode: ({ items, total }) => ({ TotalCount: total, SubnetSet: items.map(encodeSubnet) }),
})

type Row = SubnetView & Pick<SubnetView['subnet'], 'tags'>

function decode(fields: Fields) {
  const ids = decodeIds(fields, 'SubnetIds', SUBNET_ID)
  const filters = decodeFilters(fields, knows(FILTERS))
  refuseBoth('SubnetIds', ids, filters)
  const byVpc = filters.find(({ name }) => name === 'vpc-id')
  if (byVpc) idsOf(byVpc, VPC_ID)
  const byId = filters.find(({ name }) => name === 'subnet-id')
  return {
    ids: byId ? idsOf(byId, SUBNET_ID) : ids,
    conditions: filters.filter((filter) => filter !== byId).map((filter) => conditionOf(filter, FILTERS)),
    window: decodeWindow(fields),
  }
}

const holdsBlock = (values: readonly string[]) => (row: Row) =>
  values.some((value) => row.subnet.cidrs.includes(value))

/** Source: as above, "Filters"; `subnet-id` is answered by the store. */
const FILTERS: FilterTable<Row> = {
  ...TAG_KEY_FILTER,
  'subnet-id': () => () => true,
  'vpc-id':
    (values) =>
    ({ vpc }) =>
      Object.values(vpc.ids).some((id) => values.includes(id)),
  'subnet-name':
    (values) =>
    ({ subnet }) =>
      values.some((value) => subnet.name.includes(value)),
  zone:
    (values) =>
    ({ subnet }) =>
      values.includes(subnet.zone),
  'cidr-block': holdsBlock,
  'ipv6-cidr-block': holdsBlock,
  'is-default': always('false'),
  'is-remote-vpc-snat': always('false'),
  'is-cdc-subnet': always('0'),
}
