import { DomainError } from '../../../domain/errors.ts'
import type { Dialect, RoutedCall } from '../../dialect.ts'
import { header } from '../../encoding.ts'
import type { TencentCall } from '../call.ts'
import { identifyCaller } from '../caller.ts'
import { checkVersion, isApi3, readCall } from './call.ts'
import { encodeFailure, respond } from './errors.ts'
import { ROUTES, type V3Route } from './routes.ts'
import { VERSIONS } from './services.ts'

interface RoutedV3Call extends RoutedCall<TencentCall> {
  readonly route: V3Route
}

const BY_ACTION = new Map(ROUTES.map((route) => [route.operation.name, route]))

/** Tencent Cloud, API 3.0. */
export const tencentV3: Dialect<TencentCall> = {
  name: 'tencent',
  operations: ROUTES.map(({ operation }) => operation),

  wireId: (requestId) => requestId,

  owns: isApi3,

  route(request): RoutedV3Call {
    const { method } = request
    if (method !== 'GET' && method !== 'POST') {
      throw new DomainError('operation.unknown', { operation: request.path, method })
    }
    const call = readCall(request)
    const route = BY_ACTION.get(call.action)
    if (!route || call.services.some((service) => service !== route.service)) {
      throw new DomainError('operation.unknown', { operation: call.action, method })
    }
    checkVersion(call.version, (version) => version === VERSIONS[route.service])
    return { route, operation: route.operation, call }
  },

  async authenticate(app, request, routed, requestId) {
    const { call, route } = routed as RoutedV3Call
    // Where the action is read from a header that nothing signs, a Signature parameter proves nothing about it.
    if (header(request, 'x-tc-action') !== '' && header(request, 'authorization') === '') {
      throw new DomainError('authentication.missing', { what: 'Authorization' })
    }
    return identifyCaller(app, call, route, requestId)
  },

  answer: (_request, _routed, body, requestId) => respond(body as object, requestId),

  refuse(_request, routed, error, requestId) {
    return encodeFailure(error, (routed as RoutedV3Call | null)?.route.codes ?? [], requestId)
  },
}
