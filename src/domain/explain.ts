import { contains, formatAddress, formatCidr, overlaps, parseCidr } from './cidr.ts'
import type { TenantId } from './identity.ts'
import { hopFor, parseDestination, type Route, type RouteTable, type Subnet } from './network.ts'
import { type Peering, type PeeringState, peeringAt } from './peering.ts'
import type { Network } from './realization.ts'
import type { Vpc } from './vpc.ts'

/*
 * Why an address of one VPC can or cannot reach one of another: consent, then the way there, then the way back, then
 * whether the network has caught up. Decided from the records, so that it works without any network too.
 */

/** One end of the question. */
export interface End {
  /** Of its routes into peerings that are not asked about, those into active ones. */
  readonly network: Network
  /** Null: any address that something could have there. */
  readonly address: string | null
  /** Whether the parts of the VPC are for the asker to know; of one where they are not, only consent is looked at. */
  readonly isKnown: boolean
}

export interface Question {
  readonly from: End
  readonly to: End
  /** Every peering between the two VPCs that is not deleted. */
  readonly peerings: readonly Peering[]
  readonly nowMs: number
  /** How far the network has come with the peering; null: nothing is known, or no network is driven. */
  readonly realization: {
    readonly wanted: number
    readonly realized: number
    readonly provenAtMs: number | null
    readonly reason: string | null
  } | null
}

/** One thing that was looked at, in the order in which a packet would meet it. */
export interface Step {
  readonly at: 'source' | 'consent' | 'way there' | 'destination' | 'way back' | 'network'
  readonly ok: boolean
  readonly says: string
}

/** What stands in the way; `none`: nothing that the records know of. */
export type Cause =
  | 'none'
  | 'same-vpc'
  | 'source-outside-vpc'
  | 'source-in-no-subnet'
  | 'destination-in-no-subnet'
  | 'destination-outside-vpc'
  | 'not-asked'
  | 'pending'
  | 'rejected'
  | 'expired'
  | 'different-families'
  | 'destination-is-local'
  | 'source-is-local-there'
  | 'no-route'
  | 'route-disabled'
  | 'route-elsewhere'
  | 'no-route-back'
  | 'route-back-disabled'
  | 'route-back-elsewhere'
  | 'network-behind'
  | 'network-failing'

/** A route that is there, and the table it is in. */
export interface OfRoute {
  readonly vpc: Vpc
  readonly table: RouteTable | null
  readonly route: Route
}

/** The one thing to do next. Whose it is stands beside it. */
export type Remedy =
  | { readonly kind: 'request'; readonly requester: Vpc; readonly accepter: Vpc }
  | { readonly kind: 'accept'; readonly peering: Peering }
  | { readonly kind: 'reopen'; readonly peering: Peering; readonly requester: Vpc; readonly accepter: Vpc }
  | { readonly kind: 'request-anew'; readonly requester: Vpc; readonly accepter: Vpc }
  | {
      readonly kind: 'add-route'
      readonly vpc: Vpc
      readonly table: RouteTable | null
      readonly destination: string
      readonly peering: Peering
    }
  | ({ readonly kind: 'enable-route' } & OfRoute)
  | ({ readonly kind: 'delete-route' } & OfRoute)
  /** `cidr`: a block that is free; null: there is none. */
  | {
      readonly kind: 'add-subnet'
      readonly vpc: Vpc
      readonly address: string
      readonly cidr: string | null
    }
  /** Two subnets share addresses; one of them has to move. */
  | { readonly kind: 'renumber'; readonly vpc: Vpc; readonly subnet: Subnet }
  | { readonly kind: 'wait'; readonly reason: string }

export interface Explanation {
  readonly reachable: boolean
  readonly cause: Cause
  readonly from: string
  readonly to: string
  readonly steps: readonly Step[]
  /** Null where nothing need be done. */
  readonly next: { readonly who: TenantId | null; readonly remedy: Remedy } | null
}

/** Answers the question. Pure, and never throws. */
export function explain(question: Question): Explanation {
  const [source, target] = addressesOf(question)
  const steps: Step[] = []
  const answer = (cause: Cause, next: Explanation['next']): Explanation => ({
    reachable: cause === 'none',
    cause,
    from: source,
    to: target,
    steps,
    next,
  })
  for (const look of [lookAtEnds, lookAtConsent, lookThere, lookBack, lookAtNetwork]) {
    const found = look(question, source, target, steps)
    if (found) return answer(found.cause, found.next)
  }
  return answer('none', null)
}

interface Finding {
  readonly cause: Cause
  readonly next: Explanation['next']
}
type Look = (question: Question, source: string, target: string, steps: Step[]) => Finding | null

const by = (vpc: Vpc, remedy: Remedy): Explanation['next'] => ({ who: vpc.tenant, remedy })

/** A packet needs somewhere to come from. Where it goes to is looked at when it gets there. */
const lookAtEnds: Look = ({ from, to }, source, _target, steps) => {
  const { vpc } = from.network
  if (vpc.id === to.network.vpc.id) {
    steps.push({ at: 'source', ok: true, says: `both are in VPC ${vpc.id}: no peering is needed` })
    return { cause: 'same-vpc', next: null }
  }
  if (!from.isKnown) return null
  const place = placeOf(source, from.network)
  if (place !== null) {
    steps.push({ at: 'source', ok: true, says: `${source} is in ${place}` })
    return null
  }
  if (!inside(source, vpc.cidrs)) {
    steps.push({ at: 'source', ok: false, says: `${source} is outside the blocks of VPC ${vpc.id}` })
    return { cause: 'source-outside-vpc', next: null }
  }
  steps.push({ at: 'source', ok: false, says: `${source} is in no subnet of VPC ${vpc.id}` })
  return { cause: 'source-in-no-subnet', next: by(vpc, addSubnet(from.network, source)) }
}

/** The peering that matters most: an active one, else what comes nearest to it. */
const BEST_FIRST: readonly PeeringState[] = ['active', 'pending-acceptance', 'expired', 'rejected', 'deleted']

function bestPeering({ peerings, nowMs }: Question): Peering | null {
  const standing = peerings.map((peering) => peeringAt(peering, nowMs))
  const rank = ({ state }: Peering) => BEST_FIRST.indexOf(state)
  return standing.toSorted((a, b) => rank(a) - rank(b) || b.createdAtMs - a.createdAtMs)[0] ?? null
}

const lookAtConsent: Look = (question, _source, _target, steps) => {
  const [ours, theirs] = [question.from.network.vpc, question.to.network.vpc]
  const peering = bestPeering(question)
  const refuse = (says: string, finding: Finding) => {
    steps.push({ at: 'consent', ok: false, says })
    return finding
  }
  if (!peering) {
    const [requester, accepter] = question.from.isKnown ? [ours, theirs] : [theirs, ours]
    return refuse(`nobody has asked for a peering of VPC ${ours.id} and VPC ${theirs.id}`, {
      cause: 'not-asked',
      next: by(requester, { kind: 'request', requester, accepter }),
    })
  }
  const accepter = peering.accepter.vpc === ours.id ? ours : theirs
  const requester = accepter === ours ? theirs : ours
  switch (peering.state) {
    case 'active':
      steps.push({ at: 'consent', ok: true, says: `peering ${peering.id} is active` })
      return null
    case 'pending-acceptance':
      return refuse(`peering ${peering.id} waits for the accepter`, {
        cause: 'pending',
        next: by(accepter, { kind: 'accept', peering }),
      })
    case 'expired':
      return refuse(`peering ${peering.id} has expired unanswered`, {
        cause: 'expired',
        next: by(requester, { kind: 'reopen', peering, requester, accepter }),
      })
    default:
      return refuse(`peering ${peering.id} was refused`, {
        cause: 'rejected',
        next: by(requester, { kind: 'request-anew', requester, accepter }),
      })
  }
}

const lookThere: Look = (question, source, target, steps) => {
  const peering = bestPeering(question)
  const { from, to } = question
  if (!peering) return null
  if (familyOf(source) !== familyOf(target)) {
    const says = `${source} and ${target} are of different families: no packet has both`
    steps.push({ at: 'way there', ok: false, says })
    return { cause: 'different-families', next: null }
  }
  const finding = lookOneWay(from.network, to.network, { source, target, peering, at: 'way there' }, steps)
  if (finding) return finding
  const { vpc } = to.network
  const place = placeOf(target, to.network)
  if (place !== null) {
    steps.push({ at: 'destination', ok: true, says: `${target} is in ${place}` })
    return null
  }
  const says = `${target} is in no subnet of VPC ${vpc.id}: nobody is there`
  steps.push({ at: 'destination', ok: false, says })
  return { cause: 'destination-in-no-subnet', next: by(vpc, addSubnet(to.network, target)) }
}

const lookBack: Look = (question, source, target, steps) => {
  const peering = bestPeering(question)
  const { from, to } = question
  if (!peering) return null
  const way = { source: target, target: source, peering, at: 'way back' } as const
  const finding = lookOneWay(to.network, from.network, way, steps)
  return finding && { ...finding, cause: BACK[finding.cause] ?? finding.cause }
}

/** What a cause is called on the way back. */
const BACK: Partial<Record<Cause, Cause>> = {
  'destination-is-local': 'source-is-local-there',
  'no-route': 'no-route-back',
  'route-disabled': 'route-back-disabled',
  'route-elsewhere': 'route-back-elsewhere',
}

interface Way {
  readonly source: string
  readonly target: string
  readonly peering: Peering
  readonly at: 'way there' | 'way back'
}

/** Where the VPC of `source` sends what is for `target`: into the peering, or what else. */
function lookOneWay(
  own: Network,
  other: Network,
  { source, target, peering, at }: Way,
  steps: Step[],
): Finding | null {
  const { vpc, subnets } = own
  const refuse = (says: string, cause: Cause, remedy: Remedy): Finding => {
    steps.push({ at, ok: false, says })
    return { cause, next: by(vpc, remedy) }
  }
  const table = tableOf(subnetOf(source, subnets), own)
  const routes = own.routes.filter((route) => route.routeTable === table?.id)
  const hop = hopFor(target, subnets, routes)
  if (hop.kind === 'local') {
    const says = `${target} is local to VPC ${vpc.id} (subnet ${hop.subnet.id}), and local wins over every route`
    return refuse(says, 'destination-is-local', { kind: 'renumber', vpc, subnet: hop.subnet })
  }
  if (!inside(target, other.vpc.cidrs)) {
    steps.push({
      at,
      ok: false,
      says: `${target} is outside the blocks of VPC ${other.vpc.id}, and a peering carries nothing further`,
    })
    return { cause: 'destination-outside-vpc', next: null }
  }
  if (hop.kind === 'route' && hop.route.nextHop === peering.id) {
    steps.push({
      at,
      ok: true,
      says: `VPC ${vpc.id} sends ${target} by route ${hop.route.destination} into the peering`,
    })
    return null
  }
  if (hop.kind === 'route') {
    const says = `VPC ${vpc.id} sends ${target} by route ${hop.route.destination} into another peering, ${hop.route.nextHop}`
    return refuse(says, 'route-elsewhere', { kind: 'delete-route', vpc, table, route: hop.route })
  }
  const off = routes.find(
    (route) => !route.enabled && route.nextHop === peering.id && inside(target, [route.destination]),
  )
  if (off) {
    const says = `VPC ${vpc.id} has a route for ${off.destination}, but it is switched off`
    return refuse(says, 'route-disabled', { kind: 'enable-route', vpc, table, route: off })
  }
  const there = subnetOf(target, other.subnets)
  const destination = there?.cidrs.find((cidr) => inside(target, [cidr])) ?? blockOf(target, other.vpc.cidrs)
  return refuse(`VPC ${vpc.id} has no route for ${target}`, 'no-route', {
    kind: 'add-route',
    vpc,
    table,
    destination,
    peering,
  })
}

const lookAtNetwork: Look = ({ from, to, realization }, _source, _target, steps) => {
  if (!realization) return null
  const { wanted, realized, provenAtMs, reason } = realization
  if (realized < wanted) {
    const says = reason ?? 'the network has not caught up yet'
    steps.push({ at: 'network', ok: false, says })
    return { cause: 'network-behind', next: { who: null, remedy: { kind: 'wait', reason: says } } }
  }
  if (provenAtMs === null && reason !== null && isInhabited(from) && isInhabited(to)) {
    steps.push({ at: 'network', ok: false, says: reason })
    return { cause: 'network-failing', next: { who: null, remedy: { kind: 'wait', reason } } }
  }
  const proof =
    provenAtMs === null
      ? `not proven: ${reason ?? 'not tried yet'}`
      : `last seen to pass at ${new Date(provenAtMs).toISOString()}`
  steps.push({ at: 'network', ok: true, says: `the network has caught up; ${proof}` })
  return null
}

/**
 * What is asked about: the addresses that were named, and of an end where none was, one of the same family; where neither
 * was, one of a family that both ends have.
 */
function addressesOf({ from, to }: Question): [string, string] {
  const named = from.address ?? to.address
  for (const family of named === null ? ([4, 6] as const) : [familyOf(named)]) {
    const [source, target] = [addressOf(from, family), addressOf(to, family)]
    if (source !== null && target !== null) return [source, target]
  }
  const any = (end: End) => addressOf(end, 4) ?? addressOf(end, 6) ?? '0.0.0.0'
  return [any(from), any(to)]
}

/** The address that was named, else one that something has there, else one that something could have; null: none. */
function addressOf({ network, address }: End, family: 4 | 6): string | null {
  if (address !== null) return address
  const port = network.ports.flatMap(({ addresses }) => addresses).find((each) => familyOf(each) === family)
  if (port !== undefined) return port
  const cidrs = [...network.subnets.flatMap((subnet) => subnet.cidrs), ...network.vpc.cidrs]
  const block = cidrs.map(parseCidr).find((each) => each?.family === family)
  return block ? formatAddress(block.family, block.base + 2n) : null
}

/** Whether anything may live there; where nothing does, that no packet passes is no fault of the network's. */
const isInhabited = ({ network: { vpc, ports } }: End) => vpc.attributes.adopted !== null || ports.length > 0

const familyOf = (address: string): 4 | 6 => (address.includes(':') ? 6 : 4)

/** Where in a VPC an address is, in words; null: nowhere. What there is in an adopted network, the records do not say. */
function placeOf(address: string, { vpc, subnets }: Network): string | null {
  const subnet = subnetOf(address, subnets)
  if (subnet) return `subnet ${subnet.id} of VPC ${vpc.id}`
  const isAdopted = vpc.attributes.adopted !== null && inside(address, vpc.cidrs)
  return isAdopted ? `the network that VPC ${vpc.id} stands for` : null
}

function subnetOf(address: string, subnets: readonly Subnet[]): Subnet | null {
  return subnets.find(({ cidrs }) => inside(address, cidrs)) ?? null
}

/** The sizes that a subnet is proposed in, the widest first; every dialect takes them. */
const SUBNET_BITS = { 4: [24, 25, 26, 27, 28], 6: [64] } as const

function addSubnet({ vpc, subnets }: Network, address: string): Remedy {
  const target = parseDestination(address)
  const taken = subnets.flatMap(({ cidrs }) => cidrs).map(parseCidr)
  const free = (target ? SUBNET_BITS[target.family] : [])
    .map((bits) => {
      const hostBits = BigInt((target?.bits ?? 0) - bits)
      return { family: target?.family ?? 4, base: ((target?.base ?? 0n) >> hostBits) << hostBits, bits }
    })
    .find(
      (block) =>
        inside(formatCidr(block), vpc.cidrs) && !taken.some((other) => other && overlaps(other, block)),
    )
  return { kind: 'add-subnet', vpc, address, cidr: free ? formatCidr(free) : null }
}

/** The table that what comes from `subnet` goes by. */
function tableOf(subnet: Subnet | null, { routeTables }: Network): RouteTable | null {
  const own = subnet?.routeTable ?? null
  return routeTables.find(({ id, isDefault }) => (own === null ? isDefault : id === own)) ?? null
}

function inside(address: string, cidrs: readonly string[]): boolean {
  return blockOf(address, cidrs) !== ''
}

/** The first of `cidrs` that holds `address`, or a whole block; empty where none does. */
function blockOf(address: string, cidrs: readonly string[]): string {
  const target = parseDestination(address)
  return (
    cidrs.find((cidr) => {
      const block = parseCidr(cidr)
      return target !== null && block !== null && contains(block, target)
    }) ?? ''
  )
}
