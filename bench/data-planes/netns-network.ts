import { execFile } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { aliasOf, GROUP, PROTOCOL, vpcNamespace } from '../../src/adapters/data-plane/netns/names.ts'
import { peeringId, vpcId } from '../../src/domain/identity.ts'
import type { BenchNetwork, PortBody, Site } from './network.ts'

const HERE = { address: 'fe80::a', mac: '02:00:5e:00:00:0a' }
const THERE = { address: 'fe80::b', mac: '02:00:5e:00:00:0b' }

/** The namespaces of this machine. */
export class NetnsNetwork implements BenchNetwork {
  readonly args = ['--dataplane', 'netns']
  readonly #namespaces = new Set<string>()
  #made = 0

  async plug({ id, attach }: PortBody, vpc: string): Promise<string> {
    if (!attach || !('netns' in attach)) throw new Error(`nothing is plugged into ${id}`)
    this.#namespaces.add(vpcNamespace(vpcId(vpc))).add(attach.netns.namespace)
    return attach.netns.namespace
  }

  /** One program for each namespace, as a batch is of one. */
  async layByHand(one: Site, other: Site): Promise<void> {
    const [here, there] = [vpcNamespace(vpcId(one.vpc)), vpcNamespace(vpcId(other.vpc))]
    const device = `byhand${++this.#made}`
    const dress = (own: typeof HERE, peer: typeof HERE, cidr: string) => [
      `link set ${device} addrgenmode none up`,
      `addr add ${own.address}/64 dev ${device} nodad`,
      `neigh replace ${peer.address} lladdr ${peer.mac} dev ${device} nud permanent`,
      `route replace ${cidr} via inet6 ${peer.address} dev ${device} table ${PROTOCOL}`,
    ]
    const pair = `link add ${device} address ${HERE.mac} type veth peer name ${device} address ${THERE.mac} netns ${there}`
    await ip(['-n', here, '-batch', '-'], [pair, ...dress(HERE, THERE, other.cidr)])
    await ip(['-n', there, '-batch', '-'], dress(THERE, HERE, one.cidr))
  }

  async removeByHand(one: Site): Promise<void> {
    await ip(['-n', vpcNamespace(vpcId(one.vpc)), 'link', 'del', `byhand${this.#made}`])
  }

  async partsOf(peering: string, one: Site): Promise<readonly string[]> {
    return (await this.#devices(peering, one)).map(({ ifindex }) => String(ifindex))
  }

  async damage(peering: string, one: Site): Promise<void> {
    const namespace = vpcNamespace(vpcId(one.vpc))
    for (const { ifname } of await this.#devices(peering, one)) {
      await ip(['-n', namespace, 'link', 'del', ifname])
    }
  }

  async settle(): Promise<void> {
    await sleep(50)
  }

  async dispose(): Promise<void> {
    for (const name of this.#namespaces) await ip(['netns', 'delete', name])
  }

  /** The end of a peering in a VPC. */
  async #devices(peering: string, one: Site): Promise<Device[]> {
    const namespace = vpcNamespace(vpcId(one.vpc))
    const shown = await ip(['-n', namespace, '-j', 'link', 'show', 'group', String(GROUP.peering)])
    const alias = aliasOf(peeringId(peering))
    return (JSON.parse(shown) as Device[]).filter(({ ifalias }) => ifalias === alias)
  }
}

interface Device {
  readonly ifname: string
  readonly ifindex: number
  readonly ifalias?: string
}

function ip(args: readonly string[], lines: readonly string[] = []): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile('ip', args, (error, stdout) => (error ? reject(error) : resolve(stdout)))
    // What ends before it has read all says itself why.
    child.stdin?.on('error', () => {})
    child.stdin?.end(lines.map((line) => `${line}\n`).join(''))
  })
}
