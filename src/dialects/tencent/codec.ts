import type { Caller } from '../../app/context.ts'
import { principalOf } from '../../app/context.ts'
import type { App } from '../../app/index.ts'
import { contains, parseCidr } from '../../domain/cidr.ts'
import { DomainError } from '../../domain/errors.ts'
import type { RegionName } from '../../domain/identity.ts'
import type { RouteTable } from '../../domain/network.ts'
import { sidesOf } from '../../domain/policy.ts'
import type { PeeringView } from '../../ports/store.ts'
import type { Fields, TextRule } from '../fields.ts'
import { utcText } from '../times.ts'
import { decodeRegion } from './regions.ts'

/** What both APIs have in common in their values. */

/** Source: legacy pages "Creating a VPC Peering Connection" and "Modifying a VPC Peering Connection". */
export const PEERING_NAME: TextRule = { min: 1, max: 60 }

const CHINA_AHEAD_MS = 8 * 60 * 60 * 1000

/** China's time, to the second, without a zone. Source: examples of both APIs; the zone is assumed. */
export function encodeTime(timeMs: number): string {
  return utcText(timeMs + CHINA_AHEAD_MS).replace('T', ' ')
}

/** The region that a parameter names. Throws `region.unknown`. */
export function decodeRegionField(app: App, text: string): RegionName {
  const region = decodeRegion(app.context.regions, text)
  if (region === null) throw new DomainError('region.unknown', { region: text })
  return region
}

/** The side of a peering that the caller speaks for; the requester's where both are the caller's. */
export function callersSide(view: PeeringView, caller: Caller): 'requester' | 'accepter' {
  return sidesOf(view.peering, principalOf(caller))[0] ?? 'requester'
}

/**
 * How a VPC's block may lie and how long its prefix may be.
 * Source: API 3.0 "CreateVpc". What it calls the ranges 10.0.0.0/12 and 172.16.0.0/12 are the largest blocks.
 */
const RANGES = [
  { within: '10.0.0.0/8', shortest: 12 },
  { within: '172.16.0.0/12', shortest: 12 },
  { within: '192.168.0.0/16', shortest: 16 },
]
const LONGEST_PREFIX = 28

/** The block that parameter `name` gives to a VPC. Throws `request.*`. */
export function decodeVpcBlock(fields: Fields, name: string): string {
  return checkVpcBlock(name, fields.text(name))
}

/** `text`, which parameter `field` holds, where it may be a block of a VPC. Throws `request.invalid`. */
export function checkVpcBlock(field: string, text: string): string {
  const block = parseCidr(text)
  const fits = RANGES.some(({ within, shortest }) => {
    const outer = parseCidr(within)
    return block && outer && contains(outer, block) && block.bits >= shortest && block.bits <= LONGEST_PREFIX
  })
  if (fits) return text
  const reason = 'must be a block of 12 to 28 bits within 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16'
  throw new DomainError('request.invalid', { field, problem: 'format', reason, value: text })
}

/** Source: API 3.0 "CreateSubnet": masks of 16 to 28 bits. */
const SUBNET_PREFIX = { shortest: 16, longest: LONGEST_PREFIX }

/** What parameter `name` gives to a subnet. Throws `request.*`. */
export function decodeSubnetBlock(fields: Fields, name: string): string {
  const text = fields.text(name)
  const block = parseCidr(text)
  const { shortest, longest } = SUBNET_PREFIX
  if (block?.family === 4 && block.bits >= shortest && block.bits <= longest) return text
  const reason = `must be an IPv4 block of ${shortest} to ${longest} bits`
  throw new DomainError('request.invalid', {
    field: fields.path(name),
    problem: 'format',
    reason,
    value: text,
  })
}

/** The destination of a route, in the family that parameter `name` is for. Throws `request.*`. */
export function decodeDestination(fields: Fields, name: string, family: 4 | 6 = 4): string {
  const text = fields.text(name)
  if (parseCidr(text)?.family === family) return text
  const reason = `must be an IPv${family} block without host bits`
  throw new DomainError('request.invalid', {
    field: fields.path(name),
    problem: 'format',
    reason,
    value: text,
  })
}

/** What a route table is called that nobody has given a name: each VPC's default one. Source: API 3.0 examples. */
export function tableName({ name, isDefault }: RouteTable): string {
  return name === '' && isDefault ? 'default' : name
}

/**
 * One of the words that `meanings` knows, as what it means; undefined where the parameter is absent. Throws
 * `request.invalid`.
 */
export function decodeWord<Meaning>(
  fields: Fields,
  name: string,
  meanings: Readonly<Record<string, Meaning>>,
): Meaning | undefined {
  const text = fields.optionalText(name)
  if (text === undefined) return undefined
  const meaning = Object.hasOwn(meanings, text) ? meanings[text] : undefined
  if (meaning !== undefined) return meaning
  const reason = `must be one of ${Object.keys(meanings).join(', ')}`
  throw new DomainError('request.invalid', { field: name, problem: 'range', reason, value: text })
}
