import { contains } from '../../../domain/cidr.ts'
import { parseDestination } from '../../../domain/network.ts'
import type { WantedLink, WantedSide } from '../../../domain/realization.ts'
import type { Proof } from '../../../ports/data-plane.ts'
import { tableName } from './names.ts'
import { whyNot } from './path.ts'
import type { Northbound } from './tables.ts'
import { blocksOf, routerOf, type Workload, workloadsOf } from './topology.ts'

/*
 * OVN lets no packet of ours into a VPC, so a proof is the path computed from its rows, from a workload of one side to one of
 * the other and back, and beside it what the chassis say that they have taken up.
 */

interface Inhabited {
  readonly side: WantedSide
  /** Those that are plugged in. */
  readonly workloads: readonly Workload[]
}

type IsPlugged = (port: string) => boolean

/** Whether the rows lead from one side to the other, in both directions, by each family that is routed both ways. */
export function provePath(northbound: Northbound, wanted: WantedLink, isPlugged: IsPlugged): Proof {
  const [one, other] = sidesOf(northbound, wanted, isPlugged)
  const nobody = [one, other].find(({ workloads }) => workloads.length === 0)
  if (nobody) return { kind: 'not-provable', reason: `no port is plugged into the VPC ${nobody.side.vpc}` }
  const pairs = pairsOf(one, other).filter(
    ([a, b]) => leads(one.side, a, b.address) && leads(other.side, b, a.address),
  )
  const firsts = ([4, 6] as const).flatMap(
    (family) => pairs.find(([a]) => familyOf(a.address) === family) ?? [],
  )
  if (firsts.length === 0) return { kind: 'not-provable', reason: 'no two ports have a route to each other' }
  const found = firstReason(northbound, pairs)
  return found === null ? { kind: 'proven' } : { kind: 'failed', reason: found }
}

/** Whether the rows lead nowhere from one side to the other, in either direction. */
export function proveNoPath(northbound: Northbound, wanted: WantedLink, isPlugged: IsPlugged): Proof {
  const [one, other] = sidesOf(northbound, wanted, isPlugged)
  for (const [a, b] of pairsOf(one, other)) {
    const reaches = whyNot(northbound, a.workload, b.address) === null
    if (!reaches && whyNot(northbound, b.workload, a.address) !== null) continue
    const [from, to] = reaches ? [a, b] : [b, a]
    return {
      kind: 'failed',
      reason: `${to.address} is reached from ${from.address}, though the link is closed`,
    }
  }
  return { kind: 'proven' }
}

function firstReason(northbound: Northbound, pairs: readonly Pair[]): string | null {
  for (const family of [4, 6] as const) {
    const pair = pairs.find(([a]) => familyOf(a.address) === family)
    if (!pair) continue
    const [a, b] = pair
    const reason = whyNot(northbound, a.workload, b.address) ?? whyNot(northbound, b.workload, a.address)
    if (reason !== null) return reason
  }
  return null
}

function sidesOf(northbound: Northbound, wanted: WantedLink, isPlugged: IsPlugged): [Inhabited, Inhabited] {
  const inhabited = (side: WantedSide): Inhabited => ({
    side,
    workloads: workloadsOf(northbound, routerOf(northbound, side)).filter(({ port }) => isPlugged(port.name)),
  })
  return [inhabited(wanted.requester), inhabited(wanted.accepter)]
}

interface Place {
  readonly workload: Workload
  readonly address: string
}
type Pair = readonly [Place, Place]

/** Of each side, and each family, a few: a VPC may hold thousands. */
const PLACES_MAX = 16

function pairsOf(one: Inhabited, other: Inhabited): Pair[] {
  const places = ({ side, workloads }: Inhabited, family: 4 | 6): Place[] =>
    workloads
      .flatMap((workload) => workload.addresses.map((address) => ({ workload, address })))
      .filter(({ address }) => familyOf(address) === family && isIn(side.cidrs, address))
      .slice(0, PLACES_MAX)
  return ([4, 6] as const).flatMap((family) =>
    places(one, family).flatMap((a) => places(other, family).map((b): Pair => [a, b])),
  )
}

const familyOf = (address: string) => (address.includes(':') ? 6 : 4)

function isIn(cidrs: readonly string[], address: string): boolean {
  const target = parseDestination(address)
  return target !== null && blocksOf(cidrs).some((block) => contains(block, target))
}

function leads(side: WantedSide, { workload }: Place, address: string): boolean {
  const table = workload.gateway.options.get('route_table') ?? ''
  return side.routes.some(
    ({ destination, routeTable }) => tableName(routeTable) === table && isIn([destination], address),
  )
}
