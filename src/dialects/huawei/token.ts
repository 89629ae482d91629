import type { App } from '../../app/index.ts'
import { DomainError } from '../../domain/errors.ts'
import type { Tenant } from '../../domain/tenant.ts'

/** How long a token is good for. Source: IAM API reference, "Obtaining a User Token". */
export const TOKEN_LIFETIME_MS = 24 * 60 * 60 * 1000

const LABEL = 'huawei token'

/** What a token says: whose it is, and for which of the tenant's projects; null is the whole account. */
export interface TokenClaims {
  readonly tenant: Tenant['id']
  readonly project: string | null
  readonly expiresAtMs: number
}

/** A token that only this service can have made. It carries its claims, so nothing is stored. */
export function issueToken(app: App, claims: TokenClaims): string {
  return app.context.sealer.seal(JSON.stringify(claims), LABEL).toString('base64url')
}

/** What a token says. Throws `authentication.token-invalid` unless it is one of ours, and not expired. */
export function readToken(app: App, token: string): TokenClaims {
  let claims: TokenClaims
  try {
    claims = JSON.parse(app.context.sealer.open(Buffer.from(token, 'base64url'), LABEL)) as TokenClaims
  } catch {
    throw new DomainError('authentication.token-invalid', { reason: 'decrypt token fail' })
  }
  if (claims.expiresAtMs <= app.context.clock.realNow()) {
    throw new DomainError('authentication.token-invalid', { reason: 'token expires' })
  }
  return claims
}
