import { contains } from '../../../domain/cidr.ts'
import { parseDestination } from '../../../domain/network.ts'
import type { WantedSide } from '../../../domain/realization.ts'
import type { Proof } from '../../../ports/data-plane.ts'
import type { Kernel } from './kernel.ts'
import { tableNumber } from './names.ts'
import type { Resident } from './network.ts'

/*
 * A proof is packets: an echo from a workload of one VPC to one of the other, and the other way round. Something that
 * was just laid is given a second to work.
 */

/** A side, and the workloads that are to be seen in it. */
export interface Inhabited {
  readonly side: WantedSide
  readonly residents: readonly Resident[]
}

interface Probe {
  readonly from: { readonly namespace: string; readonly address: string }
  readonly to: string
}

/** Tries a link that is open, in both directions, by each family that is routed both ways. */
export async function proveOpen(
  kernel: Kernel,
  one: Inhabited,
  other: Inhabited,
  allocate: (name: string) => Promise<number>,
): Promise<Proof> {
  const nobody = [one, other].find(({ residents }) => residents.length === 0)
  if (nobody) return { kind: 'not-provable', reason: `no port is plugged into the VPC ${nobody.side.vpc}` }
  const [ways, waysBack] = [await waysOf(one, allocate), await waysOf(other, allocate)]
  const pairs = residentPairs(one, other).filter(
    ([a, b]) => leads(ways, a, b.address) && leads(waysBack, b, a.address),
  )
  const probes = firstOfEachFamily(pairs)
  if (probes.length === 0) {
    return { kind: 'not-provable', reason: 'no two ports have a route to each other' }
  }
  const answered = await Promise.all(
    probes.map((probe) => echoes(kernel, probe, ['-i', '0.05', '-c', '1', '-w', '1'])),
  )
  const silent = probes.find((_, index) => !answered[index])
  if (!silent) return { kind: 'proven' }
  return { kind: 'failed', reason: `${silent.to} does not answer ${silent.from.address}` }
}

/** Tries that nothing passes where nothing should, while nothing is laid. */
export async function proveClosed(kernel: Kernel, one: Inhabited, other: Inhabited): Promise<Proof> {
  const probes = firstOfEachFamily(residentPairs(one, other))
  const answered = await Promise.all(
    probes.map((probe) => echoes(kernel, probe, ['-i', '0.05', '-c', '2', '-W', '0.1'])),
  )
  const heard = probes.find((_, index) => answered[index])
  if (!heard) return { kind: 'proven' }
  return { kind: 'failed', reason: `${heard.to} answers ${heard.from.address}, though the link is closed` }
}

type Place = Resident & { readonly address: string }

function residentPairs(one: Inhabited, other: Inhabited): [Place, Place][] {
  const places = ({ residents }: Inhabited) =>
    residents.flatMap((resident) => resident.addresses.map((address) => ({ ...resident, address })))
  return places(one).flatMap((a) =>
    places(other)
      .filter((b) => familyOf(a.address) === familyOf(b.address))
      .map((b): [Place, Place] => [a, b]),
  )
}

const familyOf = (address: string) => (address.includes(':') ? 6 : 4)

function firstOfEachFamily(pairs: readonly [Place, Place][]): Probe[] {
  return ([4, 6] as const).flatMap((family) => {
    const pair = pairs.find(([a]) => familyOf(a.address) === family)
    if (!pair) return []
    const [a, b] = pair
    return [
      { from: a, to: b.address },
      { from: b, to: a.address },
    ]
  })
}

interface Way {
  readonly table: string
  readonly destination: string
}

function waysOf({ side }: Inhabited, allocate: (name: string) => Promise<number>): Promise<Way[]> {
  return Promise.all(
    side.routes.map(async ({ destination, routeTable }) => ({
      destination,
      table: String(await tableNumber(routeTable, allocate)),
    })),
  )
}

function leads(ways: readonly Way[], from: Resident, address: string): boolean {
  const target = parseDestination(address)
  return ways.some(({ table, destination }) => {
    const block = parseDestination(destination)
    return table === from.table && block !== null && target !== null && contains(block, target)
  })
}

/** Whether an echo comes back. */
async function echoes(kernel: Kernel, { from, to }: Probe, patience: readonly string[]): Promise<boolean> {
  try {
    await kernel.exec(from.namespace, 'ping', ['-n', '-q', ...patience, '-I', from.address, to])
    return true
  } catch {
    return false
  }
}
