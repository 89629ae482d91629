import { formatAddress, parseCidr } from '../domain/cidr.ts'
import { DomainError } from '../domain/errors.ts'
import { allowSubnet, type Subnet } from '../domain/network.ts'
import type { Tag } from '../domain/peering.ts'
import type { Caller, Context } from './context.ts'
import { canonicalBlocks } from './create-vpc.ts'
import { allParts, draftPart, editNetwork } from './edit-network.ts'
import { showSubnet, vpcOf } from './show-part.ts'
import { showVpc } from './show-vpc.ts'

export interface CreateSubnet {
  /** Any dialect's id of a VPC of the caller's. */
  readonly vpc: string
  readonly name: string
  readonly description: string
  /** CIDR texts in any spelling: an IPv4 block, an IPv6 block, or one of each. */
  readonly cidrs: readonly string[]
  readonly zone: string
  /** Null: the first address of the first block. */
  readonly gateway: string | null
  readonly dnsServers: readonly string[]
  readonly tags?: readonly Tag[]
}

/**
 * Makes a subnet of a VPC. Throws `vpc.not-found`, `request.invalid` for a bad block, `subnet.outside-vpc`,
 * `subnet.overlap`, and what `save` throws.
 */
export function createSubnet(context: Context, caller: Caller, input: CreateSubnet): Promise<Subnet> {
  const cidrs = canonicalBlocks(input.cidrs)
  return editNetwork(
    context,
    caller,
    () => showVpc(context, caller, { id: input.vpc }),
    async (vpc) => {
      allowSubnet(vpc, await allParts(context, 'subnet', { vpcs: [vpc.id] }), cidrs)
      const subnet: Subnet = {
        ...draftPart(context, 'subnet', vpc, input),
        cidrs,
        zone: input.zone,
        gateway: input.gateway ?? firstAddress(cidrs[0] ?? ''),
        dnsServers: input.dnsServers,
        routeTable: null,
      }
      return { parts: [{ from: null, to: subnet }], result: subnet, resultId: subnet.id }
    },
    (id) => showSubnet(context, caller, { id }),
  )
}

function firstAddress(cidr: string): string {
  const block = parseCidr(cidr)
  return block ? formatAddress(block.family, block.base + 1n) : ''
}

/** What may be changed of a subnet. An absent member stays as it is. */
export type SubnetPatch = Partial<Pick<Subnet, 'name' | 'description' | 'dnsServers' | 'tags'>>

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

/** Throws `subnet.not-found`, and what `save` throws. */
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
    async () => ({ parts: [{ from: subnet, to: null }], result: undefined, resultId: subnet.id }),
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
