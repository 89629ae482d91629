import { type DomainError, describeFailure, type FailureTable } from '../../../domain/errors.ts'
import type { PeeringState } from '../../../domain/peering.ts'
import type { WireResponse } from '../../wire.ts'

/** How this API words a failure: a number common to all services, a code of its own, and a text. */
interface LegacyFailure {
  readonly code: number
  readonly codeDesc: string
  readonly message: string
}

const failure = (code: number, codeDesc: string, message: string): LegacyFailure => ({
  code,
  codeDesc,
  message,
})
const invalid = (message: string) => failure(4000, 'InvalidParameter', message)
const conflict = (message: string) => failure(4000, 'PeeringConnectionVpcConflict', message)
const badSignature = (message: string) => failure(4100, 'AuthFailure', message)
const vpcNotFound = () => failure(5000, 'InvalidVpc.NotFound', 'the VPC does not exist')
const locked = (message: string) => failure(5100, 'ActionLocked', message)

/**
 * Source for the numbers: legacy pages on common error codes; for the words: "VPC Error Codes" and the pages of
 * the peering actions. Which number goes with which word no page says: see docs/differences/tencent.md.
 */
export const FAILURES: FailureTable<LegacyFailure> = {
  'request.malformed': ({ reason }) => invalid(`the request cannot be read: ${reason}`),
  'request.missing': ({ field }) => invalidField(field, 'is required'),
  'request.invalid': ({ field, reason, value }) => invalidField(field, `${reason}: ${value}`),
  'request.unknown-parameter': ({ field }) => invalidField(field, 'is not known'),
  'request.exclusive': ({ fields }) => invalid(`${fields.join(' and ')} exclude each other`),
  'request.too-large': ({ limitBytes }) => invalid(`the request exceeds ${limitBytes} bytes`),
  'request.timeout': ({ timeoutMs }) => invalid(`the request did not arrive whole within ${timeoutMs} ms`),
  'operation.unknown': ({ operation, method }) =>
    method === 'GET' || method === 'POST'
      ? invalid(`the action ${operation} does not exist`)
      : failure(4600, 'UnsupportedProtocol', `the method ${method} is not supported`),
  'authentication.missing': ({ what }) => badSignature(`${what} is missing`),
  'authentication.malformed': ({ reason }) => badSignature(reason),
  'authentication.unknown-key': ({ accessKeyId }) =>
    failure(4104, 'SecretIdNotFound', `the SecretId ${accessKeyId} does not exist`),
  'authentication.signature-mismatch': () => badSignature('the signature is wrong'),
  'authentication.time-malformed': ({ value }) => invalidField('Timestamp', `is not a time: ${value}`),
  'authentication.expired': ({ value }) =>
    failure(4200, 'RequestExpired', `the timestamp ${value} is too far from the time of the service`),
  'authentication.replayed': () => failure(4500, 'ReplayAttack', 'the request was received before'),
  'authentication.token-invalid': () => failure(4105, 'TokenFailure', 'the token is not valid'),
  'authentication.password-wrong': () => badSignature('the password is wrong'),
  'permission.denied': ({ action }) =>
    failure(4101, 'UnauthorizedOperation', `not authorized to perform ${action}`),
  'project.mismatch': ({ project }) =>
    failure(4102, 'UnauthorizedOperation', `not authorized to act for ${project}`),
  'region.unknown': ({ region }) => invalidField('Region', `is not a region: ${region}`),
  'tenant.not-found': ({ id }) => failure(5000, 'InvalidAccount.NotFound', `account ${id} does not exist`),
  'tenant.exists': ({ name }) => invalid(`account ${name} exists already`),
  'access-key.not-found': ({ id }) => failure(5000, 'InvalidSecretId.NotFound', `key ${id} does not exist`),
  'access-key.exists': ({ id }) => invalid(`key ${id} exists already`),
  'vpc.not-found': vpcNotFound,
  'vpc.requester-not-found': vpcNotFound,
  'vpc.accepter-not-found': vpcNotFound,
  'vpc.exists': ({ id }) => invalid(`VPC ${id} exists already`),
  'vpc.name-taken': ({ name }) => invalid(`there is a VPC called ${name} already`),
  'vpc.in-use': () =>
    failure(5100, 'InvalidVpc.CannotDelete', 'the VPC still has resources, a peering among them'),
  'vpc.not-empty': ({ kind, part }) =>
    failure(5100, 'InvalidVpc.CannotDelete', `the VPC still has resources, the ${kind} ${part} among them`),
  'vpc.cidr-overlap': ({ cidr, existing }) => invalid(`${cidr} overlaps ${existing} of the same VPC`),
  'vpc.cidr-limit': ({ limit }) => invalid(`a VPC may have ${limit} assistant CIDR blocks`),
  'vpc.cidr-not-found': ({ cidr }) => invalid(`the VPC does not have the CIDR block ${cidr}`),
  'vpc.cidr-in-use': ({ subnet }) => invalid(`the block still has the subnet ${subnet}`),
  'subnet.not-found': () => failure(5000, 'InvalidSubnet.NotFound', 'the subnet does not exist'),
  'subnet.outside-vpc': ({ cidr }) =>
    failure(4000, 'InvalidSubnetCidr', `${cidr} is outside the CIDR blocks of the VPC`),
  'subnet.overlap': ({ cidr, subnet }) =>
    failure(4000, 'SubnetCidrConflict', `${cidr} overlaps the subnet ${subnet}`),
  'route-table.not-found': () =>
    failure(5000, 'InvalidRouteTableId.NotFound', 'the route table does not exist'),
  'route-table.is-default': () =>
    failure(5100, 'InvalidRouteTableId.CannotDelete', 'the default route table goes only with its VPC'),
  'route-table.in-use': ({ subnet }) =>
    failure(5100, 'InvalidRouteTableId.CannotDelete', `the route table is associated with ${subnet}`),
  'route-table.has-routes': ({ route }) =>
    failure(5100, 'InvalidRouteTableId.CannotDelete', `the route table has the route ${route}`),
  'port.not-found': () => failure(5000, 'InvalidNetworkInterface.NotFound', 'the interface does not exist'),
  'port.address-unavailable': ({ address }) => invalid(`the address ${address} cannot be had in the subnet`),
  'subnet.in-use': ({ port }) => failure(5100, 'InvalidSubnet.CannotDelete', `the subnet still has ${port}`),
  'route.not-found': ({ id }) => failure(5000, 'InvalidRouteId.NotFound', `there is no route ${id}`),
  'route.exists': ({ destination }) =>
    failure(4000, 'RouteAlreadyExists', `there is a route for ${destination} already`),
  'route.destination-local': ({ destination, local }) =>
    failure(4000, 'InvalidDestinationCidr', `${destination} conflicts with ${local} of the VPC`),
  'route.destination-outside-peer': ({ destination }) =>
    failure(4000, 'InvalidDestinationCidr', `${destination} is outside the CIDR blocks of the peer VPC`),
  'route.peering-not-ready': ({ state }) =>
    failure(4000, 'InvalidRouteNextHub', `the peering connection is in state ${STATE[state]}`),
  'route.next-hop-not-found': ({ id }) =>
    failure(5000, 'InvalidRouteNextHub.NotFound', `${id} is no peering connection of the VPC`),
  'peering.has-routes': ({ route }) => locked(`the route ${route} leads through the peering connection`),
  'peering.not-found': () =>
    failure(5000, 'InvalidPeeringConnection.NotFound', 'the peering connection does not exist'),
  'peering.wrong-state': ({ state, event }) =>
    failure(
      5100,
      'InvalidPeeringConnection.InvalidState',
      `the peering connection is in state ${STATE[state]}, which does not allow to ${event} it`,
    ),
  'peering.wrong-side': ({ event }) =>
    failure(4102, 'UnauthorizedOperation', `it is for the other account to ${event} this peering connection`),
  'peering.exists': () => conflict('there is a peering connection between the two VPCs already'),
  'peering.same-vpc': () => conflict('a VPC cannot be peered with itself'),
  'peering.overlap': ({ requester, accepter }) =>
    conflict(`the blocks of the two VPCs overlap: ${requester} and ${accepter}`),
  'peering.overlap-elsewhere': ({ block }) =>
    conflict(`${block} overlaps a VPC that the other one is peered with already`),
  'peering.cross-region': () => invalid('the two VPCs must be in one region'),
  'peering.busy': () => locked('another change is under way; try again'),
  'peering.nothing-to-update': () => invalid('nothing is named that shall be changed'),
  'bandwidth.same-region': () => invalidField('bandwidth', 'is not for peerings within a region'),
  'bandwidth.too-high': ({ limitMbps }) => invalidField('bandwidth', `may be at most ${limitMbps}`),
  'bandwidth.missing': () => invalidField('bandwidth', 'is required'),
  'link-type.same-region': () => invalidField('type', 'is not for peerings within a region'),
  'quota.exceeded': ({ quota, limit }) =>
    quota === 'routes-per-route-table'
      ? failure(4400, 'RouteLimitExceeded', `a route table may have ${limit} routes`)
      : failure(4400, 'PeeringConnectionLimitExceeded', `a VPC may have ${limit} peering connections`),
  'resource-group.not-found': ({ id }) => invalid(`resource group ${id} does not exist`),
  'tag.limit-exceeded': ({ limit }) => invalid(`a resource may have ${limit} tags`),
  'tag.duplicate-key': ({ key }) => invalid(`tag key ${key} is given more than once`),
  'tag.resource-not-found': ({ ids }) => invalid(`${ids.join(', ')} do not exist`),
  'task.not-found': ({ id }) => failure(5000, 'InvalidTask.NotFound', `task ${id} does not exist`),
  'webhook.not-found': ({ id }) => invalid(`webhook ${id} does not exist`),
  'webhook.limit-exceeded': ({ limit }) => invalid(`an account may have ${limit} webhooks`),
  'delivery.not-found': ({ sequence }) => invalid(`delivery ${sequence} does not exist`),
  'idempotency.mismatch': () => locked('the token was used for something else; try again'),
  'idempotency.in-progress': () => locked('the first request is under way; try again'),
  'dry-run.succeeded': () => invalid('the request would have succeeded'),
  'clock.not-manual': () => invalid('the clock cannot be moved'),
  'service.unavailable': () =>
    failure(6200, 'ServiceUnavailable', 'the service is unavailable for the moment; try again'),
  'service.internal': () => failure(6000, 'InternalError', 'an internal error has occurred'),
}

function invalidField(field: string, what: string): LegacyFailure {
  const member = field.slice(field.lastIndexOf('.') + 1)
  return failure(4000, INVALID_MEMBERS.get(member) ?? 'InvalidParameter', `${field} ${what}`)
}

/** Parameters that have a word of their own. Source: legacy pages of the actions that take them. */
const INVALID_MEMBERS = new Map([
  ['peeringConnectionName', 'InvalidPeeringConnectionName'],
  ['destinationCidrBlock', 'InvalidDestinationCidr'],
  ['nextType', 'InvalidRouteNextType'],
])

/** The vendor's number for each state. Source: legacy page "Querying VPC Peering Connections". */
export const STATE: Readonly<Record<PeeringState, number>> = {
  'pending-acceptance': 0,
  active: 1,
  expired: 2,
  rejected: 3,
  deleted: 4,
}

/**
 * An error is status 200 too. Its number is told once more before the text.
 * Source: legacy error pages of several services.
 */
export function encodeFailure(error: DomainError): WireResponse {
  const { code, codeDesc, message } = describeFailure(FAILURES, error)
  return respond({ code, message: `(${code}) ${message}`, codeDesc })
}

/** A success. The number is 0 and not `"0"`, as the pages print it: no Go client could read that. */
export function encodeSuccess(fields: object): WireResponse {
  return respond({ code: 0, message: '', codeDesc: 'Success', ...fields })
}

function respond(body: object): WireResponse {
  return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
}
