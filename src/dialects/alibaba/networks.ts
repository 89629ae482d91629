import { type Caller, tenantOf } from '../../app/context.ts'
import type { App } from '../../app/index.ts'
import { parseCidr } from '../../domain/cidr.ts'
import { DomainError } from '../../domain/errors.ts'
import type { VpcId } from '../../domain/identity.ts'
import type { RouteTable, Subnet } from '../../domain/network.ts'
import type { Tag } from '../../domain/peering.ts'
import type { Tenant } from '../../domain/tenant.ts'
import type { Vpc } from '../../domain/vpc.ts'
import { isIpv6 } from './blocks.ts'
import { defaultResourceGroup, encodeRegion, encodeTag, encodeTime } from './codec.ts'

/** A VPC with what its answers name of it. */
export interface Network {
  readonly vpc: Vpc
  readonly subnets: readonly Subnet[]
  readonly routeTables: readonly RouteTable[]
}

const ALL = { window: { limit: Number.MAX_SAFE_INTEGER }, withTotal: false } as const

/** The caller's `vpcs`, in the same order, with their parts. */
export async function networksOf(
  app: App,
  caller: Caller,
  vpcs: readonly Vpc[],
): Promise<readonly Network[]> {
  if (vpcs.length === 0) return []
  const filter = { ...ALL, vpcs: vpcs.map(({ id }) => id) }
  const [subnets, routeTables] = await Promise.all([
    app.listSubnets(caller, filter),
    app.listRouteTables(caller, filter),
  ])
  return vpcs.map((vpc) => ({
    vpc,
    subnets: subnets.items.filter((subnet) => subnet.vpc === vpc.id),
    routeTables: routeTables.items.filter((table) => table.vpc === vpc.id),
  }))
}

/** Each part with the network that it is in. One whose VPC went meanwhile is left out. */
export async function withNetworks<P extends Subnet | RouteTable>(
  app: App,
  caller: Caller,
  parts: readonly P[],
): Promise<readonly { part: P; network: Network }[]> {
  const ids = [...new Set(parts.map(({ vpc }) => vpc))]
  if (ids.length === 0) return []
  const { items } = await app.listVpcs(caller, { ...ALL, ids, order: 'id' })
  const networks = new Map((await networksOf(app, caller, items)).map((network) => [network.vpc.id, network]))
  return parts.flatMap((part) => {
    const network = networks.get(part.vpc)
    return network ? [{ part, network }] : []
  })
}

/** The caller's VPC that a filter names; null where it has none of that id, so that nothing is found. */
async function findVpc(app: App, caller: Caller, id: string): Promise<Vpc | null> {
  try {
    return await app.showVpc(caller, { id })
  } catch (error) {
    if (error instanceof DomainError && error.code === 'vpc.not-found') return null
    throw error
  }
}

/** What lists of subnets and tables are narrowed to by a VPC; null: to nothing. */
export async function decodeVpcFilter(
  app: App,
  caller: Caller,
  id: string | undefined,
): Promise<{ vpcs?: readonly VpcId[] } | null> {
  if (id === undefined) return {}
  const vpc = await findVpc(app, caller, id)
  return vpc && { vpcs: [vpc.id] }
}

/** Each VPC has one router, whose id follows from the VPC's. */
export function routerOf({ ids }: Pick<Vpc, 'ids'>): string {
  return `vrt-${ids.alibaba.replace(/^vpc-/, '')}`
}

/** The id of the VPC whose router `id` names. */
export function vpcOfRouter(id: string): string {
  return id.replace(/^vrt-/, 'vpc-')
}

export function defaultTable({ routeTables }: Network): RouteTable | undefined {
  return routeTables.find(({ isDefault }) => isDefault)
}

/** The table that a subnet goes by. */
function tableOf(subnet: Subnet, network: Network): RouteTable | undefined {
  return network.routeTables.find(({ id }) => id === subnet.routeTable) ?? defaultTable(network)
}

/** A VPC's group is that of all that is in it. */
export function resourceGroupOf(vpc: Vpc, owner: Tenant): string {
  return vpc.attributes.resourceGroup ?? defaultResourceGroup(owner)
}

/** Whether it has every one of `wanted`; one without a value matches any. */
export function hasTags(tags: readonly Tag[], wanted: readonly { key: string; value: string | null }[]) {
  return wanted.every(({ key, value }) =>
    tags.some((tag) => tag.key === key && (value === null || tag.value === value)),
  )
}

/**
 * A VPC as the older API has it: every list is an object around the list. What a VPC here does not have is there and
 * empty, since the Terraform provider fails on a list that is missing.
 * Source: "DescribeVpcAttribute"; the provider's source.
 */
export function encodeVpc({ vpc, subnets, routeTables }: Network, app: App, caller: Caller) {
  const owner = tenantOf(caller, 'vpc:DescribeVpcs')
  const [ipv4, ...secondary] = vpc.cidrs.filter((cidr) => !isIpv6(cidr))
  const ipv6 = vpc.cidrs.filter(isIpv6)
  return {
    VpcId: vpc.ids.alibaba,
    VpcName: vpc.name,
    Status: 'Available',
    CidrBlock: ipv4 ?? '',
    Description: vpc.description,
    CreationTime: encodeTime(vpc.createdAtMs),
    RegionId: encodeRegion(app, vpc.region),
    VRouterId: routerOf(vpc),
    IsDefault: false,
    ResourceGroupId: resourceGroupOf(vpc, owner),
    OwnerId: Number(owner.alibaba.uid),
    EnabledIpv6: ipv6.length > 0,
    Ipv6CidrBlock: ipv6[0] ?? '',
    DnsHostnameStatus: vpc.attributes.dnsHostnames ? 'ENABLED' : 'DISABLED',
    ClassicLinkEnabled: false,
    SecondaryCidrBlocks: { SecondaryCidrBlock: secondary },
    UserCidrs: { UserCidr: vpc.attributes.userCidrs },
    VSwitchIds: { VSwitchId: subnets.map(({ ids }) => ids.alibaba) },
    RouterTableIds: { RouterTableIds: routeTables.map(({ ids }) => ids.alibaba) },
    NatGatewayIds: { NatGatewayIds: [] },
    Ipv6CidrBlocks: { Ipv6CidrBlock: ipv6.map((cidr) => ({ Ipv6CidrBlock: cidr, Ipv6Isp: 'BGP' })) },
    Tags: { Tag: vpc.tags.map(encodeTag) },
    AssociatedCens: { AssociatedCen: [] },
    CloudResources: { CloudResourceSetType: [] },
  }
}

/** The first address of a vSwitch and its last three are the vendor's. Source: "CreateVSwitch". */
const RESERVED_ADDRESSES = 4

/** A subnet. Source: "DescribeVSwitches", "DescribeVSwitchAttributes". */
export function encodeSubnet(subnet: Subnet, network: Network, caller: Caller) {
  const owner = tenantOf(caller, 'vpc:DescribeVSwitches')
  const cidr = subnet.cidrs.find((text) => !isIpv6(text)) ?? ''
  const block = parseCidr(cidr)
  const table = tableOf(subnet, network)
  return {
    VSwitchId: subnet.ids.alibaba,
    VSwitchName: subnet.name,
    VpcId: network.vpc.ids.alibaba,
    Status: 'Available',
    CidrBlock: cidr,
    Ipv6CidrBlock: subnet.cidrs.find(isIpv6) ?? '',
    EnabledIpv6: subnet.cidrs.some(isIpv6),
    ZoneId: subnet.zone,
    AvailableIpAddressCount: block ? 2 ** (32 - block.bits) - RESERVED_ADDRESSES : 0,
    Description: subnet.description,
    CreationTime: encodeTime(subnet.createdAtMs),
    IsDefault: false,
    ResourceGroupId: resourceGroupOf(network.vpc, owner),
    OwnerId: Number(owner.alibaba.uid),
    NetworkAclId: '',
    ShareType: '',
    RouteTable: {
      RouteTableId: table?.ids.alibaba ?? '',
      RouteTableType: table?.isDefault === false ? 'Custom' : 'System',
    },
    Tags: { Tag: subnet.tags.map(encodeTag) },
  }
}

export function routeTableType({ isDefault }: RouteTable): 'System' | 'Custom' {
  return isDefault ? 'System' : 'Custom'
}

/** The subnets that go by a table, by their ids here. */
export function subnetsOf(table: RouteTable, { subnets }: Network): readonly string[] {
  const named = table.isDefault ? null : table.id
  return subnets.filter(({ routeTable }) => routeTable === named).map(({ ids }) => ids.alibaba)
}

/**
 * A route table as "DescribeRouteTableList" has it. The Terraform provider takes the VPC's own resource group from its
 * table, so that the two must agree.
 */
export function encodeRouteTable(table: RouteTable, network: Network, caller: Caller) {
  const owner = tenantOf(caller, 'vpc:DescribeRouteTableList')
  return {
    RouteTableId: table.ids.alibaba,
    RouteTableName: table.name,
    RouteTableType: routeTableType(table),
    Description: table.description,
    Status: 'Available',
    AssociateType: 'VSwitch',
    RoutePropagationEnable: table.propagates ?? true,
    CreationTime: encodeTime(table.createdAtMs),
    VpcId: network.vpc.ids.alibaba,
    RouterId: routerOf(network.vpc),
    RouterType: 'VRouter',
    ResourceGroupId: resourceGroupOf(network.vpc, owner),
    OwnerId: Number(owner.alibaba.uid),
    VSwitchIds: { VSwitchId: subnetsOf(table, network) },
    GatewayIds: { GatewayIds: [] },
    Tags: { Tag: table.tags.map(encodeTag) },
  }
}
