import { contains, parseCidr } from '../domain/cidr.ts'
import { DomainError } from '../domain/errors.ts'
import { explain as decide, type End, type Explanation } from '../domain/explain.ts'
import { vpcId } from '../domain/identity.ts'
import { parseDestination, type Route } from '../domain/network.ts'
import type { Peering } from '../domain/peering.ts'
import { owns, sidesOf } from '../domain/policy.ts'
import type { Network } from '../domain/realization.ts'
import type { Tenant } from '../domain/tenant.ts'
import { NO_VPC_ATTRIBUTES, type Vpc } from '../domain/vpc.ts'
import { type Caller, type Context, partyOf, principalOf } from './context.ts'
import { allParts } from './edit-network.ts'
import { showRealization } from './show-realization.ts'

export interface Explained extends Explanation {
  readonly fromVpc: string
  readonly toVpc: string
  /** Whose the next step is; null where there is none, or it is nobody's in particular. */
  readonly tenant: Tenant | null
  /** The owners of the two VPCs, as far as the caller may know them. */
  readonly owners: readonly Tenant[]
}

/** How many peerings and VPCs are searched for an address that stands by itself. */
const SEARCHED_MAX = 1_000

/**
 * Why `from` can or cannot reach `to`. Each is a VPC by any of its ids, `VPC/ADDRESS`, or an address that is in just one
 * of the VPCs that the caller has or is peered with. One of the two must be the caller's; of a VPC that the caller is
 * not peered with nothing is said, also not whether there is one.
 *
 * Throws `vpc.not-found` where neither is the caller's, and `request.invalid`.
 */
export async function explain(
  context: Context,
  caller: Caller,
  input: { from: string; to: string },
): Promise<Explained> {
  const [from, to] = [
    await findEnd(context, caller, 'from', input.from),
    await findEnd(context, caller, 'to', input.to),
  ]
  const principal = principalOf(caller)
  const own = [from, to].filter(({ vpc }) => vpc !== null && owns(principal, vpc))
  if (own.length === 0) throw new DomainError('vpc.not-found', { id: from.named })
  const peerings = from.vpc && to.vpc ? await peeringsBetween(context, caller, from.vpc, to.vpc) : []
  const isActive = peerings.some(({ state }) => state === 'active')
  const ends = [from, to].map(async (end) => {
    const isKnown = isActive || own.includes(end)
    if (end.vpc === null || (peerings.length === 0 && !isKnown)) return unknownEnd(end)
    // Who merely asks learns no more of a VPC than every dialect shows of a request.
    const network = isKnown ? await routedNetwork(context, end.vpc, peerings) : bareNetwork(end.vpc)
    return { network, address: end.address, isKnown }
  })
  const [source, target] = (await Promise.all(ends)) as [End, End]
  const explanation = decide({
    from: source,
    to: target,
    peerings,
    nowMs: context.clock.now(),
    realization: await realizationOf(context, caller, peerings),
  })
  const known = [source, target].flatMap(({ network }) => network.vpc.tenant ?? [])
  const found = await Promise.all([...new Set(known)].map((id) => context.store.findTenant({ id })))
  const owners = found.filter((tenant) => tenant !== null)
  const who = explanation.next?.who
  const tenant = owners.find(({ id }) => id === who) ?? null
  return { ...explanation, fromVpc: from.named, toVpc: to.named, tenant, owners }
}

interface Found {
  /** As the caller wrote it. */
  readonly named: string
  readonly vpc: Vpc | null
  readonly address: string | null
}

async function findEnd(context: Context, caller: Caller, field: string, text: string): Promise<Found> {
  const slash = text.indexOf('/')
  const [named, address] = slash < 0 ? [text, null] : [text.slice(0, slash), text.slice(slash + 1)]
  const invalid = (reason: string) =>
    new DomainError('request.invalid', { field, problem: 'format', reason, value: text })
  if (address !== null && !isAddress(address)) throw invalid('is not VPC/ADDRESS')
  if (address === null && isAddress(named)) {
    const holders = (await knownVpcs(context, caller)).filter(({ cidrs }) => holds(cidrs, named))
    const [vpc, another] = holders
    if (!vpc) throw invalid('is in none of the VPCs you have or are peered with; say VPC/ADDRESS')
    if (another) throw invalid('is in several VPCs; say VPC/ADDRESS')
    return { named: vpc.id, vpc, address: named }
  }
  const vpc = await context.store.findVpc(named)
  return { named, vpc: vpc?.deletedAtMs === null ? vpc : null, address }
}

const isAddress = (text: string) => !text.includes('/') && parseDestination(text) !== null

function holds(cidrs: readonly string[], address: string): boolean {
  const target = parseDestination(address)
  return cidrs.some((cidr) => {
    const block = parseCidr(cidr)
    return target !== null && block !== null && contains(block, target)
  })
}

/** The caller's VPCs and those at the other ends of its peerings. */
async function knownVpcs(context: Context, caller: Caller): Promise<readonly Vpc[]> {
  const page = {
    party: partyOf(caller),
    order: 'id',
    window: { limit: SEARCHED_MAX },
    withTotal: false,
  } as const
  const own = await context.store.listVpcs(page)
  const peerings = await context.store.listPeerings({ ...page, nowMs: context.clock.now() })
  const all = [
    ...own.items,
    ...peerings.items.flatMap(({ requester, accepter }) => [requester.vpc, accepter.vpc]),
  ]
  return [
    ...new Map(all.filter(({ deletedAtMs }) => deletedAtMs === null).map((vpc) => [vpc.id, vpc])).values(),
  ]
}

async function peeringsBetween(
  context: Context,
  caller: Caller,
  one: Vpc,
  other: Vpc,
): Promise<readonly Peering[]> {
  if (one.id === other.id) return []
  const { items } = await context.store.listPeerings({
    party: null,
    vpcs: [one.id, other.id],
    nowMs: context.clock.now(),
    order: 'id',
    window: { limit: SEARCHED_MAX },
    withTotal: false,
  })
  return items
    .map(({ peering }) => peering)
    .filter((peering) => sidesOf(peering, principalOf(caller)).length > 0)
}

/**
 * A VPC with its parts, without routes into peerings other than `between` that are not active: packets go by the next
 * shorter one, as if they were not there.
 */
async function routedNetwork(context: Context, vpc: Vpc, between: readonly Peering[]): Promise<Network> {
  const network = await networkOf(context, vpc)
  const asked = new Set(between.map(({ id }) => id))
  const others = new Set(network.routes.map(({ nextHop }) => nextHop).filter((id) => !asked.has(id)))
  const views = await Promise.all([...others].map((id) => context.store.findPeering(id)))
  const active = new Set(views.flatMap((view) => (view?.peering.state === 'active' ? view.peering.id : [])))
  const leads = ({ nextHop }: Route) => asked.has(nextHop) || active.has(nextHop)
  return { ...network, routes: network.routes.filter(leads) }
}

async function networkOf(context: Context, vpc: Vpc): Promise<Network> {
  const vpcs = [vpc.id]
  const [subnets, routeTables, routes, ports] = await Promise.all([
    allParts(context, 'subnet', { vpcs }),
    allParts(context, 'route-table', { vpcs }),
    allParts(context, 'route', { vpcs }),
    allParts(context, 'port', { vpcs }),
  ])
  return { vpc, subnets, routeTables, routes, ports }
}

const bareNetwork = (vpc: Vpc): Network => ({ vpc, subnets: [], routeTables: [], routes: [], ports: [] })

/** What stands for a VPC that the caller is to learn nothing of, whether there is one or not. */
function unknownEnd({ named, address }: Found): End {
  const vpc = {
    id: vpcId(named),
    ids: { huawei: named, alibaba: named, tencent: named },
    tenant: null as never,
    region: null as never,
    name: '',
    description: '',
    cidrs: [],
    tags: [],
    createdAtMs: 0,
    updatedAtMs: 0,
    deletedAtMs: null,
    version: 0,
    attributes: NO_VPC_ATTRIBUTES,
  }
  return { network: bareNetwork(vpc), address, isKnown: false }
}

async function realizationOf(context: Context, caller: Caller, peerings: readonly Peering[]) {
  const active = peerings.find(({ state }) => state === 'active')
  if (!active || context.dataPlane.name === 'none') return null
  return showRealization(context, caller, { id: active.id })
}
