import { DomainError } from '../domain/errors.ts'
import type { Tag } from '../domain/peering.ts'
import type { Caller, Context } from './context.ts'
import { loadPeering } from './load-peering.ts'
import { editPeerings } from './update-peering.ts'

/**
 * Sets tags on peerings of the caller's, on all or on none; each side has its own. A key that is there gets the new value. Throws
 * `tag.resource-not-found` before anything is changed, `tag.limit-exceeded`, and what `editPeerings` throws.
 */
export function tagPeerings(
  context: Context,
  caller: Caller,
  input: { ids: readonly string[]; tags: readonly Tag[]; limit: number },
): Promise<void> {
  return editTags(context, caller, input.ids, (tags) => {
    const kept = tags.filter(({ key }) => !input.tags.some((tag) => tag.key === key))
    const all = [...kept, ...input.tags]
    if (all.length > input.limit) throw new DomainError('tag.limit-exceeded', { limit: input.limit })
    return all
  })
}

/** Takes tags off peerings of the caller's; null takes all. Throws as `tagPeerings`. Safe to repeat. */
export function untagPeerings(
  context: Context,
  caller: Caller,
  input: { ids: readonly string[]; keys: readonly string[] | null },
): Promise<void> {
  return editTags(context, caller, input.ids, (tags) =>
    input.keys === null ? [] : tags.filter(({ key }) => !input.keys?.includes(key)),
  )
}

async function editTags(
  context: Context,
  caller: Caller,
  ids: readonly string[],
  edit: (tags: readonly Tag[]) => readonly Tag[],
): Promise<void> {
  const missing: string[] = []
  for (const id of ids) {
    await loadPeering(context, caller, id).catch((error: unknown) => {
      if (!(error instanceof DomainError) || error.code !== 'peering.not-found') throw error
      missing.push(id)
    })
  }
  if (missing.length > 0) throw new DomainError('tag.resource-not-found', { ids: missing })
  await editPeerings(context, caller, ids, (peering, side) => {
    const { tags } = peering.attributes
    return { ...peering, attributes: { ...peering.attributes, tags: { ...tags, [side]: edit(tags[side]) } } }
  })
}
