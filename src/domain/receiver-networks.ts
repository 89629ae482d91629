import { type Cidr, contains, parseAddress, parseCidr } from './cidr.ts'

/** Whether receivers of webhooks may be in a block of addresses. */
export interface NetworkRule {
  readonly block: Cidr
  readonly allowed: boolean
}

/**
 * Where a receiver may be, unless the operator says otherwise: anywhere, private networks included, but not on this
 * machine, not where clouds keep the credentials of their machines, and not at many machines at once.
 *
 * Source for the metadata services beside 169.254.169.254: the user guides of Alibaba Cloud ECS (100.100.100.200), Amazon
 * EC2 (fd00:ec2::254), Oracle Cloud (192.0.0.192), Azure (168.63.129.16), read 2026-11.
 */
const DEFAULT_RULES = [
  ...['0.0.0.0/0', '::/0'].map((block) => rule(block, true)),
  ...['0.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/4', '240.0.0.0/4'].map((block) =>
    rule(block, false),
  ),
  ...['100.100.100.200/32', '168.63.129.16/32', '192.0.0.0/24'].map((block) => rule(block, false)),
  ...['::/128', '::1/128', 'fe80::/10', 'fec0::/10', 'ff00::/8', 'fd00:ec2::254/128'].map((block) =>
    rule(block, false),
  ),
]

/** Blocks of IPv6 whose addresses are those of IPv4 in disguise, and where in them those begin, in bits from the end. */
const DISGUISES = [
  { block: known('::ffff:0:0/96'), shift: 0n },
  { block: known('::/96'), shift: 0n },
  { block: known('64:ff9b::/96'), shift: 0n },
  { block: known('64:ff9b:1::/48'), shift: 0n },
  { block: known('2002::/16'), shift: 80n },
]

/**
 * Whether a receiver may be at `address`, an IPv4 or IPv6 address. The longest block that holds it decides, as in a route
 * table; of two alike, `rules`, the operator's, before the default. What holds an IPv4 address is judged as that, too.
 */
export function mayReceive(address: string, rules: readonly NetworkRule[]): boolean {
  const parsed = parseAddress(address.replace(/%.*$/, ''))
  if (!parsed) return false
  const { family, value } = parsed
  const disguise =
    family === 6 && value > 1n ? DISGUISES.find(({ block }) => holds(block, 6, value)) : undefined
  const inside = disguise && (value >> disguise.shift) & 0xffffffffn
  return decides(family, value, rules) && (inside === undefined || decides(4, inside, rules))
}

function decides(family: 4 | 6, value: bigint, rules: readonly NetworkRule[]): boolean {
  let longest: NetworkRule | null = null
  for (const each of [...DEFAULT_RULES, ...rules]) {
    const better = longest === null || each.block.bits >= longest.block.bits
    if (better && holds(each.block, family, value)) longest = each
  }
  return longest?.allowed ?? false
}

function holds(block: Cidr, family: 4 | 6, value: bigint): boolean {
  return contains(block, { family, base: value, bits: family === 4 ? 32 : 128 })
}

/** `text` as rules: blocks, separated by commas; one that begins with `!` is refused. Throws Error saying what is wrong. */
export function parseNetworkRules(text: string): NetworkRule[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => rule(part.replace(/^!/, ''), !part.startsWith('!')))
}

function rule(text: string, allowed: boolean): NetworkRule {
  return { block: known(text), allowed }
}

function known(text: string): Cidr {
  const block = parseCidr(text)
  if (!block) throw new Error(`'${text}' is not a block of addresses, e.g. 127.0.0.0/8 or !10.0.0.0/8`)
  return block
}
