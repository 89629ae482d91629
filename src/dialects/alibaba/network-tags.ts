import type { TaggedKind } from '../../app/tag-networks.ts'
import { DomainError } from '../../domain/errors.ts'
import type { Fields } from '../fields.ts'

/** What has tags in VPC 2016-04-28, by the vendor's word for it. Source: "TagResources", `ResourceType`. */
const KINDS: ReadonlyMap<string, TaggedKind> = new Map([
  ['VPC', 'vpc'],
  ['VSWITCH', 'subnet'],
  ['ROUTETABLE', 'route-table'],
])

/** Throws `request.missing` and `request.invalid`. */
export function decodeTaggedKind(parameters: Fields): { kind: TaggedKind; type: string } {
  const type = parameters.text('ResourceType').toUpperCase()
  const kind = KINDS.get(type)
  if (!kind) {
    const reason = `must be one of ${[...KINDS.keys()].join(', ')}`
    throw new DomainError('request.invalid', {
      field: 'ResourceType',
      problem: 'format',
      reason,
      value: type,
    })
  }
  return { kind, type }
}
