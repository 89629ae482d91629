import { randomUUID } from 'node:crypto'
import { signHeaders, signParameters } from '../../src/dialects/alibaba/signing.ts'
import { encodePairs, type Pair, readParameters } from '../../src/dialects/encoding.ts'
import type { Reply, Role } from '../check.ts'
import type { Settings } from '../settings.ts'
import { exchange } from './exchange.ts'

/** The versions of each service's API. */
const VERSIONS = {
  vpcpeer: '2022-01-01',
  vpc: '2016-04-28',
  sts: '2015-04-01',
  location: '2015-06-12',
} as const

export interface AlibabaRequest {
  readonly service: keyof typeof VERSIONS
  readonly action: string
  readonly parameters: Readonly<Record<string, string | number | boolean>>
  /**
   * Signed headers and a form, as today's SDKs send it, unless it is said. The older signature is of parameters: all in
   * the query of a GET, or in the form, or the protocol's in the query and the rest in the form.
   */
  readonly style?: 'headers' | 'get' | 'form' | 'split'
  /** Signs with this in place of the tenant's secret. */
  readonly secret?: string
}

const FORM = { 'content-type': 'application/x-www-form-urlencoded' }

export function alibabaClient(settings: Settings) {
  return (as: Role, request: AlibabaRequest): Promise<Reply> => {
    const { service, action, style = 'headers' } = request
    const url = `${settings.endpoint(service)}/`
    const { key, secret } = settings.credentials[as]
    const signer = { accessKeyId: key, secret: request.secret ?? secret }
    const pairs = Object.entries(request.parameters).map(([name, value]): Pair => [name, String(value)])
    if (style === 'headers') return exchange(withHeaders(url, service, action, pairs, signer))
    const asked: Pair[] = [
      ['Action', action],
      ['Version', VERSIONS[service]],
      ['Format', 'JSON'],
    ]
    const method = style === 'get' ? 'GET' : 'POST'
    const scheme = { ...signer, scheme: 'HMAC-SHA1' } as const
    const added = signParameters(method, [...asked, ...pairs], scheme, Date.now(), randomUUID())
    const system = [...asked, ...added]
    const { query, form } = {
      get: { query: [...system, ...pairs], form: [] },
      form: { query: [], form: [...system, ...pairs] },
      split: { query: system, form: pairs },
    }[style]
    return exchange({
      method,
      url: query.length === 0 ? url : `${url}?${encodePairs(query)}`,
      headers: style === 'get' ? {} : FORM,
      body: encodePairs(form),
    })
  }
}

function withHeaders(
  url: string,
  service: keyof typeof VERSIONS,
  action: string,
  pairs: readonly Pair[],
  signer: { readonly accessKeyId: string; readonly secret: string },
) {
  const body = encodePairs(pairs)
  const signable = {
    method: 'POST',
    path: '/',
    query: '',
    body: Buffer.from(body),
    headers: {
      host: new URL(url).host,
      accept: 'application/json',
      'x-acs-action': action,
      'x-acs-version': VERSIONS[service],
      ...(body !== '' && FORM),
    },
  }
  const added = signHeaders(signable, readParameters(signable), signer, Date.now(), randomUUID())
  const { host: _, ...headers } = { ...signable.headers, ...added }
  return { method: 'POST', url, headers, body }
}
