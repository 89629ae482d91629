import { setTimeout as sleep } from 'node:timers/promises'
import type { TestVpc } from '../data-plane.fixtures.ts'
import type { OvnWorld } from './ovn.fixtures.ts'

/** A workload: where it lives, and its addresses. */
export interface Home {
  readonly namespace: string
  readonly addresses: readonly string[]
}

/** Realizes some VPCs, each with one port, and has a workload live at it: on the host of its place in the list, or the last. */
export async function inhabit(world: OvnWorld, ...vpcs: readonly TestVpc[]): Promise<Home[]> {
  const homes: Home[] = []
  for (const [index, { id, network }] of vpcs.entries()) {
    await world.dataPlane.realizeNetwork(id, network)
    const [port] = network.ports
    const host = world.ovn.hosts[Math.min(index, world.ovn.hosts.length - 1)]
    if (!port || !host) throw new Error('a VPC of these tests has a port')
    homes.push({ namespace: await world.plugInto(host, port.id), addresses: port.addresses })
  }
  return homes
}

/** Whether every address of one answers every address of the other, asked a few times. */
export async function reaches(world: OvnWorld, one: Home, other: Home, patienceS = 2): Promise<boolean> {
  const answers = await Promise.all(
    other.addresses.map((address) =>
      world
        .exec(one.namespace, 'ping', ['-n', '-q', '-i', '0.05', '-c', '1', '-w', String(patienceS), address])
        .then(() => true)
        .catch(() => false),
    ),
  )
  return answers.every(Boolean)
}

/** Whether no address of one answers any of the other's. */
export async function isApart(world: OvnWorld, one: Home, other: Home): Promise<boolean> {
  const answers = await Promise.all(
    other.addresses.map((address) =>
      world
        .exec(one.namespace, 'ping', ['-n', '-q', '-i', '0.05', '-c', '3', '-W', '0.1', address])
        .then(() => false)
        .catch(() => true),
    ),
  )
  return answers.every(Boolean)
}

/** How many echo requests a workload has received so far. */
export async function heard(world: OvnWorld, { namespace }: Home): Promise<number> {
  const text = await world.exec(namespace, 'cat', ['/proc/net/snmp'])
  const [names, values] = text.split('\n').filter((line) => line.startsWith('Icmp:'))
  return Number(values?.split(' ')[names?.split(' ').indexOf('InEchos') ?? -1])
}

/** Does `work` until it does not fail, as the reconciler would; answers how long that took. */
export async function persist(work: () => Promise<unknown>, timeoutMs = 60_000): Promise<number> {
  const startedMs = performance.now()
  for (;;) {
    try {
      await work()
      return performance.now() - startedMs
    } catch (error) {
      if (performance.now() - startedMs > timeoutMs) throw error
      await sleep(100)
    }
  }
}
