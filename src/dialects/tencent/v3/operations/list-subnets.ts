import { operation } from '../../../dialect.ts'
import type { Fields } from '../../../fields.ts'
import type { TencentCall } from '../../call.ts'
import { ALL, type SubnetView, viewSubnets } from '../../networks.ts'
import { whole } from '../call.ts'
import { SUBNET_ID } from '../codec.ts'
import { always, type FilterTable, pageOf } from '../filters.ts'
import { decodeListing, IN_VPC_FILTERS } from '../listing.ts'
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

const decode = (fields: Fields) =>
  decodeListing(fields, { member: 'SubnetIds', idFilter: 'subnet-id', idRule: SUBNET_ID, filters: FILTERS })

const holdsBlock = (values: readonly string[]) => (row: Row) =>
  values.some((value) => row.subnet.cidrs.includes(value))

/** Source: as above, "Filters"; `subnet-id` is answered by the store. */
const FILTERS: FilterTable<Row> = {
  ...IN_VPC_FILTERS,
  'subnet-id': () => () => true,
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
