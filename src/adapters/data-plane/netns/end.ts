import { isDeepStrictEqual } from 'node:util'
import { contains, formatCidr, parseCidr } from '../../../domain/cidr.ts'
import type { PeeringId } from '../../../domain/identity.ts'
import { parseDestination } from '../../../domain/network.ts'
import type { WantedSide } from '../../../domain/realization.ts'
import { DataPlaneUnavailableError } from '../../../ports/data-plane.ts'
import { expectedGate, fillGate, layGate, linesOf, passages, reachable, showGate } from './gate.ts'
import type { Kernel } from './kernel.ts'
import { aliasOf, GROUP, METRIC, PROTOCOL, parseAlias, tableNumber } from './names.ts'

/*
 * One end of a peering: a device in the namespace of one VPC, whose name is the same at the other end. Its addresses are
 * the same on every peering, as they mean nothing beyond the device; IPv4 too is routed by way of them.
 */

/** The ends of a pair, by what is fixed about them. */
const ENDS = {
  requester: { address: 'fe80::a', mac: '02:00:5e:00:00:0a' },
  accepter: { address: 'fe80::b', mac: '02:00:5e:00:00:0b' },
} as const

/** What one end should be. */
export interface End {
  readonly peering: PeeringId
  readonly namespace: string
  readonly adopted: boolean
  /** Whether its gate is; a shut one has no routes either. */
  readonly open: boolean
  readonly device: string
  readonly here: { readonly address: string; readonly mac: string }
  readonly there: { readonly address: string; readonly mac: string }
  readonly routes: readonly EndRoute[]
  /** What the gate lets pass once it is open. */
  readonly passages: ReturnType<typeof passages>
}

interface EndRoute {
  readonly destination: string
  /** Null: the main one, of a namespace that is not ours. */
  readonly table: number | null
}

/** What one end is. */
export interface Seen {
  /** Null: there is no device by that name. */
  readonly device: SeenDevice | null
  /** Whether its gate is open; null: it is in no group of ours. */
  readonly open: boolean | null
  readonly neighbour: boolean
  /** Those on the device that carry the mark. */
  readonly routes: readonly SeenRoute[]
  /** Those elsewhere that carry the mark; of an adopted namespace. */
  readonly elsewhere: readonly SeenRoute[]
  /** The blocks that somebody else's devices are connected to; of an adopted namespace. */
  readonly connected: readonly string[]
  readonly gate: readonly string[]
}

interface SeenDevice {
  readonly index: number
  readonly peerIndex: number | null
  readonly ours: boolean
  /** All about the device by itself is as it was made, but for its group. */
  readonly intact: boolean
}

interface SeenRoute {
  readonly destination: string
  readonly table: string
  readonly device: string | null
  readonly via: string | null
}

/** The end that belongs to `own`, of a link that is to be `open` or not. */
export async function endOf(
  role: keyof typeof ENDS,
  peering: PeeringId,
  device: string,
  open: boolean,
  sides: { readonly own: WantedSide; readonly other: WantedSide; readonly namespace: string },
  allocate: (name: string) => Promise<number>,
): Promise<End> {
  const { own, other, namespace } = sides
  const adopted = own.adopted !== null
  const inside = new Set(reachable(own, other).map(formatCidr))
  // A namespace that is not ours has no subnets of ours that could go by a table of their own.
  const wanted = own.routes.filter(
    ({ destination, routeTable }) => open && inside.has(destination) && !(adopted && routeTable !== null),
  )
  const routes = await Promise.all(
    wanted.map(async ({ destination, routeTable }) => ({
      destination,
      table: adopted ? null : await tableNumber(routeTable, allocate),
    })),
  )
  return {
    peering,
    namespace,
    adopted,
    open,
    device,
    here: ENDS[role],
    there: ENDS[role === 'requester' ? 'accepter' : 'requester'],
    routes,
    passages: passages(own, other),
  }
}

/** What `ip` says of a device that is not there, or is there no more, and then of the line. */
const ABSENT =
  /^(Device ".*" does not exist\.|Cannot find device ".*"|(RTNETLINK answers|Cannot send link request): No such device|Command failed .*)$/gm

/** Looks at an end. */
export async function lookAt(kernel: Kernel, end: End): Promise<Seen> {
  const [seen, { output }] = await Promise.all([
    lookAtDevice(kernel, end),
    kernel.nft(end.namespace, showGate(end.device)),
  ])
  return { ...seen, gate: linesOf(output) }
}

/**
 * Lays the gate of an end that there is nothing of yet, as far as is known, and looks only at what else is around: a
 * device that is there all the same lets no other be made.
 */
export async function beginEnd(kernel: Kernel, end: End): Promise<Seen> {
  const { namespace, device, peering } = end
  const [seen, { errors }] = await Promise.all([
    end.adopted ? lookAtDevice(kernel, end) : NOTHING,
    kernel.nft(namespace, [layGate(device, peering, end.passages)]),
  ])
  if (errors !== '') throw new DataPlaneUnavailableError(errors)
  return { ...seen, gate: expectedGate(device, peering, end.passages) }
}

/**
 * Changes an end from what it was `before`, as far as is known, and only then looks what has become of it: packets wait for
 * the change. Where there is no gate to be changed, that is what has been seen.
 */
export async function changeEnd(kernel: Kernel, end: End, before: End): Promise<Seen> {
  const { namespace, device, peering } = end
  // Which routes somebody else's namespace may have depends on what else is in it.
  const lines = end.adopted ? [] : mendEnd(end, supposed(before))
  const turned = lines.length > 0 ? kernel.ip(namespace, lines) : null
  if (isDeepStrictEqual(end.passages, before.passages)) {
    await turned
    return lookAt(kernel, end)
  }
  // What is to be shut is shut before its gate is filled.
  if (!end.open) await turned
  const [{ errors }] = await Promise.all([kernel.nft(namespace, [fillGate(device, end.passages)]), turned])
  const seen = await lookAtDevice(kernel, end)
  return { ...seen, gate: errors === '' ? expectedGate(device, peering, end.passages) : [] }
}

/** How an end would be seen that is as it should be. */
function supposed({ open, routes, device, there }: End): Omit<Seen, 'gate'> {
  return {
    ...NOTHING,
    open,
    neighbour: true,
    routes: routes.map(({ destination, table }) => ({
      destination,
      table: String(table ?? 'main'),
      device,
      via: there.address,
    })),
  }
}

const NOTHING: Omit<Seen, 'gate'> = {
  device: null,
  open: null,
  neighbour: false,
  routes: [],
  elsewhere: [],
  connected: [],
}

async function lookAtDevice(kernel: Kernel, end: End): Promise<Omit<Seen, 'gate'>> {
  const { namespace, device } = end
  const around = end.adopted
    ? ['route show table all proto kernel', `route show table all proto ${PROTOCOL}`]
    : []
  const lines = ['addr show', 'neigh show', 'route show table all'].map((line) => `${line} dev ${device}`)
  const { output, errors } = await kernel.ip(namespace, [...around, ...lines])
  const unexpected = errors.replace(ABSENT, '').trim()
  if (unexpected !== '') throw new DataPlaneUnavailableError(unexpected)
  const documents = output.split('\n').filter((line) => line !== '')
  const [connected = [], elsewhere = []] = documents.splice(0, around.length).map(parseRows)
  const [links = [], neighbours = [], routes = []] = documents.map(parseRows)
  const onDevice = (row: Row) => row.dev === undefined || row.dev === device
  const row = links.find(({ ifname }) => ifname === device)
  return {
    device: seenDevice(end, row),
    open: openOf(row),
    neighbour: neighbours.some(
      ({ dst, lladdr, state }) =>
        dst === end.there.address && lladdr === end.there.mac && state?.includes('PERMANENT'),
    ),
    routes: routes.filter((row) => row.protocol === String(PROTOCOL)).map(seenRoute),
    elsewhere: elsewhere.filter((row) => !onDevice(row)).map(seenRoute),
    connected: connected
      .filter((row) => row.type === 'unicast' && row.table === 'main' && !onDevice(row))
      .map((row) => row.dst ?? ''),
  }
}

interface Row {
  readonly ifname?: string
  readonly ifindex?: number
  readonly link_index?: number
  readonly group?: string
  readonly ifalias?: string
  readonly address?: string
  readonly flags?: readonly string[]
  readonly addr_info?: readonly { readonly local?: string; readonly prefixlen?: number }[]
  readonly dst?: string
  readonly lladdr?: string
  readonly state?: readonly string[]
  readonly protocol?: string
  readonly table?: string
  readonly type?: string
  readonly dev?: string
  readonly gateway?: string
  readonly via?: { readonly host: string }
}

const parseRows = (line: string) => JSON.parse(line) as Row[]

function seenDevice(end: End, row: Row | undefined): SeenDevice | null {
  if (!row) return null
  return {
    index: row.ifindex ?? 0,
    peerIndex: row.link_index ?? null,
    ours: isEnd(row),
    intact:
      row.ifalias === aliasOf(end.peering) &&
      row.address === end.here.mac &&
      (row.flags ?? []).includes('UP') &&
      (row.addr_info ?? []).some(({ local, prefixlen }) => local === end.here.address && prefixlen === 64),
  }
}

const GROUP_OF = { open: String(GROUP.peering), shut: String(GROUP.waiting) } as const

/** Whether a device is an end of a peering, or says it is. */
export function isEnd(row: Pick<Row, 'group' | 'ifalias'>): boolean {
  return openOf(row) !== null || parseAlias(row.ifalias) !== null
}

/** The lines of `ip` that show all ends in a namespace. */
export const SHOW_ENDS = Object.values(GROUP_OF).map((group) => `link show group ${group}`)

function openOf(row: Pick<Row, 'group'> | undefined): boolean | null {
  if (row?.group === GROUP_OF.open) return true
  return row?.group === GROUP_OF.shut ? false : null
}

function seenRoute(row: Row): SeenRoute {
  const via = row.via?.host ?? row.gateway ?? null
  // Of a route for everything the family is only to be seen by the way it takes.
  const everything = row.gateway === undefined ? '0.0.0.0/0' : '::/0'
  const block = parseDestination(row.dst === 'default' ? everything : (row.dst ?? ''))
  return {
    destination: block ? formatCidr(block) : (row.dst ?? ''),
    table: row.table ?? 'main',
    device: row.dev ?? null,
    via,
  }
}

/** Whether the two ends are those of one pair, and as they were made. Pure. */
export function isPair(one: Seen, other: Seen): boolean {
  const [a, b] = [one.device, other.device]
  return (
    a !== null && b !== null && a.intact && b.intact && a.peerIndex === b.index && b.peerIndex === a.index
  )
}

/** Whether the gate of an end is as wanted. Pure. */
export function hasGate(end: End, seen: Seen): boolean {
  const expected = expectedGate(end.device, end.peering, end.passages)
  return expected.length === seen.gate.length && expected.every((line, index) => line === seen.gate[index])
}

/** The lines of `ip` that make a device that has just been made an end, but for its routes, and still shut. Pure. */
export function dressEnd(end: End): string[] {
  const { device, here, there } = end
  return [
    nameEnd(end),
    `link set dev ${device} addrgenmode none up`,
    `addr add ${here.address}/64 dev ${device} nodad`,
    `neigh replace ${there.address} lladdr ${there.mac} dev ${device} nud permanent`,
  ]
}

/** The line of `ip` that says on a device whose it is. Pure. */
export const nameEnd = ({ device, peering }: End) => `link set dev ${device} alias ${aliasOf(peering)}`

/** The line of `ip` that makes the pair. Both ends are down, and shut, from the first moment. Pure. */
export function makePair(end: End, other: End): string {
  const made = (one: End) => `${one.device} address ${one.here.mac} group ${GROUP_OF.shut}`
  return `link add ${made(end)} type veth peer name ${made(other)} netns ${other.namespace}`
}

/** The lines of `ip` that mend what belongs to a device that is intact: to shut it first, then removals; to open it last. Pure. */
export function mendEnd(end: End, seen: Omit<Seen, 'gate'>): string[] {
  const wanted = end.routes.filter(({ destination }) => !isShadowing(destination, seen.connected))
  const keyOf = (route: { destination: string; table: number | string | null }) =>
    `${route.table ?? 'main'} ${route.destination}`
  const keys = new Set(wanted.map(keyOf))
  const right = seen.routes.filter((route) => route.via === end.there.address && keys.has(keyOf(route)))
  const present = new Set(right.map(keyOf))
  const wrong = [
    ...seen.routes
      .filter((route) => !right.includes(route))
      .map((route) => ({ ...route, device: end.device })),
    ...seen.elsewhere.filter((route) => keys.has(keyOf(route))),
  ]
  const { address, mac } = end.there
  const turn = `link set dev ${end.device} group ${end.open ? GROUP_OF.open : GROUP_OF.shut}`
  return [
    ...(!end.open && seen.open !== false ? [turn] : []),
    ...wrong.map(
      ({ destination, table, device }) =>
        `route del ${destination} dev ${device} table ${table} proto ${PROTOCOL}`,
    ),
    ...(seen.neighbour ? [] : [`neigh replace ${address} lladdr ${mac} dev ${end.device} nud permanent`]),
    ...wanted.filter((route) => !present.has(keyOf(route))).map((route) => routeLine(end, route)),
    ...(end.open && seen.open !== true ? [turn] : []),
  ]
}

/** In a namespace of ours a route takes the place of whatever is there for its block; elsewhere, of nothing. */
function routeLine({ device, there }: End, { destination, table }: EndRoute): string {
  const via = destination.includes(':') ? there.address : `inet6 ${there.address}`
  const way = `${destination} via ${via} dev ${device} proto ${PROTOCOL}`
  return table === null
    ? `route add ${way} table main metric ${METRIC}`
    : `route replace ${way} table ${table}`
}

/** Whether a route would take packets from what is connected already: what is local wins. */
function isShadowing(destination: string, connected: readonly string[]): boolean {
  const block = parseCidr(destination)
  return connected.some((text) => {
    const outer = parseDestination(text)
    return block !== null && outer !== null && contains(outer, block) && outer.bits < block.bits
  })
}
