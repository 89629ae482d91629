import { type DomainError, describeFailure, type FailureTable } from '../../domain/errors.ts'
import type { PartKind } from '../../domain/network.ts'
import type { WireResponse } from '../wire.ts'
import type { Service } from './call.ts'

/**
 * How this vendor words a failure: the HTTP status, the type of a Neutron error, the code of a VPC error (null: the
 * one that the service has for a request that is wrong), and a text. A failure of the gateway has its own code and
 * shape whatever was called.
 */
interface HuaweiFailure {
  readonly status: number
  readonly type: string
  readonly code: string | null
  readonly message: string
  readonly gateway?: true
}

const service = (status: number, type: string, code: string | null, message: string): HuaweiFailure => ({
  status,
  type,
  code,
  message,
})
const gateway = (status: number, code: string, message: string): HuaweiFailure => ({
  status,
  type: code,
  code,
  message,
  gateway: true,
})
/** Source: "Error Codes" of the VPC API reference, deleting a VPC. */
const NOT_EMPTY: Readonly<Record<PartKind, readonly [code: string, message: string]>> = {
  subnet: ['VPC.0104', 'Router contains subnets, please delete subnet first.'],
  route: ['VPC.0120', 'Extension routes exist under this router. Delete the routes first.'],
  'route-table': ['VPC.0120', 'Route tables exist under this router. Delete them first.'],
  port: ['VPC.0104', 'Router contains ports, please delete them first.'],
}
const badRequest = (message: string) => service(400, 'HTTPBadRequest', null, message)
const invalidInput = (message: string) =>
  service(400, 'InvalidInput', null, `Invalid input for operation: ${message}`)
const notAuthentic = (reason: string) =>
  gateway(401, 'APIGW.0301', `Incorrect IAM authentication information: ${reason}`)

/**
 * Source for the codes of the gateway: a canonical request printed in an issue of the Node.js SDK; API Gateway FAQ.
 * For VPC.xxxx: "Error Codes" of the VPC API reference. For the Neutron types and texts that no page lists, see
 * docs/differences/huawei.md.
 */
export const FAILURES: FailureTable<HuaweiFailure> = {
  'request.malformed': ({ reason }) => badRequest(`Malformed request: ${reason}.`),
  'request.missing': ({ field }) => badRequest(`Invalid input for ${field}. Reason: it is required.`),
  'request.invalid': ({ field, reason, value }) =>
    badRequest(`Invalid input for ${field}. Reason: '${value}' ${reason}.`),
  'request.unknown-parameter': ({ field }) => badRequest(`Unrecognized attribute(s) '${field}'.`),
  'request.exclusive': ({ fields }) => badRequest(`Only one of ${fields.join(', ')} may be given.`),
  'request.too-large': ({ limitBytes }) =>
    gateway(413, 'APIGW.0201', `Request entity too large: at most ${limitBytes} bytes are taken.`),
  'request.timeout': ({ timeoutMs }) =>
    gateway(408, 'APIGW.0201', `The request did not arrive whole within ${timeoutMs} ms.`),
  'operation.unknown': ({ operation, method }) => {
    // What a client makes of `/v1/{project_id}/vpcs` when it was told no project. Source: issue 809 of the Open
    // Telekom Cloud provider.
    const hint = /^\/v[^/]+\/\//.test(operation)
      ? '. The project id in the path is empty: set the project of your client (project_id, or tenant_name)'
      : ''
    const text = `The API does not exist or has not been published: ${method} ${operation}${hint}`
    return gateway(404, 'APIGW.0101', text)
  },
  'authentication.missing': ({ what }) =>
    what === 'Authorization' ? notAuthentic('x-auth-token not found') : notAuthentic(`${what} is missing`),
  'authentication.malformed': ({ reason }) => notAuthentic(reason),
  'authentication.unknown-key': ({ accessKeyId }) =>
    notAuthentic(`verify aksk signature fail, access key ${accessKeyId} does not exist`),
  'authentication.signature-mismatch': ({ signed }) =>
    notAuthentic(`verify aksk signature fail, canonicalRequest:${signed.replaceAll('\n', '|')}`),
  'authentication.time-malformed': ({ value }) => notAuthentic(`X-Sdk-Date '${value}' is not a valid time`),
  'authentication.expired': ({ value }) =>
    gateway(401, 'APIGW.0303', `Incorrect app authentication information: X-Sdk-Date '${value}' is expired`),
  'authentication.replayed': () => notAuthentic('the request was used before'),
  'authentication.token-invalid': ({ reason }) => notAuthentic(reason),
  'authentication.password-wrong': () =>
    service(401, 'Unauthorized', 'IAM.0101', 'The username or password is wrong.'),
  'permission.denied': ({ action }) =>
    service(403, 'PolicyNotAuthorized', 'VPC.2201', `Policy doesn't allow ${action} to be performed.`),
  'project.mismatch': () => service(400, 'InvalidInput', 'VPC.0007', 'Inconsistent tenant IDs.'),
  'region.unknown': ({ region }) => invalidInput(`Region ${region} does not exist.`),
  'tenant.not-found': ({ id }) =>
    service(404, 'TenantNotFound', 'VPC.0003', `Tenant ${id} could not be found.`),
  'tenant.exists': ({ name }) => service(409, 'TenantExists', 'VPC.0101', `Tenant ${name} exists.`),
  'access-key.not-found': ({ id }) =>
    service(404, 'AccessKeyNotFound', 'VPC.0003', `Access key ${id} could not be found.`),
  'access-key.exists': ({ id }) => service(409, 'AccessKeyExists', 'VPC.0101', `Access key ${id} exists.`),
  'vpc.not-found': () => service(404, 'VpcNotFound', 'VPC.0003', 'VPC does not exist.'),
  'vpc.requester-not-found': () => invalidInput('Request VPC id is incorrect.'),
  'vpc.accepter-not-found': () =>
    invalidInput(
      'Accept VPC id or tenant id is incorrect. The tenant id is the id of the project that the accept VPC belongs to.',
    ),
  'vpc.exists': ({ id }) => service(409, 'VpcExists', 'VPC.0101', `VPC ${id} exists.`),
  'vpc.name-taken': () => service(400, 'VpcNameExists', 'VPC.0115', 'The router name exists.'),
  'vpc.in-use': ({ peering }) =>
    service(
      409,
      'VpcInUse',
      'VPC.0120',
      `Extension routes exist under this router. Delete the routes first. VPC peering ${peering} is still in place.`,
    ),
  'vpc.not-empty': ({ kind, part }) =>
    service(409, 'VpcInUse', NOT_EMPTY[kind][0], `${NOT_EMPTY[kind][1]} (${part})`),
  'vpc.cidr-overlap': ({ cidr, existing }) =>
    service(409, 'InvalidInput', 'VPC.9914', `${cidr} conflicts with ${existing} of the same VPC.`),
  'vpc.cidr-limit': ({ limit }) =>
    service(400, 'InvalidInput', 'VPC.9912', `A VPC may have at most ${limit} extended CIDR blocks.`),
  'vpc.cidr-not-found': ({ cidr }) =>
    service(404, 'InvalidInput', 'VPC.9915', `The VPC does not have the CIDR block ${cidr}.`),
  'vpc.cidr-in-use': ({ cidr, subnet }) =>
    service(409, 'InvalidInput', 'VPC.0117', `Subnet ${subnet} is in the CIDR block ${cidr}.`),
  'subnet.not-found': ({ id }) =>
    service(404, 'SubnetNotFound', 'VPC.0202', `Subnet ${id} could not be found.`),
  'subnet.outside-vpc': ({ cidr }) =>
    service(400, 'InvalidInput', 'VPC.0203', `Subnet ${cidr} is not in the range of VPC.`),
  'subnet.overlap': ({ cidr, subnet }) =>
    service(
      400,
      'InvalidInput',
      'VPC.0204',
      `The subnet has already existed in the VPC, or has been in conflict with the VPC subnet: ${cidr} overlaps subnet ${subnet}.`,
    ),
  'route-table.not-found': ({ id }) =>
    service(404, 'RouteTableNotFound', 'VPC.0003', `Route table ${id} could not be found.`),
  'route-table.is-default': ({ id }) =>
    badRequest(`Route table ${id} is the default one of its VPC, and goes only with it.`),
  'route-table.in-use': ({ id, subnet }) =>
    service(409, 'RouteTableInUse', 'VPC.0101', `Route table ${id} is associated with subnet ${subnet}.`),
  'route-table.has-routes': ({ id, route }) =>
    service(409, 'RouteTableInUse', 'VPC.0101', `Route table ${id} has route ${route}.`),
  'port.not-found': ({ id }) => service(404, 'PortNotFound', 'VPC.0402', `Port ${id} could not be found.`),
  'port.address-unavailable': ({ address }) => invalidInput(`${address} cannot be had in the subnet.`),
  'subnet.in-use': ({ port }) =>
    service(409, 'SubnetInUse', 'VPC.0207', `Subnet is still in use: port ${port} is in it.`),
  'route.not-found': ({ id }) => service(404, 'RouteNotFound', 'VPC.0003', `Route ${id} could not be found.`),
  'route.exists': ({ destination }) =>
    invalidInput(`A route for ${destination} exists in the route table already.`),
  'route.destination-local': ({ destination, local }) =>
    invalidInput(`${destination} is inside ${local}, which is local to the VPC.`),
  'route.destination-outside-peer': ({ destination }) =>
    invalidInput(`${destination} is outside the blocks of the peer VPC.`),
  'route.peering-not-ready': ({ peering, state }) =>
    invalidInput(`VPC peering ${peering} is ${STATUS[state]}, not ACTIVE.`),
  'route.next-hop-not-found': ({ id }) =>
    invalidInput(`Next hop ${id} is no VPC peering of the VPC of the route.`),
  'peering.has-routes': ({ id, route }) =>
    service(409, 'VpcPeeringInUse', 'VPC.0101', `Route ${route} leads through VPC peering ${id}.`),
  'peering.not-found': ({ id }) =>
    service(404, 'VpcPeeringNotFound', 'VPC.0003', `VPC peering ${id} could not be found.`),
  'peering.wrong-state': ({ id, state, event }) =>
    invalidInput(`VPC peering ${id} is ${STATUS[state]}, which does not allow ${event}.`),
  'peering.wrong-side': ({ event }) =>
    service(
      403,
      'PolicyNotAuthorized',
      'VPC.2201',
      `(rule:${event}_vpc_peering) is disallowed by policy: only the tenant of the other VPC may do this.`,
    ),
  'peering.exists': ({ id }) =>
    service(409, 'VpcPeeringExists', 'VPC.0101', `VPC peering ${id} between these two VPCs already exists.`),
  'peering.same-vpc': () => invalidInput('Request VPC and accept VPC must not be the same.'),
  'peering.overlap': ({ requester, accepter }) => invalidInput(`${requester} and ${accepter} overlap.`),
  'peering.overlap-elsewhere': ({ block, peering }) =>
    invalidInput(`${block} overlaps the blocks of VPC peering ${peering}.`),
  'peering.cross-region': () => invalidInput('Both VPCs must be in the same region.'),
  'peering.busy': () => service(409, 'Conflict', 'VPC.0103', 'Resource status is busy, try it again later.'),
  'peering.nothing-to-update': () =>
    badRequest('Invalid input for peering. Reason: name or description must be given.'),
  'bandwidth.same-region': () => invalidInput('A peering within a region has no bandwidth.'),
  'bandwidth.too-high': ({ limitMbps }) => invalidInput(`At most ${limitMbps} Mbit/s are allowed.`),
  'bandwidth.missing': () => invalidInput('A bandwidth is required.'),
  'link-type.same-region': () => invalidInput('A peering within a region has no link type.'),
  'quota.exceeded': ({ quota }) => {
    const type = quota === 'routes-per-route-table' ? 'routetableContainRoutes' : 'vpcPeer'
    return service(409, 'OverQuota', 'VPC.0114', `Quota exceeded for resources: ['${type}'].`)
  },
  'resource-group.not-found': ({ id }) => invalidInput(`Enterprise project ${id} does not exist.`),
  'tag.limit-exceeded': ({ limit }) => badRequest(`At most ${limit} tags are allowed.`),
  'tag.duplicate-key': ({ key }) => badRequest(`Tag key ${key} is given twice.`),
  'tag.resource-not-found': ({ ids }) =>
    service(404, 'VpcPeeringNotFound', 'VPC.0003', `${ids.join(', ')} could not be found.`),
  'task.not-found': ({ id }) => service(404, 'TaskNotFound', 'VPC.0003', `Task ${id} could not be found.`),
  'webhook.not-found': ({ id }) =>
    service(404, 'WebhookNotFound', 'VPC.0003', `Webhook ${id} could not be found.`),
  'webhook.limit-exceeded': () =>
    service(409, 'OverQuota', 'VPC.0114', `Quota exceeded for resources: ['webhook'].`),
  'delivery.not-found': ({ sequence }) =>
    service(404, 'DeliveryNotFound', 'VPC.0003', `Delivery ${sequence} could not be found.`),
  'idempotency.mismatch': () =>
    service(409, 'Conflict', 'VPC.0101', 'The token was used for something else.'),
  'idempotency.in-progress': () => service(409, 'Conflict', 'VPC.0103', 'The first request is under way.'),
  'dry-run.succeeded': () => service(200, 'DryRun', 'VPC.0000', 'The request would have succeeded.'),
  'clock.not-manual': () => service(409, 'Conflict', 'VPC.0101', 'The clock cannot be moved.'),
  'service.unavailable': () =>
    service(
      503,
      'ServiceUnavailable',
      'VPC.0105',
      'The service is temporarily unavailable. Try again later.',
    ),
  'service.internal': () =>
    service(500, 'HTTPInternalServerError', 'VPC.0105', 'Request failed: internal server error.'),
}

/**
 * The code of a request that is wrong, by service. Route tables have none of their own.
 * Source: "Error Codes" of the VPC API reference; for tags that of the Elastic Load Balance one, which has the same.
 */
const WRONG: Readonly<Record<Service, string>> = {
  neutron: 'HTTPBadRequest',
  'vpc-v1': 'VPC.0101',
  'subnet-v1': 'VPC.0201',
  'quota-v1': 'VPC.1207',
  'tags-v2': 'VPC.1801',
  'vpc-v3': 'VPC.9911',
  iam: 'IAM.0011',
  gateway: 'APIGW.0201',
}

const untagged = ({ id }: { id: string }) =>
  service(404, 'ResourceNotFound', 'VPC.1814', `Resource ${id} could not be found.`)

/** Where a service has words of its own for a failure. Source: as above. */
const IN_SERVICE: Partial<Record<Service, Partial<FailureTable<HuaweiFailure>>>> = {
  'vpc-v1': {
    'vpc.cidr-overlap': ({ cidr, existing }) =>
      badRequest(`${cidr} overlaps ${existing}, which the VPC has too.`),
    'subnet.outside-vpc': ({ cidr }) =>
      service(
        400,
        'InvalidInput',
        'VPC.0117',
        `VPC CIDR block cannot contain the subnet CIDR block ${cidr}. Change the CIDR block of the VPC.`,
      ),
  },
  'quota-v1': { 'request.invalid': () => badRequest('Invalid resource type.') },
  'tags-v2': {
    'vpc.not-found': untagged,
    'subnet.not-found': untagged,
    'tag.resource-not-found': ({ ids }) => untagged({ id: ids.join(', ') }),
    'tag.limit-exceeded': ({ limit }) =>
      service(400, 'InvalidInput', 'VPC.1814', `number of tags exceeds max num of ${limit}.`),
    'tag.duplicate-key': () => badRequest('Tag key is repeated.'),
  },
  'vpc-v3': {
    'vpc.not-found': ({ id }) => service(404, 'VpcNotFound', 'VPC.9904', `Vpc ${id} could not be found.`),
    'vpc.cidr-in-use': ({ cidr, subnet }) =>
      service(409, 'InvalidInput', 'VPC.9914', `Subnet ${subnet} is in the CIDR block ${cidr}.`),
  },
}

/** The vendor's word for each state. Source: every page of the peering API, "status". */
export const STATUS = {
  'pending-acceptance': 'PENDING_ACCEPTANCE',
  active: 'ACTIVE',
  rejected: 'REJECTED',
  expired: 'EXPIRED',
  deleted: 'DELETED',
} as const

/**
 * The error as the service that was called shapes it. On the Neutron and VPC paths it is a superset: each client
 * reads different members, and the Node.js SDK none of those that the vendor's own service sends.
 */
export function encodeFailure(error: DomainError, called: Service, requestId: string): WireResponse {
  const failure = describeFailure({ ...FAILURES, ...IN_SERVICE[called] }, error)
  return {
    status: failure.status,
    headers: responseHeaders(requestId),
    body: JSON.stringify(shape(failure, failure.gateway ? 'gateway' : called, requestId)),
  }
}

function shape(failure: HuaweiFailure, called: Service, requestId: string): unknown {
  const { status, type, message } = failure
  const code = failure.code ?? WRONG[called]
  switch (called) {
    case 'neutron':
      return {
        NeutronError: { type, message, detail: '' },
        error_code: type,
        error_msg: message,
        code: type,
        message,
        request_id: requestId,
      }
    case 'vpc-v1':
    case 'subnet-v1':
    case 'quota-v1':
    case 'tags-v2':
      return { code, message, error_code: code, error_msg: message, request_id: requestId }
    case 'vpc-v3':
    case 'gateway':
      return { error_msg: message, error_code: code, request_id: requestId }
    case 'iam':
      return { error: { code: status, message, title: TITLES[status] ?? 'Error' } }
  }
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  409: 'Conflict',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
}

/** The Node.js SDK takes its request id from this header only, and treats any other content type as a stream. */
export function responseHeaders(requestId: string): Record<string, string> {
  return { 'content-type': 'application/json', 'x-request-id': requestId, server: 'api-gateway' }
}
