import {
  byName,
  type CredentialReading,
  encode,
  encodePairs,
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
import { hmac, hmacKey } from '../hmac.ts'
import { EXTENDED, utcText, utcTimeMs } from '../times.ts'

/**
 * The request signatures of Alibaba Cloud. Two families:
 *
 * - `ACS3-HMAC-SHA256`: an Authorization header; action and version are headers. The current SDKs.
 * - `HMAC-SHA1` and `HMAC-SHA256`: a Signature parameter ("RPC", signature version 1.0); action and version
 *   are parameters, and only those are signed. The older SDKs, the command line and the Terraform provider.
 *
 * The scheme therefore also says where the action is to be read from.
 *
 * Source: captured from the TypeScript, Node.js and Go SDKs and the Terraform provider; vendor pages "Request
 * syntax and signature method V3" and "Signature method" of the RPC style.
 */
export type Scheme = 'ACS3-HMAC-SHA256' | 'HMAC-SHA1' | 'HMAC-SHA256'

/** What a signed request claims. Nothing in it is true before {@link verify} says so. */
export interface Credential {
  readonly scheme: Scheme
  readonly accessKeyId: string
  /** Names as the client wrote them, in its order; none in the schemes with a Signature parameter. */
  readonly signedHeaders: readonly string[]
  readonly signature: string
  /** x-acs-date or Timestamp as sent. */
  readonly time: string
  /** x-acs-signature-nonce or SignatureNonce as sent. */
  readonly nonce: string
}

const ACS3 = 'ACS3-HMAC-SHA256'
const WINDOW_MS = 15 * 60 * 1000
const HEADERS_TO_SIGN = [
  'host',
  'x-acs-action',
  'x-acs-version',
  'x-acs-date',
  'x-acs-signature-nonce',
  'x-acs-content-sha256',
]
const REQUIRED_PARAMETERS = [
  'AccessKeyId',
  'Signature',
  'SignatureMethod',
  'SignatureVersion',
  'SignatureNonce',
  'Timestamp',
]

/**
 * The credential of a request: from its Authorization header if that is of the ACS3 kind, else from its
 * parameters. A request that is not signed at all is `missing` its AccessKeyId.
 */
export function readCredential(
  request: SignableRequest,
  parameters: RequestParameters,
): CredentialReading<Credential> {
  const authorization = header(request, 'authorization')
  return authorization.startsWith('ACS3-')
    ? readHeaderCredential(request, authorization)
    : readParameterCredential(parameters)
}

function readHeaderCredential(request: SignableRequest, text: string): CredentialReading<Credential> {
  const { algorithm, fields } = readAuthorization(text)
  const accessKeyId = fields.get('Credential') ?? ''
  const signedHeaders = (fields.get('SignedHeaders') ?? '').split(';')
  const signature = fields.get('Signature') ?? ''
  if (algorithm !== ACS3 || accessKeyId === '' || signature === '') return malformed('Authorization')
  const lowerCaseNames = signedHeaders.map((name) => name.toLowerCase())
  for (const name of HEADERS_TO_SIGN) {
    if (header(request, name) === '') return missing(name)
    if (!lowerCaseNames.includes(name)) return malformed('SignedHeaders')
  }
  const time = header(request, 'x-acs-date')
  const nonce = header(request, 'x-acs-signature-nonce')
  return { ok: true, credential: { scheme: ACS3, accessKeyId, signedHeaders, signature, time, nonce } }
}

function readParameterCredential({ all }: RequestParameters): CredentialReading<Credential> {
  const value = (name: string) => parameter(all, name) ?? ''
  const absent = REQUIRED_PARAMETERS.find((name) => value(name) === '')
  if (absent !== undefined) return missing(absent)
  const scheme = value('SignatureMethod')
  if (scheme !== 'HMAC-SHA1' && scheme !== 'HMAC-SHA256') return malformed('SignatureMethod')
  if (value('SignatureVersion') !== '1.0') return malformed('SignatureVersion')
  const credential: Credential = {
    scheme,
    accessKeyId: value('AccessKeyId'),
    signedHeaders: [],
    signature: value('Signature'),
    time: value('Timestamp'),
    nonce: value('SignatureNonce'),
  }
  return { ok: true, credential }
}

/**
 * Whether the time of a credential is within 15 minutes of `nowMs` (milliseconds since the epoch), on either
 * side. `malformed` unless it is `YYYY-MM-DDThh:mm:ssZ`; fractions of a second are refused.
 *
 * Source: vendor page on the error codes of Cloud Push, "InvalidTimeStamp".
 */
export function checkTime(credential: Credential, nowMs: number): TimeVerdict {
  const timeMs = utcTimeMs(credential.time, EXTENDED)
  if (timeMs === null) return 'malformed'
  return Math.abs(nowMs - timeMs) <= WINDOW_MS ? 'ok' : 'expired'
}

/** x-acs-date or Timestamp for a time in milliseconds since the epoch. */
function timestamp(timeMs: number): string {
  return `${utcText(timeMs)}Z`
}

/**
 * Whether the credential's signature is that of this request under `secret`. On failure the string to sign is
 * there too, which the vendor prints and its SDKs compare with their own. `parameters` are those of the
 * request.
 */
export function verify(
  request: SignableRequest,
  credential: Credential,
  secret: string,
  parameters: RequestParameters,
): Verification {
  if (credential.scheme === ACS3) return verifyHeaders(request, credential, secret, parameters)
  const text = parameterStringToSign(request.method, parameters.all)
  const signature = parameterSignature(credential.scheme, secret, text)
  if (sameText(signature, credential.signature)) return { ok: true }
  return { ok: false, canonicalRequest: null, stringToSign: text }
}

function verifyHeaders(
  request: SignableRequest,
  credential: Credential,
  secret: string,
  parameters: RequestParameters,
): Verification {
  const payloadHash = sha256Hex(request.body)
  const isSigned = (canonical: string) =>
    sameText(headerSignature(secret, headerStringToSign(canonical)), credential.signature)

  const query = canonicalQuery(parameters.query)
  const canonical = canonicalRequest(request, credential.signedHeaders, query, payloadHash)
  if (header(request, 'x-acs-content-sha256') === payloadHash) {
    if (isSigned(canonical)) return { ok: true }
    if (parameters.query.some(([, value]) => value === '')) {
      const olderQuery = canonicalQueryOfOlderPython(parameters.query)
      if (isSigned(canonicalRequest(request, credential.signedHeaders, olderQuery, payloadHash))) {
        return { ok: true }
      }
    }
  }
  return { ok: false, canonicalRequest: canonical, stringToSign: headerStringToSign(canonical) }
}

/** A caller's keys, as {@link signHeaders} needs them. */
export interface Signer {
  readonly accessKeyId: string
  readonly secret: string
}

/**
 * The headers a client adds to sign this request with ACS3 at `timeMs` (milliseconds since the epoch). All
 * headers of the request are signed, so one that shall stay unsigned is to be added later.
 */
export function signHeaders(
  request: SignableRequest,
  parameters: RequestParameters,
  signer: Signer,
  timeMs: number,
  nonce: string,
): Record<'x-acs-date' | 'x-acs-signature-nonce' | 'x-acs-content-sha256' | 'authorization', string> {
  const added = {
    'x-acs-date': timestamp(timeMs),
    'x-acs-signature-nonce': nonce,
    'x-acs-content-sha256': sha256Hex(request.body),
  }
  const headers = { ...request.headers, ...added }
  const names = Object.keys(headers).sort()
  const query = canonicalQuery(parameters.query)
  const canonical = canonicalRequest({ ...request, headers }, names, query, added['x-acs-content-sha256'])
  const signature = headerSignature(signer.secret, headerStringToSign(canonical))
  const claim = `Credential=${signer.accessKeyId},SignedHeaders=${names.join(';')},Signature=${signature}`
  return { ...added, authorization: `${ACS3} ${claim}` }
}

/**
 * The parameters a client adds, to query or form, to sign a request with these parameters at `timeMs`
 * (milliseconds since the epoch). Signature comes last.
 */
export function signParameters(
  method: string,
  parameters: readonly Pair[],
  signer: Signer & { readonly scheme: Exclude<Scheme, typeof ACS3> },
  timeMs: number,
  nonce: string,
): Pair[] {
  const added: Pair[] = [
    ['AccessKeyId', signer.accessKeyId],
    ['SignatureMethod', signer.scheme],
    ['SignatureNonce', nonce],
    ['SignatureVersion', '1.0'],
    ['Timestamp', timestamp(timeMs)],
  ]
  const text = parameterStringToSign(method, [...parameters, ...added])
  return [...added, ['Signature', parameterSignature(signer.scheme, signer.secret, text)]]
}

/**
 * The SDKs leave parameter names as they are. Here they are encoded, which is the same for every name the
 * vendor has, and keeps a name such as `A=1&DryRun` from standing for two parameters that the client did
 * sign.
 */
function canonicalQuery(query: readonly Pair[]): string {
  return encodePairs(query.toSorted(byName))
}

/**
 * The core of the older Python SDKs, which the published VpcPeer SDK for Python uses, ends no empty value in
 * `=`.
 */
function canonicalQueryOfOlderPython(query: readonly Pair[]): string {
  const sorted = query.toSorted(byName)
  return sorted.map((pair) => (pair[1] === '' ? encode(pair[0]) : encodePairs([pair]))).join('&')
}

function canonicalRequest(
  request: SignableRequest,
  signedHeaders: readonly string[],
  query: string,
  payloadHash: string,
): string {
  let headers = ''
  for (const name of signedHeaders) {
    const lowerCaseName = name.toLowerCase()
    headers += `${lowerCaseName}:${header(request, lowerCaseName)}\n`
  }
  return `${request.method}\n${request.path}\n${query}\n${headers}\n${signedHeaders.join(';')}\n${payloadHash}`
}

function headerStringToSign(canonical: string): string {
  return `${ACS3}\n${sha256Hex(canonical)}`
}

function headerSignature(secret: string, stringToSign: string): string {
  return hmac('sha256', hmacKey(secret), stringToSign, 'hex')
}

/** The path is always that of the root, whatever the request's is. */
function parameterStringToSign(method: string, parameters: readonly Pair[]): string {
  const signed = parameters.filter(([name]) => name !== 'Signature').sort(byName)
  return `${method}&%2F&${encode(encodePairs(signed))}`
}

function parameterSignature(
  scheme: Exclude<Scheme, typeof ACS3>,
  secret: string,
  stringToSign: string,
): string {
  return hmac(scheme === 'HMAC-SHA1' ? 'sha1' : 'sha256', hmacKey(`${secret}&`), stringToSign, 'base64')
}
