import { DomainError } from '../domain/errors.ts'
import { allowBlock, allowBlockRemoval, allowSubnet } from '../domain/network.ts'
import type { Tag } from '../domain/peering.ts'
import type { Vpc, VpcAttributes } from '../domain/vpc.ts'
import type { Caller, Context } from './context.ts'
import { canonicalBlocks, nameCondition } from './create-vpc.ts'
import { allParts, editNetwork } from './edit-network.ts'
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
 * Changes a VPC. Throws `vpc.not-found`, `vpc.name-taken`, `vpc.cidr-*`, `subnet.outside-vpc`, `request.invalid` for
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
      const conditions = vpc.name === before.name ? [] : nameCondition(caller, vpc)
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

/** Sets tags on VPCs of the caller's, one after another; a key that is there gets the new value. Safe to repeat. */
export async function tagVpcs(
  context: Context,
  caller: Caller,
  input: { ids: readonly string[]; tags: readonly Tag[]; limit: number },
): Promise<void> {
  await editTags(context, caller, input.ids, (tags) => {
    const kept = tags.filter(({ key }) => !input.tags.some((tag) => tag.key === key))
    const all = [...kept, ...input.tags]
    if (all.length > input.limit) throw new DomainError('tag.limit-exceeded', { limit: input.limit })
    return all
  })
}

/** Takes tags off VPCs of the caller's; null takes all. Safe to repeat. */
export async function untagVpcs(
  context: Context,
  caller: Caller,
  input: { ids: readonly string[]; keys: readonly string[] | null },
): Promise<void> {
  await editTags(context, caller, input.ids, (tags) =>
    input.keys === null ? [] : tags.filter(({ key }) => !input.keys?.includes(key)),
  )
}

/** Throws `tag.resource-not-found` before anything is changed, and what `edit` and `save` throw. */
async function editTags(
  context: Context,
  caller: Caller,
  ids: readonly string[],
  edit: (tags: readonly Tag[]) => readonly Tag[],
): Promise<void> {
  const found: Vpc[] = []
  const missing: string[] = []
  for (const id of new Set(ids)) {
    await showVpc(context, caller, { id }).then(
      (vpc) => found.push(vpc),
      (error: unknown) => {
        if (!(error instanceof DomainError) || error.code !== 'vpc.not-found') throw error
        missing.push(id)
      },
    )
  }
  if (missing.length > 0) throw new DomainError('tag.resource-not-found', { ids: missing })
  for (const { id } of found) {
    await editNetwork(
      context,
      caller,
      () => showVpc(context, caller, { id }),
      async (vpc) => ({ vpc: { tags: edit(vpc.tags) }, result: null, resultId: vpc.id }),
      async () => null,
    )
  }
}
