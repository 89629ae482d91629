import { randomFillSync, randomInt } from 'node:crypto'
import type { ResourceIds } from '../../domain/identity.ts'
import type { PartKind } from '../../domain/network.ts'
import type { Ids } from '../../ports/ids.ts'

const ALPHANUMERIC = '0123456789abcdefghijklmnopqrstuvwxyz'
const SECRET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

const PART_PREFIXES: Readonly<Record<PartKind, readonly [alibaba: string, tencent: string]>> = {
  subnet: ['vsw-bp1', 'subnet-'],
  'route-table': ['vtb-bp1', 'rtb-'],
  route: ['rte-bp1', 'rti-'],
  port: ['eni-bp1', 'eni-'],
}

/** Identifiers from the operating system's randomness. */
export const randomIds: Ids = {
  uuid: uuidV7,
  vpc: () => resource('vpc-bp1', 'vpc-'),
  peering: () => resource('pcc-', 'pcx-'),
  part: (kind) => resource(...PART_PREFIXES[kind]),
  decimal: (digits) => pick('123456789', 1) + pick('0123456789', digits - 1),
  secret: (length) => pick(SECRET, length),
}

/**
 * The three ids of a new resource. Those that have room for it begin with the time, and Tencent's eight characters follow one
 * another at random distances: so what is made together lies together in an index over a million of them.
 */
function resource(alibabaPrefix: string, tencentPrefix: string): ResourceIds {
  return {
    huawei: uuidV7(),
    alibaba: `${alibabaPrefix}${eightCharacters(Date.now())}${pick(ALPHANUMERIC, 10)}`,
    tencent: `${tencentPrefix}${eightCharacters(nextPlace())}`,
  }
}

/** The last eight digits of `number` in base 36. What Node.js has for that takes several times as long with large numbers. */
function eightCharacters(number: number): string {
  let text = ''
  for (let left = number; text.length < 8; left = Math.floor(left / 36)) text = ALPHANUMERIC[left % 36] + text
  return text
}

/** How many there are of eight characters. */
const PLACES = ALPHANUMERIC.length ** 8
/** Five million ids on the average go by before they come round again. */
const DISTANCE_MAX = 2 ** 20
let place: number | null = null

/** Each process begins anywhere. */
function nextPlace(): number {
  place ??= randomInt(PLACES)
  place = (place + 1 + (take(4).readUInt32BE() % DISTANCE_MAX)) % PLACES
  return place
}

/** RFC 9562, version 7: 48 bits of time, then randomness. */
function uuidV7(): string {
  const bytes = Buffer.from(take(16))
  bytes.writeUIntBE(Date.now(), 0, 6)
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x70, 6)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

/** `length` characters of `alphabet`, each equally likely. */
function pick(alphabet: string, length: number): string {
  // Bytes at or above the largest multiple of the alphabet's size would favour its first characters.
  const bound = 256 - (256 % alphabet.length)
  let text = ''
  while (text.length < length) {
    for (const byte of take(2 * length)) {
      if (byte < bound && text.length < length) text += alphabet[byte % alphabet.length]
    }
  }
  return text
}

// Asking the operating system costs the same for many bytes as for a few, and a new resource needs several handfuls.
const pool = Buffer.alloc(8192)
let used = pool.length

/** Random bytes that nobody else gets. Valid until the next call. */
function take(length: number): Buffer {
  if (used + length > pool.length) {
    randomFillSync(pool)
    used = 0
  }
  used += length
  return pool.subarray(used - length, used)
}
