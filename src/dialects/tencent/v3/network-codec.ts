import { parseCidr } from '../../../domain/cidr.ts'
import { DomainError } from '../../../domain/errors.ts'
import { type Route, routeNumber } from '../../../domain/network.ts'
import type { Vpc, VpcAttributes } from '../../../domain/vpc.ts'
import type { Fields } from '../../fields.ts'
import { checkVpcBlock, encodeTime, tableName } from '../codec.ts'
import { blocksOf, type RouteView, roomOf, type SubnetView, type TableView } from '../networks.ts'
import { encodeTag, ROUTE_ID } from './codec.ts'

/**
 * VPCs and their parts in the vendor's words. No member is ever null or left out: the Terraform provider crashes on
 * one that is. Source: API 3.0, objects Vpc, Subnet, RouteTable, Route, AssistantCidr; Terraform provider.
 */

export function encodeVpc(vpc: Vpc) {
  const id = vpc.ids.tencent
  const { primary, ipv6 } = blocksOf(vpc)
  const { multicast, dnsServers, domainName } = vpc.attributes
  return {
    VpcId: id,
    VpcName: vpc.name,
    CidrBlock: primary,
    IsDefault: false,
    EnableMulticast: multicast,
    CreatedTime: encodeTime(vpc.createdAtMs),
    DnsServerSet: dnsServers,
    DomainName: domainName,
    DhcpOptionsId: '',
    EnableDhcp: true,
    Ipv6CidrBlock: ipv6[0] ?? '',
    Ipv6CidrBlockSet: ipv6.map((text) => ({ IPv6CidrBlock: text, ISPType: 'BGP', AddressType: 'GUA' })),
    AssistantCidrSet: encodeAssistantBlocks(vpc),
    EnableRouteVpcPublish: vpc.attributes.publishesIpv4Blocks ?? false,
    EnableRouteVpcPublishIpv6: vpc.attributes.publishesIpv6Blocks ?? false,
    TagSet: vpc.tags.map(encodeTag),
  }
}

/** The blocks that were added to a VPC; 0 is the ordinary kind, 1 is for containers, of which there are none here. */
export function encodeAssistantBlocks(vpc: Vpc) {
  const { assistant } = blocksOf(vpc)
  return assistant.map((text) => ({ VpcId: vpc.ids.tencent, CidrBlock: text, AssistantType: 0 }))
}

export function encodeSubnet({ subnet, vpc, table }: SubnetView) {
  const family = (wanted: 4 | 6) => subnet.cidrs.find((text) => parseCidr(text)?.family === wanted) ?? ''
  const room = roomOf(family(4))
  return {
    VpcId: vpc.ids.tencent,
    SubnetId: subnet.ids.tencent,
    SubnetName: subnet.name,
    CidrBlock: family(4),
    IsDefault: false,
    EnableBroadcast: subnet.broadcast ?? false,
    Zone: subnet.zone,
    RouteTableId: table.ids.tencent,
    CreatedTime: encodeTime(subnet.createdAtMs),
    AvailableIpAddressCount: room,
    Ipv6CidrBlock: family(6),
    NetworkAclId: '',
    IsRemoteVpcSnat: false,
    TotalIpAddressCount: room,
    TagSet: subnet.tags.map(encodeTag),
    CdcId: '',
    IsCdcSubnet: 0,
  }
}

/** A route table with those of its routes that are to be shown; what is local to the VPC is not among them. */
export function encodeTable(view: TableView, routes: readonly RouteView[] = view.routes) {
  const { table, vpc, subnets } = view
  const id = table.ids.tencent
  return {
    VpcId: vpc.ids.tencent,
    RouteTableId: id,
    RouteTableName: tableName(table),
    AssociationSet: subnets.map(({ ids }) => ({ SubnetId: ids.tencent, RouteTableId: id })),
    RouteSet: routes.map(encodeRoute),
    Main: table.isDefault,
    CreatedTime: encodeTime(table.createdAtMs),
    TagSet: table.tags.map(encodeTag),
    LocalCidrForCcn: vpc.cidrs.map((Cidr) => ({ Cidr, PublishedToVbc: false })),
  }
}

/** What a route that leads through a peering is called. Source: API 3.0, object Route, "GatewayType". */
export const PEERING_GATEWAY = 'PEERCONNECTION'

export function encodeRoute({ route, table, gateway }: RouteView) {
  const isIpv6 = parseCidr(route.destination)?.family === 6
  return {
    RouteId: routeNumber(route.id),
    RouteItemId: route.ids.tencent,
    RouteTableId: table.ids.tencent,
    DestinationCidrBlock: isIpv6 ? '' : route.destination,
    DestinationIpv6CidrBlock: isIpv6 ? route.destination : '',
    GatewayType: PEERING_GATEWAY,
    GatewayId: gateway,
    RouteDescription: route.description,
    Enabled: route.enabled,
    RouteType: 'USER',
    PublishedToVbc: false,
    CreatedTime: encodeTime(route.createdAtMs),
    CdcId: '',
  }
}

/** A route by its number, or by its id. */
export const routeNumbered = (number: number) => ({
  label: String(number),
  matches: ({ id }: Route) => routeNumber(id) === number,
})
export const routeCalled = (text: string) => ({
  label: text,
  matches: ({ ids }: Route) => Object.values(ids).includes(text),
})

const ROUTES_MAX = 100

/**
 * Which routes of a table are switched, by their numbers or by their ids. Throws `request.*`. Source: API 3.0
 * "EnableRoutes": one of the two lists, at most 100.
 */
export function decodeRouteSelectors(fields: Fields) {
  const numbers = fields.integers('RouteIds', { min: 0 })
  const ids = fields.texts('RouteItemIds', ROUTE_ID)
  if (numbers.length > 0 && ids.length > 0) {
    throw new DomainError('request.exclusive', { fields: ['RouteIds', 'RouteItemIds'] })
  }
  return requireSome('RouteIds', [...numbers.map(routeNumbered), ...ids.map(routeCalled)])
}

/** `items`, which parameter `field` lists, where there is one and not more than an action takes. */
export function requireSome<Item>(field: string, items: readonly Item[]): readonly Item[] {
  if (items.length === 0) throw new DomainError('request.missing', { field })
  if (items.length <= ROUTES_MAX) return items
  const reason = `holds more than ${ROUTES_MAX} items`
  throw new DomainError('request.invalid', { field, problem: 'too-long', reason, value: '' })
}

const DNS_SERVERS_MAX = 4
const OCTET = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)'
const ADDRESS = {
  pattern: new RegExp(`^${OCTET}(?:\\.${OCTET}){3}$`),
  expects: 'must be an IPv4 address',
}

/** What a VPC is told that is for its machines and for other products; kept as given. Source: API 3.0 "CreateVpc". */
export function decodeVpcAttributes(fields: Fields): Partial<VpcAttributes> {
  const multicast = fields.optionalBoolean('EnableMulticast')
  const publishesIpv4Blocks = fields.optionalBoolean('EnableRouteVpcPublish')
  const publishesIpv6Blocks = fields.optionalBoolean('EnableRouteVpcPublishIpv6')
  const dnsServers = fields.texts('DnsServers', ADDRESS)
  const domainName = fields.optionalText('DomainName', { max: 60 })
  if (dnsServers.length > DNS_SERVERS_MAX) {
    const reason = `holds more than ${DNS_SERVERS_MAX} addresses`
    throw new DomainError('request.invalid', { field: 'DnsServers', problem: 'too-long', reason, value: '' })
  }
  return {
    ...(multicast !== undefined && { multicast }),
    ...(publishesIpv4Blocks !== undefined && { publishesIpv4Blocks }),
    ...(publishesIpv6Blocks !== undefined && { publishesIpv6Blocks }),
    ...(dnsServers.length > 0 && { dnsServers }),
    ...(domainName !== undefined && { domainName }),
  }
}

/** The blocks that parameter `name` lists for a VPC. Throws `request.invalid`. */
export function decodeBlocks(fields: Fields, name: string): readonly string[] {
  return fields.texts(name).map((text, index) => checkVpcBlock(`${name}.${index}`, text))
}
