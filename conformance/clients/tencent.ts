import { randomInt } from 'node:crypto'
import { encodePairs, type Pair } from '../../src/dialects/encoding.ts'
import { signHeaders, signParameters } from '../../src/dialects/tencent/signing.ts'
import type { Reply, Role } from '../check.ts'
import type { Credentials, Settings } from '../settings.ts'
import { exchange, type Signed } from './exchange.ts'

/** The versions of each service's API 3.0. */
const VERSIONS = { vpc: '2017-03-12', tag: '2018-08-13', cam: '2019-01-16', sts: '2018-08-13' } as const

export type Parameters = { readonly [name: string]: unknown }

export interface TencentRequest {
  readonly action: string
  readonly parameters: Parameters
  /** `vpc` unless it is said. */
  readonly service?: keyof typeof VERSIONS
  /** TC3 over JSON for API 3.0 and a form for the legacy API, unless it is said. */
  readonly style?: 'get' | 'form'
  /** Signs with this in place of the tenant's secret. */
  readonly secret?: string
}

const FORM = 'application/x-www-form-urlencoded'

/** API 3.0. */
export function tencentClient(settings: Settings) {
  return (as: Role, request: TencentRequest): Promise<Reply> => {
    const { action, parameters, service = 'vpc', style } = request
    const url = new URL(`${settings.endpoint(service)}/`)
    const signer = signerOf(settings.credentials[as], request)
    if (style) {
      const common: Pair[] = [
        ['Action', action],
        ['Version', VERSIONS[service]],
        ['Region', settings.region],
      ]
      return exchange(withParameters(url, style, [...common, ...flatten(parameters)], signer))
    }
    const body = JSON.stringify(parameters)
    const headers = { 'content-type': 'application/json', host: url.host }
    const signable = { method: 'POST', path: '/', query: '', headers, body: Buffer.from(body) }
    const added = signHeaders(signable, { ...signer, service }, Date.now())
    return exchange({
      method: 'POST',
      url: url.href,
      body,
      headers: {
        'content-type': headers['content-type'],
        'x-tc-action': action,
        'x-tc-version': VERSIONS[service],
        'x-tc-region': settings.region,
        ...added,
      },
    })
  }
}

/** The legacy API. */
export function tencentLegacyClient(settings: Settings) {
  return (as: Role, request: TencentRequest): Promise<Reply> => {
    const url = new URL(`${settings.endpoint('vpc')}/v2/index.php`)
    const common: Pair[] = [
      ['Action', request.action],
      ['Region', settings.region],
    ]
    const signer = signerOf(settings.credentials[as], request)
    return exchange(
      withParameters(url, request.style ?? 'form', [...common, ...flatten(request.parameters)], signer),
    )
  }
}

interface Signer {
  readonly accessKeyId: string
  readonly secret: string
}

function signerOf({ key, secret }: Credentials, request: TencentRequest): Signer {
  return { accessKeyId: key, secret: request.secret ?? secret }
}

function withParameters(url: URL, style: 'get' | 'form', pairs: readonly Pair[], signer: Signer): Signed {
  const method = style === 'get' ? 'GET' : 'POST'
  const signable = {
    method,
    path: url.pathname,
    query: '',
    headers: { host: url.host },
    body: Buffer.alloc(0),
  }
  const scheme = { ...signer, scheme: 'HmacSHA1' } as const
  // A wide nonce, so that two equal requests within a second are two.
  const added = signParameters(signable, pairs, scheme, Date.now(), String(randomInt(2 ** 47)))
  const all = encodePairs([...pairs, ...added])
  return method === 'GET'
    ? { method, url: `${url.href}?${all}`, headers: {}, body: '' }
    : { method, url: url.href, headers: { 'content-type': FORM }, body: all }
}

/** `{ Filters: [{ Name: 'a' }] }` as `Filters.0.Name=a`. */
function flatten(parameters: Parameters, prefix = ''): Pair[] {
  return Object.entries(parameters).flatMap(([name, value]): Pair[] =>
    typeof value === 'object' && value !== null
      ? flatten(value as Parameters, `${prefix}${name}.`)
      : [[`${prefix}${name}`, String(value)]],
  )
}
