import { counterMoves } from '../../../domain/quota.ts'
import type { Condition } from '../../../ports/store.ts'
import { conflictOf, type SealedChange } from '../conflicts.ts'
import { pairKey, Snapshot, type Writes } from './snapshot.ts'

/** A batch that is taken to conflict with nothing. */
export interface Presumption {
  /** Events are numbered from 1; counters are what they move by. */
  readonly writes: Writes
  /** The number of the last event of each change, or before it. */
  readonly sequences: readonly number[]
  readonly read: Read
}

/** What is only read, and must hold before the first of the changes: no constraint and no condition of a write sees to it. */
export interface Read {
  /** VPCs that are there. */
  readonly vpcs: ReadonlySet<string>
  /** Versions of VPCs, peerings, and policies of consent, by whose they are. */
  readonly versions: Readonly<Record<'vpcs' | 'peerings' | 'consents', ReadonlyMap<string, number>>>
  /** Of counters: what their sum may come to at most. */
  readonly sums: readonly { readonly keys: readonly string[]; readonly most: number }[]
}

/** What a change may have and be presumed to conflict with nothing. Of all else it is looked up first. */
const PRESUMABLE: ReadonlySet<string> = new Set<keyof SealedChange>([
  'peerings',
  'events',
  'claims',
  'conditions',
  'nowMs',
])

/**
 * Takes everything that `changes` say about what they have read for true, as it mostly is: whoever asks has read it a moment
 * ago. Null where that cannot be, or where the database could not check it in the same transaction.
 *
 * New ids and pairs are free, or a unique index refuses them; what is changed is as it was read, or the conditional update
 * does not find it; claims are made, or their rows are in the way. The rest is in `read`: see `presumed-write.ts`.
 */
export function presume(changes: readonly SealedChange[]): Presumption | null {
  if (!changes.every(presumable)) return null
  const snapshot = before(changes)
  const reading = new Reading()
  const sequences: number[] = []
  for (const change of changes) {
    if (conflictOf({ ...change, conditions: [] }, snapshot)) return null
    if (!reading.takes(change, snapshot)) return null
    snapshot.apply(change)
    sequences.push(snapshot.sequence)
  }
  const { writes } = snapshot
  return writes.empty || takesPlace(writes) ? null : { writes, sequences, read: reading }
}

/** Whether a peering that begins may take the place of one that ends: then the one must be written before the other. */
function takesPlace({ peerings }: Writes): boolean {
  const all = [...peerings.values()]
  const pairs = new Set<string>()
  for (const { from, to } of all) if (from !== null) pairs.add(pairKey(to.requester.vpc, to.accepter.vpc))
  return all.some(({ from, to }) => from === null && pairs.has(pairKey(to.requester.vpc, to.accepter.vpc)))
}

function presumable(change: SealedChange): boolean {
  return Object.entries(change).every(
    ([name, value]) =>
      PRESUMABLE.has(name) ||
      value === undefined ||
      value === false ||
      (Array.isArray(value) && value.length === 0),
  )
}

/** What there was before the first of `changes`, as all of them say: an earlier one must not miss what a later one ends. */
function before(changes: readonly SealedChange[]): Snapshot {
  const snapshot = new Snapshot(0)
  const revisions = changes.flatMap(({ peerings = [] }) => peerings)
  const added = new Set(revisions.filter(({ from }) => from === null).map(({ to }) => to.id))
  for (const { from, to } of revisions) {
    if (from === null || added.has(to.id) || snapshot.version('peerings', to.id) !== null) continue
    const [requester, accepter] = [to.requester.vpc, to.accepter.vpc]
    snapshot.addPeering({ ids: to.ids, ...from, requester, accepter })
  }
  return snapshot
}

class Reading implements Read {
  readonly vpcs = new Set<string>()
  readonly versions = {
    vpcs: new Map<string, number>(),
    peerings: new Map<string, number>(),
    consents: new Map<string, number>(),
  }
  /** By the key of the counter that is the sum. */
  readonly #sums = new Map<string, Read['sums'][number]>()

  get sums(): Read['sums'] {
    return [...this.#sums.values()]
  }

  /** Whether all conditions of `change` can hold after those before it, as `snapshot` has them. */
  takes(change: SealedChange, snapshot: Snapshot): boolean {
    const moves = (change.peerings ?? []).flatMap(({ from, to }) => counterMoves(from?.state ?? null, to))
    return (change.conditions ?? []).every((condition) => this.#takes(condition, snapshot, moves))
  }

  #takes(condition: Condition, snapshot: Snapshot, moves: ReturnType<typeof counterMoves>): boolean {
    switch (condition.kind) {
      case 'vpc-exists':
        this.vpcs.add(condition.vpc)
        return true
      case 'unchanged': {
        const { of, id, version } = condition
        const written = of === 'peerings' ? snapshot.version(of, id) : null
        return written === null ? agree(this.versions[of], id, version) : written === version
      }
      case 'consent-is':
        return agree(this.versions.consents, condition.tenant, condition.version)
      case 'quota': {
        const { counter, limit } = condition
        let most = limit - snapshot.used(counter)
        for (const move of moves) if (move.counter.key === counter.key) most -= move.by
        const known = this.#sums.get(counter.key)
        if (!known || most < known.most) this.#sums.set(counter.key, { keys: counter.sumOf, most })
        return true
      }
      default:
        return false
    }
  }
}

/** Whether nothing else was said of `key` before. */
function agree(known: Map<string, number>, key: string, version: number): boolean {
  if (!known.has(key)) known.set(key, version)
  return known.get(key) === version
}
