import { findCredential } from '../app/find-credential.ts'
import type { App } from '../app/index.ts'
import { useOnce } from '../app/use-once.ts'
import { DomainError } from '../domain/errors.ts'
import type { Tenant } from '../domain/tenant.ts'
import type { CredentialReading, TimeVerdict, Verification } from './encoding.ts'

/** What a dialect's signatures are checked with; the order of the checks is the same for all. */
export interface SignatureChecks<Credential> {
  readonly reading: CredentialReading<Credential>
  checkTime(credential: Credential, nowMs: number): TimeVerdict
  verify(credential: Credential, secret: string): Verification
  /**
   * What the signature may be used for only once, and for how long that must be remembered, milliseconds; null
   * where the vendor has no such rule.
   */
  once(credential: Credential): { readonly value: string; readonly lifetimeMs: number } | null
}

interface Claims {
  readonly accessKeyId: string
  readonly time: string
}

/**
 * The tenant whose key signed the request. A nonce is used up last, so that nobody without the secret can use up
 * somebody else's. Throws `authentication.*`.
 */
export async function authenticateSignature<Credential extends Claims>(
  app: App,
  checks: SignatureChecks<Credential>,
): Promise<{ tenant: Tenant; credential: Credential }> {
  const { reading } = checks
  if (!reading.ok) {
    if (reading.problem === 'missing')
      throw new DomainError('authentication.missing', { what: reading.field })
    throw new DomainError('authentication.malformed', { reason: `${reading.field} is ${reading.problem}` })
  }
  const { credential } = reading
  const { accessKeyId, time } = credential
  try {
    const verdict = checks.checkTime(credential, app.context.clock.realNow())
    if (verdict === 'malformed') throw new DomainError('authentication.time-malformed', { value: time })
    if (verdict === 'expired') throw new DomainError('authentication.expired', { value: time })
    const { key, tenant } = await findCredential(app.context, accessKeyId)
    const verification = checks.verify(credential, key.secret)
    if (!verification.ok) {
      const { canonicalRequest, stringToSign } = verification
      const signed = canonicalRequest ?? stringToSign
      throw new DomainError('authentication.signature-mismatch', { signed, stringToSign })
    }
    const once = checks.once(credential)
    if (once) await useOnce(app.context, accessKeyId, once.value, once.lifetimeMs)
    return { tenant, credential }
  } catch (error) {
    if (error instanceof DomainError) error.claimedKey = accessKeyId
    throw error
  }
}
