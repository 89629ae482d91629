import { DomainError } from '../domain/errors.ts'
import type { RouteTable, Subnet } from '../domain/network.ts'
import type { Tag } from '../domain/peering.ts'
import type { Vpc } from '../domain/vpc.ts'
import type { Change } from '../ports/store.ts'
import type { Caller, Context } from './context.ts'
import { save } from './save.ts'
import { showRouteTable, showSubnet, vpcOf } from './show-part.ts'
import { showVpc } from './show-vpc.ts'

/** What of a network has tags. */
const SHOW = { vpc: showVpc, subnet: showSubnet, 'route-table': showRouteTable } as const
export type TaggedKind = keyof typeof SHOW
type Tagged = Vpc | Subnet | RouteTable

/** Resources of one kind, by any dialect's ids. */
export interface TaggedResources {
  readonly kind: TaggedKind
  readonly ids: readonly string[]
}

/**
 * Sets tags on resources of the caller's, on all or on none; a key that is there gets the new value. Safe to repeat.
 * Throws `tag.resource-not-found`, `tag.limit-exceeded`, and what `save` throws.
 */
export function tagNetworks(
  context: Context,
  caller: Caller,
  input: TaggedResources & { tags: readonly Tag[]; limit: number },
): Promise<void> {
  return editTags(context, caller, input, (tags) => {
    const kept = tags.filter(({ key }) => !input.tags.some((tag) => tag.key === key))
    const all = [...kept, ...input.tags]
    if (all.length > input.limit) throw new DomainError('tag.limit-exceeded', { limit: input.limit })
    return all
  })
}

/** Takes tags off resources of the caller's, off all or off none; null takes all. Throws as `tagNetworks`. */
export function untagNetworks(
  context: Context,
  caller: Caller,
  input: TaggedResources & { keys: readonly string[] | null },
): Promise<void> {
  return editTags(context, caller, input, (tags) =>
    input.keys === null ? [] : tags.filter(({ key }) => !input.keys?.includes(key)),
  )
}

/** `tagNetworks` for VPCs. */
export function tagVpcs(
  context: Context,
  caller: Caller,
  input: { ids: readonly string[]; tags: readonly Tag[]; limit: number },
): Promise<void> {
  return tagNetworks(context, caller, { kind: 'vpc', ...input })
}

/** `untagNetworks` for VPCs. */
export function untagVpcs(
  context: Context,
  caller: Caller,
  input: { ids: readonly string[]; keys: readonly string[] | null },
): Promise<void> {
  return untagNetworks(context, caller, { kind: 'vpc', ...input })
}

function editTags(
  context: Context,
  caller: Caller,
  resources: TaggedResources,
  edit: (tags: readonly Tag[]) => readonly Tag[],
): Promise<void> {
  return save(
    context,
    caller,
    async () => {
      const found = await findAll(context, caller, resources)
      const nowMs = context.clock.now()
      const edited = found.map((from) => ({
        from,
        to: { ...from, tags: edit(from.tags), updatedAtMs: nowMs },
      }))
      return {
        change: await changeOf(context, caller, edited),
        result: undefined,
        resultId: found.map(({ id }) => id).join(' '),
        touches: [],
      }
    },
    async () => {},
  )
}

/** Each once. Throws `tag.resource-not-found`, naming all that the caller has not. */
async function findAll(
  context: Context,
  caller: Caller,
  { kind, ids }: TaggedResources,
): Promise<readonly Tagged[]> {
  const found = new Map<string, Tagged>()
  const missing: string[] = []
  for (const id of new Set(ids)) {
    try {
      const resource = await SHOW[kind](context, caller, { id })
      found.set(resource.id, resource)
    } catch (error) {
      if (!(error instanceof DomainError) || !error.code.endsWith('.not-found')) throw error
      missing.push(id)
    }
  }
  if (missing.length > 0) throw new DomainError('tag.resource-not-found', { ids: missing })
  return [...found.values()]
}

/** Each VPC is revised once, for itself or for its parts. */
async function changeOf(
  context: Context,
  caller: Caller,
  edited: readonly { from: Tagged; to: Tagged }[],
): Promise<Pick<Change, 'vpcs' | 'parts'>> {
  const vpcs = new Map<string, { from: Vpc; to: Vpc }>()
  const parts: { from: Subnet | RouteTable; to: Subnet | RouteTable }[] = []
  for (const { from, to } of edited) {
    if (isPart(from) && isPart(to)) {
      parts.push({ from, to })
      if (vpcs.has(from.vpc)) continue
      const vpc = await vpcOf(context, caller, from)
      vpcs.set(vpc.id, { from: vpc, to: { ...vpc, version: vpc.version + 1 } })
    } else if (!isPart(from) && !isPart(to)) {
      vpcs.set(from.id, { from, to: { ...to, version: from.version + 1 } })
    }
  }
  return { vpcs: [...vpcs.values()], parts }
}

function isPart(resource: Tagged): resource is Subnet | RouteTable {
  return 'kind' in resource
}
