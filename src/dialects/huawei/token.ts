import type { App } from '../../app/index.ts'
import { DomainError } from '../../domain/errors.ts'
import type { Tenant } from '../../domain/tenant.ts'
import { catalog, type Scope } from './catalog.ts'
import { Reply } from './reply.ts'

/** How long a token is good for. Source: IAM API reference, "Obtaining a User Token". */
export const TOKEN_LIFETIME_MS = 24 * 60 * 60 * 1000

const LABEL = 'huawei token'

/** What a token says: whose it is, and for which of the tenant's projects; null is the whole account. */
export interface TokenClaims {
  readonly tenant: Tenant['id']
  readonly project: string | null
  /** What was shown for it. */
  readonly methods: readonly string[]
  /** Real time, milliseconds since the epoch. */
  readonly issuedAtMs: number
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

/**
 * An answer with a token: itself in a header, and what it is good for in the body. `scope` is null for the whole account.
 * Source: IAM API reference, "Obtaining a User Token Through Password Authentication".
 */
export function encodeToken(
  token: string,
  { methods, issuedAtMs, expiresAtMs }: TokenClaims,
  { huawei }: Tenant,
  scope: Scope | null,
  root: string,
): Reply {
  const domain = { id: huawei.domainId, name: huawei.domainName }
  const described = {
    methods,
    issued_at: new Date(issuedAtMs).toISOString(),
    expires_at: new Date(expiresAtMs).toISOString(),
    user: { id: huawei.userId, name: huawei.userName, domain },
    ...(scope ? { project: { id: scope.id, name: scope.names[0] ?? '', domain } } : { domain }),
    roles: [{ id: '0', name: 'te_admin' }],
    catalog: catalog(root, scope),
  }
  return new Reply({ token: described }, { headers: { 'x-subject-token': token } })
}
