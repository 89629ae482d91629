import { formatAddress, parseCidr } from '../domain/cidr.ts'
import { DomainError } from '../domain/errors.ts'
import { allowSubnet, type RouteTable, type Subnet, type SubnetDhcp } from '../domain/network.ts'
import type { Tag } from '../domain/peering.ts'
import type { Vpc } from '../domain/vpc.ts'
import { canonicalBlocks } from './canonical-blocks.ts'
import type { Caller, Context } from './context.ts'
import { allParts, draftPart, editNetwork } from './edit-network.ts'
import { showRouteTable, showSubnet, vpcOf } from './show-part.ts'
import { showVpc } from './show-vpc.ts'

export interface NewSubnet {
  readonly name: string
  readonly description: string
  /** CIDR texts in any spelling: an IPv4 block, an IPv6 block, or one of each. */
  readonly cidrs: readonly string[]
  readonly zone: string
  /** Null: the first address of the first block. */
  readonly gateway: string | null
  readonly dnsServers: readonly string[]
  readonly dhcp?: SubnetDhcp
  readonly tags?: readonly Tag[]
  /** Any dialect's id of a route table of the same VPC; absent: it goes by the default one. */
  readonly routeTable?: string
}

export interface CreateSubnet extends NewSubnet {
  /** Any dialect's id of a VPC of the caller's. */
  readonly vpc: string
}

/** Makes a subnet of a VPC. Throws as `createSubnets`. */
export async function createSubnet(
  context: Context,
  caller: Caller,
  { vpc, ...said }: CreateSubnet,
): Promise<Subnet> {
  const [subnet] = await createSubnets(context, caller, { vpc, subnets: [said] })
  if (!subnet) throw new DomainError('service.internal', {})
  return subnet
}

/**
 * Makes subnets of one VPC, all or none. Throws `vpc.not-found`, `route-table.not-found`, also for one of another VPC,
 * and what `draftSubnets` and `save` throw.
 */
export async function createSubnets(
  context: Context,
  caller: Caller,
  input: { vpc: string; subnets: readonly NewSubnet[] },
): Promise<readonly Subnet[]> {
  const wanted = input.subnets.map((said) => ({ ...said, cidrs: canonicalBlocks(said.cidrs) }))
  return editNetwork(
    context,
    caller,
    () => showVpc(context, caller, { id: input.vpc }),
    async (vpc) => {
      const tables = new Map<string, RouteTable>()
      for (const { routeTable: id } of wanted) {
        if (id === undefined || tables.has(id)) continue
        const table = await showRouteTable(context, caller, { id })
        if (table.vpc !== vpc.id) throw new DomainError('route-table.not-found', { id })
        tables.set(id, table)
      }
      const present = await allParts(context, 'subnet', { vpcs: [vpc.id] })
      const subnets = draftSubnets(context, vpc, present, wanted, tables)
      const parts = subnets.map((to) => ({ from: null, to }))
      return { parts, result: subnets, resultId: subnets.map(({ id }) => id).join(' ') }
    },
    (ids) => Promise.all(ids.split(' ').map((id) => showSubnet(context, caller, { id }))),
  )
}

/**
 * New subnets of `vpc` beside those `present`, by the tables that their ids name. Throws `request.invalid` for a bad
 * block, `subnet.outside-vpc`, `subnet.overlap`.
 */
export function draftSubnets(
  context: Context,
  vpc: Vpc,
  present: readonly Subnet[],
  wanted: readonly NewSubnet[],
  tables: ReadonlyMap<string, RouteTable> = new Map(),
): readonly Subnet[] {
  const drafts: Subnet[] = []
  for (const said of wanted) {
    const cidrs = canonicalBlocks(said.cidrs)
    allowSubnet(vpc, [...present, ...drafts], cidrs)
    const table = tables.get(said.routeTable ?? '')
    drafts.push({
      ...draftPart(context, 'subnet', vpc, said),
      cidrs,
      zone: said.zone,
      gateway: said.gateway ?? firstAddress(cidrs[0] ?? ''),
      dnsServers: said.dnsServers,
      ...(said.dhcp && { dhcp: said.dhcp }),
      routeTable: table && !table.isDefault ? table.id : null,
    })
  }
  return drafts
}

function firstAddress(cidr: string): string {
  const block = parseCidr(cidr)
  return block ? formatAddress(block.family, block.base + 1n) : ''
}

/** What may be changed of a subnet. An absent member stays as it is. */
export type SubnetPatch = Partial<
  Pick<Subnet, 'name' | 'description' | 'dnsServers' | 'dhcp' | 'tags' | 'broadcast'>
>

/** Throws `subnet.not-found`, and what `save` throws. */
export function updateSubnet(
  context: Context,
  caller: Caller,
  input: SubnetPatch & { id: string; vpc?: string },
): Promise<Subnet> {
  const { id, vpc: _vpc, ...patch } = input
  let subnet: Subnet
  return editNetwork(
    context,
    caller,
    async () => {
      subnet = await findIn(context, caller, input)
      return vpcOf(context, caller, subnet)
    },
    async (_, nowMs) => {
      const to: Subnet = { ...subnet, ...patch, updatedAtMs: nowMs }
      return { parts: [{ from: subnet, to }], result: to, resultId: to.id }
    },
    (again) => showSubnet(context, caller, { id: again }),
  )
}

/** Throws `subnet.not-found`, `subnet.in-use` by a port, and what `save` throws. */
export function deleteSubnet(
  context: Context,
  caller: Caller,
  input: { id: string; vpc?: string },
): Promise<void> {
  let subnet: Subnet
  return editNetwork(
    context,
    caller,
    async () => {
      subnet = await findIn(context, caller, input)
      return vpcOf(context, caller, subnet)
    },
    async () => {
      const ports = await allParts(context, 'port', { vpcs: [subnet.vpc] })
      const port = ports.find((each) => each.subnet === subnet.id)
      if (port) throw new DomainError('subnet.in-use', { id: subnet.id, port: port.id })
      return { parts: [{ from: subnet, to: null }], result: undefined, resultId: subnet.id }
    },
    async () => {},
  )
}

/** The caller's subnet; where the request names its VPC too, it must be in that one. */
async function findIn(
  context: Context,
  caller: Caller,
  input: { id: string; vpc?: string },
): Promise<Subnet> {
  const subnet = await showSubnet(context, caller, input)
  if (input.vpc === undefined) return subnet
  const vpc = await showVpc(context, caller, { id: input.vpc })
  if (subnet.vpc !== vpc.id) throw new DomainError('subnet.not-found', { id: input.id })
  return subnet
}
