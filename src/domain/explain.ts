import { contains, formatAddress, parseCidr } from './cidr.ts'
import type { PartId, TenantId } from './identity.ts'
import { hopFor, parseDestination, type Route, type Subnet } from './network.ts'
import { type Peering, type PeeringState, peeringAt } from './peering.ts'
import type { Network } from './realization.ts'
import type { Vpc } from './vpc.ts'

/*
 * Why an address of one VPC can or cannot reach one of another: consent, then the way there, then the way back, then
 * whether the network has caught up. Decided from the records, so that it works without any network too.
 */

/** One end of the question. */
export interface End {
  readonly network: Network
  /** Null: any address that something could have there. */
  readonly address: string | null
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
  | 'source-in-no-subnet'
  | 'destination-in-no-subnet'
  | 'destination-outside-vpc'
  | 'not-asked'
  | 'pending'
  | 'rejected'
  | 'expired'
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

/** The one thing to do next. Whose it is stands beside it. */
export type Remedy =
  | { readonly kind: 'request'; readonly requester: Vpc; readonly accepter: Vpc }
  | { readonly kind: 'accept'; readonly peering: Peering }
  | { readonly kind: 'reopen'; readonly peering: Peering }
  | {
      readonly kind: 'request-anew'
      readonly peering: Peering
      readonly requester: Vpc
      readonly accepter: Vpc
    }
  | {
      readonly kind: 'add-route'
      readonly vpc: Vpc
      readonly table: PartId | null
      readonly destination: string
      readonly peering: Peering
    }
  | { readonly kind: 'enable-route'; readonly vpc: Vpc; readonly route: Route }
  | { readonly kind: 'delete-route'; readonly vpc: Vpc; readonly route: Route }
  | { readonly kind: 'add-subnet'; readonly vpc: Vpc; readonly address: string }
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
  const { from, to } = question
  const [source, target] = [addressOf(from), addressOf(to)]
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
  const { vpc, subnets } = from.network
  if (vpc.id === to.network.vpc.id) {
    steps.push({ at: 'source', ok: true, says: `both are in VPC ${vpc.id}: no peering is needed` })
    return { cause: 'same-vpc', next: null }
  }
  const subnet = subnetOf(source, subnets)
  if (subnet) {
    steps.push({ at: 'source', ok: true, says: `${source} is in subnet ${subnet.id} of VPC ${vpc.id}` })
    return null
  }
  steps.push({ at: 'source', ok: false, says: `${source} is in no subnet of VPC ${vpc.id}` })
  return { cause: 'source-in-no-subnet', next: by(vpc, { kind: 'add-subnet', vpc, address: source }) }
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
    const remedy = { kind: 'request', requester: ours, accepter: theirs } as const
    return refuse(`nobody has asked for a peering of VPC ${ours.id} and VPC ${theirs.id}`, {
      cause: 'not-asked',
      next: by(ours, remedy),
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
        next: by(requester, { kind: 'reopen', peering }),
      })
    default:
      return refuse(`peering ${peering.id} was refused`, {
        cause: 'rejected',
        next: by(requester, { kind: 'request-anew', peering, requester, accepter }),
      })
  }
}

const lookThere: Look = (question, source, target, steps) => {
  const peering = bestPeering(question)
  const { from, to } = question
  if (!peering) return null
  const finding = lookOneWay(from.network, to.network, { source, target, peering, at: 'way there' }, steps)
  if (finding) return finding
  const { vpc, subnets } = to.network
  const subnet = subnetOf(target, subnets)
  if (subnet) {
    steps.push({ at: 'destination', ok: true, says: `${target} is in subnet ${subnet.id} of VPC ${vpc.id}` })
    return null
  }
  steps.push({
    at: 'destination',
    ok: false,
    says: `${target} is in no subnet of VPC ${vpc.id}: nobody is there`,
  })
  return { cause: 'destination-in-no-subnet', next: by(vpc, { kind: 'add-subnet', vpc, address: target }) }
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
  const home = subnetOf(source, subnets)
  const routes = own.routes.filter((route) => route.routeTable === tableOf(home, own))
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
    return refuse(says, 'route-elsewhere', { kind: 'delete-route', vpc, route: hop.route })
  }
  const off = routes.find(
    (route) => !route.enabled && route.nextHop === peering.id && inside(target, [route.destination]),
  )
  if (off) {
    const says = `VPC ${vpc.id} has a route for ${off.destination}, but it is switched off`
    return refuse(says, 'route-disabled', { kind: 'enable-route', vpc, route: off })
  }
  const there = subnetOf(target, other.subnets)
  const destination = there?.cidrs.find((cidr) => inside(target, [cidr])) ?? blockOf(target, other.vpc.cidrs)
  const table = home?.routeTable ?? null
  return refuse(`VPC ${vpc.id} has no route for ${target}`, 'no-route', {
    kind: 'add-route',
    vpc,
    table,
    destination,
    peering,
  })
}

const lookAtNetwork: Look = ({ realization }, _source, _target, steps) => {
  if (!realization) return null
  const { wanted, realized, provenAtMs, reason } = realization
  if (realized < wanted) {
    const says = reason ?? 'the network has not caught up yet'
    steps.push({ at: 'network', ok: false, says })
    return { cause: 'network-behind', next: { who: null, remedy: { kind: 'wait', reason: says } } }
  }
  if (provenAtMs === null && reason !== null) {
    steps.push({ at: 'network', ok: false, says: reason })
    return { cause: 'network-failing', next: { who: null, remedy: { kind: 'wait', reason } } }
  }
  const proof =
    provenAtMs === null ? 'not tried yet' : `last seen to pass at ${new Date(provenAtMs).toISOString()}`
  steps.push({ at: 'network', ok: true, says: `the network has caught up; ${proof}` })
  return null
}

/** The address that was named, else one that something has there, else one that something could have. */
function addressOf({ network, address }: End): string {
  if (address !== null) return address
  const port = network.ports[0]?.addresses[0]
  if (port !== undefined) return port
  const cidr = network.subnets[0]?.cidrs[0] ?? network.vpc.cidrs[0]
  const block = cidr === undefined ? null : parseCidr(cidr)
  return block ? formatAddress(block.family, block.base + 2n) : '0.0.0.0'
}

function subnetOf(address: string, subnets: readonly Subnet[]): Subnet | null {
  return subnets.find(({ cidrs }) => inside(address, cidrs)) ?? null
}

/** The table that what comes from `subnet` goes by. */
function tableOf(subnet: Subnet | null, { routeTables }: Network): PartId | null {
  return subnet?.routeTable ?? routeTables.find(({ isDefault }) => isDefault)?.id ?? null
}

function inside(address: string, cidrs: readonly string[]): boolean {
  return blockOf(address, cidrs) !== ''
}

/** The first of `cidrs` that holds `address`; empty where none does. */
function blockOf(address: string, cidrs: readonly string[]): string {
  const target = parseDestination(address)
  return (
    cidrs.find((cidr) => {
      const block = parseCidr(cidr)
      return target !== null && block !== null && contains(block, target)
    }) ?? ''
  )
}
