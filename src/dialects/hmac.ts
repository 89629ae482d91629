import { hash } from 'node:crypto'

/** Key bytes for {@link hmac}, one per character. */
export type HmacKey = string & { readonly brand: 'HmacKey' }

type Algorithm = 'sha1' | 'sha256'

/** How much both algorithms take at once, and the longest key that is used as it is, bytes. */
const BLOCK = 64
const DIGEST_MAX = 32
/** The key mixed with 0x36, and the text behind it; then the key mixed with 0x5c, and what became of the first. */
const inner = Buffer.alloc(4096)
const outer = Buffer.alloc(BLOCK + DIGEST_MAX)

/** The UTF-8 bytes of `text` as a key. */
export function hmacKey(text: string): HmacKey {
  // What has no more bytes than characters is ASCII, and each of these is its own byte.
  const isAscii = Buffer.byteLength(text) === text.length
  return (isAscii ? text : Buffer.from(text, 'utf8').toString('latin1')) as HmacKey
}

/** The key at the end of a chain: each step is the HMAC-SHA256 of the next text under the key so far. */
export function hmacKeyChain(first: HmacKey, texts: readonly string[]): HmacKey {
  return texts.reduce<HmacKey>((key, text) => hmac('sha256', key, text, 'binary') as HmacKey, first)
}

/**
 * The HMAC of the UTF-8 form of `text`. By its definition from two plain hashes: Node 24 makes these at once, in half the time
 * that an HMAC object takes, of which every signed request needs one and some need five.
 *
 * Source: RFC 2104, section 2.
 */
export function hmac(
  algorithm: Algorithm,
  key: HmacKey,
  text: string,
  output: 'hex' | 'base64' | 'binary',
): string {
  const bytes = key.length > BLOCK ? hash(algorithm, Buffer.from(key, 'latin1'), 'binary') : key
  for (let index = 0; index < BLOCK; index++) {
    const byte = index < bytes.length ? bytes.charCodeAt(index) : 0
    inner[index] = byte ^ 0x36
    outer[index] = byte ^ 0x5c
  }
  // No character takes more than three bytes in UTF-8.
  const fits = BLOCK + 3 * text.length <= inner.length
  const first = fits
    ? inner.subarray(0, BLOCK + inner.write(text, BLOCK, 'utf8'))
    : Buffer.concat([inner.subarray(0, BLOCK), Buffer.from(text, 'utf8')])
  const length = outer.write(hash(algorithm, first, 'binary'), BLOCK, 'latin1')
  return hash(algorithm, outer.subarray(0, BLOCK + length), output)
}
