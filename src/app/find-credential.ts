import { DomainError } from '../domain/errors.ts'
import type { Credential } from '../domain/tenant.ts'
import type { Context } from './context.ts'

/** The key that a request says it is signed with, and whose it is. Throws `authentication.unknown-key`. */
export async function findCredential(context: Context, accessKeyId: string): Promise<Credential> {
  const credential = await context.store.findCredential(accessKeyId)
  if (!credential) throw new DomainError('authentication.unknown-key', { accessKeyId })
  return credential
}
