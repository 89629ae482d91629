import type { Caller } from '../../app/context.ts'
import type { App } from '../../app/index.ts'
import { DomainError } from '../../domain/errors.ts'
import { regionOfProject, type Tenant } from '../../domain/tenant.ts'
import { authenticateSignature } from '../authenticate.ts'
import type { Dialect, RoutedCall } from '../dialect.ts'
import { header } from '../encoding.ts'
import { routeTable } from '../route-table.ts'
import type { WireRequest } from '../wire.ts'
import { checkDomain, type HuaweiCall, projectOf, readCall, type Service } from './call.ts'
import { encodeFailure, responseHeaders } from './errors.ts'
import { profile } from './profile.ts'
import { Reply } from './reply.ts'
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
  // One operation may have two paths.
  operations: [...new Set(ROUTES.map(({ operation }) => operation))],

  // As the gateway writes them: 32 hexadecimal digits. Source: recorded traffic.
  wireId: (requestId) => requestId.replaceAll('-', ''),

  owns: (request) => /^\/(v1|v2\.0|v3)(\/|$)/.test(request.path) || asksForVersions(request),

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
      requestId,
      remoteAddress: request.remoteAddress,
      ...(who?.accessKeyId !== undefined && { accessKeyId: who.accessKeyId }),
      operation: routed.operation.name,
      dryRun: false,
      once: null,
    }
    return caller
  },

  answer(_request, routed, body, requestId) {
    const reply = body instanceof Reply ? body : new Reply(body)
    const status = reply.status ?? (routed as RoutedHuaweiCall).route.status
    const headers = { ...responseHeaders(requestId), ...reply.headers }
    return { status, headers, body: status === 204 ? '' : JSON.stringify(reply.body) }
  },

  refuse(request, routed, error, requestId) {
    return encodeFailure(error, routed?.call.service ?? serviceOf(request.path), requestId)
  },
}

/** By signature or by token, and for which of the tenant's projects; null is all of them. */
async function identify(
  app: App,
  request: WireRequest,
  call: HuaweiCall,
): Promise<{ tenant: Tenant; project: string | null; accessKeyId?: string }> {
  const token = header(request, 'x-auth-token')
  if (token !== '' && header(request, 'authorization') === '') {
    const claims = readToken(app, token)
    const tenant = await app.context.store.findTenant({ id: claims.tenant })
    if (!tenant) throw new DomainError('authentication.token-invalid', { reason: 'the token is nobody’s' })
    checkDomain(call, tenant)
    const named = projectOf(call, tenant)
    if (claims.project !== null && named !== null && named !== claims.project) {
      throw new DomainError('project.mismatch', { project: named })
    }
    return { tenant, project: named ?? claims.project }
  }
  const { tenant, credential } = await authenticateSignature(app, {
    reading: readCredential(request),
    checkTime,
    verify: (credential, secret) => verify(request, credential, secret),
    // The vendor has no rule against replays within the time window.
    once: () => null,
  })
  checkDomain(call, tenant)
  return { tenant, project: projectOf(call, tenant), accessKeyId: credential.accessKeyId }
}

/**
 * Clients whose address of IAM has no version ask for the versions at the root. At the root are other vendors too, who
 * say in the query, a header or a body what they want. Source: Go SDK of Open Telekom Cloud.
 */
function asksForVersions({ method, path, query, headers, body }: WireRequest): boolean {
  if (method !== 'GET' || path !== '/' || query !== '' || body.length > 0) return false
  return headers['x-tc-action'] === undefined && headers['x-acs-action'] === undefined
}

/** The shape of an error where no route was found. */
function serviceOf(path: string): Service {
  if (path.startsWith('/v2.0/')) return 'neutron'
  return path.startsWith('/v1/') ? 'vpc-v1' : 'gateway'
}
