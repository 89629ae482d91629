import { DomainError } from '../domain/errors.ts'
import type { Context } from './context.ts'

/**
 * Uses up `nonce`, something that a signature by `accessKeyId` may carry only once. It is kept like everything else, so
 * that a replay is refused after a restart too. Throws `authentication.replayed` where it was used before `lifetimeMs` ago.
 */
export async function useOnce(
  context: Context,
  accessKeyId: string,
  nonce: string,
  lifetimeMs: number,
): Promise<void> {
  const nowMs = context.clock.realNow()
  // The nonce first: those that begin with the time lie next to each other on disk, whoever's they are.
  const key = `nonce:${nonce}:${accessKeyId}`
  const claim = { key, fingerprint: '', result: '', expiresAtMs: nowMs + lifetimeMs }
  if (!(await context.store.claim(claim, nowMs))) throw new DomainError('authentication.replayed', { nonce })
}
