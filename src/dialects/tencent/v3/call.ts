import { DomainError } from '../../../domain/errors.ts'
import { header, type Pair, parameter, type RequestParameters, readParameters } from '../../encoding.ts'
import { Fields, nest, parseJsonObject } from '../../fields.ts'
import type { WireRequest } from '../../wire.ts'
import type { TencentCall } from '../call.ts'
import { isKnownVersion, namedServices, type ServiceName } from './services.ts'

/** A call of one of the vendor's services. */
export interface V3Call extends TencentCall {
  readonly version: string
  /** The services that the request names; see `namedServices`. */
  readonly services: readonly ServiceName[]
}

/**
 * Whether a request carries its action, version and region in headers, as it does with TC3, or in parameters. With
 * the one, parameters of these names mean nothing; with the other, such headers do not: none of them is signed.
 */
function usesHeaders(request: WireRequest): boolean {
  return header(request, 'x-tc-action') !== '' || header(request, 'authorization').startsWith('TC3')
}

/**
 * Whether a request is for API 3.0. Alibaba Cloud's clients use the same path, with versions of their own.
 */
export function isApi3(request: WireRequest): boolean {
  if (request.path !== '/') return false
  if (usesHeaders(request)) return true
  const { all } = readParameters(request)
  return (parameter(all, 'Action') ?? '') !== '' && isKnownVersion(parameter(all, 'Version') ?? '')
}

/**
 * Source: vendor pages "Request structure" (API 3.0): 32 KB for GET; 1 MB for POST with a Signature parameter,
 * 10 MB with TC3.
 */
const LIMITS_BYTES = { query: 32 * 1024, form: 1024 * 1024, json: 10 * 1024 * 1024 }

/**
 * Reads a request as far as its action. Throws `request.too-large`, and `request.missing` without an action.
 */
export function readCall(request: WireRequest): V3Call {
  const inHeaders = usesHeaders(request)
  refuseLarge(request, inHeaders ? LIMITS_BYTES.json : LIMITS_BYTES.form)
  const parameters = readParameters(request)
  const common = (inHeader: string, inParameters: string) =>
    inHeaders ? header(request, inHeader) : (parameter(parameters.all, inParameters) ?? '')
  const action = common('x-tc-action', 'Action')
  if (action === '') throw new DomainError('request.missing', { field: 'Action' })
  const version = common('x-tc-version', 'Version')
  checkVersion(version, isKnownVersion)
  return {
    request,
    parameters,
    action,
    version,
    services: namedServices(request, parameters),
    region: common('x-tc-region', 'Region'),
    token: common('x-tc-token', 'Token'),
    fields: () => readFields(request, inHeaders, parameters),
  }
}

function refuseLarge({ query, body }: WireRequest, bodyLimit: number): void {
  if (query.length > LIMITS_BYTES.query) {
    throw new DomainError('request.too-large', { limitBytes: LIMITS_BYTES.query })
  }
  if (body.length > bodyLimit) throw new DomainError('request.too-large', { limitBytes: bodyLimit })
}

/** Throws `request.missing` and `request.invalid` for a version that will not do. */
export function checkVersion(version: string, willDo: (version: string) => boolean): void {
  if (version === '') throw new DomainError('request.missing', { field: 'Version' })
  if (!willDo(version)) {
    throw new DomainError('request.invalid', {
      field: 'Version',
      problem: 'range',
      reason: 'is none of this action',
      value: version,
    })
  }
}

/** Parameters that belong to the request and not to the action. Source: vendor page "Common parameters". */
const COMMON = new Set([
  'Action',
  'Version',
  'Region',
  'Language',
  'RequestClient',
  'SecretId',
  'Token',
  'Timestamp',
  'Nonce',
  'Signature',
  'SignatureMethod',
])

function readFields(request: WireRequest, inHeaders: boolean, { query, all }: RequestParameters): Fields {
  if (inHeaders && request.method === 'POST') {
    return new Fields(parseJsonObject(request.body), { wire: 'json', emptyIsAbsent: false })
  }
  const flat: readonly Pair[] = inHeaders ? query : all.filter(([name]) => !COMMON.has(name))
  // The Node.js SDK writes what was left undefined as an empty value. Source: captured.
  return new Fields(nest(flat), { wire: 'text', emptyIsAbsent: true })
}

/** What `read` makes of `fields`, which must hold nothing else. Throws `request.unknown-parameter`. */
export function whole<T>(fields: Fields, read: (fields: Fields) => T): T {
  const result = read(fields)
  const field = fields.unread()
  if (field !== null) throw new DomainError('request.unknown-parameter', { field })
  return result
}
