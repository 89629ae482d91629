import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { promisify } from 'node:util'
import type { PartId, VpcId } from '../../../domain/identity.ts'
import type { WantedLink } from '../../../domain/realization.ts'
import type { DataPlane } from '../../../ports/data-plane.ts'
import type { HandMadeRouter, World } from '../data-plane.contract.ts'
import { addressIn } from '../data-plane.fixtures.ts'
import { openNetnsDataPlane } from './driver.ts'
import { dyingKernel } from './dying-kernel.fixtures.ts'
import { type Kernel, openKernel } from './kernel.ts'
import { deviceName, GROUP, portNamespace, vpcNamespace } from './names.ts'

const run = promisify(execFile)

/** Runs a program in a namespace. */
export async function inNamespace(
  namespace: string,
  program: string,
  args: readonly string[],
): Promise<string> {
  const options = { cwd: '/', maxBuffer: 1 << 26 }
  return (await run('ip', ['netns', 'exec', namespace, program, ...args], options)).stdout
}

const ip = (namespace: string, line: string) => run('ip', ['-n', namespace, ...line.split(' ')])
const nft = (namespace: string, line: string) => inNamespace(namespace, 'nft', line.split(' '))

/** Numbers for names, as the store has them: they outlive the driver. */
export function numbers(): (name: string) => Promise<number> {
  const known = new Map<string, number>()
  return async (name) => {
    const number = known.get(name) ?? known.size + 1
    known.set(name, number)
    return number
  }
}

/** A world of network namespaces of this machine; what others make there at the same time does not matter. */
export async function openNetnsWorld(): Promise<World> {
  const kernel = await openKernel()
  const world = new NetnsWorld(kernel, await openNetnsDataPlane({ allocate: numbers(), kernel }))
  await world.reopen()
  return world
}

class NetnsWorld implements World {
  readonly plugsNothing = null
  readonly #allocate = numbers()
  readonly #tag = randomBytes(4).toString('hex')
  /** Namespaces that this world may have. */
  readonly #namespaces = new Set<string>()
  readonly #kernel: Kernel
  #current: DataPlane
  #routers = 0

  constructor(kernel: Kernel, current: DataPlane) {
    this.#kernel = kernel
    this.#current = current
  }

  get dataPlane(): DataPlane {
    return this.#current
  }

  readonly damages = [
    {
      what: 'the device is gone',
      inflict: (link: WantedLink) =>
        this.#at(link, (namespace, device) => ip(namespace, `link del ${device}`)),
    },
    {
      what: 'the routes are gone',
      inflict: (link: WantedLink) =>
        this.#at(link, async (namespace, device) => {
          await ip(namespace, `-4 route flush table all dev ${device} proto 157`)
          await ip(namespace, `-6 route flush table all dev ${device} proto 157`)
        }),
    },
    {
      what: 'the routes lead elsewhere',
      inflict: (link: WantedLink) =>
        this.#at(link, async (namespace) => {
          for (const { destination } of link.requester.routes) {
            await ip(namespace, `route replace ${destination} dev lo table 157`)
          }
        }),
    },
    {
      what: 'the gate is shut',
      inflict: (link: WantedLink) =>
        this.#at(link, (namespace, device) => ip(namespace, `link set dev ${device} group ${GROUP.waiting}`)),
    },
    {
      what: 'the gate is empty',
      inflict: (link: WantedLink) =>
        this.#at(link, (namespace, device) => nft(namespace, `flush chain inet isthmus ${device}`)),
    },
    {
      what: 'the gate is gone, and nothing passes',
      inflict: (link: WantedLink) =>
        this.#at(link, (namespace) => nft(namespace, 'flush map inet isthmus gates')),
    },
  ]

  async reopen(): Promise<DataPlane> {
    await this.#current.close()
    this.#current = this.#remembering(await openNetnsDataPlane({ allocate: this.#allocate }))
    return this.#current
  }

  async dying(steps: number, work: (dataPlane: DataPlane) => Promise<void>): Promise<boolean> {
    const life = { steps, end: () => new Error('the process was killed') }
    const kernel = dyingKernel(await openKernel(), life)
    const dataPlane = await openNetnsDataPlane({ allocate: this.#allocate, kernel })
    try {
      await work(this.#remembering(dataPlane))
      return false
    } catch (error) {
      if (life.steps > 0) throw error
      return true
    } finally {
      await dataPlane.close()
    }
  }

  async plug(port: PartId): Promise<string> {
    const attachment = await this.#current.attachmentOf(port)
    if (!attachment || !('netns' in attachment)) throw new Error(`${port} has not been realized`)
    return attachment.netns.namespace
  }

  exec(namespace: string, program: string, args: readonly string[]): Promise<string> {
    return inNamespace(namespace, program, args)
  }

  async dump(): Promise<string> {
    const present = new Set(readdirSync('/run/netns'))
    const names = [...this.#namespaces].filter((name) => present.has(name)).sort()
    const dumps = await Promise.all(names.map(async (name) => `${name}\n${await dumpOf(name)}`))
    return dumps.join('\n')
  }

  async makeRouter(blocks: readonly string[]): Promise<HandMadeRouter> {
    const router = `it-${this.#tag}-${++this.#routers}`
    const workload = `${router}-w`
    for (const name of [router, workload]) {
      this.#namespaces.add(name)
      await run('ip', ['netns', 'add', name])
      await ip(name, 'link set lo up')
    }
    await ip(router, 'link add lan type bridge')
    await ip(router, `link add port type veth peer name eth0 netns ${workload}`)
    await ip(router, 'link set port master lan up')
    await ip(router, 'link set lan up')
    await ip(workload, 'link set eth0 up')
    for (const block of blocks) {
      const length = block.replace(/.*\//, '')
      const nodad = block.includes(':') ? ' nodad' : ''
      await ip(router, `addr add ${addressIn(block, 1)}/${length} dev lan${nodad}`)
      await ip(workload, `addr add ${addressIn(block, 10)}/${length} dev eth0${nodad}`)
      await ip(workload, `route add default via ${addressIn(block, 1)} dev eth0`)
    }
    const forwarding = ['/proc/sys/net/ipv4/ip_forward', '/proc/sys/net/ipv6/conf/all/forwarding']
    await this.#kernel.exec(router, 'tee', forwarding, '1')
    // What others may have there: some of it all but the same as ours.
    await ip(router, 'link add isthmus type bridge')
    await ip(router, 'link set isthmus group 42 alias not-ours')
    await ip(router, 'route add blackhole 10.77.0.0/16 proto 42')
    await ip(router, 'route add unreachable 10.0.0.0/8 metric 9')
    await ip(router, 'rule add from 192.0.2.0/24 lookup 1234 priority 100')
    await nft(router, 'add table inet filter')
    await nft(
      router,
      'add chain inet filter forward { type filter hook forward priority 0 ; policy accept ; }',
    )
    await nft(router, 'add rule inet filter forward ip daddr 203.0.113.0/24 drop')
    return {
      adopted: { netns: router },
      workloads: [{ namespace: workload, addresses: blocks.map((block) => addressIn(block, 10)) }],
      foreignRows: async () => withoutMarks(await dumpOf(router)),
    }
  }

  async routeByHand(vpc: VpcId, destination: string, link: WantedLink): Promise<void> {
    const device = await this.#deviceOf(link)
    const there = link.requester.vpc === vpc ? 'fe80::b' : 'fe80::a'
    const via = destination.includes(':') ? there : `inet6 ${there}`
    await ip(vpcNamespace(vpc), `route add ${destination} via ${via} dev ${device} table 157`)
  }

  async removeTransitGuard(vpc: VpcId): Promise<void> {
    const namespace = vpcNamespace(vpc)
    await nft(namespace, 'flush table inet isthmus')
    for (const family of ['-4', '-6']) await ip(namespace, `${family} rule add priority 33001 lookup 157`)
  }

  async openGateByHand(link: WantedLink): Promise<void> {
    const device = await this.#deviceOf(link)
    for (const { vpc } of [link.requester, link.accepter])
      await ip(vpcNamespace(vpc), `link set dev ${device} group ${GROUP.peering}`)
  }

  async dispose(): Promise<void> {
    await this.#current.close()
    const present = new Set(readdirSync('/run/netns'))
    for (const name of this.#namespaces) if (present.has(name)) await run('ip', ['netns', 'delete', name])
  }

  async #deviceOf({ peering }: WantedLink): Promise<string> {
    return deviceName(await this.#allocate(`peering ${peering}`))
  }

  async #at(link: WantedLink, work: (namespace: string, device: string) => Promise<unknown>): Promise<void> {
    await work(vpcNamespace(link.requester.vpc), await this.#deviceOf(link))
  }

  /** Notes which namespaces may come to be. */
  #remembering(dataPlane: DataPlane): DataPlane {
    const realizeNetwork: DataPlane['realizeNetwork'] = (vpc, wanted) => {
      this.#namespaces.add(vpcNamespace(vpc))
      for (const { id } of wanted?.ports ?? []) this.#namespaces.add(portNamespace(id))
      return dataPlane.realizeNetwork(vpc, wanted)
    }
    return new Proxy(dataPlane, {
      get(target, name: keyof DataPlane) {
        if (name === 'realizeNetwork') return realizeNetwork
        const member = target[name]
        return typeof member === 'function' ? member.bind(target) : member
      },
    })
  }
}

/** All there is in a namespace, without what changes by itself: numbers, states, and what is learnt. */
export async function dumpOf(namespace: string): Promise<string> {
  const shown = await Promise.all([
    ...['-o link', '-o addr', 'route show table all', '-6 route show table all', 'rule', '-6 rule']
      .concat('neigh show nud permanent')
      .map(async (line) => (await ip(namespace, line)).stdout),
    nft(namespace, 'list ruleset'),
  ])
  const byItself =
    /inet6 fe80::[0-9a-f:]+ff:fe|(local|anycast|multicast) f[ef][0-9a-f]{2}::|^anycast |^fe80::\/64 /
  return shown
    .join('\n')
    .split('\n')
    .filter((line) => line !== '' && !byItself.test(line))
    .map((line) =>
      line
        .replace(/^\d+: (\S+?)@\S+:/, '$1:')
        .replace(/^\d+: /, '')
        .replace(/<.*?>|state \S+|link-netnsid \d+|\btentative\b|\blinkdown\b/g, '')
        .trimEnd(),
    )
    .join('\n')
}

/** A dump without what carries the mark. */
function withoutMarks(dump: string): string {
  return dump
    .replace(/^table inet isthmus \{\n(?:\s.*\n)*\}$/m, '')
    .split('\n')
    .filter((line) => line !== '' && !/\bisthmus[0-9a-z]+\b|proto 157\b/.test(line))
    .join('\n')
}
