import { DomainError } from '../domain/errors.ts'
import type { Context } from './context.ts'

/**
 * Uses up something that a signature may carry only once. It is kept like everything else, so that a replay is refused
 * after a restart too. Throws `authentication.replayed` where it was used before `lifetimeMs` ago.
 */
export async function useOnce(context: Context, key: string, lifetimeMs: number): Promise<void> {
  const nowMs = context.clock.realNow()
  const claim = { key, fingerprint: '', result: '', expiresAtMs: nowMs + lifetimeMs }
  if (!(await context.store.claim(claim, nowMs)))
    throw new DomainError('authentication.replayed', { nonce: key.slice(key.lastIndexOf(':') + 1) })
}
