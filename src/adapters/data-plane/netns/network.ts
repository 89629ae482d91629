import { type Cidr, contains, formatAddress, parseAddress, parseCidr } from '../../../domain/cidr.ts'
import type { PartId } from '../../../domain/identity.ts'
import { parseDestination } from '../../../domain/network.ts'
import type { WantedNetwork } from '../../../domain/realization.ts'
import { DataPlaneUnavailableError } from '../../../ports/data-plane.ts'
import { isEnd } from './end.ts'
import type { Kernel } from './kernel.ts'
import {
  aliasOf,
  deviceMac,
  deviceName,
  GROUP,
  METRIC,
  PROTOCOL,
  parseAlias,
  portNamespace,
  RULE_PRIORITY,
  tableNumber,
  vpcNamespace,
  vpcOfNamespace,
} from './names.ts'

/*
 * A managed VPC is a namespace that is its router: a bridge for each subnet, which holds the address of the gateway, and a
 * pair of devices for each port. What is connected is in the main table, and the routes of peerings are in others, which
 * only packets from the subnets look at. So what is local wins, and what came in by a peering finds no way out by another.
 */

/** Settings of a router, by their path below /proc/sys/net. */
const SETTINGS = {
  'ipv4/ip_forward': '1',
  'ipv6/conf/all/forwarding': '1',
  // A reply may belong to a table that the check for the way back does not look at; the gates check sources.
  'ipv4/conf/all/rp_filter': '0',
  'ipv4/conf/default/rp_filter': '0',
} as const

/** Routers ask for neighbours from an address of the link, which must be there at once. */
const LINK_ADDRESS = 'fe80::1/64'

interface Bridge {
  readonly id: PartId
  readonly name: string
  readonly mac: string
  /** Of the gateway, with the length of the block, and of the link. */
  readonly addresses: readonly string[]
  readonly table: number
}

interface Plug {
  readonly id: PartId
  readonly name: string
  readonly bridge: string
  readonly mac: string
  readonly addresses: readonly string[]
  readonly gateways: readonly string[]
  readonly namespace: string
  /** Whether the namespace is made for it. */
  readonly own: boolean
}

/** A network in the terms of the kernel. */
export interface Plan {
  readonly namespace: string
  readonly bridges: readonly Bridge[]
  readonly plugs: readonly Plug[]
}

/** What a network is to be. */
export async function planOf(
  wanted: WantedNetwork,
  allocate: (name: string) => Promise<number>,
): Promise<Plan> {
  const bridges = await Promise.all(
    wanted.subnets.map(async ({ id, cidrs, gateway, routeTable }) => {
      const number = await allocate(`subnet ${id}`)
      return {
        id,
        name: deviceName(number),
        mac: deviceMac(number),
        addresses: [
          LINK_ADDRESS,
          ...blocksOf(cidrs).map((block) => `${gatewayOf(block, gateway)}/${block.bits}`),
        ],
        table: await tableNumber(routeTable, allocate),
      }
    }),
  )
  const plugs = await Promise.all(
    wanted.ports.map(async ({ id, subnet, addresses, mac, namespace }) => {
      const home = wanted.subnets.find((each) => each.id === subnet)
      const blocks = blocksOf(home?.cidrs ?? [])
      const blockOf = (address: string) => {
        const target = parseDestination(address)
        return blocks.find((block) => target && contains(block, target))
      }
      return {
        id,
        name: await portDevice(id, allocate),
        bridge: bridges.find((each) => each.id === subnet)?.name ?? '',
        mac,
        addresses: addresses.map((address) => `${address}/${blockOf(address)?.bits}`),
        gateways: blocks.map((block) => gatewayOf(block, home?.gateway ?? '')),
        namespace: namespace ?? portNamespace(id),
        own: namespace === null,
      }
    }),
  )
  // A port whose subnet has just gone is about to go.
  return { namespace: vpcNamespace(wanted.vpc), bridges, plugs: plugs.filter(({ bridge }) => bridge !== '') }
}

/** The name of the device of a port, in both namespaces. */
export async function portDevice(port: PartId, allocate: (name: string) => Promise<number>): Promise<string> {
  return deviceName(await allocate(`port ${port}`))
}

const blocksOf = (texts: readonly string[]) =>
  texts.map(parseCidr).filter((block): block is Cidr => block !== null)

/** The gateway of a block: the one that was asked for, if it is of this block, else the first address. */
function gatewayOf(block: Cidr, asked: string): string {
  const address = parseAddress(asked)
  const target = parseDestination(asked)
  const value = address && target && contains(block, target) ? address.value : block.base + 1n
  return formatAddress(block.family, value)
}

interface Row {
  readonly ifname?: string
  readonly address?: string
  readonly group?: string
  readonly ifalias?: string
  readonly master?: string
  readonly flags?: readonly string[]
  readonly linkinfo?: { readonly info_kind?: string }
  readonly addr_info?: readonly {
    readonly local?: string
    readonly prefixlen?: number
    readonly scope?: string
  }[]
}

interface Rule {
  readonly priority: number
  readonly iif?: string
  readonly table?: string
  readonly protocol?: string
}

/** What would bring a network to its plan: lines of `ip` for its router's namespace, by family where it matters. */
export interface Repairs {
  readonly router: readonly string[]
  readonly rules: { readonly 4: readonly string[]; readonly 6: readonly string[] }
  readonly settings: boolean
  /** Devices to take away, and the namespaces made for them. */
  readonly unplug: readonly { readonly device: string; readonly namespace: string | null }[]
  readonly plug: readonly Plug[]
  /** Lines for the namespaces of workloads. */
  readonly workloads: readonly { readonly namespace: string; readonly lines: readonly string[] }[]
}

/** Looks at a network, and finds out what it lacks. Its namespace exists. */
export async function inspect(kernel: Kernel, plan: Plan): Promise<Repairs> {
  const paths = Object.keys(SETTINGS).map((path) => `/proc/sys/net/${path}`)
  const [links, rules4, rules6, settings] = await Promise.all([
    kernel.ipOnce(plan.namespace, ['addr show']),
    kernel.ipOnce(plan.namespace, ['rule show']),
    kernel.ipOnce(plan.namespace, ['rule show'], 6),
    kernel.exec(plan.namespace, 'cat', paths),
  ])
  const rows = new Map((JSON.parse(links) as Row[]).map((row) => [row.ifname, row]))
  const ends = await Promise.all(plan.plugs.map((plug) => lookAtWorkload(kernel, plug)))
  const loose = plan.plugs.filter((plug, index) => !isPlugged(rows.get(plug.name), ends[index] ?? null, plug))
  const named = new Set([...plan.bridges, ...plan.plugs].map(({ name }) => name))
  const unwanted = [...rows.values()].filter(
    (row) => (isIn(row, 'port') || isIn(row, 'subnet')) && !named.has(row.ifname ?? ''),
  )
  const remains = loose.map(({ name }) => rows.get(name)).filter((row) => row !== undefined)
  return {
    router: [
      ...(rows.get('lo')?.flags?.includes('UP') ? [] : ['link set dev lo up']),
      ...plan.bridges.flatMap((bridge) => mendBridge(bridge, rows.get(bridge.name))),
      ...plan.plugs
        .filter((plug) => !loose.includes(plug))
        .flatMap((plug) => mendPlug(plug, rows.get(plug.name))),
    ],
    rules: { 4: mendRules(plan, JSON.parse(rules4)), 6: mendRules(plan, JSON.parse(rules6)) },
    settings: settings.split('\n').slice(0, paths.length).join() !== Object.values(SETTINGS).join(),
    unplug: [
      ...unwanted.map(unplugging),
      // The workload stays where it is, and is plugged in again.
      ...remains.map((row) => ({ device: row.ifname ?? '', namespace: null })),
    ],
    plug: loose,
    workloads: plan.plugs.map((plug, index) => ({
      namespace: plug.namespace,
      lines: mendWorkload(plug, loose.includes(plug) ? null : (ends[index] ?? null)),
    })),
  }
}

const isIn = (row: Row, group: keyof typeof GROUP) => row.group === String(GROUP[group])

/** A device, and the namespace that was made for its port; null where that was there before. */
function unplugging(row: Row): Repairs['unplug'][number] {
  const alias = isIn(row, 'port') ? parseAlias(row.ifalias) : null
  const own = alias && portNamespace(alias.id as PartId)
  return { device: row.ifname ?? '', namespace: own !== null && alias?.namespace === own ? own : null }
}

/** Whether a network lacks nothing. Pure. */
export function isRight({ router, rules, settings, unplug, plug, workloads }: Repairs): boolean {
  const lines = [...router, ...rules[4], ...rules[6], ...unplug, ...plug]
  return lines.length === 0 && !settings && workloads.every((each) => each.lines.length === 0)
}

function mendBridge(bridge: Bridge, row: Row | undefined): string[] {
  const { name, mac, id } = bridge
  const fresh = [
    `link add ${name} address ${mac} group ${GROUP.subnet} type bridge forward_delay 0`,
    `link set dev ${name} alias ${aliasOf(id)} addrgenmode none up`,
  ]
  const right = row && isIn(row, 'subnet') && row.linkinfo?.info_kind === 'bridge'
  const present = right ? addressesOf(row, true) : []
  const whole = row?.ifalias === aliasOf(id) && row.flags?.includes('UP')
  return [
    ...(right ? (whole ? [] : fresh.slice(1)) : fresh),
    ...present
      .filter((each) => !bridge.addresses.includes(each))
      .map((each) => `addr del ${each} dev ${name}`),
    ...bridge.addresses.filter((each) => !present.includes(each)).map((each) => addAddress(each, name)),
  ]
}

const addAddress = (address: string, device: string) =>
  `addr add ${address} dev ${device}${address.includes(':') ? ' nodad' : ''}`

/** `all`: also those of the link, which the kernel makes by itself unless it is told not to. */
const addressesOf = (row: Row, all = false) =>
  (row.addr_info ?? [])
    .filter(({ scope }) => all || scope !== 'link')
    .map(({ local, prefixlen }) => `${local}/${prefixlen}`)

function mendPlug({ name, bridge }: Plug, row: Row | undefined): string[] {
  return row?.master === bridge && row.flags?.includes('UP')
    ? []
    : [`link set dev ${name} master ${bridge} up`]
}

/** Which table the packets of each subnet go by, and those of the router itself. */
function mendRules(plan: Plan, present: readonly Rule[]): string[] {
  const wanted = [
    ...plan.bridges.map(({ name, table }) => ({ iif: name, table: String(table) })),
    // What the router says about packets it cannot pass on finds its way back.
    { iif: 'lo', table: String(PROTOCOL) },
  ]
  const keyOf = (rule: { iif?: string; table?: string }) => `${rule.iif} ${rule.table}`
  const ours = present.filter(({ protocol }) => protocol === String(PROTOCOL))
  const line = (verb: string, rule: { iif?: string; table?: string }, priority: number) =>
    `rule ${verb} priority ${priority} iif ${rule.iif} lookup ${rule.table} protocol ${PROTOCOL}`
  const keys = new Set(wanted.map(keyOf))
  const here = new Set(ours.filter(({ priority }) => priority === RULE_PRIORITY).map(keyOf))
  return [
    ...ours
      .filter((rule) => !keys.has(keyOf(rule)) || rule.priority !== RULE_PRIORITY)
      .map((rule) => line('del', rule, rule.priority)),
    ...wanted.filter((rule) => !here.has(keyOf(rule))).map((rule) => line('add', rule, RULE_PRIORITY)),
  ]
}

interface Workload {
  readonly row: Row
  readonly loopbackUp: boolean
  readonly gateways: readonly string[]
}

async function lookAtWorkload(kernel: Kernel, plug: Plug): Promise<Workload | null> {
  if (!kernel.namespaces().includes(plug.namespace)) return null
  const lines = ['addr show', `route show table all proto ${PROTOCOL}`]
  const [links, routes] = (await kernel.ipOnce(plug.namespace, lines)).trim().split('\n')
  const rows = JSON.parse(links ?? '[]') as Row[]
  const row = rows.find(({ ifname }) => ifname === plug.name)
  if (!row) return null
  const ways = JSON.parse(routes ?? '[]') as { dst: string; dev: string; gateway?: string }[]
  const ours = ways.filter(({ dst, dev }) => dst === 'default' && dev === plug.name)
  return {
    row,
    loopbackUp: rows.some(({ ifname, flags }) => ifname === 'lo' && flags?.includes('UP')),
    gateways: ours.map(({ gateway }) => gateway ?? ''),
  }
}

function isPlugged(row: Row | undefined, end: Workload | null, plug: Plug): boolean {
  if (!row || !end || !isIn(row, 'port')) return false
  return row.ifalias === aliasOf(plug.id, plug.namespace) && end.row.address === plug.mac
}

function mendWorkload(plug: Plug, end: Workload | null): string[] {
  const { name, addresses, gateways } = plug
  const present = end ? addressesOf(end.row) : []
  const up = end?.row.flags?.includes('UP') === true
  return [
    ...(plug.own && !end?.loopbackUp ? ['link set dev lo up'] : []),
    ...(up ? [] : [`link set dev ${name} up`]),
    ...present.filter((each) => !addresses.includes(each)).map((each) => `addr del ${each} dev ${name}`),
    ...addresses.filter((each) => !present.includes(each)).map((each) => addAddress(each, name)),
    ...gateways
      .filter((gateway) => !(up && end?.gateways.includes(gateway)))
      .map(
        (gateway) => `route replace default via ${gateway} dev ${name} proto ${PROTOCOL} metric ${METRIC}`,
      ),
  ]
}

/** Brings a network to its plan, removals first. Safe to repeat, and to be cut off. */
export async function layNetwork(kernel: Kernel, plan: Plan): Promise<void> {
  const { namespace } = plan
  await kernel.addNamespace(namespace)
  const repairs = await inspect(kernel, plan)
  await unplug(kernel, namespace, repairs.unplug)
  if (repairs.settings) await apply(kernel, namespace)
  if (repairs.router.length > 0) await kernel.ipOnce(namespace, repairs.router)
  for (const family of [4, 6] as const) {
    if (repairs.rules[family].length > 0) await kernel.ipOnce(namespace, repairs.rules[family], family)
  }
  // A workload that is not there keeps nobody else waiting. Nor does anybody live in a router.
  const isThere = (name: string) => kernel.namespaces().includes(name) && vpcOfNamespace(name) === null
  const absent = new Set(
    plan.plugs.flatMap((each) => (each.own || isThere(each.namespace) ? [] : [each.namespace])),
  )
  for (const each of repairs.plug) if (!absent.has(each.namespace)) await plug(kernel, namespace, each)
  for (const { namespace: workload, lines } of repairs.workloads) {
    if (lines.length > 0 && !absent.has(workload)) await kernel.ipOnce(workload, lines)
  }
  if (absent.size > 0) {
    throw new DataPlaneUnavailableError(
      `there is no network namespace ${[...absent].join(', ')} for a workload`,
    )
  }
}

async function apply(kernel: Kernel, namespace: string): Promise<void> {
  for (const value of new Set(Object.values(SETTINGS))) {
    const paths = Object.entries(SETTINGS).flatMap(([path, wanted]) =>
      wanted === value ? [`/proc/sys/net/${path}`] : [],
    )
    await kernel.exec(namespace, 'tee', paths, value)
  }
}

/**
 * Makes the devices of a port. The namespace of the workload comes after the device that says it is there, and goes before
 * it: so none is ever forgotten.
 */
async function plug(
  kernel: Kernel,
  router: string,
  { id, name, mac, bridge, namespace, own }: Plug,
): Promise<void> {
  const other = `${name}w`
  await kernel.ipOnce(router, [
    `link add ${name} group ${GROUP.port} type veth peer name ${other} address ${mac} group ${GROUP.port}`,
    `link set dev ${name} alias ${aliasOf(id, namespace)}`,
  ])
  if (own) await kernel.addNamespace(namespace)
  await kernel.ipOnce(router, [
    `link set dev ${other} group 0 netns ${namespace} name ${name}`,
    `link set dev ${name} master ${bridge} up`,
  ])
}

async function unplug(kernel: Kernel, router: string, devices: Repairs['unplug']): Promise<void> {
  for (const { device, namespace } of devices) {
    if (namespace !== null) await kernel.deleteNamespace(namespace)
    await removeDevice(kernel, router, device)
  }
}

/** A device may go by itself, with the namespace of its other end. */
async function removeDevice(kernel: Kernel, namespace: string, device: string): Promise<void> {
  try {
    await kernel.ipOnce(namespace, [`link del dev ${device}`])
  } catch (error) {
    const rows = JSON.parse(await kernel.ipOnce(namespace, ['link show'])) as Row[]
    if (rows.some(({ ifname }) => ifname === device)) throw error
  }
}

/** Takes a network away, with all that was made for it. Safe to repeat, and to be cut off. */
export async function removeNetwork(kernel: Kernel, namespace: string): Promise<void> {
  if (!kernel.namespaces().includes(namespace)) return
  await kernel.addNamespace(namespace)
  const rows = (JSON.parse(await kernel.ipOnce(namespace, ['link show'])) as Row[]).filter(
    (row) => isIn(row, 'port') || isEnd(row),
  )
  // Explicitly: what the kernel takes away with a namespace, it takes away some time later.
  await unplug(kernel, namespace, rows.map(unplugging))
  await kernel.deleteNamespace(namespace)
}

/** A workload of a network, where to find it and how its subnet is routed. */
export interface Resident {
  readonly namespace: string
  readonly addresses: readonly string[]
  /** The number of the routing table its subnet goes by. */
  readonly table: string
}

/** The workloads that live in a network, as far as they can be seen. */
export async function residentsOf(kernel: Kernel, namespace: string): Promise<Resident[]> {
  const [links, rules] = await Promise.all([
    kernel.ipOnce(namespace, ['link show']),
    kernel.ipOnce(namespace, ['rule show']),
  ])
  const tables = new Map((JSON.parse(rules) as Rule[]).map(({ iif, table }) => [iif, table]))
  const ports = (JSON.parse(links) as Row[]).filter((row) => isIn(row, 'port'))
  const found = await Promise.all(
    ports.map(async ({ ifname, ifalias, master }) => {
      const workload = parseAlias(ifalias)?.namespace
      if (!workload || !kernel.namespaces().includes(workload)) return []
      const rows = JSON.parse(await kernel.ipOnce(workload, ['addr show'])) as Row[]
      const row = rows.find((each) => each.ifname === ifname)
      const addresses = row ? addressesOf(row).map((each) => each.replace(/\/\d+$/, '')) : []
      return [{ namespace: workload, addresses, table: tables.get(master) ?? '' }]
    }),
  )
  return found.flat()
}
