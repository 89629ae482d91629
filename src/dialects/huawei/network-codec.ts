import type { RouteSaying } from '../../app/change-routes.ts'
import type { Caller } from '../../app/context.ts'
import { contains, formatAddress, parseAddress, parseCidr } from '../../domain/cidr.ts'
import { DomainError } from '../../domain/errors.ts'
import type { Route, Subnet } from '../../domain/network.ts'
import type { Tag } from '../../domain/peering.ts'
import type { Fields, TextRule } from '../fields.ts'
import { projectIn } from './call.ts'
import { DESCRIPTION, encodeTime } from './codec.ts'
import type { CountedVpc, RouteTableView, VpcView } from './network-views.ts'

/** Of VPCs, subnets and route tables. Source: Open Telekom Cloud VPC API reference, "Creating a VPC" and its siblings. */
export const RESOURCE_NAME: TextRule = {
  max: 64,
  pattern: /^[\p{L}\p{N}_.-]*$/u,
  expects: 'may hold letters, digits, underscores, hyphens and periods only',
}

/**
 * A VPC as the v1 API has it. Its status is `OK` from the start: a Terraform provider fails on any other word.
 * Source: "Creating a VPC" of the Open Telekom Cloud VPC API reference; Terraform provider of Huawei Cloud.
 */
export function encodeVpc({ vpc, routes }: VpcView, caller: Caller) {
  const { sharedSnat = false, enhancedLocalRoute = false } = vpc.attributes
  return {
    id: vpc.ids.huawei,
    name: vpc.name,
    description: vpc.description,
    cidr: vpc.cidrs[0] ?? '',
    status: 'OK',
    routes: routes.map(({ destinationAsSent, nextHop }) => ({
      destination: destinationAsSent,
      nexthop: nextHop,
    })),
    enterprise_project_id: DEFAULT_ENTERPRISE_PROJECT,
    enable_shared_snat: sharedSnat,
    enhanced_local_route: enhancedLocalRoute,
    tenant_id: projectIn(caller, vpc.region),
    created_at: encodeTime(vpc.createdAtMs),
    updated_at: encodeTime(vpc.updatedAtMs),
  }
}

/** There are no enterprise projects here; everything is in the one that every account has. */
export const DEFAULT_ENTERPRISE_PROJECT = '0'

/** A VPC as the v3 API has it; here it is `ACTIVE`, not `OK`. Source: "Querying the Details of a VPC" (v3). */
export function encodeVpcV3({ vpc, subnets, routeTables }: CountedVpc, caller: Caller) {
  return {
    id: vpc.ids.huawei,
    name: vpc.name,
    description: vpc.description,
    cidr: vpc.cidrs[0] ?? '',
    extend_cidrs: vpc.cidrs.slice(1),
    status: 'ACTIVE',
    project_id: projectIn(caller, vpc.region),
    enterprise_project_id: DEFAULT_ENTERPRISE_PROJECT,
    tags: vpc.tags,
    cloud_resources: [
      { resource_type: 'routetable', resource_count: routeTables },
      { resource_type: 'virsubnet', resource_count: subnets },
    ],
    created_at: encodeTime(vpc.createdAtMs),
    updated_at: encodeTime(vpc.updatedAtMs),
  }
}

/**
 * A subnet as the v1 API has it, `ACTIVE` from the start. What the vendor keeps as a network with a subnet in it is one
 * thing here, under one id. Source: "Querying Subnet Details"; Node.js SDK for the rest of the members.
 */
export function encodeSubnet(subnet: Subnet, caller: Caller) {
  const { huawei: id } = subnet.ids
  const v4 = subnet.cidrs.find((cidr) => !cidr.includes(':'))
  const v6 = subnet.cidrs.find((cidr) => cidr.includes(':'))
  const { enabled, options } = subnet.dhcp ?? { enabled: true, options: [] }
  return {
    id,
    name: subnet.name,
    description: subnet.description,
    cidr: v4 ?? '',
    dnsList: subnet.dnsServers,
    status: 'ACTIVE',
    vpc_id: subnet.vpc,
    gateway_ip: subnet.gateway,
    ipv6_enable: v6 !== undefined,
    ...(v6 !== undefined && { cidr_v6: v6, gateway_ip_v6: firstAddress(v6), neutron_subnet_id_v6: id }),
    dhcp_enable: enabled,
    primary_dns: subnet.dnsServers[0] ?? '',
    secondary_dns: subnet.dnsServers[1] ?? '',
    availability_zone: subnet.zone,
    neutron_network_id: id,
    neutron_subnet_id: id,
    extra_dhcp_opts: options.map(({ name, value }) => ({ opt_name: name, opt_value: value })),
    tenant_id: projectIn(caller, subnet.region),
    created_at: encodeTime(subnet.createdAtMs),
    updated_at: encodeTime(subnet.updatedAtMs),
  }
}

function firstAddress(cidr: string): string {
  const block = parseCidr(cidr)
  return block ? formatAddress(block.family, block.base + 1n) : ''
}

/** A route as the v2.0 API has it: always through a peering. Source: "Creating a VPC Route". */
export function encodeRoute(route: Route, caller: Caller) {
  return {
    id: route.ids.huawei,
    type: 'peering',
    destination: route.destinationAsSent,
    nexthop: route.nextHop,
    vpc_id: route.vpc,
    tenant_id: projectIn(caller, route.region),
  }
}

/** What the real service routes by itself in every VPC, beside its subnets. Source: "Querying a Route Table". */
const SYSTEM_BLOCKS = ['198.19.128.0/20', '127.0.0.0/8', '100.64.0.0/10']

/** A route table as the v1 API lists it: without its routes. Source: recorded traffic. */
export function encodeRouteTable({ table, vpc, subnets }: RouteTableView, caller: Caller) {
  return {
    id: table.ids.huawei,
    name: table.isDefault && table.name === '' ? `rtb-${vpc.name}` : table.name,
    default: table.isDefault,
    subnets: subnets.filter(({ goesBy }) => goesBy).map(({ subnet }) => ({ id: subnet.ids.huawei })),
    tenant_id: projectIn(caller, table.region),
    vpc_id: table.vpc,
    description: table.description,
    created_at: encodeTime(table.createdAtMs),
    updated_at: encodeTime(table.updatedAtMs),
  }
}

/** A route table by itself, with its routes, among them those that nobody made and nobody can change. */
export function encodeWholeRouteTable(view: RouteTableView & { routes: readonly Route[] }, caller: Caller) {
  const local = [...view.subnets.flatMap(({ subnet }) => subnet.cidrs), ...SYSTEM_BLOCKS]
  return {
    ...encodeRouteTable(view, caller),
    routes: [
      ...view.routes.map(({ destinationAsSent, nextHop, description }) => ({
        type: 'peering',
        destination: destinationAsSent,
        nexthop: nextHop,
        description,
      })),
      ...local.map((destination) => ({ type: 'local', destination, nexthop: '-', description: '' })),
    ],
  }
}

/** Source: "Creating a Route Table", parameter "type". Only one of them leads anywhere here. */
const ROUTE_TYPES = ['ecs', 'eni', 'vip', 'nat', 'peering', 'vpn', 'dc', 'cc', 'egw', 'er', 'subeni']

/** The type of a route, which must be `peering`. */
export function decodeRouteType(route: Fields, known: readonly string[] = ROUTE_TYPES): void {
  const value = route.text('type')
  if (value === 'peering') return
  const reason = known.includes(value)
    ? 'is not supported: routes here lead through VPC peerings only'
    : `must be one of ${known.join(', ')}`
  throw wrong('type', reason, value)
}

/** A destination; unlike some other vendors, this one has no word for a single address but its block. */
export function decodeDestination(route: Fields): string {
  const text = route.text('destination')
  if (!parseCidr(text)) throw wrong('destination', 'is not a CIDR block without host bits', text)
  return text
}

/** A route to be made, as the v1 API has a client say it. */
export function decodeNewRoute(route: Fields): RouteSaying {
  decodeRouteType(route)
  return {
    destination: decodeDestination(route),
    nextHop: route.text('nexthop'),
    name: '',
    description: route.optionalText('description', DESCRIPTION) ?? '',
    enabled: true,
  }
}

/** A value of a request that is wrong, in the terms of the domain. */
export function wrong(field: string, reason: string, value: string): DomainError {
  return new DomainError('request.invalid', { field, problem: 'format', reason, value: value.slice(0, 100) })
}

/**
 * The DNS servers of a subnet: the list, where there is one, else the first and the second of those that were there
 * before; an empty one takes it away. Undefined: nothing is said of them.
 */
export function decodeDns(subnet: Fields, before: readonly string[]): readonly string[] | undefined {
  const [primary, secondary] = [subnet.optionalText('primary_dns'), subnet.optionalText('secondary_dns')]
  const asked = subnet.has('dnsList')
    ? subnet.texts('dnsList')
    : [primary ?? before[0] ?? '', secondary ?? before[1] ?? '', ...before.slice(2)].filter(
        (text) => text !== '',
      )
  if (!subnet.has('dnsList') && primary === undefined && secondary === undefined) return undefined
  for (const text of asked) if (!parseAddress(text)) throw wrong('dnsList', 'is not an IP address', text)
  return asked
}

/** Source: "Creating a Subnet" of both vendors; Terraform provider of Huawei Cloud for all but the first. */
const DHCP_OPTIONS = ['ntp', 'addresstime', 'ipv6_addresstime', 'domainname']

/** The options after those named are set, or (without a value) taken away. */
export function decodeDhcp(subnet: Fields, before: Subnet['dhcp']): Subnet['dhcp'] {
  const { enabled, options } = before ?? { enabled: true, options: [] }
  const changed = new Map(options.map(({ name, value }) => [name, value]))
  for (const option of subnet.objects('extra_dhcp_opts')) {
    const name = option.text('opt_name')
    if (!DHCP_OPTIONS.includes(name)) {
      throw wrong('extra_dhcp_opts', `must be one of ${DHCP_OPTIONS.join(', ')}`, name)
    }
    const value = option.optionalText('opt_value', { max: 255 })
    if (value === undefined) changed.delete(name)
    else changed.set(name, value)
  }
  return {
    enabled: subnet.optionalBoolean('dhcp_enable') ?? enabled,
    options: [...changed].map(([name, value]) => ({ name, value })),
  }
}

/** Source: VPC user guide, quotas: at most 20 tags for each resource. */
export const TAG_LIMIT = 20

const TAG_KEY: TextRule = {
  min: 1,
  max: 128,
  pattern: /^[\p{L}\p{N}_.:=+\-@/ ]*$/u,
  expects: 'may hold letters, digits, spaces and _ . : = + - @ / only',
}
const TAG_VALUE: TextRule = { ...TAG_KEY, min: 0, max: 255 }

export function decodeTag(tag: Fields): Tag {
  return { key: tag.text('key', TAG_KEY), value: tag.text('value', TAG_VALUE) }
}

/** Tags, no key of which is there twice. What is taken away needs no value. Source: "Batch Adding or Deleting VPC Tags". */
export function decodeTags(body: Fields, needsValue: boolean): readonly Tag[] {
  const tags = body
    .objects('tags')
    .map((tag) => (needsValue ? decodeTag(tag) : { key: tag.text('key', TAG_KEY), value: '' }))
  if (tags.length === 0) throw new DomainError('request.missing', { field: 'tags' })
  return distinct(tags)
}

/** The tags of a new VPC, each as `key*value`. Source: "Creating a VPC"; a star was seen to be what parts the two. */
export function decodeTagTexts(vpc: Fields): readonly Tag[] {
  const tags = vpc.texts('tags', { max: 384 }).map((text) => {
    const star = text.indexOf('*')
    const [key, value] = [text.slice(0, star), text.slice(star + 1)]
    const allowed = TAG_KEY.pattern?.test(key) && TAG_VALUE.pattern?.test(value)
    if (star < 1 || !allowed || key.length > 128 || value.length > 255) {
      throw wrong('tags', 'is not a key and a value with a star (*) between them', text)
    }
    return { key, value }
  })
  if (tags.length > TAG_LIMIT) throw new DomainError('tag.limit-exceeded', { limit: TAG_LIMIT })
  return distinct(tags)
}

function distinct(tags: readonly Tag[]): readonly Tag[] {
  for (const [index, { key }] of tags.entries()) {
    if (tags.findIndex((tag) => tag.key === key) < index) throw new DomainError('tag.duplicate-key', { key })
  }
  return tags
}

/** A block as the vendor takes it for a VPC: private, and not too small. Source: "Creating a VPC", parameter "cidr". */
export function checkVpcBlock(text: string): void {
  const fits = VPC_RANGES.some((range) => isWithin(text, range, 24))
  if (fits) return
  const reason = `is not a block within 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16 of at most 24 bits`
  throw wrong('cidr', reason, text)
}

const VPC_RANGES = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16']

function isWithin(text: string, range: string, bitsMax: number): boolean {
  const [block, outer] = [parseCidr(text), parseCidr(range)]
  return block !== null && outer !== null && block.bits <= bitsMax && contains(outer, block)
}
