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
  /** The ids of what is being changed, for dialects that refuse to change one thing twice at a time; of nothing else. */
  readonly touches: readonly string[]
}

const IDEMPOTENCY_LIFETIME_MS = 24 * 60 * 60 * 1000
const ATTEMPTS = 100

/**
 * Plans a change and commits it; plans it anew where what it took for granted no longer holds. `plan` is called
 * again for every attempt and must read afresh. `recall` finds the result of an earlier request that spent the
 * same idempotency token.
 *
 * Throws what `plan` throws, and a failure for each conflict that looking again does not mend. Nothing is written
 * then. Under a dry run nothing is written either, but for expiries that were due anyway.
 */
export async function save<T>(
  context: Context,
  caller: Caller,
  plan: () => Promise<Plan<T>>,
  recall: (resultId: string) => Promise<T>,
): Promise<T> {
  const earlier = await recallSpent(context, caller, recall)
  if (earlier) return earlier.result
  try {
    return await attempt(context, caller, plan)
  } catch (error) {
    // The first request with the token may have been under way, and be what made this one fail.
    const first = await recallSpent(context, caller, recall)
    if (first) return first.result
    throw error
  }
}

async function attempt<T>(context: Context, caller: Caller, plan: () => Promise<Plan<T>>): Promise<T> {
  let swept = false
  for (let count = 0; count < ATTEMPTS; count++) {
    const { change, result, resultId, touches } = await plan()
    const nowMs = context.clock.realNow()
    const claims = caller.once && !caller.dryRun ? [claimFor(caller.once, resultId, nowMs)] : []
    const outcome = await holding(context, caller, touches, () =>
      context.store.commit({ ...change, claims, nowMs, dryRun: caller.dryRun }),
    )
    if (outcome.ok) return result
    const { conflict } = outcome
    if (conflict.kind === 'pair-taken' || conflict.kind === 'quota') {
      // What stands in the way may be a request whose time is up and that nothing has swept yet.
      if (swept) throw failureOf(conflict)
      await expirePeerings(context)
      swept = true
    } else if (
      // What is merely read along, such as a VPC whose routes go with a peering, is no reason to refuse.
      conflict.kind === 'stale' &&
      caller.profile.concurrentChange === 'refuse' &&
      touches.includes(conflict.id)
    ) {
      throw new DomainError('peering.busy', { id: conflict.id })
    } else if (!LOOKING_AGAIN_MENDS.includes(conflict.kind)) throw failureOf(conflict)
  }
  throw new DomainError('service.unavailable', { reason: 'too many changes to the same thing at once' })
}

/** What an attempt that reads afresh does not meet again, or finds to be another failure. */
const LOOKING_AGAIN_MENDS: readonly Conflict['kind'][] = ['stale', 'id-taken', 'vpc-missing']

function claimFor(once: { key: string; fingerprint: string }, result: string, nowMs: number): Claim {
  return { ...once, result, expiresAtMs: nowMs + IDEMPOTENCY_LIFETIME_MS }
}

/** What the token was spent on, if it was; null where there is no token, or it is still good. */
async function recallSpent<T>(
  context: Context,
  caller: Caller,
  recall: (resultId: string) => Promise<T>,
): Promise<{ result: T } | null> {
  if (!caller.once) return null
  const claim = await context.store.findClaim(caller.once.key, context.clock.realNow())
  if (!claim) return null
  if (claim.fingerprint !== caller.once.fingerprint) {
    throw new DomainError('idempotency.mismatch', { token: claim.key })
  }
  return { result: await recall(claim.result) }
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

/** The failure that each conflict comes to where nothing mends it. */
export function failureOf(conflict: Conflict): DomainError {
  switch (conflict.kind) {
    case 'stale':
    case 'id-taken':
      return new DomainError('peering.busy', { id: conflict.id })
    case 'claimed':
      return new DomainError('idempotency.in-progress', { token: conflict.claim.key })
    case 'pair-taken':
      return new DomainError('peering.exists', { id: conflict.peering, requester: '', accepter: '' })
    case 'quota':
      return new DomainError('quota.exceeded', {
        quota: conflict.counter.quota,
        limit: conflict.limit,
        used: conflict.used,
      })
    case 'vpc-missing':
      return new DomainError('vpc.not-found', { id: conflict.vpc })
    case 'vpc-peered':
      return new DomainError('vpc.in-use', { id: conflict.vpc, peering: conflict.peering })
    case 'name-taken':
      return new DomainError('vpc.name-taken', { name: conflict.name })
    case 'tenant-taken':
      return new DomainError('tenant.exists', { name: conflict.name })
    case 'webhook-limit':
      return new DomainError('webhook.limit-exceeded', { limit: conflict.limit })
    case 'key-taken':
      return new DomainError('access-key.exists', { id: conflict.id })
  }
}
