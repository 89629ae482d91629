import type { OfRoute, Remedy } from '../../domain/explain.ts'
import type { DialectName, RegionName } from '../../domain/identity.ts'
import { type RouteTable, routeNumber } from '../../domain/network.ts'
import { type Region, regionNameIn } from '../../domain/region.ts'
import type { Tenant } from '../../domain/tenant.ts'
import type { Vpc } from '../../domain/vpc.ts'

/** What to do, in words, and the call that does it in each dialect; null where a dialect has none. */
export interface RemedyText {
  readonly says: string
  readonly calls: Readonly<Record<DialectName, string | null>>
}

/** What the calls are spelt with: the names of regions, and the account numbers of the two tenants, as far as known. */
export interface Spelling {
  readonly regions: readonly Region[]
  readonly owners: readonly Tenant[]
}

type Texts = {
  readonly [K in Remedy['kind']]: (remedy: Extract<Remedy, { kind: K }>, words: Words) => RemedyText
}

const NO_CALLS = { native: null, huawei: null, alibaba: null, tencent: null }
const body = (value: unknown) => JSON.stringify(value)

/** `NAME=VALUE` for each, as one would type it; what is not known is a word in capitals, for the reader to fill in. */
function action(name: string, parameters: Readonly<Record<string, string | number>>): string {
  return [name, ...Object.entries(parameters).map(([key, value]) => `${key}=${value}`)].join(' ')
}

/** What a dialect calls the owner and the region of a VPC. */
class Words {
  readonly #spelling: Spelling

  constructor(spelling: Spelling) {
    this.#spelling = spelling
  }

  project(vpc: Vpc): string {
    return this.#owner(vpc)?.huawei.projects[vpc.region] ?? 'PROJECT'
  }

  uid(vpc: Vpc): string {
    return this.#owner(vpc)?.alibaba.uid ?? 'UID'
  }

  uin(vpc: Vpc): string {
    return this.#owner(vpc)?.tencent.uin ?? 'UIN'
  }

  region(dialect: 'alibaba' | 'tencent', { region }: Vpc): string {
    // Of a VPC that is not the asker's to know, there is none.
    const known: RegionName | null = region
    return known === null ? 'REGION' : regionNameIn(this.#spelling.regions, dialect, known)
  }

  #owner({ tenant }: Vpc): Tenant | undefined {
    return this.#spelling.owners.find(({ id }) => id === tenant)
  }
}

/** Source for the vendors' calls: the operations in `routes.ts` of each dialect. */
const TEXTS: Texts = {
  request: ({ requester, accepter }, words) => ({
    says: `ask for a peering of VPC ${requester.id} with VPC ${accepter.id}`,
    calls: requestCalls(requester, accepter, words),
  }),
  accept: ({ peering: { id, ids } }) => ({
    says: `accept peering ${id}`,
    calls: {
      native: `POST /isthmus/v1/peerings/${id}/accept`,
      huawei: `PUT /v2.0/vpc/peerings/${ids.huawei}/accept`,
      alibaba: action('AcceptVpcPeerConnection', { InstanceId: ids.alibaba }),
      tencent: action('AcceptVpcPeeringConnection', { PeeringConnectionId: ids.tencent }),
    },
  }),
  reopen: ({ peering: { id, ids }, requester, accepter }, words) => ({
    says: `ask again: reopen peering ${id}, or make another`,
    calls: {
      // Two clouds know no way back from there; but it does not stand in the way of a new one either.
      ...requestCalls(requester, accepter, words),
      native: `POST /isthmus/v1/peerings/${id}/reopen`,
      tencent: action('EnableVpcPeeringConnection', { peeringConnectionId: ids.tencent }),
    },
  }),
  'request-anew': ({ requester, accepter }, words) => ({
    says: `ask again for a peering of VPC ${requester.id} with VPC ${accepter.id}`,
    calls: requestCalls(requester, accepter, words),
  }),
  'add-route': ({ vpc, table, destination, peering: { id, ids } }, words) => ({
    says: `give VPC ${vpc.id} a route for ${destination} through peering ${id}${byTable(table)}`,
    calls: {
      native: `POST /isthmus/v1/vpcs/${vpc.id}/routes ${body({ destination, peering: id, ...(isOther(table) && { routeTable: table.id }) })}`,
      huawei: isOther(table)
        ? changeTable(words.project(vpc), table, {
            add: [{ type: 'peering', destination, nexthop: ids.huawei }],
          })
        : `POST /v2.0/vpc/routes ${body({
            route: { type: 'peering', nexthop: ids.huawei, destination, vpc_id: vpc.ids.huawei },
          })}`,
      alibaba: action('CreateRouteEntry', {
        RouteTableId: table?.ids.alibaba ?? 'TABLE',
        DestinationCidrBlock: destination,
        NextHopType: 'VpcPeer',
        NextHopId: ids.alibaba,
      }),
      tencent: action('CreateRoutes', {
        RouteTableId: table?.ids.tencent ?? 'TABLE',
        [`Routes.0.Destination${destination.includes(':') ? 'Ipv6' : ''}CidrBlock`]: destination,
        'Routes.0.GatewayType': 'PEERCONNECTION',
        'Routes.0.GatewayId': ids.tencent,
      }),
    },
  }),
  'enable-route': (remedy, words) => ({
    says: `switch the route of VPC ${remedy.vpc.id} for ${remedy.route.destination} on; without a switch, delete it and add it anew`,
    calls: {
      ...deleteCalls(remedy, words),
      tencent: action('EnableRoutes', {
        RouteTableId: remedy.table?.ids.tencent ?? 'TABLE',
        'RouteIds.0': routeNumber(remedy.route.id),
      }),
    },
  }),
  'delete-route': (remedy, words) => ({
    says: `delete the route of VPC ${remedy.vpc.id} for ${remedy.route.destination}, which leads elsewhere, or add a longer one`,
    calls: deleteCalls(remedy, words),
  }),
  'add-subnet': ({ vpc, address, cidr }, words) => ({
    says: `make a subnet of VPC ${vpc.id} that holds ${address}`,
    calls: cidr === null ? NO_CALLS : subnetCalls(vpc, cidr, words),
  }),
  renumber: ({ vpc, subnet }) => ({
    says: `move one of the two: subnet ${subnet.id} of VPC ${vpc.id} has the same addresses`,
    calls: NO_CALLS,
  }),
  wait: ({ reason }) => ({ says: `wait, and see to this if it lasts: ${reason}`, calls: NO_CALLS }),
}

function requestCalls(requester: Vpc, accepter: Vpc, words: Words): RemedyText['calls'] {
  return {
    native: `POST /isthmus/v1/peerings ${body({ requesterVpc: requester.id, accepterVpc: accepter.id, name: 'NAME' })}`,
    huawei: `POST /v2.0/vpc/peerings ${body({
      peering: {
        name: 'NAME',
        request_vpc_info: { vpc_id: requester.ids.huawei },
        accept_vpc_info: { vpc_id: accepter.ids.huawei, tenant_id: words.project(accepter) },
      },
    })}`,
    alibaba: action('CreateVpcPeerConnection', {
      RegionId: words.region('alibaba', requester),
      VpcId: requester.ids.alibaba,
      AcceptingAliUid: words.uid(accepter),
      AcceptingRegionId: words.region('alibaba', accepter),
      AcceptingVpcId: accepter.ids.alibaba,
    }),
    tencent: action('CreateVpcPeeringConnection', {
      SourceVpcId: requester.ids.tencent,
      PeeringConnectionName: 'NAME',
      DestinationVpcId: accepter.ids.tencent,
      DestinationUin: words.uin(accepter),
      DestinationRegion: words.region('tencent', accepter),
    }),
  }
}

function deleteCalls({ vpc, table, route }: OfRoute, words: Words): RemedyText['calls'] {
  return {
    native: `DELETE /isthmus/v1/vpcs/${vpc.id}/routes/${route.id}`,
    huawei: isOther(table)
      ? changeTable(words.project(vpc), table, {
          del: [{ type: 'peering', destination: route.destination }],
        })
      : `DELETE /v2.0/vpc/routes/${route.ids.huawei}`,
    alibaba: action('DeleteRouteEntry', { RouteEntryId: route.ids.alibaba }),
    tencent: action('DeleteRoutes', {
      RouteTableId: table?.ids.tencent ?? 'TABLE',
      'Routes.0.RouteId': routeNumber(route.id),
    }),
  }
}

/** The vendors take no subnet of IPv6 alone. */
function subnetCalls(vpc: Vpc, cidr: string, words: Words): RemedyText['calls'] {
  const native = `POST /isthmus/v1/vpcs/${vpc.id}/subnets ${body({ cidr, name: 'NAME' })}`
  if (cidr.includes(':')) return { ...NO_CALLS, native }
  const gateway = cidr.replace(/(\d+)\/\d+$/, (_, last: string) => String(Number(last) + 1))
  const zone = (dialect: 'alibaba' | 'tencent') => words.region(dialect, vpc)
  return {
    native,
    huawei: `POST /v1/${words.project(vpc)}/subnets ${body({
      subnet: { name: 'NAME', cidr, gateway_ip: gateway, vpc_id: vpc.ids.huawei },
    })}`,
    alibaba: action('CreateVSwitch', {
      RegionId: words.region('alibaba', vpc),
      VpcId: vpc.ids.alibaba,
      CidrBlock: cidr,
      ZoneId: `${zone('alibaba')}-a`,
    }),
    tencent: action('CreateSubnet', {
      VpcId: vpc.ids.tencent,
      SubnetName: 'NAME',
      CidrBlock: cidr,
      Zone: `${zone('tencent')}-1`,
    }),
  }
}

/** Whether a table has to be named, as it is not the one that calls without a table mean. */
const isOther = (table: RouteTable | null): table is RouteTable => table !== null && !table.isDefault

const byTable = (table: RouteTable | null) => (isOther(table) ? `, in route table ${table.id}` : '')

function changeTable(
  project: string,
  { ids }: RouteTable,
  routes: Readonly<Record<string, unknown>>,
): string {
  return `PUT /v1/${project}/routetables/${ids.huawei} ${body({ routetable: { routes } })}`
}

/** What to do about what stands in the way. */
export function describeRemedy(remedy: Remedy, spelling: Spelling): RemedyText {
  const text = TEXTS[remedy.kind] as (remedy: Remedy, words: Words) => RemedyText
  return text(remedy, new Words(spelling))
}
