import { type Database, type Lock, OperationError, OvsdbError } from '../../../ovsdb/index.ts'
import { DataPlaneUnavailableError } from '../../../ports/data-plane.ts'
import type { NorthboundOperation, NorthboundTables } from './tables.ts'

const LOCK = 'isthmus'
const ACQUIRE_TIMEOUT_MS = 5_000
const ATTEMPTS = 3

/** What is to be done by the rows as they are now; nothing: all is as it should be. May throw. */
export type Plan = () => readonly NorthboundOperation[]

/** The right to write: had by one replica at a time, and over for good once it is lost. */
export type Turn = Lock<NorthboundTables>

/**
 * Writes what a plan wants until it wants nothing more: so a row that the server took and did not keep is noticed, and so is
 * one that was there already. Every write belongs to a turn, and the server is asked whether it still lasts: a pass that was
 * held up while another replica took over writes nothing. Where an answer was lost the turn is over too; the next pass looks
 * what has become of it.
 */
export class Writer {
  readonly #northbound: Database<NorthboundTables>
  #turn: Turn | null = null
  #beginning: Promise<Turn> | null = null

  constructor(northbound: Database<NorthboundTables>) {
    this.#northbound = northbound
  }

  /** Whose turn it is, if it is ours. */
  get turn(): Turn | null {
    return this.#turn?.owned ? this.#turn : null
  }

  /** Begins a pass. Who has work to do takes the turn: the replicas have agreed by other means on who that is. */
  async begin(): Promise<Turn> {
    if (this.turn) return this.turn
    this.#beginning ??= this.#take().finally(() => {
      this.#beginning = null
    })
    return this.#beginning
  }

  /** Rejects with `DataPlaneUnavailableError` where it cannot be done now. */
  async settle(turn: Turn, plan: Plan): Promise<void> {
    await this.#settle(plan, async (operations) => {
      await this.#transact(turn, operations)
      return null
    })
  }

  /**
   * The same, and has OVN count it: answers the number by which one knows who has taken it up; null where nothing was to
   * be done.
   */
  settleCounted(turn: Turn, plan: Plan): Promise<number | null> {
    return this.#settle(plan, (operations) => this.#count(turn, operations))
  }

  /** Has OVN count once more, without any change. */
  async count(turn: Turn): Promise<number> {
    return this.#count(turn, []).catch((error) => Promise.reject(unavailable(error)))
  }

  async #settle(
    plan: Plan,
    write: (operations: readonly NorthboundOperation[]) => Promise<number | null>,
  ): Promise<number | null> {
    let [number, failure]: [number | null, unknown] = [null, null]
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const operations = plan()
      if (operations.length === 0) return number
      try {
        number = (await write(operations)) ?? number
      } catch (error) {
        failure = error
        // It may clash with what a cluster has done twice by itself: then it is there.
        if (!(error instanceof OperationError) || error.reason === 'not owner') throw unavailable(error)
      }
    }
    if (plan().length === 0) return number
    const unkept = () =>
      new DataPlaneUnavailableError('OVN: the northbound database does not keep what is written')
    throw failure === null ? unkept() : unavailable(failure)
  }

  async #count(turn: Turn, operations: readonly NorthboundOperation[]): Promise<number> {
    const count = [
      { op: 'mutate', table: 'NB_Global', where: [], mutations: [['nb_cfg', '+=', 1]] },
      { op: 'select', table: 'NB_Global', where: [], columns: ['nb_cfg'] },
    ] as const
    const results = (await this.#transact(turn, [...operations, ...count])) as readonly unknown[]
    const { rows } = results[operations.length + 1] as { rows: readonly { readonly nb_cfg: number }[] }
    if (rows[0]) return rows[0].nb_cfg
    throw new DataPlaneUnavailableError('OVN: the northbound database is empty: is ovn-northd running?')
  }

  async #transact(turn: Turn, operations: readonly NorthboundOperation[]): Promise<unknown> {
    if (turn !== this.turn) throw new DataPlaneUnavailableError(REPLACED)
    return turn.transact([...operations, { op: 'commit', durable: true }])
  }

  async #take(): Promise<Turn> {
    try {
      await this.#northbound.ready()
      await this.#turn?.release()
      const turn = this.#northbound.lock(LOCK, { steal: true })
      this.#turn = turn
      // It is not waited for: what was begun in one turn is not to go on in another.
      turn.on('change', (owned) => void (owned || turn.release()))
      await turn.acquired(ACQUIRE_TIMEOUT_MS)
      return turn
    } catch (error) {
      throw unavailable(error)
    }
  }
}

const REPLACED = 'OVN: another replica has taken over, or the northbound database was out of reach'

export function unavailable(error: unknown): Error {
  if (!(error instanceof OvsdbError)) return error instanceof Error ? error : new Error(String(error))
  const replaced = error instanceof OperationError && error.reason === 'not owner'
  return new DataPlaneUnavailableError(replaced ? REPLACED : `OVN: ${error.message}`, { cause: error })
}
