import { DomainError } from '../domain/errors.ts'
import type { RouteTable, Subnet } from '../domain/network.ts'
import type { Tag } from '../domain/peering.ts'
import type { Caller, Context } from './context.ts'
import { editNetwork } from './edit-network.ts'
import { showRouteTable, showSubnet, vpcOf } from './show-part.ts'
import { showVpc } from './show-vpc.ts'
import { editPeering } from './update-peering.ts'

export interface ChangeTags {
  readonly kind: 'vpc' | 'subnet' | 'route-table' | 'peering'
  /** Any dialect's id of a resource of that kind of the caller's. */
  readonly id: string
  /** A key that is there gets the new value. */
  readonly set: readonly Tag[]
  /** Keys; those that are not there do no harm. */
  readonly remove: readonly string[]
  /** How many tags a resource may have. */
  readonly limit: number
}

/**
 * Sets some tags of a resource and takes others off, in one step; of a peering, those of the caller's side. Safe to
 * repeat. Throws `*.not-found`, `tag.limit-exceeded`, and what `save` throws.
 */
export async function changeTags(context: Context, caller: Caller, input: ChangeTags): Promise<void> {
  const edit = (tags: readonly Tag[]) => editedTags(tags, input)
  if (input.kind === 'peering') {
    await editPeering(context, caller, input.id, (peering, side) => {
      const { tags } = peering.attributes
      return {
        ...peering,
        attributes: { ...peering.attributes, tags: { ...tags, [side]: edit(tags[side]) } },
      }
    })
  } else if (input.kind === 'vpc') {
    const locate = () => showVpc(context, caller, input)
    await editNetwork(
      context,
      caller,
      locate,
      async (vpc) => ({ vpc: { tags: edit(vpc.tags) }, result: null, resultId: vpc.id }),
      async () => null,
    )
  } else await changePartTags(context, caller, input.kind, input.id, edit)
}

async function changePartTags(
  context: Context,
  caller: Caller,
  kind: 'subnet' | 'route-table',
  id: string,
  edit: (tags: readonly Tag[]) => readonly Tag[],
): Promise<void> {
  let part: Subnet | RouteTable
  await editNetwork(
    context,
    caller,
    async () => {
      part = await (kind === 'subnet' ? showSubnet : showRouteTable)(context, caller, { id })
      return vpcOf(context, caller, part)
    },
    async (_, nowMs) => {
      const to = { ...part, tags: edit(part.tags), updatedAtMs: nowMs }
      return { parts: [{ from: part, to }], result: null, resultId: part.id }
    },
    async () => null,
  )
}

function editedTags(tags: readonly Tag[], { set, remove, limit }: ChangeTags): readonly Tag[] {
  const kept = tags.filter(({ key }) => !remove.includes(key) && !set.some((tag) => tag.key === key))
  const all = [...kept, ...set]
  if (all.length > limit) throw new DomainError('tag.limit-exceeded', { limit })
  return all
}
