import type { Caller } from '../../../app/context.ts'
import type { App } from '../../../app/index.ts'
import { parseCidr } from '../../../domain/cidr.ts'
import { DomainError } from '../../../domain/errors.ts'
import type { Tag } from '../../../domain/peering.ts'
import type { Vpc } from '../../../domain/vpc.ts'
import type { PeeringView } from '../../../ports/store.ts'
import type { Fields } from '../../fields.ts'
import { callersSide, encodeTime } from '../codec.ts'
import { shortCode } from '../regions.ts'
import { whole } from './call.ts'
import { STATE } from './errors.ts'

/**
 * A peering in the vendor's words. Regions are short codes whatever the request said: the Terraform provider takes
 * nothing else, and is content where a region that has none is left out. A bandwidth that was never given is 0.
 * Source: API 3.0, object PeerConnection; Terraform provider.
 */
export function encodePeering({ context: { regions } }: App, view: PeeringView, caller: Caller) {
  const { peering, requester, accepter } = view
  const { bandwidthMbps, chargeType, qosLevel, tags } = peering.attributes
  return {
    SourceVpcId: requester.vpc.ids.tencent,
    PeerVpcId: accepter.vpc.ids.tencent,
    DestinationVpcId: accepter.vpc.ids.tencent,
    PeeringConnectionId: peering.ids.tencent,
    PeeringConnectionName: peering.name,
    State: STATE[peering.state],
    IsNgw: false,
    Bandwidth: bandwidthMbps ?? 0,
    SourceRegion: shortCode(regions, requester.vpc.region) ?? undefined,
    DestinationRegion: shortCode(regions, accepter.vpc.region) ?? undefined,
    CreateTime: encodeTime(peering.createdAtMs),
    SourceUin: Number(requester.tenant.tencent.uin),
    DestinationUin: Number(accepter.tenant.tencent.uin),
    AppId: Number(requester.tenant.tencent.appId),
    PeerAppId: Number(accepter.tenant.tencent.appId),
    ChargeType: chargeType ?? '',
    QosLevel: qosLevel ?? '',
    Type: 'VPC_PEER',
    TagSet: tags[callersSide(view, caller)].map(encodeTag),
  }
}

/**
 * A VPC in the vendor's words, no member null: the Terraform provider crashes on one that is.
 * Source: API 3.0, object Vpc; Terraform provider.
 */
export function encodeVpc(vpc: Vpc) {
  const id = vpc.ids.tencent
  const [cidr = '', ...further] = vpc.cidrs.filter((text) => parseCidr(text)?.family === 4)
  const ipv6 = vpc.cidrs.filter((text) => parseCidr(text)?.family === 6)
  return {
    VpcId: id,
    VpcName: vpc.name,
    CidrBlock: cidr,
    IsDefault: false,
    EnableMulticast: false,
    CreatedTime: encodeTime(vpc.createdAtMs),
    DnsServerSet: [],
    DomainName: '',
    DhcpOptionsId: '',
    EnableDhcp: true,
    Ipv6CidrBlock: ipv6[0] ?? '',
    Ipv6CidrBlockSet: ipv6.map((text) => ({ IPv6CidrBlock: text, ISPType: 'BGP', AddressType: 'GUA' })),
    AssistantCidrSet: further.map((text) => ({ VpcId: id, CidrBlock: text, AssistantType: 0 })),
    EnableRouteVpcPublish: false,
    EnableRouteVpcPublishIpv6: false,
    TagSet: vpc.tags.map(encodeTag),
  }
}

function encodeTag({ key, value }: Tag) {
  return { Key: key, Value: value }
}

const UUID = '[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}'

/** Any dialect's id will do; what looks like none of them is malformed. */
export const PEERING_ID = {
  pattern: new RegExp(`^(?:pcx-[0-9a-z]{8}|pcc-[0-9a-z]{1,40}|${UUID})$`),
  expects: 'is malformed: an id such as pcx-8g675gr8 is expected',
}
/** The operator may have named VPCs, so these are less strict. */
export const VPC_ID = {
  pattern: new RegExp(`^(?:vpc-[0-9a-zA-Z_-]{1,60}|${UUID})$`),
  expects: 'is malformed: an id such as vpc-5ibcl0e1 is expected',
}

const TAGS_MAX = 50

/** Source: API 3.0, object Tag. */
export function decodeTags(fields: Fields): readonly Tag[] {
  const tags = fields.objects('Tags').map((tag) =>
    whole(tag, () => ({
      key: tag.text('Key', { min: 1, max: 127 }),
      value: tag.optionalText('Value', { max: 255 }) ?? '',
    })),
  )
  if (tags.length > TAGS_MAX) throw new DomainError('tag.limit-exceeded', { limit: TAGS_MAX })
  const twice = tags.find(({ key }, index) => tags.findIndex((tag) => tag.key === key) !== index)
  if (twice) throw new DomainError('tag.duplicate-key', { key: twice.key })
  return tags
}

/**
 * How the connection is paid for. Nothing here costs anything; it is kept as given. Source: API 3.0, object
 * PeerConnection.
 */
export const CHARGE_TYPES = {
  POSTPAID_BY_DAY_MAX: 'POSTPAID_BY_DAY_MAX',
  POSTPAID_BY_MONTH_95: 'POSTPAID_BY_MONTH_95',
}

/**
 * Source: "DescribeVpcs", Offset and Limit, which are text there and numbers elsewhere; assumed for peerings.
 */
export function decodeWindow(fields: Fields): { offset: number; limit: number } {
  return {
    offset: fields.optionalInteger('Offset', { min: 0 }) ?? 0,
    limit: fields.optionalInteger('Limit', { min: 1, max: 100 }) ?? 20,
  }
}

const IDS_MAX = 100

/**
 * A list of ids; null where there is none, or an empty one. Throws `request.invalid` for a malformed one, or
 * too many.
 */
export function decodeIds(
  fields: Fields,
  name: string,
  rule: typeof PEERING_ID | typeof VPC_ID,
): readonly string[] | null {
  const ids = fields.texts(name, rule)
  if (ids.length > IDS_MAX) {
    const reason = `holds more than ${IDS_MAX} ids`
    throw new DomainError('request.invalid', { field: name, problem: 'too-long', reason, value: '' })
  }
  return ids.length === 0 ? null : ids
}

/** One filter: any of its values will do. */
export interface Filter {
  readonly name: string
  readonly values: readonly string[]
  /** Where it stood in the request. */
  readonly path: string
}

/**
 * The filters of a request, every one of which must hold. `known` says which names there are. Throws `request.*`.
 * Source: API 3.0, object Filter.
 */
export function decodeFilters(fields: Fields, known: (name: string) => boolean): readonly Filter[] {
  const filters = fields.objects('Filters').map((filter, index) =>
    whole(filter, () => ({
      name: filter.text('Name'),
      values: filter.texts('Values'),
      path: `Filters.${index}`,
    })),
  )
  for (const [index, { name, values, path }] of filters.entries()) {
    const twice = filters.findIndex((other) => other.name === name) !== index
    if (!known(name) || twice) {
      const reason = twice ? 'is given more than once' : 'is not a filter of this action'
      throw new DomainError('request.invalid', {
        field: `${path}.Name`,
        problem: 'range',
        reason,
        value: name,
      })
    }
    if (values.length === 0) throw new DomainError('request.missing', { field: `${path}.Values` })
  }
  return filters
}

/** Ids and filters exclude each other. Throws `request.exclusive`. Source: API 3.0, all Describe actions. */
export function refuseBoth(idsName: string, ids: readonly string[] | null, filters: readonly Filter[]): void {
  if (ids !== null && filters.length > 0) {
    throw new DomainError('request.exclusive', { fields: [idsName, 'Filters'] })
  }
}

/** The values of a filter, each checked to look like an id. Throws `request.invalid`. */
export function idsOf(filter: Filter, { pattern, expects }: typeof VPC_ID): readonly string[] {
  for (const [index, value] of filter.values.entries()) {
    if (pattern.test(value)) continue
    const field = `${filter.path}.Values.${index}`
    throw new DomainError('request.invalid', { field, problem: 'format', reason: expects, value })
  }
  return filter.values
}
