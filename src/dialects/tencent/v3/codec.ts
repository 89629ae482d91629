import type { Caller } from '../../../app/context.ts'
import type { App } from '../../../app/index.ts'
import { DomainError } from '../../../domain/errors.ts'
import type { Tag } from '../../../domain/peering.ts'
import type { PeeringView } from '../../../ports/store.ts'
import type { Fields, TextRule } from '../../fields.ts'
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

export function encodeTag({ key, value }: Tag) {
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

/** Source: API 3.0 "CreateSubnet" and "CreateRouteTable", examples; parts have no names of an operator's choosing. */
export const SUBNET_ID = {
  pattern: new RegExp(`^(?:subnet-[0-9a-z]{8}|vsw-[0-9a-z]{1,40}|${UUID})$`),
  expects: 'is malformed: an id such as subnet-pxir56ns is expected',
}
export const TABLE_ID = {
  pattern: new RegExp(`^(?:rtb-[0-9a-z]{8}|vtb-[0-9a-z]{1,40}|${UUID})$`),
  expects: 'is malformed: an id such as rtb-l2h8d7c2 is expected',
}
export const ROUTE_ID = {
  pattern: new RegExp(`^(?:rti-[0-9a-z]{8}|rte-[0-9a-z]{1,40}|${UUID})$`),
  expects: 'is malformed: an id such as rti-bwhhtjln is expected',
}

/** What VPCs, subnets and route tables may be called. Source: API 3.0 "CreateVpc", "CreateSubnet". */
export const NETWORK_NAME: TextRule = { min: 1, max: 60, unit: 'bytes' }

export const TAGS_MAX = 50
/** Source: API 3.0, object Tag; the limits differ from page to page. */
export const TAG_KEY: TextRule = { min: 1, max: 127 }
export const TAG_VALUE: TextRule = { max: 255 }

/** Source: API 3.0, object Tag. */
export function decodeTags(fields: Fields): readonly Tag[] {
  const tags = fields.objects('Tags').map((tag) =>
    whole(tag, () => ({
      key: tag.text('Key', TAG_KEY),
      value: tag.optionalText('Value', TAG_VALUE) ?? '',
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
export function decodeIds(fields: Fields, name: string, rule: TextRule): readonly string[] | null {
  const ids = fields.texts(name, rule)
  if (ids.length > IDS_MAX) {
    const reason = `holds more than ${IDS_MAX} ids`
    throw new DomainError('request.invalid', { field: name, problem: 'too-long', reason, value: '' })
  }
  return ids.length === 0 ? null : ids
}
