import { hkdfSync } from 'node:crypto'
import {
  byName,
  type CredentialReading,
  decodePairs,
  encode,
  encodePairs,
  header,
  malformed,
  missing,
  type Pair,
  readAuthorization,
  readDecoded,
  type SignableRequest,
  sameText,
  sha256Hex,
  type TimeVerdict,
  type Verification,
} from '../encoding.ts'
import { type HmacKey, hmac, hmacKey, hmacKeyChain } from '../hmac.ts'
import { BASIC, utcText, utcTimeMs } from '../times.ts'

/**
 * The request signatures of Huawei Cloud and Open Telekom Cloud. Three schemes share one canonical request
 * and differ in the key, and in what the string to sign says about it:
 *
 * - `SDK-HMAC-SHA256 Access`: the secret itself is the key. Huawei's SDKs and Terraform provider.
 * - `SDK-HMAC-SHA256 Credential`: a chain of HMACs over date, region, service. Open Telekom Cloud's Go SDK
 *   and Terraform provider, which leave region and service empty.
 * - `V11-HMAC-SHA256`: a key derived with HKDF. Huawei's SDKs when they are told to.
 *
 * Source: captured from the Node.js and Go SDKs of Huawei Cloud and the Go SDK of Open Telekom Cloud.
 */
export type Scheme = 'SDK-HMAC-SHA256 Access' | 'SDK-HMAC-SHA256 Credential' | 'V11-HMAC-SHA256'

/** What a signed request claims. Nothing in it is true before {@link verify} says so. */
export interface Credential {
  readonly scheme: Scheme
  readonly accessKeyId: string
  /**
   * What the key is bound to: date (`YYYYMMDD`), region, service and, in the chain, `sdk_request`. Else
   * empty.
   */
  readonly scope: readonly string[]
  /** Names as the client wrote them, in its order. */
  readonly signedHeaders: readonly string[]
  readonly signature: string
  /** X-Sdk-Date as sent. */
  readonly time: string
  /** These schemes have none. */
  readonly nonce: null
}

const CHAIN_END = 'sdk_request'
/** Node refuses to derive a key for a longer scope. Those of honest clients stay under 100. */
const CREDENTIAL_BYTES_MAX = 1024
const WINDOW_MS = 15 * 60 * 1000

/**
 * The credential of a request. `missing` Authorization means that the request is not signed at all, for
 * instance because it carries a token. X-Sdk-Date must be among the signed headers; every client does that.
 */
export function readCredential(request: SignableRequest): CredentialReading<Credential> {
  const text = header(request, 'authorization')
  if (text === '') return missing('Authorization')
  const { algorithm, fields } = readAuthorization(text)
  const claim = readKey(algorithm, fields)
  const signedHeaders = (fields.get('SignedHeaders') ?? '').split(';')
  const signature = fields.get('Signature') ?? ''
  if (claim === null || signature === '') return malformed('Authorization')
  if (!signedHeaders.some((name) => name.toLowerCase() === 'x-sdk-date')) return malformed('SignedHeaders')
  const time = header(request, 'x-sdk-date')
  if (time === '') return missing('X-Sdk-Date')
  return { ok: true, credential: { ...claim, signedHeaders, signature, time, nonce: null } }
}

function readKey(
  algorithm: string,
  fields: ReadonlyMap<string, string>,
): Pick<Credential, 'scheme' | 'accessKeyId' | 'scope'> | null {
  const access = fields.get('Access') ?? ''
  if (algorithm === 'SDK-HMAC-SHA256' && access !== '') {
    return { scheme: 'SDK-HMAC-SHA256 Access', accessKeyId: access, scope: [] }
  }
  const text = fields.get('Credential') ?? ''
  const [accessKeyId = '', ...scope] = text.split('/')
  if (accessKeyId === '' || Buffer.byteLength(text) > CREDENTIAL_BYTES_MAX) return null
  if (algorithm === 'SDK-HMAC-SHA256' && scope.length === 4 && scope[3] === CHAIN_END) {
    return { scheme: 'SDK-HMAC-SHA256 Credential', accessKeyId, scope }
  }
  if (algorithm === 'V11-HMAC-SHA256' && scope.length === 3) {
    return { scheme: 'V11-HMAC-SHA256', accessKeyId, scope }
  }
  return null
}

/**
 * Whether the time of a credential is within 15 minutes of `nowMs` (milliseconds since the epoch), on either
 * side. `malformed` unless it is `YYYYMMDDTHHMMSSZ` and, where the key is bound to a day, of that very day.
 *
 * Source: Huawei Cloud API Gateway FAQ, "Incorrect IAM authentication information".
 */
export function checkTime(credential: Credential, nowMs: number): TimeVerdict {
  const timeMs = utcTimeMs(credential.time, BASIC)
  if (timeMs === null) return 'malformed'
  const boundTo = credential.scope[0]
  if (boundTo !== undefined && boundTo !== credential.time.slice(0, 8)) return 'malformed'
  return Math.abs(nowMs - timeMs) <= WINDOW_MS ? 'ok' : 'expired'
}

/** X-Sdk-Date for a time in milliseconds since the epoch. */
function sdkDate(timeMs: number): string {
  return `${utcText(timeMs).replaceAll(/[-:]/g, '')}Z`
}

/**
 * Whether the credential's signature is that of this request under `secret`. On failure the canonical request
 * is there too, which the vendor's gateway prints. Headers that are not signed are not covered: with the Go
 * SDK and the Terraform provider that includes X-Project-Id.
 */
export function verify(request: SignableRequest, credential: Credential, secret: string): Verification {
  const key = signingKey(credential, secret)
  const forms = signedForms(request, credential)
  for (const form of forms) {
    const text = stringToSign(credential, canonicalRequest(request, credential, form))
    if (sameText(hmac('sha256', key, text, 'hex'), credential.signature)) return { ok: true }
  }
  const canonical = canonicalRequest(request, credential, forms[0])
  return { ok: false, canonicalRequest: canonical, stringToSign: stringToSign(credential, canonical) }
}

/**
 * A caller's keys, as {@link signHeaders} needs them. Region and service matter to the scoped schemes only.
 */
export interface Signer {
  readonly scheme: Scheme
  readonly accessKeyId: string
  readonly secret: string
  readonly region?: string
  readonly service?: string
}

/**
 * The headers a client adds to sign this request at `timeMs` (milliseconds since the epoch): `x-sdk-date` and
 * `authorization`. All headers of the request are signed, so one that shall stay unsigned is to be added
 * later.
 */
export function signHeaders(
  request: SignableRequest,
  signer: Signer,
  timeMs: number,
): { 'x-sdk-date': string; authorization: string } {
  const time = sdkDate(timeMs)
  const headers = { ...request.headers, 'x-sdk-date': time }
  const bound = [time.slice(0, 8), signer.region ?? '', signer.service ?? '']
  const scope = {
    'SDK-HMAC-SHA256 Access': [],
    'SDK-HMAC-SHA256 Credential': [...bound, CHAIN_END],
    'V11-HMAC-SHA256': bound,
  }[signer.scheme]
  const credential: Credential = {
    scheme: signer.scheme,
    accessKeyId: signer.accessKeyId,
    scope,
    signedHeaders: Object.keys(headers).sort(),
    signature: '',
    time,
    nonce: null,
  }
  const signable = { ...request, headers }
  const canonical = canonicalRequest(signable, credential, signedForms(signable, credential)[0])
  const key = signingKey(credential, signer.secret)
  const signature = hmac('sha256', key, stringToSign(credential, canonical), 'hex')
  const label = scope.length === 0 ? 'Access' : 'Credential'
  const claim = `${label}=${[signer.accessKeyId, ...scope].join('/')}`
  const signedHeaders = `SignedHeaders=${credential.signedHeaders.join(';')}`
  const authorization = `${algorithmOf(signer.scheme)} ${claim}, ${signedHeaders}, Signature=${signature}`
  return { 'x-sdk-date': time, authorization }
}

function algorithmOf(scheme: Scheme): string {
  return scheme === 'V11-HMAC-SHA256' ? scheme : 'SDK-HMAC-SHA256'
}

function signingKey(credential: Credential, secret: string): HmacKey {
  if (credential.scheme === 'SDK-HMAC-SHA256 Access') return hmacKey(secret)
  if (credential.scheme === 'SDK-HMAC-SHA256 Credential') {
    return hmacKeyChain(hmacKey(`SDK${secret}`), credential.scope)
  }
  // The derived bytes are written out in hexadecimal, and that text is the key.
  const derived = hkdfSync('sha256', secret, credential.accessKeyId, credential.scope.join('/'), 32)
  return hmacKey(Buffer.from(derived).toString('hex'))
}

function stringToSign(credential: Credential, canonical: string): string {
  const scope = credential.scope.length === 0 ? '' : `${credential.scope.join('/')}\n`
  return `${algorithmOf(credential.scheme)}\n${credential.time}\n${scope}${sha256Hex(canonical)}`
}

/** The three parts of the canonical request in which clients differ. */
interface SignedForm {
  readonly path: string
  readonly query: string
  readonly payloadHash: string
}

function canonicalRequest(request: SignableRequest, credential: Credential, form: SignedForm): string {
  const collapses = credential.scheme === 'SDK-HMAC-SHA256 Credential'
  let headers = ''
  for (const name of credential.signedHeaders) {
    const lowerCaseName = name.toLowerCase()
    const value = header(request, lowerCaseName)
    headers += `${lowerCaseName}:${collapses ? value.replaceAll(/\s+/g, ' ') : value}\n`
  }
  const signedHeaders = credential.signedHeaders.join(';')
  return `${request.method}\n${form.path}\n${form.query}\n${headers}\n${signedHeaders}\n${form.payloadHash}`
}

/** The forms in which clients sign this request, the usual one first. */
function signedForms(request: SignableRequest, credential: Credential): [SignedForm, ...SignedForm[]] {
  const pairs = decodePairs(request.query)
  const chained = credential.scheme === 'SDK-HMAC-SHA256 Credential'
  const query = encodePairs(pairs.sort(chained ? byNameIgnoringCase : byNameThenValue))
  const payloadHash = hashOfPayload(request)
  const path = canonicalPath(request.path)
  const forms: [SignedForm, ...SignedForm[]] = [{ path, query, payloadHash }]
  // The Node.js SDK encodes the escapes it already put into a path once more; everyone else signs the plain
  // text.
  const decodedPath = path.includes('%') ? canonicalPath(request.path, true) : path
  if (decodedPath !== path) forms.push({ path: decodedPath, query, payloadHash })
  if (chained && request.method === 'POST' && request.body.length === 0 && query !== '') {
    // For a POST without a body the Go SDK of Open Telekom Cloud hashes the query as if it were a form body.
    const asForm = encodePairs(pairs.sort(byName)).replaceAll('%20', '+')
    forms.push({ path: decodedPath, query: '', payloadHash: sha256Hex(asForm) })
  }
  return forms
}

/** The path with every segment encoded (decoded first if `decoded`), and with a slash at the end. */
function canonicalPath(path: string, decoded = false): string {
  const closed = path.endsWith('/') ? path : `${path}/`
  if (/^[A-Za-z0-9\-_.~/]*$/.test(closed)) return closed
  const segments = closed.split('/')
  if (!decoded) return segments.map(encode).join('/')
  return readDecoded((decode) => segments.map((segment) => encode(decode(segment))).join('/'))
}

/**
 * A client may say that it did not hash the payload, and signs having said so. Any other X-Sdk-Content-Sha256
 * is not believed: the header need not be signed, so whoever replaced the body could add the hash of the
 * original there.
 */
function hashOfPayload(request: SignableRequest): string {
  const unsigned = 'UNSIGNED-PAYLOAD'
  return header(request, 'x-sdk-content-sha256') === unsigned ? unsigned : sha256Hex(request.body)
}

function byNameThenValue(a: Pair, b: Pair): number {
  return byName(a, b) || (a[1] < b[1] ? -1 : a[1] > b[1] ? 1 : 0)
}

function byNameIgnoringCase(a: Pair, b: Pair): number {
  return byName([a[0].toLowerCase(), ''], [b[0].toLowerCase(), ''])
}
