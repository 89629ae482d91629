import { contains, formatAddress, parseAddress, parseCidr } from '../domain/cidr.ts'
import { DomainError } from '../domain/errors.ts'
import { type Port, parseDestination, type Subnet } from '../domain/network.ts'
import type { Page, PartQuery } from '../ports/store.ts'
import { allocate } from './allocate.ts'
import { type Caller, type Context, partyOf } from './context.ts'
import { allParts, draftPart, editNetwork } from './edit-network.ts'
import { showPort, showSubnet } from './show-part.ts'
import { showVpc } from './show-vpc.ts'

export interface CreatePort {
  /** Any dialect's id of a VPC of the caller's, and of a subnet of it. */
  readonly vpc: string
  readonly subnet: string
  /** An address of the subnet; null: any that is free. */
  readonly address: string | null
  /** The network namespace that the workload lives in; null: one is made. */
  readonly namespace: string | null
}

/**
 * Makes a place to plug a workload. Throws `vpc.not-found`, `subnet.not-found`, `port.address-unavailable`, and what
 * `save` throws.
 */
export function createPort(context: Context, caller: Caller, input: CreatePort): Promise<Port> {
  return editNetwork(
    context,
    caller,
    () => showVpc(context, caller, { id: input.vpc }),
    async (vpc) => {
      const subnet = await showSubnet(context, caller, { id: input.subnet })
      if (subnet.vpc !== vpc.id) throw new DomainError('subnet.not-found', { id: input.subnet })
      const others = (await allParts(context, 'port', { vpcs: [vpc.id] })).filter(
        (other) => other.subnet === subnet.id,
      )
      const draft = draftPart(context, 'port', vpc, { name: '', description: '' })
      const port: Port = {
        ...draft,
        subnet: subnet.id,
        addresses: chooseAddresses(subnet, others, input.address),
        // A dry run must not use up a number.
        mac: caller.dryRun ? '' : macOf(await allocate(context, `port ${draft.id}`)),
        namespace: input.namespace,
      }
      return { parts: [{ from: null, to: port }], result: port, resultId: port.id }
    },
    (id) => showPort(context, caller, { id }),
  )
}

/** The `number`th link address of ours: locally administered, not a group's. */
function macOf(number: number): string {
  const hex = number.toString(16).padStart(8, '0')
  return ['02', '15', ...(hex.match(/../g) ?? [])].join(':')
}

/** One address of each family: the one that was asked for, else the first that is free. */
function chooseAddresses(subnet: Subnet, others: readonly Port[], asked: string | null): readonly string[] {
  const taken = new Set([subnet.gateway, ...others.flatMap(({ addresses }) => addresses)])
  const wanted = asked === null ? null : parseAddress(asked)
  const unavailable = (address: string) =>
    new DomainError('port.address-unavailable', { address, subnet: subnet.id })
  if (asked !== null && !wanted) throw unavailable(asked)
  const addresses = subnet.cidrs.map((cidr) => {
    const block = parseCidr(cidr)
    if (!block) throw unavailable(cidr)
    const first = formatAddress(block.family, block.base + 1n)
    if (wanted && wanted.family === block.family) {
      const address = formatAddress(wanted.family, wanted.value)
      const target = parseDestination(address)
      const usable = target && contains(block, target) && isHost(block, wanted.value) && address !== first
      if (!usable || taken.has(address)) throw unavailable(address)
      return address
    }
    const width = BigInt(block.family === 4 ? 32 : 128)
    const end = block.base + (1n << (width - BigInt(block.bits)))
    // The first address is the router's, whatever the gateway of the other family.
    for (let value = block.base + 2n; value < end; value++) {
      const address = formatAddress(block.family, value)
      if (isHost(block, value) && !taken.has(address)) return address
    }
    throw unavailable(cidr)
  })
  if (wanted && !addresses.includes(formatAddress(wanted.family, wanted.value)))
    throw unavailable(asked ?? '')
  return addresses
}

/** Neither the address of the network itself nor, in IPv4, the broadcast address. */
function isHost(block: { family: 4 | 6; base: bigint; bits: number }, value: bigint): boolean {
  const size = 1n << BigInt((block.family === 4 ? 32 : 128) - block.bits)
  return value !== block.base && (block.family === 6 || value !== block.base + size - 1n)
}

/** Takes a port away. Throws `vpc.not-found`, `port.not-found`, and what `save` throws. */
export function deletePort(
  context: Context,
  caller: Caller,
  input: { vpc: string; id: string },
): Promise<void> {
  return editNetwork(
    context,
    caller,
    () => showVpc(context, caller, { id: input.vpc }),
    async (vpc) => {
      const from = await showPort(context, caller, input)
      if (from.vpc !== vpc.id) throw new DomainError('port.not-found', { id: input.id })
      return { parts: [{ from, to: null }], result: undefined, resultId: from.id }
    },
    async () => {},
  )
}

/** The caller's ports; the operator sees everybody's. */
export function listPorts(
  context: Context,
  caller: Caller,
  filter: Omit<PartQuery, 'party'>,
): Promise<Page<Port>> {
  return context.store.listParts('port', { ...filter, party: partyOf(caller) })
}
