import { BlockList } from 'node:net'

/*
 * Which packets must pass, and which may, by what the API says was agreed and routed, and nothing else. It shares no code
 * with the service.
 */

/** What the API says, all of it. */
export interface Records {
  readonly peerings: readonly {
    readonly id: string
    readonly state: string
    readonly requester: { readonly vpc: string }
    readonly accepter: { readonly vpc: string }
  }[]
  readonly routes: readonly {
    readonly id: string
    readonly vpc: string
    readonly destination: string
    readonly peering: string
    readonly enabled: boolean
  }[]
}

/** Something that sends and receives: where, and by which addresses. */
export interface Workload {
  readonly vpc: string
  readonly addresses: readonly string[]
}

/** Packets from one workload to an address, and the other that receives them; by their places in the list of workloads. */
export interface Flow {
  readonly from: number
  readonly address: string
  readonly to: number
}

export const flowKey = ({ from, address, to }: Flow) => `${from} > ${address} > ${to}`

const familyOf = (address: string) => (address.includes(':') ? 'ipv6' : 'ipv4')

/** Whether a block holds an address; false where they are of different families. */
function holds(block: string, address: string): boolean {
  const [network = '', length] = block.split('/')
  if (familyOf(network) !== familyOf(address)) return false
  const list = new BlockList()
  list.addSubnet(network, Number(length), familyOf(network))
  return list.check(address, familyOf(address))
}

const lengthOf = (block: string) => Number(block.replace(/.*\//, ''))

/** Every flow that could be, whoever has agreed to what. A workload sends from its address of the target's family. */
export function everyFlow(workloads: readonly Workload[]): readonly (Flow & { readonly source: string })[] {
  return workloads.flatMap(({ addresses }, from) =>
    workloads.flatMap((other, to) =>
      other.addresses.flatMap((address) => {
        const source = addresses.find((own) => familyOf(own) === familyOf(address))
        return source === undefined || source === address ? [] : [{ from, address, to, source }]
      }),
    ),
  )
}

type Step = Records['routes'][number]

/** The routes of a VPC for an address, by peerings that both sides agree to, the longest prefix first. */
function waysFor({ peerings, routes }: Records, vpc: string, address: string): readonly Step[] {
  const active = new Set(peerings.filter(({ state }) => state === 'active').map(({ id }) => id))
  return routes
    .filter((route) => route.vpc === vpc && route.enabled && active.has(route.peering))
    .filter(({ destination }) => holds(destination, address))
    .sort((a, b) => lengthOf(b.destination) - lengthOf(a.destination))
}

function peerOf({ peerings }: Records, vpc: string, { peering }: Step): string | undefined {
  const found = peerings.find(({ id }) => id === peering)
  return found?.requester.vpc === vpc ? found.accepter.vpc : found?.requester.vpc
}

/** The flows that some choice among `ways` leads along, and that the other side has a route back for. */
function flowsBy(
  records: Records,
  workloads: readonly Workload[],
  choose: (ways: readonly Step[]) => readonly Step[],
): Set<string> {
  const passing = everyFlow(workloads).filter(({ from, address, to, source }) => {
    const [ours, theirs] = [workloads[from]?.vpc ?? '', workloads[to]?.vpc ?? '']
    const isLocal = workloads.some(({ vpc, addresses }) => vpc === ours && addresses.includes(address))
    // What is local wins.
    if (isLocal) return ours === theirs
    return choose(waysFor(records, ours, address)).some(
      (way) =>
        peerOf(records, ours, way) === theirs &&
        waysFor(records, theirs, source).some(({ peering }) => peering === way.peering),
    )
  })
  return new Set(passing.map(flowKey))
}

/** The flows that pass once the network has come to rest: of all routes the longest prefix decides. */
export function passing(records: Records, workloads: readonly Workload[]): Set<string> {
  return flowsBy(records, workloads, (ways) => ways.slice(0, 1))
}

/** The flows that both sides have agreed to and have a route for, while it is open which route the network has taken up. */
export function consented(records: Records, workloads: readonly Workload[]): Set<string> {
  return flowsBy(records, workloads, (ways) => ways)
}
