import { once } from 'node:events'
import { type RigOptions, spawnService } from '../rig/service.ts'

type Replica = Awaited<ReturnType<typeof spawnService>>

/**
 * Replicas of one service, each a process of its own, which can be killed and come back. Over the embedded store there
 * can only be one.
 */
export class Cluster {
  readonly #options: RigOptions
  /** By place; null while one is being started. */
  readonly #replicas: (Replica | null)[] = []
  #changed = Promise.withResolvers<void>()
  kills = 0

  private constructor(options: RigOptions) {
    this.#options = options
  }

  /** The first is started by itself, and makes what `options.bootstrap` names. The others find it there. */
  static async start(count: number, options: RigOptions & { directory: string }): Promise<Cluster> {
    const first = await spawnService(options)
    const cluster = new Cluster({ ...options, bootstrap: null })
    cluster.#replicas.push(first)
    const others = Array.from({ length: count - 1 }, () => spawnService(cluster.#options))
    cluster.#replicas.push(...(await Promise.all(others)))
    return cluster
  }

  get size(): number {
    return this.#replicas.length
  }

  /** Where those that live answer; waits until one does. */
  async urls(): Promise<readonly string[]> {
    for (;;) {
      const urls = this.#replicas.flatMap((replica) => (replica ? [replica.url] : []))
      if (urls.length > 0) return urls
      await this.#changed.promise
    }
  }

  /** Where that one answers; waits until it does. */
  async urlOf(place: number): Promise<string> {
    for (;;) {
      const url = this.#replicas[place]?.url
      if (url !== undefined) return url
      await this.#changed.promise
    }
  }

  /** Kills a replica as the kernel would for want of memory, and starts another in its place. */
  async kill(place: number): Promise<void> {
    const replica = this.#replicas[place]
    if (!replica) return
    this.#replicas[place] = null
    const exited = once(replica.process, 'exit')
    replica.process.kill('SIGKILL')
    await exited
    this.kills++
    this.#replicas[place] = await spawnService(this.#options)
    this.#changed.resolve()
    this.#changed = Promise.withResolvers()
  }

  async killAll(): Promise<void> {
    await Promise.all(this.#replicas.map((_, place) => this.kill(place)))
  }

  async stop(): Promise<void> {
    await Promise.all(this.#replicas.map((replica) => replica?.close()))
  }
}
