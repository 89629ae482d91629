import type { Caller } from '../../app/context.ts'
import type { App } from '../../app/index.ts'
import type { Route, RouteTable } from '../../domain/network.ts'
import { isIpv6 } from './blocks.ts'
import { encodeTime } from './codec.ts'
import type { Network } from './networks.ts'

/**
 * One line of a route table as this vendor shows it. The lines of the system's own making are not kept, but follow from
 * the VPC: one for each vSwitch, and one for the vendor's services.
 */
export interface RouteEntry {
  /** In which order the entries are listed, first by group, then by key; a UUID. */
  readonly group: 0 | 1 | 2
  readonly key: string
  readonly id: string
  readonly name: string
  readonly description: string
  readonly destination: string
  readonly type: 'System' | 'Custom'
  readonly nextHopType: 'service' | 'local' | 'VpcPeer'
  /** Empty where there is none. */
  readonly nextHop: string
  readonly enabled: boolean
  readonly updatedAtMs: number
}

/** Where the vendor's own services are, from every VPC. Source: user guide, "System route". */
export const SERVICES = '100.64.0.0/10'

/** All entries of tables of one network. */
export async function routeEntriesOf(
  app: App,
  caller: Caller,
  network: Network,
  tables: readonly RouteTable[],
): Promise<ReadonlyMap<RouteTable, readonly RouteEntry[]>> {
  const { items: routes } = await app.listRoutes(caller, {
    vpcs: [network.vpc.id],
    window: { limit: Number.MAX_SAFE_INTEGER },
    withTotal: false,
  })
  const nextHops = await nextHopsOf(app, caller, routes)
  return new Map(
    tables.map((table) => {
      const own = routes.filter(({ routeTable }) => routeTable === table.id)
      return [table, [...systemEntries(table, network), ...own.map((route) => customEntry(route, nextHops))]]
    }),
  )
}

/** The ids here of the peerings that routes lead through. */
async function nextHopsOf(
  app: App,
  caller: Caller,
  routes: readonly Route[],
): Promise<ReadonlyMap<string, string>> {
  const ids = [...new Set(routes.map(({ nextHop }) => nextHop))]
  if (ids.length === 0) return new Map()
  const window = { limit: ids.length }
  const { items } = await app.listPeerings(
    { ...caller, region: null },
    { ids, order: 'id', window, withTotal: false },
  )
  return new Map(items.map(({ peering }) => [peering.id, peering.ids.alibaba]))
}

function systemEntries(table: RouteTable, { subnets }: Network): RouteEntry[] {
  const system = {
    name: '',
    description: '',
    type: 'System',
    nextHop: '',
    enabled: true,
  } as const
  return [
    {
      ...system,
      group: 0,
      key: table.id,
      id: table.ids.alibaba.replace(/^vtb-/, 'rte-'),
      destination: SERVICES,
      nextHopType: 'service',
      updatedAtMs: table.createdAtMs,
    },
    ...subnets.flatMap((subnet) =>
      subnet.cidrs.map(
        (destination, index): RouteEntry => ({
          ...system,
          group: 1,
          key: subnet.id,
          id: `${subnet.ids.alibaba.replace(/^vsw-/, 'rte-')}${index === 0 ? '' : index}`,
          destination,
          nextHopType: 'local',
          updatedAtMs: subnet.createdAtMs,
        }),
      ),
    ),
  ]
}

function customEntry(route: Route, nextHops: ReadonlyMap<string, string>): RouteEntry {
  return {
    group: 2,
    key: route.id,
    id: route.ids.alibaba,
    name: route.name,
    description: route.description,
    // As it was sent: the Terraform provider looks for the very text of its configuration.
    destination: route.destinationAsSent,
    type: 'Custom',
    nextHopType: 'VpcPeer',
    nextHop: nextHops.get(route.nextHop) ?? '',
    enabled: route.enabled,
    updatedAtMs: route.updatedAtMs,
  }
}

/** What "DescribeRouteTables" and "DescribeRouteEntryList" both say of an entry. */
function encodeEntry(entry: RouteEntry, table: RouteTable) {
  return {
    RouteTableId: table.ids.alibaba,
    RouteEntryId: entry.id,
    RouteEntryName: entry.name,
    Description: entry.description,
    DestinationCidrBlock: entry.destination,
    Type: entry.type,
    Status: 'Available',
    NextHops: {
      NextHop: [
        {
          NextHopType: entry.nextHopType,
          NextHopId: entry.nextHop,
          Enabled: entry.enabled ? 1 : 0,
          Weight: 0,
        },
      ],
    },
  }
}

/** An entry as "DescribeRouteTables" has it, where the next hop is called an instance. */
export function encodeTableEntry(entry: RouteEntry, table: RouteTable) {
  return {
    ...encodeEntry(entry, table),
    NextHopType: entry.nextHopType,
    InstanceId: entry.nextHop,
  }
}

/** An entry as "DescribeRouteEntryList" has it. */
export function encodeListedEntry(entry: RouteEntry, table: RouteTable) {
  return {
    ...encodeEntry(entry, table),
    IpVersion: isIpv6(entry.destination) ? 'ipv6' : 'ipv4',
    GmtModified: encodeTime(entry.updatedAtMs),
  }
}
