import type { FastifyReply } from 'fastify'
import { type DomainError, describeFailure, type FailureTable } from '../../domain/errors.ts'

/** A problem document's status and text; its `code` is the failure's own name, which never changes. */
interface Problem {
  readonly status: number
  readonly detail: string
}

const problem = (status: number, detail: string): Problem => ({ status, detail })

export const FAILURES: FailureTable<Problem> = {
  'request.malformed': ({ reason }) => problem(400, `The request cannot be read: ${reason}.`),
  'request.missing': ({ field }) => problem(400, `${field} is required.`),
  'request.invalid': ({ field, reason, value }) => problem(400, `${field} '${value}': ${reason}.`),
  'request.unknown-parameter': ({ field }) => problem(400, `${field} is not a member of this request.`),
  'request.exclusive': ({ fields }) => problem(400, `Give only one of ${fields.join(', ')}.`),
  'request.too-large': ({ limitBytes }) => problem(413, `A body may have at most ${limitBytes} bytes.`),
  'request.timeout': ({ timeoutMs }) => problem(408, `The request did not arrive within ${timeoutMs} ms.`),
  'operation.unknown': ({ method, operation }) =>
    problem(404, `There is no ${method} ${operation}. See /isthmus/v1/openapi.json.`),
  'authentication.missing': () =>
    problem(401, 'Send "Authorization: Bearer TOKEN": the admin token, or ACCESSKEYID.SECRET of a tenant.'),
  'authentication.malformed': ({ reason }) => problem(401, `The credential cannot be read: ${reason}.`),
  'authentication.unknown-key': () => problem(401, 'The token is not valid.'),
  'authentication.signature-mismatch': () => problem(401, 'The token is not valid.'),
  'authentication.time-malformed': ({ value }) => problem(401, `'${value}' is not a time.`),
  'authentication.expired': () => problem(401, 'The credential has expired.'),
  'authentication.replayed': () => problem(401, 'The request was used before.'),
  'authentication.token-invalid': () => problem(401, 'The token is not valid.'),
  'authentication.password-wrong': () => problem(401, 'The name or the password is wrong.'),
  'permission.denied': ({ action }) => problem(403, `This token may not ${action}.`),
  'project.mismatch': ({ project }) => problem(403, `Project ${project} is not this tenant's.`),
  'region.unknown': ({ region }) => problem(400, `There is no region '${region}'.`),
  'tenant.not-found': ({ id }) => problem(404, `There is no tenant '${id}'.`),
  'tenant.exists': ({ name }) =>
    problem(409, `A tenant with this name or one of these ids exists: '${name}'.`),
  'access-key.not-found': ({ id }) => problem(404, `There is no access key '${id}'.`),
  'access-key.exists': ({ id }) => problem(409, `There is an access key '${id}' already.`),
  'vpc.not-found': ({ id }) => problem(404, `There is no VPC '${id}'.`),
  'vpc.requester-not-found': ({ id }) => problem(404, `There is no VPC '${id}'.`),
  'vpc.accepter-not-found': ({ id }) => problem(404, `There is no VPC '${id}'.`),
  'vpc.exists': ({ id }) => problem(409, `There is a VPC '${id}' already.`),
  'vpc.name-taken': ({ name }) => problem(409, `There is a VPC named '${name}' already.`),
  'vpc.in-use': ({ id, peering }) =>
    problem(409, `VPC '${id}' is in peering '${peering}'; delete that first.`),
  'vpc.not-empty': ({ id, kind, part }) =>
    problem(409, `VPC '${id}' still has the ${kind} '${part}'; delete that first.`),
  'vpc.cidr-overlap': ({ cidr, existing }) => problem(409, `${cidr} overlaps ${existing} of the same VPC.`),
  'vpc.cidr-limit': ({ limit }) => problem(409, `A VPC may have at most ${limit} more blocks.`),
  'vpc.cidr-not-found': ({ cidr }) => problem(404, `The VPC does not have the block ${cidr}.`),
  'vpc.cidr-in-use': ({ cidr, subnet }) =>
    problem(409, `Subnet '${subnet}' is in ${cidr}; delete that first.`),
  'subnet.not-found': ({ id }) => problem(404, `There is no subnet '${id}'.`),
  'subnet.outside-vpc': ({ cidr }) => problem(409, `${cidr} is not inside the blocks of the VPC.`),
  'subnet.overlap': ({ cidr, subnet }) => problem(409, `${cidr} overlaps subnet '${subnet}'.`),
  'route-table.not-found': ({ id }) => problem(404, `There is no route table '${id}'.`),
  'route-table.is-default': ({ id }) =>
    problem(409, `Route table '${id}' is the default one; it goes only with its VPC.`),
  'route-table.in-use': ({ id, subnet }) =>
    problem(409, `Subnet '${subnet}' goes by route table '${id}'; give it another first.`),
  'route-table.has-routes': ({ id, route }) =>
    problem(409, `Route '${route}' is in route table '${id}'; delete that first.`),
  'port.not-found': ({ id }) => problem(404, `There is no port '${id}'.`),
  'port.address-unavailable': ({ address, subnet }) =>
    problem(409, `The address '${address}' cannot be had in subnet '${subnet}'.`),
  'subnet.in-use': ({ id, port }) =>
    problem(409, `Subnet '${id}' still has the port '${port}'; delete that first.`),
  'route.not-found': ({ id }) => problem(404, `There is no route '${id}'.`),
  'route.exists': ({ destination, route }) =>
    problem(409, `Route '${route}' leads to ${destination} already.`),
  'route.destination-local': ({ destination, local }) =>
    problem(409, `${destination} is inside ${local}, which is local to the VPC.`),
  'route.destination-outside-peer': ({ destination, peer }) =>
    problem(409, `${destination} is not inside the blocks of the peer, VPC '${peer}'.`),
  'route.peering-not-ready': ({ peering, state }) =>
    problem(409, `Peering '${peering}' is ${state}; no route can lead through it.`),
  'route.next-hop-not-found': ({ id }) => problem(404, `The VPC has no peering '${id}'.`),
  'peering.has-routes': ({ id, route }) =>
    problem(409, `Route '${route}' leads through peering '${id}'; delete that first.`),
  'peering.not-found': ({ id }) => problem(404, `There is no peering '${id}'.`),
  'peering.wrong-state': ({ state, event }) =>
    problem(409, `The peering is ${state}; that does not allow ${event}.`),
  'peering.wrong-side': ({ event }) => problem(403, `It is for the other side to ${event} this peering.`),
  'peering.exists': ({ id }) => problem(409, `These two VPCs are in peering '${id}' already.`),
  'peering.same-vpc': () => problem(400, 'A VPC cannot be peered with itself.'),
  'peering.overlap': ({ requester, accepter }) => problem(409, `${requester} and ${accepter} overlap.`),
  'peering.overlap-elsewhere': ({ block, peering }) =>
    problem(409, `${block} overlaps blocks of peering '${peering}'.`),
  'peering.cross-region': ({ requester, accepter }) =>
    problem(409, `${requester} and ${accepter} are two regions.`),
  'peering.busy': () => problem(409, 'Another change is under way; try again.'),
  'peering.nothing-to-update': () => problem(400, 'Give a name or a description.'),
  'bandwidth.same-region': () => problem(400, 'A peering within a region has no bandwidth.'),
  'bandwidth.too-high': ({ limitMbps }) => problem(400, `At most ${limitMbps} Mbit/s.`),
  'bandwidth.missing': () => problem(400, 'A bandwidth is required.'),
  'link-type.same-region': () => problem(400, 'A peering within a region has no link type.'),
  'quota.exceeded': ({ quota, limit }) => problem(409, `The quota ${quota} is used up: ${limit}.`),
  'resource-group.not-found': ({ id }) => problem(404, `There is no resource group '${id}'.`),
  'tag.limit-exceeded': ({ limit }) => problem(400, `At most ${limit} tags.`),
  'tag.duplicate-key': ({ key }) => problem(400, `Tag key '${key}' is given twice.`),
  'tag.resource-not-found': ({ ids }) => problem(404, `Not found: ${ids.join(', ')}.`),
  'task.not-found': ({ id }) => problem(404, `There is no task '${id}'.`),
  'webhook.not-found': ({ id }) => problem(404, `There is no webhook '${id}'.`),
  'webhook.limit-exceeded': ({ limit }) => problem(409, `A tenant may have at most ${limit} webhooks.`),
  'delivery.not-found': ({ sequence }) => problem(404, `No delivery of event ${sequence} waits or is dead.`),
  'idempotency.mismatch': () => problem(422, 'This Idempotency-Key was used for another request.'),
  'idempotency.in-progress': () => problem(409, 'The first request with this Idempotency-Key is under way.'),
  'dry-run.succeeded': () => problem(200, 'The request would have succeeded.'),
  'clock.not-manual': () => problem(409, 'The clock cannot be moved; start with --clock manual.'),
  'service.unavailable': ({ reason }) => problem(503, `Try again later: ${reason}.`),
  'service.internal': () =>
    problem(500, 'Something went wrong here; the log says what, under this request id.'),
}

export const PROBLEM_TYPE = 'application/problem+json'

/** A problem document (RFC 9457) with the failure's stable `code` and what it carries. */
export function encodeProblem(error: DomainError, requestId: string) {
  const { status, detail } = describeFailure(FAILURES, error)
  return {
    type: 'about:blank',
    title: TITLES[status] ?? 'Error',
    status,
    code: error.code,
    detail,
    requestId,
  }
}

const TITLES: Readonly<Record<number, string>> = {
  200: 'OK',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  408: 'Request Timeout',
  409: 'Conflict',
  413: 'Content Too Large',
  422: 'Unprocessable Content',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
}

/** The failure's code again, where a program can see it without reading the body. */
const CODE_HEADER = 'isthmus-error-code'

/** Answers with the problem document of `failure`. */
export function sendProblem(reply: FastifyReply, failure: DomainError, requestId: string): FastifyReply {
  const problem = encodeProblem(failure, requestId)
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer')
  return reply
    .code(problem.status)
    .header('content-type', PROBLEM_TYPE)
    .header('x-request-id', requestId)
    .header(CODE_HEADER, failure.code)
    .serializer(JSON.stringify)
    .send(problem)
}
