import type { Tables } from './columns.ts'
import { ProtocolError, RpcError } from './errors.ts'
import { encodeWhere } from './operations.ts'
import { type Change, type Monitored, type MonitorWhere, Replica } from './replica.ts'
import type { Json, RpcConnection } from './rpc.ts'
import { checkSchema, readSchema, type Schema } from './schema.ts'

const NO_TRANSACTION = '00000000-0000-0000-0000-000000000000'

/**
 * Keeps a replica up to date, over one connection after another. Where the new server still knows the last transaction
 * that was seen, it sends what has happened since; else everything, of which only the differences become changes.
 * Source: ovsdb-server(7), sections 4.1.12 to 4.1.16.
 */
export class Monitor {
  readonly replica: Replica
  readonly #database: string
  readonly #tables: Tables
  readonly #where: Map<string, Json[]>
  #schema: Schema = new Map()
  /** The last transaction whose changes the replica has. */
  #since = NO_TRANSACTION
  /** How often other conditions were asked for, and which of those requests the replica reflects. */
  #conditionsAsked = 0
  #conditionsMet = 0
  /** Hears what has changed, once the replica shows it. Never an empty list. */
  onChanges: (changes: Change<Tables>[]) => void = () => {}

  constructor(database: string, tables: Tables, monitored: Monitored<Tables>) {
    this.#database = database
    this.#tables = tables
    this.replica = new Replica(tables, monitored)
    this.#where = new Map(
      Object.entries(monitored).map(([table, options]) => [
        table,
        encodeWhere(tables[table] ?? {}, options?.where ?? []),
      ]),
    )
  }

  /** Learns the schema. Throws SchemaError where it is not what was declared; RpcError where there is no such database. */
  async learnSchema(rpc: RpcConnection, timeoutMs: number): Promise<void> {
    this.#schema = await rpc.call('get_schema', [this.#database], timeoutMs, readSchema)
    checkSchema(this.#schema, this.#tables)
  }

  /** Fulfilled once the replica shows what the server has. The schema was learnt on the same connection. */
  async start(rpc: RpcConnection, timeoutMs: number): Promise<void> {
    if (this.#where.size === 0) return
    const asked = this.#conditionsAsked
    if (!this.settled) this.#since = NO_TRANSACTION
    const params = [this.#database, this.#database, this.#requests()]
    const met = () => {
      this.#conditionsMet = asked
    }
    try {
      await rpc.call('monitor_cond_since', [...params, this.#since], timeoutMs, (result) => {
        this.#loadSince(result)
        met()
      })
    } catch (error) {
      if (!(error instanceof RpcError) || error.reason !== 'unknown method') throw error
      await rpc.call('monitor_cond', params, timeoutMs, (updates) => {
        this.#tell(this.replica.load(updates, this.#schema))
        met()
      })
    }
  }

  /** Whether the replica reflects the conditions that were set last. */
  get settled(): boolean {
    return this.#conditionsMet === this.#conditionsAsked
  }

  /**
   * Which rows are to be kept from now on; answers how to take that back. Throws TypeError where the table is not
   * monitored.
   */
  setConditions(table: string, where: MonitorWhere<Tables[string]>): () => void {
    const before = this.#where.get(table)
    if (!before) throw new TypeError(`the table ${table} is not monitored`)
    const put = (conditions: Json[]) => {
      this.#where.set(table, conditions)
      this.#conditionsAsked++
    }
    put(encodeWhere(this.#tables[table] ?? {}, where))
    return () => put(before)
  }

  /** Makes the server send what `setConditions` asked for; fulfilled once the replica shows it. */
  async changeConditions(rpc: RpcConnection, timeoutMs: number): Promise<void> {
    const asked = this.#conditionsAsked
    const requests = Object.fromEntries([...this.#where].map(([table, where]) => [table, [{ where }]]))
    await rpc.call('monitor_cond_change', [this.#database, this.#database, requests], timeoutMs, () => {
      this.#conditionsMet = asked
    })
  }

  /** Takes in an update that is for this monitor. Throws ProtocolError, and everything is loaded anew the next time. */
  handle(method: string, params: readonly Json[]): void {
    if (params[0] !== this.#database) return
    if (method === 'monitor_canceled') throw new ProtocolError('the server no longer has the database')
    const updates = method === 'update3' ? params[2] : method === 'update2' ? params[1] : undefined
    if (updates === undefined) return
    try {
      this.#tell(this.replica.apply(updates, this.#schema))
    } catch (error) {
      this.#since = NO_TRANSACTION
      throw error
    }
    if (method === 'update3') this.#since = String(params[1])
  }

  #requests(): Json {
    return Object.fromEntries(
      [...this.#where].map(([table, where]) => [
        table,
        [{ columns: Object.keys(this.#tables[table] ?? {}), where }],
      ]),
    )
  }

  #loadSince(result: Json): void {
    if (!Array.isArray(result) || result.length !== 3)
      throw new ProtocolError('a monitor that cannot be read')
    const [found, since, updates] = result
    try {
      this.#tell(
        found === true ? this.replica.apply(updates, this.#schema) : this.replica.load(updates, this.#schema),
      )
    } catch (error) {
      this.#since = NO_TRANSACTION
      throw error
    }
    this.#since = String(since)
  }

  #tell(changes: Change<Tables>[]): void {
    if (changes.length > 0) this.onChanges(changes)
  }
}
