import { type Caller, principalOf } from '../../app/context.ts'
import type { App } from '../../app/index.ts'
import type { TrackedPeering } from '../../app/track-peering.ts'
import { DomainError } from '../../domain/errors.ts'
import type { RegionName } from '../../domain/identity.ts'
import { type Peering, type PeeringState, sameRegion, type Tag } from '../../domain/peering.ts'
import { type Side, sidesOf } from '../../domain/policy.ts'
import { regionNameIn, resolveRegion } from '../../domain/region.ts'
import type { Tenant } from '../../domain/tenant.ts'
import type { Vpc } from '../../domain/vpc.ts'
import { sha256Hex } from '../encoding.ts'
import type { Fields, TextRule } from '../fields.ts'
import { utcText } from '../times.ts'
import { isIpv6 } from './blocks.ts'
import { BANDWIDTH_DEFAULT_MBPS } from './profile.ts'

/** The vendor's word for each state. Source: "GetVpcPeerConnectionAttribute", `Status`. */
const STATUS: Readonly<Record<PeeringState, string>> = {
  'pending-acceptance': 'Accepting',
  active: 'Activated',
  rejected: 'Rejected',
  expired: 'Expired',
  deleted: 'Deleted',
}

/** How far the network is behind what was agreed. */
interface Lag {
  /** Whether anything of the peering is in the network. */
  readonly laid: boolean
  /** Whether the peering is as it was asked for: its account agreed with itself. */
  readonly asMade: boolean
}

/**
 * The vendor's word while the network is behind; null: it has none, and the state stands. What a request or an agreement
 * with oneself has yet to lay is being created; what was agreed later is being updated.
 * Source: "VPC peering connection" of the VPC user guide, state machine.
 */
const BEHIND: Readonly<Record<PeeringState, (lag: Lag) => string | null>> = {
  'pending-acceptance': ({ laid }) => (laid ? null : 'Creating'),
  active: ({ laid, asMade }) => (asMade && !laid ? 'Creating' : 'Updating'),
  rejected: () => null,
  expired: () => null,
  deleted: () => 'Deleting',
}

/** The vendor's word for a peering: what was agreed, or what the network is still doing about it. */
function encodeStatus({ peering: { state, version }, realization }: TrackedPeering): string {
  // Of a deleted one something is left, or it would not be shown.
  if (realization === null || (realization.realized === realization.wanted && state !== 'deleted')) {
    return STATUS[state]
  }
  return BEHIND[state]({ laid: realization.realized > 0, asMade: version === 1 }) ?? STATUS[state]
}

/**
 * A peering in the vendor's words, as `caller` sees it: each account has its own tags and its own resource group.
 * The account numbers are numbers; a Terraform provider does not take them as text.
 * Source: "GetVpcPeerConnectionAttribute"; the provider's source.
 */
export function encodePeering(view: TrackedPeering, app: App, caller: Caller) {
  const { peering, requester, accepter } = view
  const { bandwidthMbps, linkType, resourceGroup, tags } = peering.attributes
  const local = sameRegion(peering)
  const side = sideOf(peering, caller)
  return {
    InstanceId: peering.ids.alibaba,
    Name: peering.name,
    Description: peering.description,
    OwnerId: Number(requester.tenant.alibaba.uid),
    AcceptingOwnerUid: Number(accepter.tenant.alibaba.uid),
    RegionId: encodeRegion(app, requester.vpc.region),
    AcceptingRegionId: encodeRegion(app, accepter.vpc.region),
    Vpc: encodeEnd(requester.vpc),
    AcceptingVpc: encodeEnd(accepter.vpc),
    Bandwidth: bandwidthMbps ?? (local ? -1 : BANDWIDTH_DEFAULT_MBPS),
    LinkType: linkType ?? (local ? '' : 'Gold'),
    Status: encodeStatus(view),
    BizStatus: 'Normal',
    GmtCreate: encodeTime(peering.createdAtMs),
    GmtModified: encodeTime(peering.updatedAtMs),
    GmtExpired: peering.expiresAtMs === null ? null : encodeTime(peering.expiresAtMs),
    ResourceGroupId: resourceGroup[side] ?? defaultResourceGroup(view[side].tenant),
    Tags: tags[side].map(encodeTag),
  }
}

/** The end that `caller` speaks for; the requester's where both are its own. */
export function sideOf(peering: Peering, caller: Caller): Side {
  return sidesOf(peering, principalOf(caller))[0] ?? 'requester'
}

function encodeEnd(vpc: Vpc) {
  return {
    VpcId: vpc.ids.alibaba,
    Ipv4Cidrs: vpc.cidrs.filter((cidr) => !isIpv6(cidr)),
    Ipv6Cidrs: vpc.cidrs.filter(isIpv6),
  }
}

export function encodeTag({ key, value }: Tag) {
  return { Key: key, Value: value }
}

/** UTC, whole seconds. Source: "GetVpcPeerConnectionAttribute", `GmtCreate`. */
export function encodeTime(timeMs: number): string {
  return `${utcText(timeMs)}Z`
}

export function encodeRegion(app: App, region: RegionName): string {
  return regionNameIn(app.context.regions, 'alibaba', region)
}

/** The region that `name` means. Throws `region.unknown`. */
export function decodeRegion(app: App, name: string): RegionName {
  const region = resolveRegion(app.context.regions, 'alibaba', name)
  if (region === null) throw new DomainError('region.unknown', { region: name })
  return region
}

/** The region asked in; null where none is named. Throws `region.unknown`. */
export function decodeOptionalRegion(app: App, parameters: Fields): RegionName | null {
  const name = parameters.optionalText('RegionId')
  return name === undefined ? null : decodeRegion(app, name)
}

/** Source: "CreateVpcPeerConnection", `Name` and `Description`. */
export const PEERING_NAME: TextRule = {
  min: 2,
  max: 128,
  pattern: /^\p{L}[\p{L}\p{N}_-]*$/u,
  expects: 'must begin with a letter and hold letters, digits, underscores and hyphens only',
}
export const PEERING_DESCRIPTION: TextRule = {
  min: 2,
  max: 256,
  pattern: /^(?!https?:\/\/)\p{L}/u,
  expects: 'must begin with a letter, and not with http:// or https://',
}

/** A name or description where any text will do. Source: "ModifyVpcPeerConnection", "CreateVpc". */
export function looseText(max: number, min = 1): TextRule {
  return { min, max, pattern: /^(?!https?:\/\/)/, expects: 'must not begin with http:// or https://' }
}

/** Names and descriptions of all that VPC 2016-04-28 knows. Source: "CreateVpc", "CreateVSwitch", "CreateRouteTable". */
export const NAME = looseText(128)
export const DESCRIPTION = looseText(256)

/**
 * What a resource of VPC 2016-04-28 is to be called and described as from now on; what is not named stays. An empty text
 * takes away what was there, for Terraform has no other way to say so.
 */
export function decodeRenaming(literal: Fields, nameField: string): { name?: string; description?: string } {
  const name = literal.optionalText(nameField, looseText(128, 0))
  const description = literal.optionalText('Description', looseText(256, 0))
  return { ...(name !== undefined && { name }), ...(description !== undefined && { description }) }
}

/** Source: "CreateVpcPeerConnection", `Bandwidth` (32 bits, above 0) and `LinkType`. */
export function decodeCapacity(parameters: Fields) {
  const bandwidthMbps = parameters.optionalInteger('Bandwidth', { min: 1, max: 2 ** 31 - 1 })
  const linkType = parameters.optionalText('LinkType', {
    pattern: /^(Platinum|Gold)$/,
    expects: 'must be Platinum or Gold',
  })
  return {
    ...(bandwidthMbps !== undefined && { bandwidthMbps }),
    ...(linkType !== undefined && { linkType }),
  }
}

/** How many tags a resource may have, and a request may name. Source: "TagResources", `Tag`. */
export const TAGS_MAX = 20

const TAG_TEXT: TextRule = {
  max: 128,
  pattern: /^(?!aliyun|acs:)(?!.*https?:\/\/)/s,
  expects: 'must not begin with aliyun or acs:, nor hold http:// or https://',
}

/** Tags to set: `Tag.1.Key`, `Tag.1.Value`. Throws `tag.*` and `request.*`. */
export function decodeTags(parameters: Fields): readonly Tag[] {
  const tags = decodeTagFilter(parameters, 'Tag').map(({ key, value }) => ({ key, value: value ?? '' }))
  for (const [index, { key }] of tags.entries()) {
    if (tags.findIndex((tag) => tag.key === key) < index) throw new DomainError('tag.duplicate-key', { key })
  }
  return tags
}

/** Tags to look for; one without a value matches any. */
export function decodeTagFilter(
  parameters: Fields,
  name: 'Tag' | 'Tags',
): readonly { key: string; value: string | null }[] {
  const tags = parameters.objects(name)
  if (tags.length > TAGS_MAX) throw new DomainError('tag.limit-exceeded', { limit: TAGS_MAX })
  return tags.map((tag) => ({
    key: tag.text('Key', TAG_TEXT),
    value: tag.optionalText('Value', TAG_TEXT) ?? null,
  }))
}

/** Keys of tags to take off. Throws `tag.limit-exceeded` and `request.*`. */
export function decodeTagKeys(parameters: Fields): readonly string[] {
  const keys = parameters.texts('TagKey', { ...TAG_TEXT, min: 1 })
  if (keys.length > TAGS_MAX) throw new DomainError('tag.limit-exceeded', { limit: TAGS_MAX })
  return keys
}

/** How many resources one request may name. Source: metadata of "TagResources", `ResourceId`. */
const RESOURCES_MAX = 50

/** Ids of resources, each once: `ResourceId.1`. Throws `request.invalid`. */
export function decodeResourceIds(parameters: Fields): readonly string[] {
  const ids = parameters.texts('ResourceId', { min: 1 })
  if (ids.length > RESOURCES_MAX) {
    const reason = `at most ${RESOURCES_MAX} may be named`
    throw new DomainError('request.invalid', { field: 'ResourceId', problem: 'too-long', reason, value: '' })
  }
  return [...new Set(ids)]
}

/** The one type of resource that has tags and a resource group in VpcPeer. Source: "TagResources". */
export const RESOURCE_TYPE = 'PeerConnection'

export function checkResourceType(parameters: Fields): void {
  parameters.text('ResourceType', { pattern: /^PeerConnection$/i, expects: `must be ${RESOURCE_TYPE}` })
}

/**
 * The group of those who never chose one. Without a resource manager it follows from the account, so that it is the
 * same for all that the account has.
 */
export function defaultResourceGroup({ alibaba }: Tenant): string {
  const number = BigInt(`0x${sha256Hex(`default resource group of ${alibaba.uid}`)}`)
  return `rg-acfm${number.toString(36).slice(0, 11)}`
}

/**
 * The group that a parameter names; null for the default one. Whatever looks like a group is one, for want of a
 * resource manager. Throws `resource-group.not-found`.
 */
export function decodeResourceGroup(id: string, caller: Caller): string | null {
  if (!/^rg-[0-9A-Za-z]{1,64}$/.test(id)) throw new DomainError('resource-group.not-found', { id })
  return caller.tenant && id === defaultResourceGroup(caller.tenant) ? null : id
}

/** `id` or, where it is the default one, null; absent where nothing was given. */
export function decodeOptionalResourceGroup(parameters: Fields, caller: Caller): string | null | undefined {
  const id = parameters.optionalText('ResourceGroupId')
  return id === undefined ? undefined : decodeResourceGroup(id, caller)
}

/** A vSwitch and a table of its VPC. Source: "AssociateRouteTable", "UnassociateRouteTable". */
export function decodeAssociation(parameters: Fields, app: App) {
  const region = decodeRegion(app, parameters.text('RegionId'))
  const routeTable = parameters.text('RouteTableId')
  return { region, routeTable, subnet: parameters.text('VSwitchId') }
}

/** Ids as a list, or several in one parameter with commas between them; clients do either. */
export function decodeIdList(parameters: Fields, name: string, max: number): readonly string[] {
  const ids = parameters
    .texts(name)
    .flatMap((text) => text.split(','))
    .map((id) => id.trim())
    .filter((id) => id !== '')
  if (ids.length > max) {
    const reason = `at most ${max} may be named`
    throw new DomainError('request.invalid', { field: name, problem: 'too-long', reason, value: '' })
  }
  return ids
}

/** Where a list goes on: after a row, leaving out so many entries of the next. */
export interface Cursor {
  readonly after: string | null
  readonly skip: number
}

export function encodeNextToken(cursor: Cursor | null): string {
  return cursor ? Buffer.from(`${cursor.after ?? ''} ${cursor.skip}`).toString('base64url') : ''
}

/** Where to go on; the start where no token is given. Throws `request.invalid` for one that is not ours. */
export function decodeNextToken(parameters: Fields): Cursor {
  const token = parameters.optionalText('NextToken')
  if (token === undefined) return { after: null, skip: 0 }
  const [, after = '', skip = ''] =
    /^((?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})?) (\d{1,3})$/.exec(
      Buffer.from(token, 'base64url').toString(),
    ) ?? []
  if (skip === '') {
    const reason = 'is not a token that was given out here'
    throw new DomainError('request.invalid', { field: 'NextToken', problem: 'format', reason, value: token })
  }
  return { after: after === '' ? null : after, skip: Number(skip) }
}
