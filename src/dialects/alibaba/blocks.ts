import type { App } from '../../app/index.ts'
import { contains, formatCidr, overlaps, parseCidr } from '../../domain/cidr.ts'
import { DomainError } from '../../domain/errors.ts'
import type { Vpc } from '../../domain/vpc.ts'
import { sha256Hex } from '../encoding.ts'
import type { Fields } from '../fields.ts'

/** A block of one family only: the vendor lists them apart. */
export const isIpv6 = (cidr: string) => cidr.includes(':')

/** What no block of a VPC may touch. Source: "CreateVpc", `CidrBlock`. */
const RESERVED = ['100.64.0.0/10', '224.0.0.0/4', '127.0.0.0/8', '169.254.0.0/16']

/** `text` as an IPv4 block of a VPC: 8 to 28 bits, outside of what is reserved. Throws `request.invalid`. */
export function checkVpcBlock(field: string, text: string): string {
  const block = parseCidr(text)
  if (block?.family !== 4 || block.bits < 8 || block.bits > 28) {
    throw invalid(field, 'is not an IPv4 block of 8 to 28 bits')
  }
  const clash = RESERVED.find((reserved) => {
    const other = parseCidr(reserved)
    return other && overlaps(other, block)
  })
  if (clash !== undefined) throw invalid(field, `overlaps ${clash}`)
  return text
}

/** The block of a vSwitch: 16 to 29 bits. Source: "CreateVSwitch", `CidrBlock`. Throws `request.invalid`. */
export function checkSubnetBlock(field: string, text: string): string {
  const block = parseCidr(text)
  if (block?.family !== 4 || block.bits < 16 || block.bits > 29) {
    throw invalid(field, 'is not an IPv4 block of 16 to 29 bits')
  }
  return text
}

export function checkIpv6Block(field: string, text: string): string {
  if (parseCidr(text)?.family !== 6) throw invalid(field, 'is not an IPv6 block')
  return text
}

/**
 * The IPv6 block that a VPC is to have, as one that names none wants it: of 56 bits as the vendor's are, unique and local
 * (RFC 4193), since there is no pool of public addresses to take it from. Null where IPv6 is not wanted.
 */
export function decodeIpv6Block(app: App, parameters: Fields, wanted: boolean): string | null {
  const text = parameters.optionalText('Ipv6CidrBlock')
  if (!wanted && text !== undefined) throw new DomainError('request.missing', { field: 'EnableIpv6' })
  if (!wanted) return null
  if (text !== undefined) return checkIpv6Block('Ipv6CidrBlock', text)
  const random = sha256Hex(app.context.ids.uuid())
  return `fd${random.slice(0, 2)}:${random.slice(2, 6)}:${random.slice(6, 10)}:${random.slice(10, 12)}00::/56`
}

/** The `number`th block of 64 bits in the VPC's IPv6 block. Throws `request.invalid` where there is none. */
export function ipv6SubnetBlock(vpc: Vpc, number: number): string {
  const whole = parseCidr(vpc.cidrs.find(isIpv6) ?? '')
  const block = whole && { family: 6 as const, base: whole.base + (BigInt(number) << 64n), bits: 64 }
  if (!whole || !block || !contains(whole, block)) {
    throw invalid('Ipv6CidrBlock', 'is not one of the blocks of the VPC')
  }
  return formatCidr(block)
}

export function invalid(field: string, reason: string, value = '') {
  return new DomainError('request.invalid', { field, problem: 'format', reason, value })
}
