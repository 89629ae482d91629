import { DomainError } from '../domain/errors.ts'
import type { AccessKey, Tenant } from '../domain/tenant.ts'
import type { Context } from './context.ts'

/** The key that a request says it is signed with, and whose it is. Throws `authentication.unknown-key`. */
export async function findCredential(
  context: Context,
  accessKeyId: string,
): Promise<{ key: AccessKey; tenant: Tenant }> {
  const key = await context.store.findAccessKey(accessKeyId)
  const tenant = key && (await context.store.findTenant({ id: key.tenant }))
  if (!tenant) throw new DomainError('authentication.unknown-key', { accessKeyId })
  return { key, tenant }
}
