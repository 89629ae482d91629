import {
  byName,
  type CredentialReading,
  header,
  malformed,
  missing,
  type Pair,
  parameter,
  type RequestParameters,
  readAuthorization,
  type SignableRequest,
  sameText,
  sha256Hex,
  type TimeVerdict,
  type Verification,
} from '../encoding.ts'
import { type HmacKey, hmac, hmacKey, hmacKeyChain } from '../hmac.ts'
import { utcText } from '../times.ts'

/**
 * The request signatures of Tencent Cloud. Two families:
 *
 * - `TC3-HMAC-SHA256`: an Authorization header; action, version and region are headers, and none of them is
 *   signed.
 * - `HmacSHA1` and `HmacSHA256`: a Signature parameter; action, version and region are parameters and signed.
 *   This is the only family of the legacy API (`/v2/index.php`), and the older one ("v1") of API 3.0.
 *
 * The scheme therefore also says where the action is to be read from.
 *
 * Source: captured from the Node.js SDKs of both APIs and the Go SDK of API 3.0; vendor pages "Signature
 * Method" of both APIs.
 */
export type Scheme = 'TC3-HMAC-SHA256' | 'HmacSHA1' | 'HmacSHA256'

/** What a signed request claims. Nothing in it is true before {@link verify} says so. */
export interface Credential {
  readonly scheme: Scheme
  readonly accessKeyId: string
  /** What a TC3 key is bound to: date (`YYYY-MM-DD`), service, `tc3_request`. Else empty. */
  readonly scope: readonly string[]
  /** Names as the client wrote them, in its order; none in the schemes with a Signature parameter. */
  readonly signedHeaders: readonly string[]
  readonly signature: string
  /** X-TC-Timestamp or Timestamp as sent. */
  readonly time: string
  /**
   * Nonce as sent: the Go and Python SDKs send integers that a number cannot hold. Null with TC3, which has
   * none.
   */
  readonly nonce: string | null
}

const TC3 = 'TC3-HMAC-SHA256'
const SCOPE_END = 'tc3_request'
const LEGACY_PATH = '/v2/index.php'
const TC3_WINDOW_MS = 5 * 60 * 1000
const PARAMETER_WINDOW_MS = 2 * 60 * 60 * 1000

/**
 * The credential of a request: from its Authorization header if it has one and does not go to the legacy API,
 * else from its parameters. `skipped` is what the SDKs' option to leave out the signature comes to. A request
 * that is not signed at all is `missing` its SecretId.
 */
export function readCredential(
  request: SignableRequest,
  parameters: RequestParameters,
): CredentialReading<Credential> {
  const authorization = request.path === LEGACY_PATH ? '' : header(request, 'authorization')
  return authorization === ''
    ? readParameterCredential(parameters)
    : readHeaderCredential(request, authorization)
}

function readHeaderCredential(request: SignableRequest, text: string): CredentialReading<Credential> {
  if (text === 'SKIP') return { ok: false, problem: 'skipped', field: 'Authorization' }
  const { algorithm, fields } = readAuthorization(text)
  const [accessKeyId = '', date = '', ...rest] = (fields.get('Credential') ?? '').split('/')
  const end = rest.pop()
  // The service is what the Node.js SDK takes for one: `127` or `localhost:8080` if the endpoint is no vendor
  // name.
  const service = rest.join('/')
  const signature = fields.get('Signature') ?? ''
  if (algorithm !== TC3 || accessKeyId === '' || signature === '') return malformed('Authorization')
  if (!/^\d{4}-\d\d-\d\d$/.test(date) || service === '' || end !== SCOPE_END)
    return malformed('Authorization')
  const signedHeaders = (fields.get('SignedHeaders') ?? '').split(';')
  const lowerCaseNames = signedHeaders.map((name) => name.toLowerCase())
  if (!lowerCaseNames.includes('content-type') || !lowerCaseNames.includes('host')) {
    return malformed('Authorization')
  }
  const time = header(request, 'x-tc-timestamp')
  if (time === '') return missing('X-TC-Timestamp')
  const scope = [date, service, SCOPE_END]
  return {
    ok: true,
    credential: { scheme: TC3, accessKeyId, scope, signedHeaders, signature, time, nonce: null },
  }
}

function readParameterCredential({ all }: RequestParameters): CredentialReading<Credential> {
  const value = (name: string) => parameter(all, name) ?? ''
  const absent = ['SecretId', 'Signature', 'Timestamp', 'Nonce'].find((name) => value(name) === '')
  if (absent !== undefined) return missing(absent)
  const credential: Credential = {
    // Anything but this very word, also nothing, means SHA-1. Source: vendor page "Common Request
    // Parameters".
    scheme: value('SignatureMethod') === 'HmacSHA256' ? 'HmacSHA256' : 'HmacSHA1',
    accessKeyId: value('SecretId'),
    scope: [],
    signedHeaders: [],
    signature: value('Signature'),
    time: value('Timestamp'),
    nonce: value('Nonce'),
  }
  return { ok: true, credential }
}

/**
 * Whether the time of a credential is near enough to `nowMs` (milliseconds since the epoch), on either side:
 * 5 minutes with TC3, 2 hours with a Signature parameter. `malformed` unless it is whole seconds since the
 * epoch and, with TC3, on the day the key is bound to.
 *
 * Source: vendor pages "Common error codes" (API 3.0) and "Common Request Parameters" (legacy; its newest
 * version says 5 minutes, all older ones 2 hours).
 */
export function checkTime(credential: Credential, nowMs: number): TimeVerdict {
  if (!/^\d{1,12}$/.test(credential.time)) return 'malformed'
  const timeMs = Number(credential.time) * 1000
  if (credential.scheme !== TC3) return Math.abs(nowMs - timeMs) <= PARAMETER_WINDOW_MS ? 'ok' : 'expired'
  if (Math.abs(nowMs - timeMs) > TC3_WINDOW_MS) return 'expired'
  return utcDate(timeMs) === credential.scope[0] ? 'ok' : 'malformed'
}

function utcDate(timeMs: number): string {
  return utcText(timeMs).slice(0, 10)
}

/**
 * Whether the credential's signature is that of this request under `secret`. `parameters` are those of the
 * request.
 *
 * A Signature parameter covers a text in which `a=1&b=2` may be two parameters or one: whoever can alter a
 * request on its way can make use of that. The construction is the vendor's; only TLS helps.
 */
export function verify(
  request: SignableRequest,
  credential: Credential,
  secret: string,
  parameters: RequestParameters,
): Verification {
  if (credential.scheme === TC3) return verifyHeaders(request, credential, secret)
  const algorithm = credential.scheme === 'HmacSHA256' ? 'sha256' : 'sha1'
  const key = hmacKey(secret)
  const isSigned = (text: string) => sameText(hmac(algorithm, key, text, 'base64'), credential.signature)

  const text = parameterStringToSign(request, signedAsSent(parameters.all))
  if (isSigned(text)) return { ok: true }
  if (parameters.all.some(isSignedDifferently)) {
    for (const variant of VARIANTS) {
      if (isSigned(parameterStringToSign(request, variant(parameters.all, request.method))))
        return { ok: true }
    }
  }
  return { ok: false, canonicalRequest: null, stringToSign: text }
}

function verifyHeaders(request: SignableRequest, credential: Credential, secret: string): Verification {
  const key = tc3Key(secret, credential.scope)
  const payloadHash = hashOfPayload(request)
  const isSigned = (canonical: string) =>
    sameText(hmac('sha256', key, tc3StringToSign(credential, canonical), 'hex'), credential.signature)

  const host = header(request, 'host')
  const canonical = canonicalRequest(request, credential.signedHeaders, host, payloadHash)
  if (isSigned(canonical)) return { ok: true }
  // The Node.js SDK signs the host name alone, the Go and Python SDKs what they send.
  const hostName = host.replace(/:\d+$/, '')
  if (hostName !== host) {
    if (isSigned(canonicalRequest(request, credential.signedHeaders, hostName, payloadHash)))
      return { ok: true }
  }
  return { ok: false, canonicalRequest: canonical, stringToSign: tc3StringToSign(credential, canonical) }
}

/** A caller's keys, as {@link signHeaders} needs them. */
export interface Signer {
  readonly accessKeyId: string
  readonly secret: string
}

/**
 * The headers a client adds to sign this request with TC3 at `timeMs` (milliseconds since the epoch). As with
 * every SDK, `content-type` and `host` of the request are signed and no other header.
 */
export function signHeaders(
  request: SignableRequest,
  signer: Signer & { readonly service: string },
  timeMs: number,
): { 'x-tc-timestamp': string; authorization: string } {
  const time = unixSeconds(timeMs)
  const scope = [utcDate(timeMs), signer.service, SCOPE_END]
  const signedHeaders = ['content-type', 'host']
  const canonical = canonicalRequest(request, signedHeaders, header(request, 'host'), hashOfPayload(request))
  const key = tc3Key(signer.secret, scope)
  const signature = hmac('sha256', key, tc3StringToSign({ scope, time }, canonical), 'hex')
  const claim = `Credential=${[signer.accessKeyId, ...scope].join('/')}`
  const authorization = `${TC3} ${claim}, SignedHeaders=${signedHeaders.join(';')}, Signature=${signature}`
  return { 'x-tc-timestamp': time, authorization }
}

/**
 * The parameters a client adds, to query or form, to sign a request with these parameters at `timeMs`
 * (milliseconds since the epoch). Of the request only method, path and host count. Signature comes last.
 */
export function signParameters(
  request: SignableRequest,
  parameters: readonly Pair[],
  signer: Signer & { readonly scheme: Exclude<Scheme, typeof TC3> },
  timeMs: number,
  nonce: string,
): Pair[] {
  const added: Pair[] = [
    ['SecretId', signer.accessKeyId],
    ['SignatureMethod', signer.scheme],
    ['Timestamp', unixSeconds(timeMs)],
    ['Nonce', nonce],
  ]
  const text = parameterStringToSign(request, signedAsSent([...parameters, ...added]))
  const algorithm = signer.scheme === 'HmacSHA256' ? 'sha256' : 'sha1'
  return [...added, ['Signature', hmac(algorithm, hmacKey(signer.secret), text, 'base64')]]
}

function unixSeconds(timeMs: number): string {
  return String(Math.floor(timeMs / 1000))
}

function tc3Key(secret: string, scope: readonly string[]): HmacKey {
  return hmacKeyChain(hmacKey(`TC3${secret}`), scope)
}

/** The query counts exactly as received: the SDKs order and encode it each in its own way. */
function canonicalRequest(
  request: SignableRequest,
  signedHeaders: readonly string[],
  host: string,
  payloadHash: string,
): string {
  let headers = ''
  for (const name of signedHeaders) {
    const lowerCaseName = name.toLowerCase()
    headers += `${lowerCaseName}:${lowerCaseName === 'host' ? host : header(request, lowerCaseName)}\n`
  }
  const names = signedHeaders.join(';')
  return `${request.method}\n${request.path}\n${request.query}\n${headers}\n${names}\n${payloadHash}`
}

/**
 * The Go and Python SDKs can be told not to hash the body; they then sign the hash of these words instead.
 */
function hashOfPayload(request: SignableRequest): string {
  const unsigned = 'UNSIGNED-PAYLOAD'
  return sha256Hex(header(request, 'x-tc-content-sha256') === unsigned ? unsigned : request.body)
}

function tc3StringToSign({ scope, time }: Pick<Credential, 'scope' | 'time'>, canonical: string): string {
  return `${TC3}\n${time}\n${scope.join('/')}\n${sha256Hex(canonical)}`
}

/** Names and values are not encoded; the host keeps its port. */
function parameterStringToSign(request: SignableRequest, signed: readonly Pair[]): string {
  let text = ''
  for (const [name, value] of signed) text += `${text === '' ? '' : '&'}${name}=${value}`
  return `${request.method}${header(request, 'host')}${request.path}?${text}`
}

/** The parameters that a signature covers, in order: all but itself. As the SDKs of API 3.0 do it. */
function signedAsSent(parameters: readonly Pair[]): Pair[] {
  return parameters.filter(([name]) => name !== 'Signature').sort(byName)
}

/**
 * Whether some SDK would sign this parameter other than as sent. The peering API itself has no such
 * parameter.
 */
function isSignedDifferently([name, value]: Pair): boolean {
  return name.includes('_') || value === '' || value.startsWith('@')
}

/**
 * What other SDKs sign. In the legacy API a leading `@` marks a file to upload, which is not signed: the two
 * SDKs that know it leave such a value uncovered.
 */
const VARIANTS: readonly ((parameters: readonly Pair[], method: string) => Pair[])[] = [
  // The Node.js SDK of the legacy API: `_` becomes `.` except in names that begin with it, after sorting.
  (parameters, method) =>
    withoutFiles(signedAsSent(parameters), method)
      .filter(([name]) => name !== '')
      .map(([name, value]) => [name.startsWith('_') ? name : name.replaceAll('_', '.'), value]),
  // The Python SDK of API 3.0: every `_` becomes `.`, before sorting.
  (parameters) => signedAsSent(parameters.map(([name, value]) => [name.replaceAll('_', '.'), value])),
  // A Go SDK of the legacy API: every `_` becomes `.`, after sorting, and empty values are left out.
  (parameters, method) =>
    withoutFiles(signedAsSent(parameters), method)
      .filter(([, value]) => value !== '')
      .map(([name, value]) => [name.replaceAll('_', '.'), value]),
]

/** Only API 3.0 has a Version, and no files. */
function withoutFiles(parameters: Pair[], method: string): Pair[] {
  const mayHaveFiles = method === 'POST' && parameter(parameters, 'Version') === null
  return mayHaveFiles ? parameters.filter(([, value]) => !value.startsWith('@')) : parameters
}
