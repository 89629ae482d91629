import { DomainError } from '../../../domain/errors.ts'
import type { Dialect, RoutedCall } from '../../dialect.ts'
import type { TencentCall, TencentRoute } from '../call.ts'
import { identifyCaller } from '../caller.ts'
import { PATH, readCall } from './call.ts'
import { encodeFailure, encodeSuccess } from './errors.ts'
import { ROUTES } from './routes.ts'

interface RoutedLegacyCall extends RoutedCall<TencentCall> {
  readonly route: TencentRoute
}

const BY_ACTION = new Map(ROUTES.map((route) => [route.operation.name, route]))

/** Tencent Cloud, the API before 3.0. */
export const tencentLegacy: Dialect<TencentCall> = {
  name: 'tencent',
  operations: ROUTES.map(({ operation }) => operation),

  wireId: (requestId) => requestId,

  owns: ({ path }) => path === PATH,

  route(request): RoutedLegacyCall {
    const { method } = request
    if (method !== 'GET' && method !== 'POST') {
      throw new DomainError('operation.unknown', { operation: request.path, method })
    }
    const call = readCall(request)
    const route = BY_ACTION.get(call.action)
    if (!route) throw new DomainError('operation.unknown', { operation: call.action, method })
    return { route, operation: route.operation, call }
  },

  authenticate(app, _request, routed, requestId) {
    const { call, route } = routed as RoutedLegacyCall
    return identifyCaller(app, call, route, requestId)
  },

  answer: (_request, _routed, body) => encodeSuccess(body as object),

  refuse: (_request, _routed, error) => encodeFailure(error),
}
