import { hash, timingSafeEqual } from 'node:crypto'
import type { WireRequest } from './wire.ts'

/**
 * What the signature code of every dialect shares: text in and out of percent-encoding, digests, and the
 * shapes of the answers. Everything here is pure and never throws on what a client sent.
 */

/** A decoded parameter. */
export type Pair = readonly [name: string, value: string]

/** The part of a request that a signature can cover. */
export type SignableRequest = Pick<WireRequest, 'method' | 'path' | 'query' | 'headers' | 'body'>

/**
 * What a request claims about its caller, or why that cannot be used: `missing` means that `field` is absent
 * or empty, `malformed` that it cannot be read as what it should be, `skipped` that the client says in so
 * many words that it did not sign. `field` is spelled as the vendor's documentation spells it.
 */
export type CredentialReading<Credential> =
  | { readonly ok: true; readonly credential: Credential }
  | { readonly ok: false; readonly problem: 'missing' | 'malformed' | 'skipped'; readonly field: string }

/**
 * Whether a signature is right. If not, the texts the server arrived at, for the client to compare with its
 * own; neither holds a secret. `canonicalRequest` is null where the scheme has none.
 */
export type Verification =
  | { readonly ok: true }
  | { readonly ok: false; readonly canonicalRequest: string | null; readonly stringToSign: string }

/** Whether the time a request claims is within the vendor's window around now. */
export type TimeVerdict = 'ok' | 'expired' | 'malformed'

/** The reading of a request whose `field` is absent or empty. */
export function missing(field: string): CredentialReading<never> {
  return { ok: false, problem: 'missing', field }
}

/** The reading of a request whose `field` is there and cannot be used. */
export function malformed(field: string): CredentialReading<never> {
  return { ok: false, problem: 'malformed', field }
}

const UNRESERVED_ONLY = /^[A-Za-z0-9\-_.~]*$/
const RESERVED_BUT_LEFT_BY_ENCODE_URI_COMPONENT = /[!'()*]/g

/**
 * `text` with every byte of its UTF-8 form percent-encoded, in upper case, except the unreserved characters
 * of RFC 3986. A lone surrogate counts as U+FFFD.
 */
export function encode(text: string): string {
  if (UNRESERVED_ONLY.test(text)) return text
  return encodeURIComponent(text.toWellFormed()).replace(
    RESERVED_BUT_LEFT_BY_ENCODE_URI_COMPONENT,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

/** `name=value&…`, both sides encoded, in the order given. A pair with an empty value ends in `=`. */
export function encodePairs(pairs: readonly Pair[]): string {
  let text = ''
  for (const [name, value] of pairs) text += `${text === '' ? '' : '&'}${encode(name)}=${encode(value)}`
  return text
}

/**
 * As the URL Standard decodes: a `%` that starts no escape stays as it is, bytes that are not UTF-8 are
 * U+FFFD.
 */
function decodeLeniently(text: string): string {
  return text.replace(/(?:%[0-9A-Fa-f]{2})+/g, (escapes) =>
    Buffer.from(escapes.replaceAll('%', ''), 'hex').toString('utf8'),
  )
}

/**
 * The result of `read`, which is handed a percent-decoder. A malformed escape anywhere makes it run a second
 * time with a lenient decoder (a `%` that starts no escape stays as it is, bytes that are not UTF-8 are
 * U+FFFD). The whole reading is repeated, so that a text full of malformed escapes costs one exception and
 * not thousands.
 */
export function readDecoded<Result>(read: (decode: (text: string) => string) => Result): Result {
  try {
    return read(decodeURIComponent)
  } catch (error) {
    if (!(error instanceof URIError)) throw error
    return read(decodeLeniently)
  }
}

/**
 * The parameters of a query string or form body, in the order sent, repeated ones included. `+` is a space,
 * which every client agrees on: those that do not write it so encode a real plus sign. A name without `=` has
 * an empty value; nothing between two `&` is no parameter. Malformed escapes: see {@link readDecoded}.
 */
export function decodePairs(text: string): Pair[] {
  if (text === '') return []
  return readDecoded((decode) => {
    const decodePiece = (piece: string) => {
      const spaced = piece.includes('+') ? piece.replaceAll('+', ' ') : piece
      return spaced.includes('%') ? decode(spaced) : spaced
    }
    const pairs: Pair[] = []
    for (const piece of text.split('&')) {
      if (piece === '') continue
      const equals = piece.indexOf('=')
      if (equals === -1) pairs.push([decodePiece(piece), ''])
      else pairs.push([decodePiece(piece.slice(0, equals)), decodePiece(piece.slice(equals + 1))])
    }
    return pairs
  })
}

/**
 * Orders pairs by name, by code unit, which for the names any vendor uses is byte order. Sorting keeps ties
 * as sent.
 */
export function byName(a: Pair, b: Pair): number {
  return a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0
}

/** The decoded parameters of one request: from its query, from its form body, and both in that order. */
export interface RequestParameters {
  readonly query: readonly Pair[]
  readonly form: readonly Pair[]
  readonly all: readonly Pair[]
}

/**
 * The parameters of a request. The body counts as a form when its content type says so or when it has none;
 * any other body, such as JSON, holds no parameters. Values stay text: a nonce may exceed what a number can
 * hold.
 */
export function readParameters(request: SignableRequest): RequestParameters {
  const query = decodePairs(request.query)
  const form = request.body.length > 0 && isForm(request) ? decodePairs(request.body.toString('utf8')) : []
  return { query, form, all: form.length === 0 ? query : query.length === 0 ? form : [...query, ...form] }
}

function isForm(request: SignableRequest): boolean {
  const type = header(request, 'content-type')
  return type === '' || type.toLowerCase().startsWith('application/x-www-form-urlencoded')
}

/**
 * The value of a parameter, the last one if it is repeated (as `new Map(pairs)` has it), or null if it is
 * absent.
 */
export function parameter(pairs: readonly Pair[], name: string): string | null {
  return pairs.findLast((pair) => pair[0] === name)?.[1] ?? null
}

/**
 * The value of a header without the white space around it, empty if it is absent. The name may come from the
 * client, so one such as `constructor` must not reach the prototype of the header table.
 */
export function header(request: SignableRequest, lowerCaseName: string): string {
  const value: unknown = Object.hasOwn(request.headers, lowerCaseName) ? request.headers[lowerCaseName] : ''
  return typeof value === 'string' ? value.trim() : ''
}

/** An `Authorization` header taken apart: `algorithm name=value, name=value`. */
export interface Authorization {
  readonly algorithm: string
  readonly fields: ReadonlyMap<string, string>
}

/**
 * The parts of an `Authorization` header. White space after the commas is optional; pieces without `=` are
 * dropped.
 */
export function readAuthorization(text: string): Authorization {
  const space = text.indexOf(' ')
  const fields = new Map<string, string>()
  if (space === -1) return { algorithm: text, fields }
  for (const piece of text.slice(space + 1).split(',')) {
    const equals = piece.indexOf('=')
    if (equals !== -1) fields.set(piece.slice(0, equals).trim(), piece.slice(equals + 1).trim())
  }
  return { algorithm: text.slice(0, space), fields }
}

const SHA256_OF_NOTHING = hash('sha256', '', 'hex')

/** The lower-case hexadecimal SHA-256 of `data`; of its UTF-8 form if it is text. */
export function sha256Hex(data: string | Buffer): string {
  return data.length === 0 ? SHA256_OF_NOTHING : hash('sha256', data, 'hex')
}

/**
 * Whether two texts are equal. The time taken depends on their lengths only, never on where they first
 * differ.
 */
export function sameText(a: string, b: string): boolean {
  // UTF-16 is the one encoding that gives different bytes for any two different strings.
  const left = Buffer.from(a, 'utf16le')
  const right = Buffer.from(b, 'utf16le')
  return left.length === right.length && timingSafeEqual(left, right)
}
