import { EventEmitter } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseAddresses, type TlsOptions } from './address.ts'
import type { Row, Tables, Uuid } from './columns.ts'
import { Connector } from './connector.ts'
import {
  ClosedError,
  ConnectionLostError,
  MaybeCommittedError,
  messageOf,
  OverloadedError,
  RpcError,
  UnavailableError,
} from './errors.ts'
import { DEFAULT_LIMITS, type Limits } from './limits.ts'
import { type CallOptions, ClientLock, type Lock } from './lock.ts'
import { Monitor } from './monitor.ts'
import {
  type AnyOperation,
  decodeResults,
  encodeOperations,
  type Operation,
  type Results,
  writes,
} from './operations.ts'
import type { Change, IndexKey, Monitored, MonitorWhere } from './replica.ts'
import { watchRole } from './role.ts'
import type { Json, RpcConnection } from './rpc.ts'

export interface DatabaseOptions<S extends Tables> {
  /** One server, or those of a cluster: `unix:PATH`, `tcp:HOST:PORT`, `ssl:HOST:PORT`, separated by commas. */
  readonly addresses: string
  /** The database's name, e.g. `OVN_Northbound`. */
  readonly database: string
  /** The tables and columns that will be read or written; a server that has them otherwise is not used. */
  readonly tables: S
  /** What of them is kept at hand. Nothing, where absent. */
  readonly monitor?: Monitored<S>
  /** Of a cluster, use none but the leader: locks and reads are then everybody's. True where absent. */
  readonly leaderOnly?: boolean
  /** Needed for `ssl:`. */
  readonly tls?: TlsOptions
  readonly limits?: Partial<Limits>
}

export interface DatabaseEvents<S extends Tables> {
  /**
   * What one update of the server's has changed; `rows`, `get` and `find` show it already. After a connection was lost,
   * the first of these holds just what has changed meanwhile.
   */
  change: [changes: readonly Change<S>[]]
  /** What is monitored is up to date again; the address says by which server. */
  connected: [address: string]
  disconnected: [reason: string]
}

interface Waiter {
  readonly resolve: (rpc: RpcConnection) => void
  readonly reject: (error: Error) => void
  readonly timer: NodeJS.Timeout
}

/** Starts looking for a server at once, and goes on for as long as it is not closed. Throws TypeError: a bad address. */
export function openDatabase<const S extends Tables>(options: DatabaseOptions<S>): Database<S> {
  return new Database(options)
}

/** A client of one database, standalone or clustered; see `index.ts`. */
export class Database<S extends Tables> extends EventEmitter<DatabaseEvents<S>> {
  readonly #options: DatabaseOptions<S>
  readonly #limits: Limits
  readonly #monitor: Monitor
  readonly #connector: Connector
  readonly #locks = new Map<string, ClientLock<S>>()
  readonly #waiters = new Set<Waiter>()
  readonly #underWay = new Set<Promise<unknown>>()
  #rpc: RpcConnection | null = null
  #address: string | null = null
  #closing: Promise<void> | null = null

  constructor(options: DatabaseOptions<S>) {
    super()
    this.#options = options
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits }
    this.#monitor = new Monitor(
      options.database,
      options.tables,
      (options.monitor ?? {}) as Monitored<Tables>,
    )
    this.#monitor.onChanges = (changes) => this.#tell('change', changes)
    this.#connector = new Connector(
      parseAddresses(options.addresses),
      options.tls ?? null,
      this.#limits,
      (rpc, address) => this.#setUp(rpc, address),
    )
  }

  /** The server that is used at this moment; null where there is none. */
  get address(): string | null {
    return this.#rpc?.lost === null ? this.#address : null
  }

  /** Fulfilled once a server is connected and what is monitored is up to date. Rejects with UnavailableError, saying why. */
  async ready({ timeoutMs = this.#limits.requestTimeoutMs }: CallOptions = {}): Promise<void> {
    await this.#connection(performance.now() + timeoutMs)
  }

  /**
   * Does all of `operations`, or nothing. Once it is fulfilled, what is monitored shows what was done. Never repeated by
   * itself. Rejects with OperationError, RpcError, UnavailableError, OverloadedError or ClosedError where nothing was done;
   * with MaybeCommittedError where nobody knows; with ConnectionLostError instead where nothing was to be written;
   * with TypeError where a value does not suit its column.
   */
  transact<const O extends readonly Operation<S>[]>(
    operations: O,
    options: CallOptions = {},
  ): Promise<Results<S, O>> {
    return this.#admit(() => this.#transact(operations as readonly AnyOperation[], options)) as Promise<
      Results<S, O>
    >
  }

  /**
   * Fulfilled once what is monitored shows all that the server had committed when this was called; tried again where the
   * connection is lost meanwhile. Rejects as `ready` does.
   */
  async sync({ timeoutMs = this.#limits.requestTimeoutMs }: CallOptions = {}): Promise<void> {
    const deadlineMs = performance.now() + timeoutMs
    for (;;) {
      try {
        // A server sends what is due to a monitor before it answers any transaction, even an empty one.
        await this.transact([], { timeoutMs: deadlineMs - performance.now() })
        return
      } catch (error) {
        if (!(error instanceof ConnectionLostError) || performance.now() > deadlineMs) throw error
      }
    }
  }

  /** The rows of a monitored table that suit its conditions, as of now and from now on. Throws TypeError: not monitored. */
  rows<T extends keyof S & string>(table: T): ReadonlyMap<Uuid, Row<S[T]>> {
    return this.#monitor.replica.rows(table) as unknown as ReadonlyMap<Uuid, Row<S[T]>>
  }

  get<T extends keyof S & string>(table: T, uuid: Uuid): Row<S[T]> | null {
    return this.rows(table).get(uuid) ?? null
  }

  /** The rows of a monitored table that its index has under `key`, in no order. Throws TypeError: no such index. */
  find<T extends keyof S & string>(table: T, index: string, key: IndexKey): Row<S[T]>[] {
    return this.#monitor.replica.find(table, index, key) as unknown as Row<S[T]>[]
  }

  /**
   * Monitors other rows of `table`; fulfilled once they are there, and the others gone. Rejects as `ready` does, and then
   * the change is made when a server is there; with RpcError where the server refuses, and then it is not made.
   */
  async changeConditions<T extends keyof S & string>(
    table: T,
    where: MonitorWhere<S[T]>,
    { timeoutMs = this.#limits.requestTimeoutMs }: CallOptions = {},
  ): Promise<void> {
    const deadlineMs = performance.now() + timeoutMs
    const undo = this.#monitor.setConditions(table, where as MonitorWhere<Tables[string]>)
    for (;;) {
      const rpc = await this.#connection(deadlineMs)
      if (this.#monitor.settled) return
      try {
        return await this.#monitor.changeConditions(rpc, this.#limits.loadTimeoutMs)
      } catch (error) {
        if (error instanceof RpcError) undo()
        if (!(error instanceof ConnectionLostError)) throw error
      }
    }
  }

  /**
   * Asks for a lock, on this connection and all that come after it, until it is released. `steal` takes it from whoever has
   * it, once. Throws TypeError where the name is not one, or the lock was asked for already.
   */
  lock(name: string, { steal = false }: { readonly steal?: boolean } = {}): Lock<S> {
    if (this.#closing) throw new ClosedError('the client is closed')
    if (this.#locks.has(name)) throw new TypeError(`the lock ${name} was asked for already`)
    const lock = new ClientLock<S>(name, steal, {
      transact: (operations, options) => this.transact(operations, options),
      release: (released) => this.#release(released),
    })
    this.#locks.set(name, lock)
    if (this.#rpc) this.#ask(this.#rpc, lock)
    return lock
  }

  /**
   * Lets what was sent be answered, for a moment, then lets go of everything: whatever still waits is rejected, no timer
   * and no connection is left. Safe to repeat.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    const closed = new ClosedError('the client was closed')
    this.#reject(closed)
    const patience = new AbortController()
    const answered = Promise.allSettled(this.#underWay)
    const late = sleep(this.#limits.closeTimeoutMs, undefined, { signal: patience.signal }).catch(() => {})
    await Promise.race([answered, late])
    patience.abort()
    await this.#connector.stop(closed)
    await answered
    for (const lock of this.#locks.values()) lock.end('the client was closed')
    this.#locks.clear()
  }

  /** Runs `call`, unless too many are under way, or the client is closed. */
  async #admit<T>(call: () => Promise<T>): Promise<T> {
    if (this.#closing) throw new ClosedError('the client is closed')
    if (this.#underWay.size >= this.#limits.requestsMax) {
      throw new OverloadedError(`${this.#limits.requestsMax} calls are under way`)
    }
    const running = call()
    this.#underWay.add(running)
    try {
      return await running
    } finally {
      this.#underWay.delete(running)
    }
  }

  async #transact(operations: readonly AnyOperation[], options: CallOptions): Promise<unknown> {
    const { database, tables } = this.#options
    const { timeoutMs = this.#limits.requestTimeoutMs } = options
    const params: Json[] = [database, ...encodeOperations(tables, operations)]
    const rpc = await this.#connection(performance.now() + timeoutMs)
    const address = this.#address
    try {
      return await rpc.call('transact', params, this.#limits.requestTimeoutMs, (result) =>
        decodeResults(tables, operations, result),
      )
    } catch (error) {
      if (!(error instanceof ConnectionLostError) || !writes(operations)) throw error
      const message = `${address}: ${messageOf(error.cause)}; the transaction may have been committed`
      throw new MaybeCommittedError(message, { cause: error })
    }
  }

  /** The connection, however long it takes, up to `deadlineMs`. */
  #connection(deadlineMs: number): Promise<RpcConnection> {
    if (this.#closing) return Promise.reject(new ClosedError('the client is closed'))
    if (this.#rpc?.lost === null) return Promise.resolve(this.#rpc)
    const { promise, resolve, reject } = Promise.withResolvers<RpcConnection>()
    const late = () => {
      this.#waiters.delete(waiter)
      const { database } = this.#options
      reject(
        new UnavailableError(`no server of ${database} could be had in time: ${this.#connector.reasons}`),
      )
    }
    const waiter = { resolve, reject, timer: setTimeout(late, deadlineMs - performance.now()) }
    this.#waiters.add(waiter)
    return promise
  }

  async #setUp(rpc: RpcConnection, address: string): Promise<void> {
    const { database, leaderOnly = true } = this.#options
    const { connectTimeoutMs, loadTimeoutMs } = this.#limits
    const role = await watchRole(rpc, database, leaderOnly, connectTimeoutMs, (reason) => rpc.destroy(reason))
    await this.#monitor.learnSchema(rpc, connectTimeoutMs)
    rpc.onNotification = (method, params) => {
      role?.handle(method, params)
      this.#monitor.handle(method, params)
      this.#heardOfLock(method, params[0])
    }
    await this.#monitor.start(rpc, loadTimeoutMs)
    if (rpc.lost !== null) throw rpc.lost
    this.#up(rpc, address)
  }

  #up(rpc: RpcConnection, address: string): void {
    this.#rpc = rpc
    this.#address = address
    void rpc.ended.then((reason) => this.#down(reason))
    for (const lock of this.#locks.values()) this.#ask(rpc, lock)
    this.#tell('connected', address)
    for (const { resolve, timer } of this.#waiters) {
      clearTimeout(timer)
      resolve(rpc)
    }
    this.#waiters.clear()
  }

  #down(reason: Error): void {
    this.#rpc = null
    for (const lock of this.#locks.values()) lock.set(false)
    this.#tell('disconnected', messageOf(reason))
  }

  #reject(error: Error): void {
    for (const { reject, timer } of this.#waiters) {
      clearTimeout(timer)
      reject(error)
    }
    this.#waiters.clear()
  }

  /** By itself, so that a listener that throws does not count as the server's fault. */
  #tell(event: keyof DatabaseEvents<S>, value: unknown): void {
    const emitter: EventEmitter = this as unknown as EventEmitter
    queueMicrotask(() => emitter.emit(event, value))
  }

  #ask(rpc: RpcConnection, lock: ClientLock<S>): void {
    const heard = (result: Json) => lock.set((result as { locked?: Json } | null)?.locked === true)
    rpc.call(lock.method, [lock.name], this.#limits.requestTimeoutMs, heard).catch((error: Error) => {
      // A server that gives no locks is of no use; the next may be.
      rpc.destroy(error)
    })
  }

  #heardOfLock(method: string, name: Json | undefined): void {
    if (method === 'locked') this.#locks.get(String(name))?.set(true)
    if (method === 'stolen') this.#locks.get(String(name))?.set(false)
  }

  async #release(lock: ClientLock<S>): Promise<void> {
    if (this.#locks.get(lock.name) !== lock) return
    this.#locks.delete(lock.name)
    lock.end(`the lock ${lock.name} was released`)
    if (this.#rpc?.lost !== null) return
    // With the connection the lock goes as well.
    await this.#rpc.call('unlock', [lock.name], this.#limits.requestTimeoutMs, () => {}).catch(() => {})
  }
}
