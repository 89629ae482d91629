import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { asOperator, asTenant, type Call, newVpc } from '../dialects/native/client.ts'
import type { Records } from '../histories/oracle.ts'
import type { NetworkRig, PortBody } from './networks.ts'
import { spawnService, type TestService } from './service.ts'
import { BOOTSTRAP, type TestTenant } from './tenants.ts'

const SETTLE_TIMEOUT_MS = 60_000
const LOOK_AGAIN_MS = 20
/** What a pass that had begun before may still do, it does within this time. */
const STILL_MS = 100

/** How far the network has come with a peering. */
export interface RealizationBody {
  readonly wanted: number
  readonly realized: number
  readonly provenAt: string | null
  readonly reason: string | null
}

/** A VPC, and what lives in it. */
export interface Home {
  readonly vpc: string
  readonly tenant: TestTenant
  readonly cidrs: readonly string[]
  readonly subnets: readonly { readonly id: string; readonly cidrs: readonly string[] }[]
  readonly workloads: readonly {
    readonly port: string
    readonly namespace: string
    readonly addresses: readonly string[]
  }[]
}

/** A block of each family, or only of IPv4. */
export type SubnetBlocks = readonly [ipv4: string, ipv6?: string]

/** A call that must succeed. */
export async function ok<T>(call: Call, method: string, path: string, body?: unknown): Promise<T> {
  const answer = await call(method, path, body)
  assert.ok(answer.status < 300, `${method} ${path}: ${JSON.stringify(answer.body)}`)
  return answer.body as T
}

/** Waits until `condition` holds. Answers how long that took, in milliseconds. */
export async function until(
  condition: () => Promise<boolean> | boolean,
  what: string | (() => string),
  timeoutMs = SETTLE_TIMEOUT_MS,
): Promise<number> {
  const startedMs = performance.now()
  while (!(await condition())) {
    if (performance.now() - startedMs > timeoutMs) {
      throw new Error(`waited in vain until ${typeof what === 'string' ? what : what()}`)
    }
    await sleep(LOOK_AGAIN_MS)
  }
  return performance.now() - startedMs
}

/** A service over a network, as a process of its own that is started again as often as it has ended. */
export class Site {
  readonly network: NetworkRig
  /** Where the service keeps what it keeps. */
  readonly directory = mkdtempSync(join(tmpdir(), 'isthmus-site-'))
  readonly #nodeArgs: readonly string[]
  #service: Awaited<ReturnType<typeof spawnService>> | null = null
  /** Every VPC that was made here. */
  readonly #vpcs = new Set<string>()

  private constructor(network: NetworkRig, nodeArgs: readonly string[]) {
    this.network = network
    this.#nodeArgs = nodeArgs
  }

  /** `nodeArgs`: of Node.js itself, e.g. something to load before the service. */
  static async open(network: NetworkRig, nodeArgs: readonly string[] = []): Promise<Site> {
    const site = new Site(network, nodeArgs)
    try {
      await site.start()
      return site
    } catch (error) {
      await site.dispose()
      throw error
    }
  }

  get url(): string {
    return this.#running.url
  }

  get process() {
    return this.#running.process
  }

  async start(): Promise<void> {
    this.#service = await spawnService({
      directory: this.directory,
      bootstrap: { ...BOOTSTRAP, vpcs: [] },
      args: this.network.args,
      nodeArgs: this.#nodeArgs,
    })
  }

  async stop(): Promise<void> {
    await this.#running.close()
    this.#service = null
  }

  /** As a crash would end it, if it has not ended already. */
  async kill(): Promise<void> {
    const { process: child } = this.#running
    if (child.exitCode === null && child.signalCode === null) {
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
    }
    this.#service = null
  }

  as(tenant: TestTenant): Call {
    return (...call) => asTenant(this, tenant)(...call)
  }

  readonly operator: Call = (...call) => asOperator(this)(...call)

  /** A VPC with a subnet for each of `blocks`, and a workload in each. */
  async inhabit(
    tenant: TestTenant,
    cidrs: readonly string[],
    blocks: readonly SubnetBlocks[],
  ): Promise<Home> {
    const call = this.as(tenant)
    const { id: vpc } = await newVpc(this as Pick<TestService, 'url'>, tenant, cidrs)
    this.#vpcs.add(vpc)
    const subnets: Home['subnets'][number][] = []
    const workloads: Home['workloads'][number][] = []
    for (const [cidr, ipv6Cidr] of blocks) {
      const body = { name: 'one', cidr, ...(ipv6Cidr && { ipv6Cidr }) }
      const { id: subnet } = await ok<{ id: string }>(call, 'POST', `/vpcs/${vpc}/subnets`, body)
      subnets.push({ id: subnet, cidrs: ipv6Cidr ? [cidr, ipv6Cidr] : [cidr] })
      const port = await this.#attached(
        vpc,
        await ok<PortBody>(call, 'POST', `/vpcs/${vpc}/ports`, { subnet }),
      )
      const ipv6 = ipv6Cidr && {
        gateway: ipv6Cidr.replace(/\/\d+$/, '1'),
        length: Number(ipv6Cidr.replace(/.*\//, '')),
      }
      const namespace = await this.network.plug(port, vpc, ipv6 || undefined)
      workloads.push({ port: port.id, namespace, addresses: port.addresses })
    }
    return { vpc, tenant, cidrs, subnets, workloads }
  }

  /** Takes a VPC away, with all that lives in it. */
  async evict({ vpc, tenant, subnets, workloads }: Home): Promise<void> {
    const call = this.as(tenant)
    for (const { port, namespace } of workloads) {
      await this.network.unplug(namespace)
      await ok(call, 'DELETE', `/vpcs/${vpc}/ports/${port}`)
    }
    for (const { id } of subnets) await ok(call, 'DELETE', `/vpcs/${vpc}/subnets/${id}`)
    await ok(call, 'DELETE', `/vpcs/${vpc}`)
    this.#vpcs.delete(vpc)
  }

  /** What was agreed and routed, by the API. */
  async records(): Promise<Records> {
    const lists = await Promise.all([
      ok<Pick<Records, 'peerings'>>(this.operator, 'GET', '/peerings?limit=1000'),
      ...[...this.#vpcs].map((vpc) =>
        ok<Pick<Records, 'routes'>>(this.operator, 'GET', `/vpcs/${vpc}/routes?limit=1000`),
      ),
    ])
    const [{ peerings }, ...tables] = lists as [Pick<Records, 'peerings'>, ...Pick<Records, 'routes'>[]]
    return { peerings, routes: tables.flatMap(({ routes }) => routes) }
  }

  /** Waits until the network has come to rest. */
  async untilSettled(): Promise<void> {
    let lag: string | null = null
    const isSettled = async () => {
      lag = await this.lag()
      return lag === null
    }
    await until(isSettled, () => `the network has come to rest: ${lag}`)
  }

  /**
   * What keeps the network from being at rest. Null: it has what is wanted for every peering that lives, and nothing of any
   * other, and that for a moment.
   */
  async lag(): Promise<string | null> {
    const look = async () => (await this.#behind()) ?? (await this.#left())
    const found = await look()
    if (found !== null) return found
    await sleep(STILL_MS)
    return look()
  }

  async dispose(): Promise<void> {
    try {
      if (this.#service) await this.kill()
    } finally {
      rmSync(this.directory, { recursive: true, force: true })
      await this.network.dispose()
    }
  }

  get #running() {
    if (!this.#service) throw new Error('the service is not running')
    return this.#service
  }

  /** A port once the network has it; the answer that made it does not wait for ever. */
  async #attached(vpc: string, port: PortBody): Promise<PortBody> {
    let found: PortBody | undefined = port
    const isAttached = async () => {
      if (found?.attach) return true
      const { ports } = await ok<{ ports: PortBody[] }>(this.operator, 'GET', `/vpcs/${vpc}/ports`)
      found = ports.find(({ id }) => id === port.id)
      return false
    }
    await until(isAttached, `the network has port ${port.id}`)
    return found
  }

  /** A peering that the network is behind with; null: none. */
  async #behind(): Promise<string | null> {
    for (const id of await this.#livePeerings()) {
      const now = await ok<RealizationBody>(this.operator, 'GET', `/peerings/${id}/realization`)
      if (now.realized !== now.wanted) return `peering ${id}: ${JSON.stringify(now)}`
    }
    return null
  }

  /** What is in the network of peerings that do not live; null: nothing. */
  async #left(): Promise<string | null> {
    const live = await this.#livePeerings()
    const left = (await this.network.links()).filter((id) => !live.includes(id))
    return left.length === 0 ? null : `there is still something of ${left.join(', ')}`
  }

  async #livePeerings(): Promise<readonly string[]> {
    const { peerings } = await ok<Pick<Records, 'peerings'>>(this.operator, 'GET', '/peerings?limit=1000')
    return peerings
      .filter(({ state }) => state === 'active' || state === 'pending-acceptance')
      .map(({ id }) => id)
  }
}
