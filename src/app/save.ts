import { DomainError } from '../domain/errors.ts'
import type { Change, Claim, Conflict } from '../ports/store.ts'
import type { Caller, Context } from './context.ts'
import { expirePeerings } from './expire-peerings.ts'

/** A change that a use case has decided on, from what it read. */
export interface Plan<T> {
  readonly change: Omit<Change, 'nowMs' | 'claims' | 'dryRun'>
  /** What the use case answers once the change is committed. */
  readonly result: T
  /** The id under which `result` can be found again when an idempotency token comes back. */
  readonly resultId: string
  /** The ids of what is being changed, for dialects that refuse to change one thing twice at a time. */
  readonly touches: readonly string[]
}

const IDEMPOTENCY_LIFETIME_MS = 24 * 60 * 60 * 1000
const ATTEMPTS = 20

/**
 * Plans a change and commits it; plans it anew where what it took for granted no longer holds. `plan` is called
 * again for every attempt and must read afresh. `recall` finds the result of an earlier request that spent the
 * same idempotency token.
 *
 * Throws what `plan` throws, and a failure for each conflict that looking again does not mend. Nothing is written
 * then. Under a dry run nothing is ever written.
 */
export async function save<T>(
  context: Context,
  caller: Caller,
  plan: () => Promise<Plan<T>>,
  recall: (resultId: string) => Promise<T>,
): Promise<T> {
  const spent = caller.once && (await context.store.findClaim(caller.once.key, context.clock.realNow()))
  if (spent) return recallClaim(caller, spent, recall)
  let swept = false
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const { change, result, resultId, touches } = await plan()
    const nowMs = context.clock.realNow()
    const claims = caller.once && !caller.dryRun ? [claimFor(caller.once, resultId, nowMs)] : []
    const outcome = await holding(context, caller, touches, () =>
      context.store.commit({ ...change, claims, nowMs, dryRun: caller.dryRun }),
    )
    if (outcome.ok) return result
    const { conflict } = outcome
    if (conflict.kind === 'claimed') return recallClaim(caller, conflict.claim, recall)
    if (conflict.kind === 'stale' && caller.profile.concurrentChange === 'refuse') break
    if (conflict.kind === 'pair-taken' || conflict.kind === 'quota') {
      // What stands in the way may be a request whose time is up and that nothing has swept yet.
      if (swept || (await expirePeerings(context)) === 0) throw failureOf(conflict)
      swept = true
    } else if (conflict.kind === 'vpc-peered' || conflict.kind === 'name-taken') throw failureOf(conflict)
  }
  throw new DomainError('peering.busy', { id: '' })
}

function claimFor(once: { key: string; fingerprint: string }, result: string, nowMs: number): Claim {
  return { ...once, result, expiresAtMs: nowMs + IDEMPOTENCY_LIFETIME_MS }
}

async function recallClaim<T>(caller: Caller, claim: Claim, recall: (id: string) => Promise<T>): Promise<T> {
  if (claim.fingerprint !== caller.once?.fingerprint) {
    throw new DomainError('idempotency.mismatch', { token: claim.key })
  }
  return recall(claim.result)
}

/** Runs `commit` while `ids` are marked as being changed; throws `peering.busy` where the dialect minds that they are. */
async function holding<T>(
  context: Context,
  caller: Caller,
  ids: readonly string[],
  commit: () => Promise<T>,
): Promise<T> {
  const { inFlight } = context
  if (caller.profile.concurrentChange === 'refuse') {
    const busy = ids.find((id) => inFlight.has(id))
    if (busy !== undefined) throw new DomainError('peering.busy', { id: busy })
  }
  for (const id of ids) inFlight.set(id, (inFlight.get(id) ?? 0) + 1)
  try {
    return await commit()
  } finally {
    for (const id of ids) {
      const left = (inFlight.get(id) ?? 1) - 1
      if (left > 0) inFlight.set(id, left)
      else inFlight.delete(id)
    }
  }
}

function failureOf(
  conflict: Extract<Conflict, { kind: 'pair-taken' | 'quota' | 'vpc-peered' | 'name-taken' }>,
) {
  switch (conflict.kind) {
    case 'pair-taken':
      return new DomainError('peering.exists', { id: conflict.peering, requester: '', accepter: '' })
    case 'quota':
      return new DomainError('quota.exceeded', {
        quota: conflict.counter.quota,
        limit: conflict.limit,
        used: conflict.used,
      })
    case 'vpc-peered':
      return new DomainError('vpc.in-use', { id: conflict.vpc, peering: conflict.peering })
    case 'name-taken':
      return new DomainError('vpc.name-taken', { name: conflict.name })
  }
}
