/**
 * A block of addresses as a value. `bigint` lets one formula serve both families. Only `parseCidr` makes one, so
 * a `Cidr` in hand is always canonical: no host bits set, length within the family's width.
 */
export interface Cidr {
  readonly family: 4 | 6
  /** The first address, as a number. */
  readonly base: bigint
  /** Prefix length, 0..32 or 0..128. */
  readonly bits: number
}

const WIDTH = { 4: 32, 6: 128 } as const

/** `text` as a block, or null where it is not one: bad syntax, a length out of range, or host bits set. */
export function parseCidr(text: string): Cidr | null {
  const slash = text.indexOf('/')
  if (slash < 0) return null
  const length = text.slice(slash + 1)
  if (!/^(0|[1-9]\d{0,2})$/.test(length)) return null
  const address = parseAddress(text.slice(0, slash))
  const bits = Number(length)
  if (!address || bits > WIDTH[address.family]) return null
  const hostBits = BigInt(WIDTH[address.family] - bits)
  if ((address.value >> hostBits) << hostBits !== address.value) return null
  return { family: address.family, base: address.value, bits }
}

/** `block` in its canonical text: dotted quad, or RFC 5952. */
export function formatCidr(block: Cidr): string {
  return `${formatAddress(block.family, block.base)}/${block.bits}`
}

/** Whether `a` and `b` share any address. Blocks of different families never do. */
export function overlaps(a: Cidr, b: Cidr): boolean {
  if (a.family !== b.family) return false
  const shift = BigInt(WIDTH[a.family] - Math.min(a.bits, b.bits))
  return a.base >> shift === b.base >> shift
}

/** Whether every address of `inner` is in `outer`. */
export function contains(outer: Cidr, inner: Cidr): boolean {
  return outer.bits <= inner.bits && overlaps(outer, inner)
}

/** The first pair of blocks, one from each list, that share an address; null where the lists are disjoint. */
export function firstOverlap(ours: readonly string[], theirs: readonly string[]): [string, string] | null {
  const parsed = theirs.map((text) => [text, parseCidr(text)] as const)
  for (const mine of ours) {
    const block = parseCidr(mine)
    if (!block) continue
    for (const [text, other] of parsed) if (other && overlaps(block, other)) return [mine, text]
  }
  return null
}

/** An IPv4 or IPv6 address as a number; null where `text` is neither. */
export function parseAddress(text: string): { family: 4 | 6; value: bigint } | null {
  if (text.includes(':')) {
    const value = parseIpv6(text)
    return value === null ? null : { family: 6, value }
  }
  const value = parseIpv4(text)
  return value === null ? null : { family: 4, value }
}

function parseIpv4(text: string): bigint | null {
  const parts = text.split('.')
  if (parts.length !== 4) return null
  let value = 0
  for (const part of parts) {
    const byte = Number(part)
    if (!/^(0|[1-9]\d{0,2})$/.test(part) || byte > 255) return null
    value = value * 256 + byte
  }
  return BigInt(value)
}

function parseIpv6(text: string): bigint | null {
  const halves = text.split('::')
  if (halves.length > 2) return null
  const shortened = halves.length === 2
  const head = groups(halves[0] ?? '', !shortened)
  const tail = shortened ? groups(halves[1] ?? '', true) : []
  if (!head || !tail) return null
  const missing = 8 - head.length - tail.length
  if (shortened ? missing < 1 : missing !== 0) return null
  return [...head, ...Array<bigint>(missing).fill(0n), ...tail].reduce(
    (value, group) => (value << 16n) | group,
    0n,
  )
}

/** The 16-bit groups of one side of `::`; the last of an address may be a dotted quad. Null where one is malformed. */
function groups(text: string, endsAddress: boolean): bigint[] | null {
  if (text === '') return []
  const parts = text.split(':')
  const found: bigint[] = []
  for (const [index, part] of parts.entries()) {
    if (part.includes('.') && endsAddress && index === parts.length - 1) {
      const quad = parseIpv4(part)
      if (quad === null) return null
      found.push(quad >> 16n, quad & 0xffffn)
    } else if (/^[0-9a-fA-F]{1,4}$/.test(part)) found.push(BigInt(`0x${part}`))
    else return null
  }
  return found
}

/** `value` as text: dotted quad, or RFC 5952 (lower case, the longest run of zero groups shortened). */
export function formatAddress(family: 4 | 6, value: bigint): string {
  if (family === 4) return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 0xffn).join('.')
  const parts = Array.from({ length: 8 }, (_, index) => (value >> BigInt(112 - 16 * index)) & 0xffffn)
  let best = { start: -1, length: 1 }
  for (let start = 0; start < 8; start++) {
    let length = 0
    while (parts[start + length] === 0n) length++
    if (length > best.length) best = { start, length }
  }
  const text = (from: number, to: number) =>
    parts
      .slice(from, to)
      .map((part) => part.toString(16))
      .join(':')
  return best.start < 0 ? text(0, 8) : `${text(0, best.start)}::${text(best.start + best.length, 8)}`
}
