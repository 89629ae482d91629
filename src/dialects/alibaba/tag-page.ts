import type { Tag } from '../../domain/peering.ts'
import type { Window } from '../../ports/store.ts'
import type { Cursor } from './codec.ts'

/** One tag of one resource. */
export interface TagEntry<T> {
  readonly resource: T
  readonly tag: Tag
}

export interface TagPage<T> {
  readonly entries: readonly TagEntry<T>[]
  readonly limit: number
  /** Null on the last page. */
  readonly next: Cursor | null
}

const BATCH = 100

/** One page of tags of what `read` answers in the order of ids. It may begin and end between two tags of one resource. */
export async function tagPage<T>(
  limit: number,
  cursor: Cursor,
  read: (window: Window) => Promise<readonly T[]>,
  look: (resource: T) => { readonly id: string; readonly tags: readonly Tag[] },
): Promise<TagPage<T>> {
  const entries: TagEntry<T>[] = []
  let { after, skip } = cursor
  for (;;) {
    const items = await read({ limit: BATCH, ...(after !== null && { after }) })
    for (const resource of items) {
      const { id, tags } = look(resource)
      for (const [index, tag] of tags.entries()) {
        if (index < skip) continue
        if (entries.length === limit) return { entries, limit, next: { after, skip: index } }
        entries.push({ resource, tag })
      }
      after = id
      skip = 0
    }
    if (items.length < BATCH) return { entries, limit, next: null }
  }
}
