import type { Caller } from '../../app/context.ts'
import type { App } from '../../app/index.ts'
import { DomainError } from '../../domain/errors.ts'
import { regionOfProject, type Tenant } from '../../domain/tenant.ts'
import { authenticateSignature } from '../authenticate.ts'
import type { Dialect, RoutedCall } from '../dialect.ts'
import { header } from '../encoding.ts'
import { routeTable } from '../route-table.ts'
import type { WireRequest } from '../wire.ts'
import { type HuaweiCall, projectOf, readCall, type Service } from './call.ts'
import { encodeFailure, responseHeaders } from './errors.ts'
import { SUBJECT_TOKEN } from './operations/create-token.ts'
import { profile } from './profile.ts'
import { type HuaweiRoute, ROUTES } from './routes.ts'
import { checkTime, readCredential, verify } from './signing.ts'
import { readToken } from './token.ts'

interface RoutedHuaweiCall extends RoutedCall<HuaweiCall> {
  readonly route: HuaweiRoute
}

const findRoute = routeTable(ROUTES)

/** Huawei Cloud and Open Telekom Cloud. */
export const huawei: Dialect<HuaweiCall> = {
  name: 'huawei',
  operations: ROUTES.map(({ operation }) => operation),

  owns: ({ path }) => /^\/(v1|v2\.0|v3)(\/|$)/.test(path),

  route(request): RoutedHuaweiCall {
    const found = findRoute(request.method, request.path)
    if (!found) {
      throw new DomainError('operation.unknown', { operation: request.path, method: request.method })
    }
    const { route, path } = found
    return { route, operation: route.operation, call: readCall(request, route.service, path) }
  },

  async authenticate(app, request, routed, requestId) {
    const { route, call } = routed as RoutedHuaweiCall
    const who = route.anonymous ? null : await identify(app, request, call)
    const caller: Caller = {
      tenant: who?.tenant ?? null,
      operator: false,
      region: who?.project ? regionOfProject(who.tenant, who.project) : null,
      dialect: 'huawei',
      profile,
      requestId: wireId(requestId),
      remoteAddress: request.remoteAddress,
      dryRun: false,
      once: null,
    }
    return caller
  },

  answer(_request, routed, body, requestId) {
    const { status, operation } = (routed as RoutedHuaweiCall).route
    const headers = responseHeaders(wireId(requestId))
    if (status === 204) return { status, headers, body: '' }
    // A token travels in a header, beside a body that describes it.
    if (operation.name === 'POST /v3/auth/tokens') {
      const { [SUBJECT_TOKEN]: token, ...described } = body as Record<string, string>
      return {
        status,
        headers: { ...headers, 'x-subject-token': token ?? '' },
        body: JSON.stringify(described),
      }
    }
    return { status, headers, body: JSON.stringify(body) }
  },

  refuse(request, routed, error, requestId) {
    return encodeFailure(error, routed?.call.service ?? serviceOf(request.path), wireId(requestId))
  },
}

/** By signature or by token, and for which of the tenant's projects; null is all of them. */
async function identify(
  app: App,
  request: WireRequest,
  call: HuaweiCall,
): Promise<{ tenant: Tenant; project: string | null }> {
  const token = header(request, 'x-auth-token')
  if (token !== '' && header(request, 'authorization') === '') {
    const claims = readToken(app, token)
    const tenant = await app.context.store.findTenant({ id: claims.tenant })
    if (!tenant) throw new DomainError('authentication.token-invalid', { reason: 'the token is nobody’s' })
    const named = projectOf(call, tenant)
    if (claims.project !== null && named !== null && named !== claims.project) {
      throw new DomainError('project.mismatch', { project: named })
    }
    return { tenant, project: named ?? claims.project }
  }
  const { tenant } = await authenticateSignature(app, {
    reading: readCredential(request),
    checkTime,
    verify: (credential, secret) => verify(request, credential, secret),
    // The vendor has no rule against replays within the time window.
    once: () => null,
  })
  return { tenant, project: projectOf(call, tenant) }
}

/** The shape of an error where no route was found. */
function serviceOf(path: string): Service {
  if (path.startsWith('/v2.0/')) return 'neutron'
  return path.startsWith('/v1/') ? 'vpc-v1' : 'gateway'
}

/** Request ids as the gateway writes them: 32 hexadecimal digits. Source: recorded traffic. */
function wireId(requestId: string): string {
  return requestId.replaceAll('-', '')
}
