import type { Caller } from '../../../app/context.ts'
import { tenantOf } from '../../../app/context.ts'
import type { App } from '../../../app/index.ts'
import { DomainError } from '../../../domain/errors.ts'
import { operation } from '../../dialect.ts'
import type { Fields } from '../../fields.ts'
import type { AlibabaCall } from '../call.ts'
import { decodeOptionalRegion, encodeTime } from '../codec.ts'
import {
  decodeVpcFilter,
  resourceGroupOf,
  routerOf,
  routeTableType,
  subnetsOf,
  vpcOfRouter,
  withNetworks,
} from '../networks.ts'
import { decodePage, encodePage, NOTHING, pageOf } from '../numbered-page.ts'
import { encodeTableEntry, routeEntriesOf } from '../route-entries.ts'

/**
 * DescribeRouteTables: a table, or all of a router's, with every entry. The Terraform provider looks here for entries,
 * and waits until all of them are available, those of the system too.
 * Source: "DescribeRouteTables"; the provider's source.
 */
export const listRoutesByTable = operation({
  name: '2016-04-28 DescribeRouteTables',
  decode: ({ parameters }: AlibabaCall, app) => readQuery(parameters, app),
  run: list,
  encode: (listed, _call, _app, caller) => ({
    ...encodePage(listed),
    RouteTables: {
      RouteTable: listed.items.map(({ part, network, entries }) => ({
        RouteTableId: part.ids.alibaba,
        VRouterId: routerOf(network.vpc),
        RouteTableType: routeTableType(part),
        CreationTime: encodeTime(part.createdAtMs),
        ResourceGroupId: resourceGroupOf(network.vpc, tenantOf(caller, 'vpc:DescribeRouteTables')),
        VSwitchIds: { VSwitchId: subnetsOf(part, network) },
        RouteEntrys: { RouteEntry: entries.map((entry) => encodeTableEntry(entry, part)) },
      })),
    },
  }),
})

function readQuery(parameters: Fields, app: App) {
  const id = parameters.optionalText('RouteTableId')
  const router = parameters.optionalText('VRouterId') ?? parameters.optionalText('RouterId')
  if (id === undefined && router === undefined) {
    throw new DomainError('request.missing', { field: 'RouteTableId' })
  }
  return {
    region: decodeOptionalRegion(app, parameters),
    page: decodePage(parameters),
    store: { ...(id !== undefined && { ids: [id] }) },
    routerVpc: router === undefined ? undefined : vpcOfRouter(router),
  }
}

async function list(
  app: App,
  caller: Caller,
  { region, page, store, routerVpc }: ReturnType<typeof readQuery>,
) {
  const here = { ...caller, region }
  const ofRouter = await decodeVpcFilter(app, here, routerVpc)
  if (!ofRouter) return { ...page, ...NOTHING }
  const listed = await pageOf(
    page,
    async (window, withTotal) => {
      const filter = { ...store, ...ofRouter, window, withTotal }
      const { items, total } = await app.listRouteTables(here, filter)
      return { items: await withNetworks(app, here, items), total }
    },
    null,
  )
  // A page is of one VPC's tables.
  const [first] = listed.items
  const entries = first
    ? await routeEntriesOf(
        app,
        here,
        first.network,
        listed.items.map(({ part }) => part),
      )
    : null
  const items = listed.items.map((item) => ({ ...item, entries: entries?.get(item.part) ?? [] }))
  return { ...listed, items }
}
