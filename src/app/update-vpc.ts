import { allowBlock, allowBlockRemoval, allowSubnet } from '../domain/network.ts'
import type { Tag } from '../domain/peering.ts'
import type { Vpc, VpcAttributes } from '../domain/vpc.ts'
import { canonicalBlocks } from './canonical-blocks.ts'
import type { Caller, Context } from './context.ts'
import { nameCondition } from './create-vpc.ts'
import { allParts, editNetwork } from './edit-network.ts'
import { allowBlocksAmongNeighbours } from './find-neighbours.ts'
import { showVpc } from './show-vpc.ts'

/** What may be changed of a VPC. An absent member stays as it is. */
export interface VpcPatch {
  readonly name?: string
  readonly description?: string
  readonly tags?: readonly Tag[]
  readonly attributes?: Partial<VpcAttributes>
  /** Its first block, in any spelling; the subnets must still be inside its blocks. */
  readonly primaryCidr?: string
  /** Further blocks, in any spelling. */
  readonly addCidrs?: readonly string[]
  readonly removeCidrs?: readonly string[]
}

/**
 * Changes a VPC. Throws `peering.overlap*` where the dialect minds, `vpc.not-found`, `vpc.name-taken`, `vpc.cidr-*`, `subnet.outside-vpc`, `request.invalid` for
 * a bad block, and what `save` throws.
 */
export function updateVpc(context: Context, caller: Caller, input: VpcPatch & { id: string }): Promise<Vpc> {
  return editNetwork(
    context,
    caller,
    () => showVpc(context, caller, input),
    async (before, nowMs) => {
      const { name, description, tags, attributes } = input
      const vpc: Vpc = {
        ...before,
        name: name ?? before.name,
        description: description ?? before.description,
        tags: tags ?? before.tags,
        attributes: { ...before.attributes, ...attributes },
        cidrs: await newBlocks(context, caller, before, input),
      }
      const result = { ...vpc, updatedAtMs: nowMs, version: before.version + 1 }
      const gained = vpc.cidrs.filter((cidr) => !before.cidrs.includes(cidr))
      const conditions = [
        ...(vpc.name === before.name ? [] : nameCondition(caller, vpc)),
        ...(await allowBlocksAmongNeighbours(context, caller.profile, before, gained)),
      ]
      return { vpc, conditions, result, resultId: vpc.id }
    },
    (id) => showVpc(context, caller, { id }),
  )
}

async function newBlocks(
  context: Context,
  caller: Caller,
  vpc: Vpc,
  { primaryCidr, addCidrs = [], removeCidrs = [] }: VpcPatch,
): Promise<readonly string[]> {
  if (primaryCidr === undefined && addCidrs.length === 0 && removeCidrs.length === 0) return vpc.cidrs
  const subnets = await allParts(context, 'subnet', { vpcs: [vpc.id] })
  let cidrs = vpc.cidrs
  for (const cidr of canonicalBlocks(removeCidrs)) {
    allowBlockRemoval({ ...vpc, cidrs: cidrs.slice(1) }, subnets, cidr)
    cidrs = cidrs.filter((present) => present !== cidr)
  }
  if (primaryCidr !== undefined) {
    const [primary] = canonicalBlocks([primaryCidr])
    if (primary !== undefined && primary !== cidrs[0]) {
      const others = cidrs.slice(1)
      allowBlock({ ...vpc, cidrs: others }, primary, null)
      cidrs = [primary, ...others]
      for (const subnet of subnets) allowSubnet({ ...vpc, cidrs }, [], subnet.cidrs)
    }
  }
  for (const cidr of canonicalBlocks(addCidrs)) {
    allowBlock({ ...vpc, cidrs }, cidr, caller.profile.extraCidrs)
    cidrs = [...cidrs, cidr]
  }
  return cidrs
}
