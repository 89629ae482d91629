import { type Caller, tenantOf } from '../../../app/context.ts'
import type { App } from '../../../app/index.ts'
import type { Subnet } from '../../../domain/network.ts'
import { operation } from '../../dialect.ts'
import type { Fields } from '../../fields.ts'
import type { AlibabaCall } from '../call.ts'
import { decodeIdList, decodeOptionalRegion, decodeTagFilter } from '../codec.ts'
import {
  decodeVpcFilter,
  encodeSubnet,
  hasTags,
  type Network,
  resourceGroupOf,
  withNetworks,
} from '../networks.ts'
import { decodePage, encodePage, NOTHING, pageOf } from '../numbered-page.ts'

/** DescribeVSwitches: the account's, by numbered pages. Source: "DescribeVSwitches". */
export const listSubnets = operation({
  name: '2016-04-28 DescribeVSwitches',
  decode: ({ parameters }: AlibabaCall, app) => readQuery(parameters, app),
  run: list,
  encode: (listed, _call, _app, caller) => ({
    ...encodePage(listed),
    VSwitches: { VSwitch: listed.items.map(({ part, network }) => encodeSubnet(part, network, caller)) },
  }),
})

function readQuery(parameters: Fields, app: App) {
  const name = parameters.optionalText('VSwitchName')
  const ids = decodeIdList(parameters, 'VSwitchId', 20)
  return {
    region: decodeOptionalRegion(app, parameters),
    page: decodePage(parameters),
    vpc: parameters.optionalText('VpcId'),
    isDefault: parameters.optionalBoolean('IsDefault') ?? false,
    store: { ...(ids.length > 0 && { ids }), ...(name !== undefined && { name }) },
    zone: parameters.optionalText('ZoneId'),
    routeTable: parameters.optionalText('RouteTableId'),
    resourceGroup: parameters.optionalText('ResourceGroupId'),
    tags: decodeTagFilter(parameters, 'Tag'),
  }
}

async function list(app: App, caller: Caller, query: ReturnType<typeof readQuery>) {
  const { page, region, store } = query
  const here = { ...caller, region }
  const inVpc = await decodeVpcFilter(app, here, query.vpc)
  if (!inVpc || query.isDefault) return { ...page, ...NOTHING }
  const found = await pageOf(
    page,
    async (window, withTotal) => {
      const { items, total } = await app.listSubnets(here, { ...store, ...inVpc, window, withTotal })
      return { items: await withNetworks(app, here, items), total }
    },
    narrowed(query) ? (item) => matches(item, query, caller) : null,
  )
  return found
}

/** Whether something is asked for that the store does not look for. */
function narrowed({ zone, routeTable, resourceGroup, tags }: ReturnType<typeof readQuery>): boolean {
  return zone !== undefined || routeTable !== undefined || resourceGroup !== undefined || tags.length > 0
}

function matches(
  { part, network }: { part: Subnet; network: Network },
  query: ReturnType<typeof readQuery>,
  caller: Caller,
): boolean {
  const { zone, routeTable, resourceGroup, tags } = query
  const shown = encodeSubnet(part, network, caller)
  const group = resourceGroupOf(network.vpc, tenantOf(caller, 'vpc:DescribeVSwitches'))
  return (
    (zone ?? part.zone) === part.zone &&
    (routeTable ?? shown.RouteTable.RouteTableId) === shown.RouteTable.RouteTableId &&
    (resourceGroup ?? group) === group &&
    hasTags(part.tags, tags)
  )
}
