import type { NetworkPart, PartKind, PartOf } from '../domain/network.ts'
import type { Vpc } from '../domain/vpc.ts'
import type { Condition, PartQuery, PartRevision } from '../ports/store.ts'
import type { Caller, Context } from './context.ts'
import { save } from './save.ts'

/** What becomes of a VPC and its parts. */
export interface NetworkEdit<T> {
  /** What changes of the VPC itself. */
  readonly vpc?: Partial<Vpc>
  readonly parts?: readonly PartRevision[]
  readonly conditions?: readonly Condition[]
  readonly result: T
  /** The ids under which `recall` finds the result again, where an idempotency token comes back. */
  readonly resultId: string
}

/**
 * Finds a VPC, lets `edit` say what becomes of it and its parts, and saves all of it or none. Whatever `edit` reads of
 * the VPC holds when it is saved, for every change of a part raises the version of its VPC.
 *
 * Throws what `locate` and `edit` throw, and what `save` throws.
 */
export function editNetwork<T>(
  context: Context,
  caller: Caller,
  locate: () => Promise<Vpc>,
  edit: (vpc: Vpc, nowMs: number) => Promise<NetworkEdit<T>>,
  recall: (resultId: string) => Promise<T>,
): Promise<T> {
  return save(
    context,
    caller,
    async () => {
      const vpc = await locate()
      const nowMs = context.clock.now()
      const { vpc: patch, parts = [], conditions = [], result, resultId } = await edit(vpc, nowMs)
      const to = { ...vpc, ...patch, ...(patch && { updatedAtMs: nowMs }), version: vpc.version + 1 }
      return {
        change: { vpcs: [{ from: vpc, to }], parts, conditions },
        result,
        resultId,
        // Parts of one VPC are changed side by side, by clients that make many at once; a loser just looks again.
        touches: [],
      }
    },
    recall,
  )
}

/** Every part of a kind that matches: a VPC has few enough of each. */
export async function allParts<K extends PartKind>(
  context: Context,
  kind: K,
  filter: Partial<PartQuery>,
): Promise<readonly PartOf<K>[]> {
  const window = { limit: Number.MAX_SAFE_INTEGER }
  return (await context.store.listParts(kind, { party: null, window, withTotal: false, ...filter })).items
}

/** What a new part of `vpc` has like any other. */
export function draftPart<K extends PartKind>(
  context: Context,
  kind: K,
  vpc: Vpc,
  said: Pick<NetworkPart, 'name' | 'description'> & Partial<Pick<NetworkPart, 'tags'>>,
) {
  const ids = context.ids.part(kind)
  const nowMs = context.clock.now()
  return {
    kind,
    id: ids.huawei as NetworkPart['id'],
    ids,
    tenant: vpc.tenant,
    region: vpc.region,
    vpc: vpc.id,
    name: said.name,
    description: said.description,
    tags: said.tags ?? [],
    createdAtMs: nowMs,
    updatedAtMs: nowMs,
  }
}
