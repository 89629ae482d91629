import type { PartKind } from './network.ts'
import type { PeeringEvent, PeeringState } from './peering.ts'

/**
 * Everything that can go wrong, and what each failure carries. A new failure is one line here; every dialect's
 * failure table then fails to compile until it has said how that vendor words it.
 */
export interface Failures {
  /** The bytes are not what the content type says: bad JSON, a body that is not an object. */
  'request.malformed': { reason: string }
  'request.missing': { field: string }
  /** `problem` is what kind of wrong it is; `reason` says it in words. */
  'request.invalid': { field: string; problem: InvalidValue; reason: string; value: string }
  'request.unknown-parameter': { field: string }
  /** Two parameters that exclude each other, both given. */
  'request.exclusive': { fields: readonly string[] }
  'request.too-large': { limitBytes: number }
  'request.timeout': { timeoutMs: number }
  'operation.unknown': { operation: string; method: string }
  'authentication.missing': { what: string }
  'authentication.malformed': { reason: string }
  'authentication.unknown-key': { accessKeyId: string }
  /** The canonical request, where the scheme has one, and the text that was signed: no secret, and what people debug with. */
  'authentication.signature-mismatch': { signed: string; stringToSign: string }
  'authentication.time-malformed': { value: string }
  'authentication.expired': { value: string }
  'authentication.replayed': { nonce: string }
  'authentication.token-invalid': { reason: string }
  'authentication.password-wrong': Record<never, never>
  'permission.denied': { action: string }
  /** The request names a project, or an account, that its credential may not act for. */
  'project.mismatch': { project: string }
  'region.unknown': { region: string }
  'tenant.not-found': { id: string }
  'tenant.exists': { name: string }
  'access-key.not-found': { id: string }
  'access-key.exists': { id: string }
  'vpc.not-found': { id: string }
  'vpc.requester-not-found': { id: string }
  /** The VPC to peer with does not exist, or is not the named account's: one failure, so that nobody can probe. */
  'vpc.accepter-not-found': { id: string; tenant: string }
  'vpc.exists': { id: string }
  'vpc.name-taken': { name: string }
  'vpc.in-use': { id: string; peering: string }
  /** Something else of the VPC is in the way of its deletion: which, by kind and id. */
  'vpc.not-empty': { id: string; kind: PartKind; part: string }
  'vpc.cidr-overlap': { cidr: string; existing: string }
  'vpc.cidr-limit': { limit: number }
  'vpc.cidr-not-found': { cidr: string }
  'vpc.cidr-in-use': { cidr: string; subnet: string }
  'subnet.not-found': { id: string }
  'subnet.outside-vpc': { cidr: string; vpc: string }
  'subnet.overlap': { cidr: string; subnet: string }
  'route-table.not-found': { id: string }
  /** The default table of a VPC goes only with the VPC. */
  'route-table.is-default': { id: string }
  'route-table.in-use': { id: string; subnet: string }
  /** The dialect deletes a route table only once it is empty. */
  'route-table.has-routes': { id: string; route: string }
  'port.not-found': { id: string }
  /** The address is another port's, the gateway's, or not in the subnet. */
  'port.address-unavailable': { address: string; subnet: string }
  'subnet.in-use': { id: string; port: string }
  'route.not-found': { id: string }
  'route.exists': { destination: string; route: string }
  'route.destination-local': { destination: string; local: string }
  'route.destination-outside-peer': { destination: string; peer: string }
  'route.peering-not-ready': { peering: string; state: PeeringState }
  /** The next hop is no peering of the VPC's, or none that the caller may know of. */
  'route.next-hop-not-found': { id: string }
  /** A route leads through the peering, and the dialect does not delete it along. */
  'peering.has-routes': { id: string; route: string }
  'peering.not-found': { id: string }
  'peering.wrong-state': { id: string; state: PeeringState; event: PeeringEvent | 'update' }
  /** A party to the peering, but not the one that may do this. */
  'peering.wrong-side': { id: string; event: PeeringEvent | 'update' }
  'peering.exists': { id: string; requester: string; accepter: string }
  'peering.same-vpc': { id: string }
  'peering.overlap': { requester: string; accepter: string }
  /** An end clashes with a VPC that the other end is already peered with. */
  'peering.overlap-elsewhere': { vpc: string; block: string; peering: string }
  'peering.cross-region': { requester: string; accepter: string }
  /** Another change to the same peering or VPC is under way. */
  'peering.busy': { id: string }
  'peering.nothing-to-update': Record<never, never>
  'bandwidth.same-region': { bandwidthMbps: number }
  'bandwidth.too-high': { bandwidthMbps: number; limitMbps: number }
  'bandwidth.missing': Record<never, never>
  'link-type.same-region': { linkType: string }
  'quota.exceeded': { quota: QuotaName; limit: number; used: number }
  'resource-group.not-found': { id: string }
  'tag.limit-exceeded': { limit: number }
  'tag.duplicate-key': { key: string }
  'tag.resource-not-found': { ids: readonly string[] }
  'task.not-found': { id: string }
  'webhook.not-found': { id: string }
  'webhook.limit-exceeded': { limit: number }
  /** The webhook has no delivery of that event that waits or is dead. */
  'delivery.not-found': { sequence: number }
  'idempotency.mismatch': { token: string }
  'idempotency.in-progress': { token: string }
  /** Not a fault: the request was a dry run and would have succeeded. */
  'dry-run.succeeded': Record<never, never>
  'clock.not-manual': Record<never, never>
  /** The service cannot do it now; the same request may succeed later. */
  'service.unavailable': { reason: string }
  /** Our bug. The cause stays in the log. */
  'service.internal': Record<never, never>
}

export type FailureCode = keyof Failures

/** Ways in which a value can be wrong. */
export type InvalidValue = 'type' | 'format' | 'too-short' | 'too-long' | 'range'

/** The numbered things a tenant may run out of. */
export type QuotaName =
  | 'peerings-per-tenant-region'
  | 'same-region-peerings-per-vpc'
  | 'cross-region-peerings-per-vpc'
  | 'peerings-per-vpc'
  | 'routes-per-route-table'

/** The only error that crosses layers on purpose. Anything else that is thrown is our bug. */
export class DomainError<C extends FailureCode = FailureCode> extends Error {
  readonly code: C
  readonly details: Failures[C]
  /** The access key that a request claimed, where it was refused before anybody was found to have sent it. */
  claimedKey: string | null = null

  constructor(code: C, details: Failures[C]) {
    super(code)
    this.name = 'DomainError'
    this.code = code
    this.details = details
  }
}

/** A dialect's answer for every failure. The mapped type makes the table total. */
export type FailureTable<Wire> = { readonly [C in FailureCode]: (details: Failures[C]) => Wire }

/** What `table` says of `error`. */
export function describeFailure<Wire>(table: FailureTable<Wire>, error: DomainError): Wire {
  const describe = table[error.code] as (details: Failures[FailureCode]) => Wire
  return describe(error.details)
}
