import { EventEmitter } from 'node:events'
import type { Tables } from './columns.ts'
import { ClosedError, UnavailableError } from './errors.ts'
import type { Operation, Results } from './operations.ts'

export interface CallOptions {
  /** How long to wait for a server, ms, in place of `requestTimeoutMs`; what was sent is waited for as ever. */
  readonly timeoutMs?: number
}

/**
 * A lock of the server's, e.g. so that one of several replicas writes. It belongs to the connection: with the connection
 * it is lost, and asked for again on the next one. Emits `change` whenever it is had or lost. That another may have it
 * already, before one hears of it, is why every write must assert it: `transact` does.
 */
export interface Lock<S extends Tables> extends EventEmitter<{ change: [owned: boolean] }> {
  readonly name: string
  /** Whether it was had, when last heard of. */
  readonly owned: boolean
  /**
   * Fulfilled once it is had. Rejects with UnavailableError when `timeoutMs` have passed, with ClosedError where it was
   * released or the client closed.
   */
  acquired(timeoutMs?: number): Promise<void>
  /**
   * `Database.transact`, with an `assert` in front: fails with OperationError `not owner`, having done nothing, where the
   * lock is no longer had.
   */
  transact<const O extends readonly Operation<S>[]>(
    operations: O,
    options?: CallOptions,
  ): Promise<Results<S, O>>
  /** Lets another have it. Safe to repeat. */
  release(): Promise<void>
}

/** What a lock needs of the client it belongs to. */
export interface LockOwner<S extends Tables> {
  transact<const O extends readonly Operation<S>[]>(
    operations: O,
    options?: CallOptions,
  ): Promise<Results<S, O>>
  release(lock: ClientLock<S>): Promise<void>
}

/** As the client handles it. */
export class ClientLock<S extends Tables>
  extends EventEmitter<{ change: [owned: boolean] }>
  implements Lock<S>
{
  readonly name: string
  readonly #owner: LockOwner<S>
  #stealing: boolean
  #owned = false
  #ended = false
  readonly #waiting = new Set<{
    resolve: () => void
    reject: (error: Error) => void
    timer?: NodeJS.Timeout
  }>()

  /** Throws TypeError where the server would not take the name. */
  constructor(name: string, stealing: boolean, owner: LockOwner<S>) {
    super()
    if (!/^[A-Za-z_]\w*$/.test(name)) throw new TypeError(`not the name of a lock: ${JSON.stringify(name)}`)
    this.name = name
    this.#stealing = stealing
    this.#owner = owner
  }

  get owned(): boolean {
    return this.#owned
  }

  /** How it is to be asked for: it is stolen once, and then waited for like any other. */
  get method(): 'lock' | 'steal' {
    return this.#stealing ? 'steal' : 'lock'
  }

  acquired(timeoutMs?: number): Promise<void> {
    if (this.#owned) return Promise.resolve()
    if (this.#ended) return Promise.reject(new ClosedError(`the lock ${this.name} was released`))
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const late = () => {
      this.#waiting.delete(waiter)
      reject(new UnavailableError(`the lock ${this.name} was not had within ${timeoutMs} ms`))
    }
    const waiter = { resolve, reject, ...(timeoutMs !== undefined && { timer: setTimeout(late, timeoutMs) }) }
    this.#waiting.add(waiter)
    return promise
  }

  async transact<const O extends readonly Operation<S>[]>(
    operations: O,
    options?: CallOptions,
  ): Promise<Results<S, O>> {
    const assertion = { op: 'assert', lock: this.name } as const
    const [, ...results] = await this.#owner.transact([assertion, ...operations], options)
    return results as Results<S, O>
  }

  release(): Promise<void> {
    return this.#owner.release(this)
  }

  /** The client has heard that it is had, or is not. */
  set(owned: boolean): void {
    if (owned === this.#owned || (owned && this.#ended)) return
    this.#stealing = false
    this.#owned = owned
    queueMicrotask(() => this.emit('change', owned))
    if (owned) this.#settle(({ resolve }) => resolve())
  }

  /** It will not be asked for again. */
  end(reason: string): void {
    this.set(false)
    this.#ended = true
    this.#settle(({ reject }) => reject(new ClosedError(reason)))
  }

  #settle(how: (waiter: { resolve: () => void; reject: (error: Error) => void }) => void): void {
    for (const waiter of this.#waiting) {
      clearTimeout(waiter.timer)
      how(waiter)
    }
    this.#waiting.clear()
  }
}
