import { type Scheme, signHeaders } from '../../src/dialects/huawei/signing.ts'
import type { Reply, Role } from '../check.ts'
import type { Settings } from '../settings.ts'
import { exchange } from './exchange.ts'

export interface HuaweiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** With its query. */
  readonly path: string
  readonly body?: object
  /** `vpc` unless it is said. */
  readonly service?: 'vpc' | 'iam'
  /** Whether it names the project. IAM is not told of it unless it is said; all others are. */
  readonly scoped?: true
  /** Signs with this in place of the tenant's secret. */
  readonly secret?: string
}

/** Signs by one of the two ways of telling the key, and names the project as the SDKs do. */
export function huaweiClient(scheme: Exclude<Scheme, 'V11-HMAC-SHA256'>, settings: Settings) {
  return (as: Role, request: HuaweiRequest): Promise<Reply> => {
    const { method, service = 'vpc' } = request
    const url = new URL(settings.endpoint(service) + request.path)
    const { key, secret, account } = settings.credentials[as]
    const body = request.body === undefined ? '' : JSON.stringify(request.body)
    const headers = {
      accept: 'application/json',
      'content-type': 'application/json',
      host: url.host,
      ...((service === 'vpc' || request.scoped) && { 'x-project-id': account }),
    }
    const signable = {
      method,
      path: url.pathname,
      query: url.search.slice(1),
      headers,
      body: Buffer.from(body),
    }
    const signer = { scheme, accessKeyId: key, secret: request.secret ?? secret }
    const { host: _, ...sent } = { ...headers, ...signHeaders(signable, signer, Date.now()) }
    return exchange({ method, url: url.href, headers: sent, body })
  }
}
