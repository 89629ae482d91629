import { tenantOf } from '../../../app/context.ts'
import { DomainError } from '../../../domain/errors.ts'
import { regionOfProject } from '../../../domain/tenant.ts'
import { operation } from '../../dialect.ts'
import { header } from '../../encoding.ts'
import { baseUrl, type HuaweiCall } from '../call.ts'
import { scopeOf } from '../catalog.ts'
import { encodeToken, readToken } from '../token.ts'

/**
 * Verifying a token: what the one in X-Subject-Token is good for, if it is the caller's own. How the Terraform provider of
 * Open Telekom Cloud begins when it is given a token. Source: IAM API reference, "Verifying a Token"; its Go SDK.
 */
export const showToken = operation({
  name: 'GET /v3/auth/tokens',
  decode: ({ request }: HuaweiCall) => {
    const token = header(request, 'x-subject-token')
    if (token === '') throw new DomainError('request.missing', { field: 'X-Subject-Token' })
    return token
  },
  run: async (app, caller, token) => {
    const tenant = tenantOf(caller, 'iam:tokens:get')
    const claims = readToken(app, token)
    // Somebody else's is answered as one that is none.
    if (claims.tenant !== tenant.id) {
      throw new DomainError('authentication.token-invalid', { reason: 'decrypt token fail' })
    }
    const region = claims.project === null ? null : regionOfProject(tenant, claims.project)
    const scope = region === null ? null : scopeOf(app.context.regions, tenant, region)
    return { token, claims, tenant, scope }
  },
  encode: ({ token, claims, tenant, scope }, { request }) =>
    encodeToken(token, claims, tenant, scope, baseUrl(request)),
})
