import type { Caller } from '../../app/context.ts'
import { DomainError } from '../../domain/errors.ts'
import { authenticateSignature } from '../authenticate.ts'
import type { Dialect, RoutedCall } from '../dialect.ts'
import { header, parameter, readParameters, sha256Hex } from '../encoding.ts'
import type { WireRequest } from '../wire.ts'
import { type AlibabaCall, isSignedByHeaders, readCall, VERSIONS } from './call.ts'
import { encodeFailure, responseOf } from './errors.ts'
import { profile } from './profile.ts'
import { type AlibabaRoute, ROUTES } from './routes.ts'
import { checkTime, readCredential, verify } from './signing.ts'
import { readDryRun, readOnce, writing } from './writes.ts'

interface RoutedAlibabaCall extends RoutedCall<AlibabaCall> {
  readonly route: AlibabaRoute
}

/** As long as a signature can be used: its time may be 15 minutes off either way. */
const NONCE_LIFETIME_MS = 30 * 60 * 1000

const routes = new Map(ROUTES.map((route) => [route.operation.name, route]))

/** Alibaba Cloud: VpcPeer 2022-01-01, and of VPC 2016-04-28, STS and Location what goes with a peering. */
export const alibaba: Dialect<AlibabaCall> = {
  name: 'alibaba',
  operations: ROUTES.map(({ operation }) => operation),

  // A UUID in upper case. Source: sample answers of every page.
  wireId: (requestId) => requestId.toUpperCase(),

  owns: (request) => request.path === '/' && isOurs(request),

  route(request): RoutedAlibabaCall {
    const call = readCall(request)
    const { version, action } = call
    if (action === '') throw new DomainError('request.missing', { field: 'Action' })
    if (version === '') throw new DomainError('request.missing', { field: 'Version' })
    if (!VERSIONS.has(version)) {
      const reason = `must be one of ${[...VERSIONS.keys()].join(', ')}`
      throw new DomainError('request.invalid', {
        field: 'Version',
        problem: 'format',
        reason,
        value: version,
      })
    }
    const route = routes.get(`${version} ${action}`)
    if (!route || (request.method !== 'GET' && request.method !== 'POST')) {
      throw new DomainError('operation.unknown', { operation: action, method: request.method })
    }
    return { route, operation: route.writes ? writing(route.operation) : route.operation, call }
  },

  async authenticate(app, request, routed, requestId) {
    const { route, call } = routed as RoutedAlibabaCall
    const { tenant, credential } = await authenticateSignature(app, {
      reading: readCredential(request, call.received),
      checkTime,
      verify: (credential, secret) => verify(request, credential, secret, call.received),
      once: ({ nonce }) => ({
        value: nonce.length > 64 ? sha256Hex(nonce) : nonce,
        lifetimeMs: NONCE_LIFETIME_MS,
      }),
    })
    refuseSessionToken(call)
    const dryRun = route.writes && readDryRun(call)
    const once = route.writes ? readOnce(call, tenant) : null
    const caller: Caller = {
      tenant,
      operator: false,
      // One endpoint serves all regions; an operation that is asked in one says so itself.
      region: null,
      dialect: 'alibaba',
      profile,
      requestId,
      remoteAddress: request.remoteAddress,
      accessKeyId: credential.accessKeyId,
      operation: routed.operation.name,
      dryRun,
      once: dryRun ? null : once,
    }
    return caller
  },

  answer(_request, { call }, body, requestId) {
    const members = { RequestId: requestId, ...(body as Record<string, unknown>) }
    return responseOf(200, `${call.action}Response`, members, call.format)
  },

  refuse(request, routed, error, requestId) {
    return encodeFailure(error, routed?.call ?? readCall(request), requestId)
  },
}

/** Tencent's requests to the same path are told by their header, their version, or what they call a key's id. */
function isOurs(request: WireRequest): boolean {
  if (header(request, 'x-tc-action') !== '') return false
  if (isSignedByHeaders(request) || header(request, 'x-acs-action') !== '') return true
  const { all } = readParameters(request)
  const has = (name: string) => (parameter(all, name) ?? '') !== ''
  if (has('SecretId')) return false
  if (has('AccessKeyId')) return true
  return has('Action') && has('Version') && parameter(all, 'Version') !== '2017-03-12'
}

/** Keys here are for good; a token of a session belongs to none of them. Throws `authentication.token-invalid`. */
function refuseSessionToken({ request, received }: AlibabaCall): void {
  const token = parameter(received.all, 'SecurityToken') || header(request, 'x-acs-security-token')
  if (token !== '') {
    throw new DomainError('authentication.token-invalid', { reason: 'no access key here has a session' })
  }
}
