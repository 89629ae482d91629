import { type Caller, tenantOf } from '../../../app/context.ts'
import type { App } from '../../../app/index.ts'
import type { RouteTable } from '../../../domain/network.ts'
import { operation } from '../../dialect.ts'
import type { Fields } from '../../fields.ts'
import type { AlibabaCall } from '../call.ts'
import { decodeIdList, decodeRegion, decodeTagFilter } from '../codec.ts'
import {
  decodeVpcFilter,
  encodeRouteTable,
  hasTags,
  type Network,
  resourceGroupOf,
  routeTableType,
  vpcOfRouter,
  withNetworks,
} from '../networks.ts'
import { decodePage, encodePage, NOTHING, pageOf } from '../numbered-page.ts'

/**
 * DescribeRouteTableList: the account's tables, without what is in them. The lists' names are the vendor's.
 * Source: "DescribeRouteTableList".
 */
export const listRouteTables = operation({
  name: '2016-04-28 DescribeRouteTableList',
  decode: ({ parameters }: AlibabaCall, app) => readQuery(parameters, app),
  run: list,
  encode: (listed, _call, _app, caller) => ({
    ...encodePage(listed),
    RouterTableList: {
      RouterTableListType: listed.items.map(({ part, network }) => encodeRouteTable(part, network, caller)),
    },
  }),
})

function readQuery(parameters: Fields, app: App) {
  const name = parameters.optionalText('RouteTableName')
  const ids = decodeIdList(parameters, 'RouteTableId', 20)
  const router = parameters.optionalText('RouterId')
  return {
    region: decodeRegion(app, parameters.text('RegionId')),
    page: decodePage(parameters),
    vpc: parameters.optionalText('VpcId'),
    routerVpc: router === undefined ? undefined : vpcOfRouter(router),
    store: { ...(ids.length > 0 && { ids }), ...(name !== undefined && { name }) },
    routerType: parameters.optionalText('RouterType', {
      pattern: /^(VRouter|VBR)$/,
      expects: 'must be VRouter or VBR',
    }),
    type: parameters.optionalText('RouteTableType', {
      pattern: /^(System|Custom)$/,
      expects: 'must be System or Custom',
    }),
    resourceGroup: parameters.optionalText('ResourceGroupId'),
    tags: decodeTagFilter(parameters, 'Tag'),
  }
}

async function list(app: App, caller: Caller, query: ReturnType<typeof readQuery>) {
  const { page, region, store } = query
  const here = { ...caller, region }
  const [inVpc, ofRouter] = [
    await decodeVpcFilter(app, here, query.vpc),
    await decodeVpcFilter(app, here, query.routerVpc),
  ]
  if (!inVpc || !ofRouter || query.routerType === 'VBR' || !agree(inVpc.vpcs, ofRouter.vpcs)) {
    return { ...page, ...NOTHING }
  }
  const { type, resourceGroup, tags } = query
  return pageOf(
    page,
    async (window, withTotal) => {
      const filter = { ...store, ...inVpc, ...ofRouter, window, withTotal }
      const { items, total } = await app.listRouteTables(here, filter)
      return { items: await withNetworks(app, here, items), total }
    },
    type === undefined && resourceGroup === undefined && tags.length === 0
      ? null
      : (item) => matches(item, query, caller),
  )
}

/** Whether a VPC and a router that are both named can be of one VPC. */
function agree(vpcs: readonly string[] | undefined, ofRouter: readonly string[] | undefined): boolean {
  return vpcs === undefined || ofRouter === undefined || vpcs[0] === ofRouter[0]
}

function matches(
  { part, network }: { part: RouteTable; network: Network },
  { type, resourceGroup, tags }: ReturnType<typeof readQuery>,
  caller: Caller,
): boolean {
  const group = resourceGroupOf(network.vpc, tenantOf(caller, 'vpc:DescribeRouteTableList'))
  return (
    (type ?? routeTableType(part)) === routeTableType(part) &&
    (resourceGroup ?? group) === group &&
    hasTags(part.tags, tags)
  )
}
