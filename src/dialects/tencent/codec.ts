import type { Caller } from '../../app/context.ts'
import { principalOf } from '../../app/context.ts'
import type { App } from '../../app/index.ts'
import { contains, parseCidr } from '../../domain/cidr.ts'
import { DomainError } from '../../domain/errors.ts'
import type { RegionName } from '../../domain/identity.ts'
import { sidesOf } from '../../domain/policy.ts'
import type { PeeringView } from '../../ports/store.ts'
import type { Fields, TextRule } from '../fields.ts'
import { decodeRegion } from './regions.ts'

/** What both APIs have in common in their values. */

/** Source: legacy pages "Creating a VPC Peering Connection" and "Modifying a VPC Peering Connection". */
export const PEERING_NAME: TextRule = { min: 1, max: 60 }

const CHINA_AHEAD_MS = 8 * 60 * 60 * 1000

/** China's time, to the second, without a zone. Source: examples of both APIs; the zone is assumed. */
export function encodeTime(timeMs: number): string {
  return new Date(timeMs + CHINA_AHEAD_MS).toISOString().slice(0, 19).replace('T', ' ')
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
  const text = fields.text(name)
  const block = parseCidr(text)
  const fits = RANGES.some(({ within, shortest }) => {
    const outer = parseCidr(within)
    return block && outer && contains(outer, block) && block.bits >= shortest && block.bits <= LONGEST_PREFIX
  })
  if (fits) return text
  const reason = 'must be a block of 12 to 28 bits within 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16'
  throw new DomainError('request.invalid', { field: name, problem: 'format', reason, value: text })
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
