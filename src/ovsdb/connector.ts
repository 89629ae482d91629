import { setTimeout as sleep } from 'node:timers/promises'
import { type Address, dial, formatAddress, type TlsOptions } from './address.ts'
import { messageOf } from './errors.ts'
import type { Limits } from './limits.ts'
import { RpcConnection } from './rpc.ts'

/** A connection that lived this long was a good one: the next is looked for without a pause, ms. */
const STABLE_MS = 1_000

/**
 * Goes from address to address until one leads to a server that `setUp` takes, stays there until that connection ends,
 * and goes on. It pauses only when it has tried every address.
 */
export class Connector {
  readonly #addresses: readonly Address[]
  readonly #tls: TlsOptions | null
  readonly #limits: Limits
  readonly #setUp: (rpc: RpcConnection, address: string) => Promise<void>
  readonly #stopped = new AbortController()
  readonly #running: Promise<void>
  readonly #reasons = new Map<string, string>()
  #rpc: RpcConnection | null = null

  /** Where `setUp` rejects, the connection is given up. */
  constructor(
    addresses: readonly Address[],
    tls: TlsOptions | null,
    limits: Limits,
    setUp: (rpc: RpcConnection, address: string) => Promise<void>,
  ) {
    this.#addresses = addresses
    this.#tls = tls
    this.#limits = limits
    this.#setUp = setUp
    this.#running = this.#run()
  }

  /** Why each server that was tried was left. */
  get reasons(): string {
    const reasons = [...this.#reasons].map(([address, reason]) => `${address}: ${reason}`)
    return reasons.length === 0 ? 'none has answered yet' : reasons.join('; ')
  }

  /** Breaks off whatever there is, for good. Safe to repeat. */
  async stop(reason: Error): Promise<void> {
    this.#stopped.abort()
    this.#rpc?.destroy(reason)
    await this.#running
  }

  async #run(): Promise<void> {
    let failures = 0
    for (let turn = 0; !this.#stopped.signal.aborted; turn++) {
      const address = this.#addresses[turn % this.#addresses.length] as Address
      const startedMs = performance.now()
      const wasUp = await this.#visit(address)
      failures = wasUp && performance.now() - startedMs > STABLE_MS ? 1 : failures + 1
      if (failures % this.#addresses.length === 0) await this.#pause(failures / this.#addresses.length)
    }
  }

  /** Stays until the connection has ended; answers whether it was ever of use. */
  async #visit(address: Address): Promise<boolean> {
    const name = formatAddress(address)
    let wasUp = false
    try {
      const { signal } = this.#stopped
      const stream = await dial(address, this.#tls, this.#limits.connectTimeoutMs, signal)
      const rpc = new RpcConnection(stream, this.#limits)
      this.#rpc = rpc
      if (signal.aborted) rpc.destroy(new Error('given up'))
      try {
        await this.#setUp(rpc, name)
        wasUp = true
      } catch (error) {
        rpc.destroy(error as Error)
      }
      throw await rpc.ended
    } catch (reason) {
      this.#reasons.set(name, messageOf(reason).replace(`${name}: `, ''))
    }
    this.#rpc = null
    return wasUp
  }

  /** Many clients that lost the same server shall not come back all at once. */
  async #pause(rounds: number): Promise<void> {
    const { pauseFirstMs, pauseMaxMs } = this.#limits
    const longestMs = Math.min(pauseFirstMs * 2 ** Math.min(rounds - 1, 30), pauseMaxMs)
    const { signal } = this.#stopped
    await sleep(longestMs * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => {})
  }
}
