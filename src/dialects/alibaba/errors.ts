import { type DomainError, describeFailure, type FailureTable, type QuotaName } from '../../domain/errors.ts'
import type { PartKind } from '../../domain/network.ts'
import { encode, header, parameter } from '../encoding.ts'
import type { WireResponse } from '../wire.ts'
import { type AlibabaCall, VERSIONS } from './call.ts'
import { encodeXml } from './xml.ts'

/** HTTP status, code and text. The text may name the instance that the request named. */
interface Wording {
  readonly status: number
  readonly code: string
  readonly message: string | ((instance: string) => string)
}

/** Whose words they are: an action's (of one product, where several have it), or else a product's. */
type Words = Readonly<Record<string, Wording>>

/** How this vendor words a failure; where one API (`Vpc`) or one action has words of its own, those. */
interface AlibabaFailure extends Wording {
  readonly in?: Words
}

const wording = (status: number, code: string, message: Wording['message']): Wording => ({
  status,
  code,
  message,
})
const refused = (code: string, message: Wording['message']) => wording(400, code, message)

const notFound = (what: string) => `The specified resource of ${what} is not found.`
const illegal = (field: string) =>
  refused(`IllegalParam.${field.replaceAll('.', '')}`, `The param of ${field} is illegal.`)
const noResourceGroup = (message: string) => refused('OperationFailed.NotExist.ResourceGroup', message)
const incompleteSignature = () =>
  refused('IncompleteSignature', 'The request signature does not conform to Aliyun standards.')
/** For what no request of this dialect can bring about. */
const unexpected = () =>
  wording(
    500,
    'InternalError',
    'The request processing has failed due to some unknown error, exception or failure.',
  )

/** A parameter as the vendor names it: `Tag.Key` for `Tag.1.Key`. */
const parameterName = (path: string) =>
  path
    .split('.')
    .filter((step) => !/^\d*$/.test(step))
    .join('.')

const BAD_BLOCK = refused('InvalidCidrBlock.Malformed', 'Specified CIDR block is not valid.')
const BAD_VPC_BLOCK = refused('InvalidParameter', 'Specified CIDR block is not valid')
const BAD_VSWITCH_BLOCK = refused('InvalidParameter', 'Specified CIDR block is not valid in VPC.')
const BAD_VPC_DESCRIPTION = refused(
  'InvalidVpcDiscription.Malformed',
  'Specified VPC description is not valid.',
)
const BAD_VSWITCH_DESCRIPTION = refused(
  'InvalidVSwitchDiscription.Malformed',
  'Specified virtual switch description is not valid.',
)
const NO_IPV6 = refused(
  'OperationUnsupported.Ipv6Feature',
  'The IPv6 feature is not supported in the region.',
)
const BAD_IPV6_BLOCK = refused('InvalidIpv6CidrBlock.Malformed', 'Specified Ipv6CidrBlock is not valid.')

/**
 * Parameters of VPC 2016-04-28 that have a code of their own; `cidr` and `destination` are what the engine calls them,
 * which knows more of what makes a block wrong. The misspelling is the vendor's.
 * Source: error codes of "CreateVpc", "CreateVSwitch" and "CreateRouteEntry".
 */
const INVALID_IN_VPC: Readonly<Record<string, Words>> = {
  CidrBlock: { Vpc: BAD_BLOCK, CreateVpc: BAD_VPC_BLOCK, CreateVSwitch: BAD_VSWITCH_BLOCK },
  cidr: { Vpc: BAD_BLOCK, CreateVpc: BAD_VPC_BLOCK, CreateVSwitch: BAD_VSWITCH_BLOCK },
  destination: { Vpc: BAD_BLOCK },
  DestinationCidrBlock: { Vpc: BAD_BLOCK },
  SecondaryCidrBlock: { Vpc: BAD_BLOCK },
  VpcName: { Vpc: refused('InvalidVpcName.Malformed', 'Specified VPC name is not valid.') },
  VSwitchName: {
    Vpc: refused('InvalidVSwitchName.Malformed', 'Specified virtual switch name is not valid.'),
  },
  Description: {
    CreateVpc: BAD_VPC_DESCRIPTION,
    ModifyVpcAttribute: BAD_VPC_DESCRIPTION,
    CreateVSwitch: BAD_VSWITCH_DESCRIPTION,
    ModifyVSwitchAttribute: BAD_VSWITCH_DESCRIPTION,
  },
  UserCidr: { Vpc: refused('IllegalParam.UserCidr', 'UserCidr is not a valid or strict address.') },
  EnableIpv6: { Vpc: NO_IPV6 },
  EnableIPv6: { Vpc: NO_IPV6 },
  Ipv6CidrBlock: { Vpc: BAD_IPV6_BLOCK },
  IPv6CidrBlock: { Vpc: BAD_IPV6_BLOCK },
  ZoneId: { Vpc: wording(404, 'InvalidZoneId.NotFound', 'Specified zone does not exist.') },
  NextHopId: {
    Vpc: wording(404, 'InvalidNextHopId.NotFound', 'Specified next hop does not exist.'),
  },
}

const MISSING_PARAMETER = refused('MissingParameter', 'Miss mandatory parameter.')
const NO_TAGS_AND_NO_RESOURCES = refused(
  'BothEmpty.TagsAndResources',
  'The specified Tags and ResourcesIds are not allow to both empty.',
)

/**
 * What is missing in the words of one action: of several parameters that name the same thing, one must be there.
 * Source: "ListTagResources", "CreateRouteEntry", error codes.
 */
const MISSING: Readonly<Record<string, Words>> = {
  'Tag.Key': { ListTagResources: refused('InvalidTagKey', 'The tag keys are not valid.') },
  ResourceId: { ListTagResources: NO_TAGS_AND_NO_RESOURCES },
  RouteEntryId: { DeleteRouteEntry: MISSING_PARAMETER, ModifyRouteEntry: MISSING_PARAMETER },
  RouteTableId: { DescribeRouteTables: MISSING_PARAMETER },
  SecondaryCidrBlock: { Vpc: MISSING_PARAMETER },
}

/** The words of a table for one parameter; none where it has none of its own. */
function wordsFor(table: Readonly<Record<string, Words>>, name: string): { in: Words } | null {
  const words = Object.hasOwn(table, name) ? table[name] : undefined
  return words ? { in: words } : null
}

/** Each quota's code and name. Source: "CreateVpcPeerConnection", error codes; quota table of the user guide. */
const QUOTAS: Readonly<
  Record<Exclude<QuotaName, 'routes-per-route-table'>, readonly [code: string, name: string]>
> = {
  'peerings-per-tenant-region': ['VpcPeerCountPerUserPerRegion', 'vpc_quota_peer_num'],
  'same-region-peerings-per-vpc': [
    'IntraRegionVpcPeerCountPerVpc',
    'vpc_quota_intra_region_peer_num_per_vpc',
  ],
  'cross-region-peerings-per-vpc': [
    'CrossRegionVpcPeerCountPerVpc',
    'vpc_quota_cross_region_peer_num_per_vpc',
  ],
  'peerings-per-vpc': ['VpcPeerCountPerVpc', 'vpc_quota_peer_num_per_vpc'],
}

/** What a part of a VPC is called where it is in the way. Source: "DeleteVpc", error codes. */
const DEPENDENT: Readonly<Record<PartKind, string>> = {
  subnet: 'VSwitch',
  route: 'RouteEntry',
  'route-table': 'RouteTable',
  port: 'NetworkInterface',
}

const NO_ROUTE_TABLE = wording(404, 'InvalidRouteTable.NotFound', 'Specified route table does not exist.')

const ACTIONS: Readonly<Record<string, string>> = {
  accept: 'AcceptVpcPeerConnection',
  reject: 'RejectVpcPeerConnection',
}

/**
 * Source for VpcPeer: error codes of each operation's page, and "Error codes" of VpcPeer 2022-01-01. For VPC: those
 * of "CreateVpc", "DescribeVpcAttribute" and "DeleteVpc". For the gateway: live answers in issues of the vendor's
 * SDKs, "Error codes" of Cloud Push and of SMS, FAQ of Function Compute. What stands for `%s` in a text, and every
 * code that no page gives for its case: docs/differences/alibaba.md.
 */
export const FAILURES: FailureTable<AlibabaFailure> = {
  'request.malformed': () => refused('InvalidParameter', 'The request cannot be read.'),
  'request.missing': ({ field }) => {
    const name = parameterName(field)
    return {
      ...refused(`Missing${name.replaceAll('.', '')}`, `${name} is mandatory for this action.`),
      ...wordsFor(MISSING, name),
    }
  },
  'request.invalid': ({ field, problem }) => {
    const name = parameterName(field)
    if (name === 'Version') return refused('InvalidVersion', 'Specified parameter Version is not valid.')
    if (name === 'ResourceType')
      return refused('InvalidInstanceType.NotFound', 'The instance type is not found.')
    if (name === 'ResourceId' && problem === 'too-long') {
      return refused('NumberExceed.ResourceIds', 'The maximum number of resource IDs is exceeded.')
    }
    return { ...illegal(name), ...wordsFor(INVALID_IN_VPC, name) }
  },
  'request.unknown-parameter': ({ field }) => illegal(parameterName(field)),
  'request.exclusive': () => refused('InvalidParameter', 'The parameters exclude each other.'),
  'request.too-large': ({ limitBytes }) =>
    wording(413, 'RequestEntityTooLarge', `The request body exceeds ${limitBytes} bytes.`),
  'request.timeout': () => wording(408, 'RequestTimeout', 'The request did not arrive in time.'),
  'operation.unknown': () =>
    wording(404, 'InvalidAction.NotFound', 'Specified api is not found, please check your url and method.'),
  'authentication.missing': ({ what }) =>
    /^[A-Z][A-Za-z]+$/.test(what)
      ? refused(`Missing${what}`, `${what} is mandatory for this action.`)
      : incompleteSignature(),
  'authentication.malformed': incompleteSignature,
  'authentication.unknown-key': () =>
    wording(404, 'InvalidAccessKeyId.NotFound', 'Specified access key is not found.'),
  // Clients take these texts apart to tell a wrong secret from wrong signing: nothing may follow the older one, and
  // no colon go before it.
  'authentication.signature-mismatch': ({ signed, stringToSign }) =>
    refused(
      'SignatureDoesNotMatch',
      stringToSign.startsWith('ACS3-')
        ? `Specified signature does not match our calculation. server StringToSign is [${stringToSign}] server CanonicalRequest is [${signed}]`
        : `Specified signature is not matched with our calculation. server string to sign is:${stringToSign}`,
    ),
  'authentication.time-malformed': () =>
    refused('InvalidTimeStamp.Format', 'Specified time stamp or date value is not well formatted.'),
  'authentication.expired': () =>
    refused('InvalidTimeStamp.Expired', 'Specified time stamp or date value is expired.'),
  'authentication.replayed': () =>
    refused('SignatureNonceUsed', 'Specified signature nonce was used already.'),
  'authentication.token-invalid': () =>
    refused(
      'InvalidSecurityToken.MismatchWithAccessKey',
      'Specified SecurityToken mismatch with the AccessKey.',
    ),
  'authentication.password-wrong': incompleteSignature,
  'permission.denied': () =>
    wording(
      403,
      'Forbidden.RAM',
      "User not authorized to operate on the specified resource, or this API doesn't support RAM.",
    ),
  'project.mismatch': ({ project }) =>
    refused('Forbidden.NoPermission', `Authentication is failed for ${project}.`),
  'region.unknown': ({ region }) => ({
    ...refused('UnsupportedRegion', `The feature of VpcPeer is not supported in the region of ${region}.`),
    in: {
      Vpc: wording(404, 'InvalidRegionId.NotFound', 'Specified value of "regionId" is not supported.'),
      Location: refused('InvalidRegionId', 'The specified region does not exist.'),
    },
  }),
  'tenant.not-found': () => illegal('AcceptingAliUid'),
  'tenant.exists': unexpected,
  'access-key.not-found': unexpected,
  'access-key.exists': unexpected,
  'vpc.not-found': () => wording(404, 'InvalidVpcId.NotFound', 'Specified VPC does not exist.'),
  'vpc.requester-not-found': () => illegal('VpcId'),
  'vpc.accepter-not-found': () => illegal('AcceptingVpcId'),
  'vpc.exists': unexpected,
  'vpc.name-taken': () => refused('InvalidVpcName.Malformed', 'Specified VPC name is not valid.'),
  'vpc.in-use': ({ peering }) =>
    refused('DependencyViolation.VpcPeer', `Specified object has dependent resources VpcPeer ${peering}.`),
  'vpc.not-empty': ({ kind, part }) =>
    refused(
      `DependencyViolation.${DEPENDENT[kind]}`,
      `Specified object has dependent resources ${DEPENDENT[kind]} ${part}.`,
    ),
  'vpc.cidr-overlap': () => refused('InvalidCidrBlock.Overlapped', 'Specified CIDR block is overlapped.'),
  'vpc.cidr-limit': ({ limit }) =>
    refused(
      'QuotaExceeded.SecondaryCidr',
      `The quota of secondary CIDR blocks is exceeded, usage ${limit}/${limit}.`,
    ),
  'vpc.cidr-not-found': () => refused('InvalidCidrBlock.NotFound', 'Specified CIDR block does not exist.'),
  // The Terraform provider knows this code, and waits for it to pass.
  'vpc.cidr-in-use': ({ subnet }) =>
    refused(
      'OperationFailed.CidrInUse',
      `Operation failed because the CIDR block is in use by VSwitch ${subnet}.`,
    ),
  'subnet.not-found': () =>
    wording(404, 'InvalidVSwitchId.NotFound', 'Specified virtual switch does not exist.'),
  'subnet.outside-vpc': () => ({ ...BAD_BLOCK, in: { CreateVSwitch: BAD_VSWITCH_BLOCK } }),
  'subnet.overlap': () =>
    refused('InvalidCidrBlock.Overlapped', 'Specified CIDR block overlapped with other subnets.'),
  'route-table.not-found': () => ({
    ...wording(404, 'InvalidRouteTableId.NotFound', 'Specified route table does not exist.'),
    // Of these two the Terraform provider expects another spelling, and takes it for "gone".
    in: { DeleteRouteEntry: NO_ROUTE_TABLE, DescribeRouteEntryList: NO_ROUTE_TABLE },
  }),
  'route-table.is-default': () =>
    refused('OperationDenied.SystemRouteTable', 'The operation is not allowed on a system route table.'),
  'route-table.in-use': ({ subnet }) =>
    refused('DependencyViolation.VSwitch', `Specified object has dependent resources VSwitch ${subnet}.`),
  'route-table.has-routes': ({ route }) =>
    refused(
      'DependencyViolation.RouteEntry',
      `Specified object has dependent resources RouteEntry ${route}.`,
    ),
  'port.not-found': () =>
    wording(404, 'InvalidNetworkInterfaceId.NotFound', 'Specified network interface does not exist.'),
  'port.address-unavailable': () => refused('InvalidIp.Address', 'Specified IP address is not available.'),
  'subnet.in-use': ({ port }) =>
    refused('DependencyViolation', `Specified object has dependent resources NetworkInterface ${port}.`),
  'route.not-found': () => refused('InvalidRouteEntry.NotFound', 'Route entry not exists.'),
  'route.exists': () => refused('InvalidCIDRBlock.Duplicate', 'Specified CIDR block is already exists.'),
  'route.destination-local': ({ local }) =>
    refused(
      'InvalidCidrBlock.Malformed',
      `Specified CIDR block is not valid: it is inside ${local}, which is local to the VPC.`,
    ),
  'route.destination-outside-peer': () => BAD_BLOCK,
  'route.peering-not-ready': ({ peering }) =>
    refused('IncorrectStatus.VpcPeer', `The status of VpcPeer [${peering}] is incorrect.`),
  'route.next-hop-not-found': () => refused('ResourceNotFound.VpcPeer', notFound('VpcPeer')),
  'peering.has-routes': () =>
    refused(
      'OperationDenied.RouteEntryExist',
      'The operation is not allowed because of existing routeEntry point to VpcPeer.',
    ),
  'peering.not-found': () => ({
    ...refused('ResourceNotFound.InstanceId', notFound('InstanceId')),
    in: { MoveResourceGroup: refused('ResourceNotFound.VpcPeer', notFound('VpcPeer')) },
  }),
  'peering.wrong-state': () =>
    refused('IncorrectStatus.VpcPeer', (instance) => `The status of VpcPeer [${instance}] is incorrect.`),
  'peering.wrong-side': ({ event }) =>
    refused('Forbidden.NoPermission', `Authentication is failed for ${ACTIONS[event] ?? event}.`),
  'peering.exists': () =>
    refused('ResourceAlreadyExist.VpcPeer', 'The specified resource of VpcPeer already exists.'),
  'peering.same-vpc': () => illegal('AcceptingVpcId'),
  'peering.overlap': () => illegal('AcceptingVpcId'),
  'peering.overlap-elsewhere': () => illegal('AcceptingVpcId'),
  'peering.cross-region': () =>
    refused(
      'OperationFailed.ViolativeVpcPeer',
      'The creation operation fails because it is not allowed to create a vpc peer instance between the originating region and the receiving region.',
    ),
  'peering.busy': () => ({
    ...refused(
      'Conflict.Operation',
      'There are other peering operations on the requester VPC or accepter VPC, try again later.',
    ),
    in: {
      Vpc: refused('TaskConflict', 'The operation is too frequent, please wait a moment and try again.'),
    },
  }),
  'peering.nothing-to-update': () => MISSING_PARAMETER,
  'bandwidth.same-region': () =>
    refused(
      'OperationFailed.BandwidthCannotBeChangedInSameRegion',
      'The operation failed because the bandwidth cannot be changed in the same region.',
    ),
  'bandwidth.too-high': () => refused('QuotaExceeded.Bandwidth', 'The quota of bandwidth is exceeded.'),
  'bandwidth.missing': () => illegal('Bandwidth'),
  'link-type.same-region': () =>
    refused(
      'OperationFailed.InterRegionLinkTypeNotSupported',
      'The same region not supported link type feature.',
    ),
  'quota.exceeded': ({ quota, limit, used }) => {
    if (quota === 'routes-per-route-table') {
      return refused('QuotaExceeded', 'Route entry quota exceeded in this route table.')
    }
    const [code, name] = QUOTAS[quota]
    return refused(`QuotaExceeded.${code}`, `The quota of ${name} is exceeded, usage ${used}/${limit}.`)
  },
  'resource-group.not-found': () => ({
    ...noResourceGroup('The operation failed because the resource group does not exist.'),
    in: {
      'VpcPeer MoveResourceGroup': noResourceGroup(
        'The operation failed because the resource group not exist.',
      ),
      Vpc: refused('InvalidResourceGroupId', 'The specified ResourceGroupId does not exist.'),
    },
  }),
  'tag.limit-exceeded': () => refused('NumberExceed.Tags', 'The maximum number of tags is exceeded.'),
  'tag.duplicate-key': () => refused('Forbidden.TagKey.Duplicated', 'The specified tag key already exists.'),
  'tag.resource-not-found': () => refused('InvalidInstanceIds.NotFound', 'The instance IDs are not found.'),
  'task.not-found': unexpected,
  'webhook.not-found': unexpected,
  'webhook.limit-exceeded': unexpected,
  'delivery.not-found': unexpected,
  'idempotency.mismatch': () =>
    refused(
      'IdempotentParameterMismatch',
      'The ClientToken was used before, by a request with other parameters.',
    ),
  'idempotency.in-progress': () =>
    refused('LastTokenProcessing', 'The first request with this ClientToken is still being processed.'),
  'dry-run.succeeded': () => refused('DryRunOperation', 'The operation DryRun verifies success.'),
  'clock.not-manual': unexpected,
  'service.unavailable': () =>
    wording(503, 'ServiceUnavailable', 'The request has failed due to a temporary failure of the server.'),
  'service.internal': unexpected,
}

/**
 * An error as the gateway writes it.
 * Source: a live answer of the same gateway in an issue of dromara/SMS4J, for the members.
 */
export function encodeFailure(error: DomainError, call: AlibabaCall, requestId: string): WireResponse {
  const product = VERSIONS.get(call.version) ?? 'VpcPeer'
  const failure = describeFailure(FAILURES, error)
  const { action } = call
  const whose = [`${product} ${action}`, action, product].find((key) => failure.in && key in failure.in)
  const { status, code, message } = (whose !== undefined && failure.in?.[whose]) || failure
  const members = {
    RequestId: requestId,
    HostId: header(call.request, 'host'),
    Code: code,
    Message:
      typeof message === 'string' ? message : message(parameter(call.received.all, 'InstanceId') ?? ''),
    Recommend: `https://api.aliyun.com/troubleshoot?q=${encode(code)}&product=${product}&requestId=${requestId}`,
  }
  return responseOf(status, 'Error', members, call.format)
}

/** The newer clients read XML under exactly this content type only. Source: captured. */
export function responseOf(
  status: number,
  root: string,
  members: Readonly<Record<string, unknown>>,
  format: AlibabaCall['format'],
): WireResponse {
  const headers = { 'x-acs-request-id': String(members['RequestId']) }
  return format === 'xml'
    ? {
        status,
        headers: { ...headers, 'content-type': 'text/xml;charset=utf-8' },
        body: encodeXml(root, members),
      }
    : {
        status,
        headers: { ...headers, 'content-type': 'application/json;charset=utf-8' },
        body: JSON.stringify(members),
      }
}
