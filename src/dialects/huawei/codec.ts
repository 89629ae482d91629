import { DomainError } from '../../domain/errors.ts'
import type { PeeringState } from '../../domain/peering.ts'
import { PEERING_STATES } from '../../domain/peering.ts'
import type { PeeringView } from '../../ports/store.ts'
import type { Fields, TextRule } from '../fields.ts'
import { utcText } from '../times.ts'
import { STATUS } from './errors.ts'

/**
 * A peering in the vendor's words, in the order its service writes them.
 * Source: "Creating a VPC Peering Connection" and its siblings; recorded traffic for the order and the times.
 */
export function encodePeering({ peering, requester, accepter }: PeeringView) {
  const side = ({ vpc, tenant }: PeeringView['requester']) => ({
    vpc_id: vpc.ids.huawei,
    tenant_id: tenant.huawei.projects[vpc.region] ?? '',
  })
  return {
    name: peering.name,
    id: peering.ids.huawei,
    status: STATUS[peering.state],
    description: peering.description,
    request_vpc_info: side(requester),
    accept_vpc_info: side(accepter),
    created_at: encodeTime(peering.createdAtMs),
    updated_at: encodeTime(peering.updatedAtMs),
  }
}

/** UTC without a zone and without a fraction. Source: peering pages, "created_at"; recorded traffic. */
export function encodeTime(timeMs: number): string {
  return utcText(timeMs)
}

/** The state that the vendor's word means; null where it has no such word, and nothing is in that state. */
export function decodeStatus(text: string): PeeringState | null {
  return PEERING_STATES.find((state) => STATUS[state] === text) ?? null
}

/** Source: "Creating a VPC Peering Connection", parameters. The console alone narrows the characters. */
export const PEERING_NAME: TextRule = { min: 1, max: 64 }
/** Of everything that has one. */
export const DESCRIPTION: TextRule = {
  max: 255,
  pattern: /^[^<>]*$/,
  expects: 'must not hold < or >',
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/**
 * The `vpc_id` of one side. Any dialect's id will do; what looks like none of them is refused in the words of the
 * real service. Source: issue 259 of opentelekomcloud/ansible-collection-cloud.
 */
export function decodeVpcId(info: Fields, attribute: string): string {
  const id = info.text('vpc_id')
  if (!UUID.test(id) && !id.startsWith('vpc-')) {
    throw new DomainError('request.invalid', {
      field: attribute,
      problem: 'format',
      reason: 'is not a valid UUID',
      value: id,
    })
  }
  return id
}

/** Rows of a list: `limit` 0 or absent is the most there is, more than that is cut to it. Source: Neutron. */
export const PAGE_MAX = 2000

export function decodeLimit(query: Fields): number {
  const text = query.optionalText('limit')
  if (text === undefined) return PAGE_MAX
  if (!/^\d{1,9}$/.test(text)) {
    throw new DomainError('request.malformed', {
      reason: `Limit must be an integer 0 or greater and not '${text.slice(0, 50)}'`,
    })
  }
  const limit = Number(text)
  return limit === 0 ? PAGE_MAX : Math.min(limit, PAGE_MAX)
}
