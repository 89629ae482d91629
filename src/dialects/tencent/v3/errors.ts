import { type DomainError, describeFailure, type FailureTable } from '../../../domain/errors.ts'
import type { PeeringState } from '../../../domain/peering.ts'
import type { WireResponse } from '../../wire.ts'

/** How this API words a failure. */
interface ApiFailure {
  readonly code: string
  readonly message: string
}

const failure = (code: string, message: string): ApiFailure => ({ code, message })
const notFound = (what: string) => failure('ResourceNotFound', `The resource does not exist: ${what}.`)
const notValidated = () =>
  failure(
    'AuthFailure.SignatureFailure',
    'The provided credentials could not be validated. Please check your signature is correct.',
  )

/**
 * Source for the codes: API 3.0 "Common error codes", the error lists of each action, and the error constants of
 * the Go SDK. For the texts and for codes that no page ties to a cause, see docs/differences/tencent.md.
 */
export const FAILURES: FailureTable<ApiFailure> = {
  'request.malformed': ({ reason }) => failure('InvalidParameter', `The request cannot be read: ${reason}.`),
  'request.missing': ({ field }) =>
    failure('MissingParameter', `The request is missing a required parameter \`${field}\`.`),
  'request.invalid': ({ field, problem, reason, value }) =>
    failure(invalidCode(field, problem), `The parameter \`${field}\` ${reason}: ${value}`),
  'request.unknown-parameter': ({ field }) =>
    failure('UnknownParameter', `The parameter \`${field}\` is not recognized.`),
  'request.exclusive': ({ fields }) =>
    failure('InvalidParameter.Coexist', `The parameters ${fields.join(' and ')} exclude each other.`),
  'request.too-large': ({ limitBytes }) =>
    failure('RequestSizeLimitExceeded', `The request exceeds the limit of ${limitBytes} bytes.`),
  'request.timeout': ({ timeoutMs }) =>
    failure('InvalidRequest', `The request did not arrive whole within ${timeoutMs} ms.`),
  'operation.unknown': ({ operation, method }) =>
    method === 'GET' || method === 'POST'
      ? failure('InvalidAction', `The action ${operation} does not exist in this version.`)
      : failure('UnsupportedProtocol', `The method ${method} is not supported: use GET or POST.`),
  'authentication.missing': ({ what }) =>
    what === 'Authorization'
      ? failure('AuthFailure.InvalidAuthorization', 'The request has no `Authorization` header.')
      : failure('MissingParameter', `The request is missing a required parameter \`${what}\`.`),
  'authentication.malformed': ({ reason }) =>
    failure('AuthFailure.InvalidAuthorization', `The request is not properly signed: ${reason}.`),
  'authentication.unknown-key': () =>
    failure(
      'AuthFailure.SecretIdNotFound',
      'The SecretId is not found, please ensure that your SecretId is correct.',
    ),
  'authentication.signature-mismatch': notValidated,
  'authentication.time-malformed': notValidated,
  'authentication.expired': ({ value }) =>
    failure('AuthFailure.SignatureExpire', `The timestamp ${value} is too far from the time of the service.`),
  'authentication.replayed': () =>
    failure('AuthFailure.SignatureFailure', 'The signature was used before: sign every request anew.'),
  'authentication.token-invalid': () => failure('AuthFailure.TokenFailure', 'The token is not valid.'),
  'authentication.password-wrong': notValidated,
  'permission.denied': ({ action }) =>
    failure('UnauthorizedOperation', `You are not authorized to perform ${action}.`),
  'project.mismatch': ({ project }) =>
    failure('UnauthorizedOperation', `You may not act for the account ${project}.`),
  'region.unknown': ({ region }) => failure('UnsupportedRegion', `The region ${region} is not supported.`),
  'tenant.not-found': ({ id }) => notFound(`account ${id}`),
  'tenant.exists': ({ name }) => failure('UnsupportedOperation', `The account ${name} exists already.`),
  'access-key.not-found': ({ id }) => notFound(`key ${id}`),
  'access-key.exists': ({ id }) => failure('UnsupportedOperation', `The key ${id} exists already.`),
  'vpc.not-found': ({ id }) => notFound(`VPC ${id}`),
  'vpc.requester-not-found': ({ id }) => notFound(`VPC ${id}`),
  'vpc.accepter-not-found': ({ id, tenant }) =>
    notFound(`VPC ${id} of account ${tenant} in the region that was named`),
  'vpc.exists': ({ id }) => failure('UnsupportedOperation.RecordExists', `VPC ${id} exists already.`),
  'vpc.name-taken': ({ name }) =>
    failure('UnsupportedOperation.RecordExists', `There is a VPC called ${name} already.`),
  'vpc.in-use': ({ id }) => failure('ResourceInUse', `VPC ${id} still has resources, a peering among them.`),
  'vpc.not-empty': ({ id, kind, part }) =>
    failure('ResourceInUse', `VPC ${id} still has resources, the ${kind} ${part} among them.`),
  'vpc.cidr-overlap': ({ cidr, existing }) =>
    failure(
      cidr === existing ? 'InvalidParameterValue.Duplicate' : 'InvalidParameterValue.VpcCidrConflict',
      `The CIDR block ${cidr} overlaps ${existing} of the same VPC.`,
    ),
  'vpc.cidr-limit': ({ limit }) => failure('LimitExceeded', `A VPC may have ${limit} assistant CIDR blocks.`),
  'vpc.cidr-not-found': ({ cidr }) => notFound(`assistant CIDR block ${cidr}`),
  'vpc.cidr-in-use': ({ cidr, subnet }) =>
    failure('ResourceInUse', `The CIDR block ${cidr} still has the subnet ${subnet}.`),
  'subnet.not-found': ({ id }) => notFound(`subnet ${id}`),
  'subnet.outside-vpc': ({ cidr }) =>
    failure('InvalidParameterValue.SubnetRange', `The subnet ${cidr} is outside the CIDR blocks of the VPC.`),
  'subnet.overlap': ({ cidr, subnet }) =>
    failure('InvalidParameterValue.SubnetConflict', `The subnet ${cidr} overlaps the subnet ${subnet}.`),
  'route-table.not-found': ({ id }) => notFound(`route table ${id}`),
  'route-table.is-default': ({ id }) =>
    failure('UnsupportedOperation.DelDefaultRoute', `The route table ${id} is the default one of its VPC.`),
  'route-table.in-use': ({ id, subnet }) =>
    failure('UnsupportedOperation.DelRouteWithSubnet', `The route table ${id} is associated with ${subnet}.`),
  'route-table.has-routes': ({ id, route }) =>
    failure('ResourceInUse', `The route table ${id} has the route ${route}.`),
  'port.not-found': ({ id }) => notFound(`network interface ${id}`),
  'port.address-unavailable': ({ address }) =>
    failure(
      'InvalidParameterValue.AddressIpNotInSubnet',
      `The address ${address} cannot be had in the subnet.`,
    ),
  'subnet.in-use': ({ id, port }) =>
    failure('ResourceInUse', `The subnet ${id} still has the network interface ${port}.`),
  'route.not-found': ({ id }) => notFound(`route ${id}`),
  'route.exists': ({ destination }) =>
    failure('InvalidParameterValue.Duplicate', `There is a route for ${destination} in the table already.`),
  'route.destination-local': ({ destination, local }) =>
    failure('InvalidParameterValue.VpcCidrConflict', `${destination} conflicts with ${local} of the VPC.`),
  'route.destination-outside-peer': ({ destination }) =>
    failure(
      'InvalidParameterValue.CidrNotInPeerVpc',
      `${destination} is outside the CIDR blocks of the peer VPC.`,
    ),
  'route.peering-not-ready': ({ peering, state }) =>
    failure(
      'InvalidParameterValue.RouteNextHopInvalid',
      `The peering connection ${peering} is ${STATE[state]}: no route can lead through it.`,
    ),
  'route.next-hop-not-found': ({ id }) => notFound(`peering connection ${id} of the VPC of the route table`),
  'peering.has-routes': ({ id, route }) =>
    failure('ResourceInUse', `The route ${route} leads through the peering connection ${id}.`),
  'peering.not-found': ({ id }) => notFound(`peering connection ${id}`),
  'peering.wrong-state': ({ id, state, event }) =>
    failure(
      'UnsupportedOperation.VpcPeerInvalidStateChange',
      `The peering connection ${id} is ${STATE[state]}, which does not allow to ${event} it.`,
    ),
  'peering.wrong-side': ({ id, event }) =>
    failure(
      'UnsupportedOperation.VpcPeerPurviewError',
      `It is for the other account to ${event} the peering connection ${id}.`,
    ),
  'peering.exists': () =>
    failure(
      'UnsupportedOperation.VpcPeerAlreadyExist',
      'There is a peering connection between the two VPCs already.',
    ),
  'peering.same-vpc': ({ id }) =>
    failure('InvalidParameterValue', `A VPC cannot be peered with itself: ${id}.`),
  'peering.overlap': ({ requester, accepter }) =>
    failure(
      'UnsupportedOperation.VpcPeerCidrConflict',
      `The CIDR blocks of the two VPCs overlap: ${requester} and ${accepter}.`,
    ),
  // Whose peering it clashes with is not said: it may be one that the caller has no part in.
  'peering.overlap-elsewhere': ({ block }) =>
    failure(
      'UnauthorizedOperation.VpcPeerCidrConflict',
      `The CIDR block ${block} conflicts with a VPC that the other one is peered with already.`,
    ),
  'peering.cross-region': () =>
    failure('InvalidParameterValue.Combination', 'The two VPCs must be in one region.'),
  'peering.busy': () =>
    failure('UnsupportedOperation.MutexOperationTaskRunning', 'Another change is under way; try again.'),
  'peering.nothing-to-update': () =>
    failure('MissingParameter', 'The request names nothing that shall be changed.'),
  'bandwidth.same-region': () =>
    failure('InvalidParameterValue.Combination', 'A peering connection within a region has no bandwidth.'),
  'bandwidth.too-high': ({ limitMbps }) =>
    failure('InvalidParameterValue', `The bandwidth may be at most ${limitMbps} Mbps.`),
  'bandwidth.missing': () =>
    failure('MissingParameter', 'The request is missing a required parameter `Bandwidth`.'),
  'link-type.same-region': () =>
    failure('InvalidParameterValue.Combination', 'A peering connection within a region has no link type.'),
  'quota.exceeded': ({ quota, limit }) =>
    quota === 'routes-per-route-table'
      ? failure('LimitExceeded', `A route table may have ${limit} routes.`)
      : failure('LimitExceeded.VpcPeerTotalLimitExceeded', `A VPC may have ${limit} peering connections.`),
  'resource-group.not-found': ({ id }) => notFound(`resource group ${id}`),
  'tag.limit-exceeded': ({ limit }) => failure('LimitExceeded', `A resource may have ${limit} tags.`),
  'tag.duplicate-key': ({ key }) =>
    failure('InvalidParameterValue', `The tag key ${key} is given more than once.`),
  'tag.resource-not-found': ({ ids }) => notFound(ids.join(', ')),
  'task.not-found': ({ id }) => notFound(`task ${id}`),
  'webhook.not-found': ({ id }) => notFound(`webhook ${id}`),
  'webhook.limit-exceeded': ({ limit }) => failure('LimitExceeded', `An account may have ${limit} webhooks.`),
  'delivery.not-found': ({ sequence }) => notFound(`delivery ${sequence}`),
  'idempotency.mismatch': () =>
    failure('UnsupportedOperation.MutexOperationTaskRunning', 'The token was used for something else.'),
  'idempotency.in-progress': () =>
    failure('UnsupportedOperation.MutexOperationTaskRunning', 'The first request is still under way.'),
  'dry-run.succeeded': () => failure('DryRunOperation', 'The request would have succeeded.'),
  'clock.not-manual': () => failure('UnsupportedOperation', 'The clock cannot be moved.'),
  'service.unavailable': () =>
    failure('ServiceUnavailable', 'The service is unavailable for the moment; try again.'),
  'service.internal': () => failure('InternalError', 'An internal error has occurred.'),
}

/** By what is wrong with a value, and for filters by where it stands. */
function invalidCode(field: string, problem: keyof typeof INVALID_CODES): string {
  if (field === 'Version') return 'NoSuchVersion'
  if (field === 'Resource') return 'InvalidParameterValue.ResourceDescriptionError'
  if (/^Filters\.\d+$/.test(field) && problem === 'type') return 'InvalidParameter.FilterNotDict'
  if (/^Filters\.\d+\.Values$/.test(field) && problem === 'type')
    return 'InvalidParameter.FilterValuesNotList'
  if (/^Filters\.\d+\.Name$/.test(field) && problem === 'range') return 'InvalidParameter.FilterInvalidKey'
  return INVALID_CODES[problem]
}

const INVALID_CODES = {
  type: 'InvalidParameter',
  format: 'InvalidParameterValue.Malformed',
  'too-short': 'InvalidParameterValue.Empty',
  'too-long': 'InvalidParameterValue.TooLong',
  range: 'InvalidParameterValue.Range',
} as const

/** The vendor's word for each state. Source: API 3.0, object PeerConnection, "State". */
export const STATE: Readonly<Record<PeeringState, string>> = {
  'pending-acceptance': 'PENDING',
  active: 'ACTIVE',
  rejected: 'REJECTED',
  expired: 'EXPIRED',
  deleted: 'DELETED',
}

/**
 * The code an action answers: one that its page does not list is cut back to its family, which every action may
 * answer, as it may every AuthFailure. Source: API 3.0 "Common error codes".
 */
export function narrow(code: string, documented: readonly string[]): string {
  const family = code.split('.')[0] ?? code
  return family === 'AuthFailure' || documented.includes(code) ? code : family
}

/** An error is status 200 too; with any other, the SDKs do not look at the body. Source: captured. */
export function encodeFailure(
  error: DomainError,
  documented: readonly string[],
  requestId: string,
): WireResponse {
  const { code, message } = describeFailure(FAILURES, error)
  return respond({ Error: { Code: narrow(code, documented), Message: message } }, requestId)
}

/** The content type must be exactly this: with a charset, the Python SDK takes an error for a success. */
export function respond(body: object, requestId: string): WireResponse {
  return {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ Response: { ...body, RequestId: requestId } }),
  }
}
