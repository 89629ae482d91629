import type { Database } from '../../../ovsdb/index.ts'
import { DataPlaneUnavailableError } from '../../../ports/data-plane.ts'
import type { SouthboundTables } from './tables.ts'

/** How long ovn-northd may take for one round, and a chassis for the flows of one. */
const NORTHD_TIMEOUT_MS = 15_000
const CHASSIS_TIMEOUT_MS = 3_000

interface Waiter {
  readonly holds: () => boolean
  readonly resolve: (held: boolean) => void
  readonly timer: NodeJS.Timeout
}

/**
 * Who has taken up what, by OVN's own numbers: a change has a number, which ovn-northd copies to the southbound database
 * when it has computed it, and each chassis to its own row when it forwards by it. The number that the northbound database
 * shows for all chassis together is of no use: one dead chassis holds it back for ever.
 */
export class Barrier {
  readonly #southbound: Database<SouthboundTables>
  readonly #waiters = new Set<Waiter>()
  /** Chassis that did not answer, and the number they had then: nobody waits for them until they move. */
  readonly #silent = new Map<string, number>()

  constructor(southbound: Database<SouthboundTables>) {
    this.#southbound = southbound
    southbound.on('change', () => this.#look())
  }

  /** Whether ovn-northd has come to `number`. */
  computed(number: number): boolean {
    return [...this.#southbound.rows('SB_Global').values()].some(({ nb_cfg }) => nb_cfg >= number)
  }

  /** Fulfilled once ovn-northd has come to `number`. Rejects with `DataPlaneUnavailableError` where it takes too long. */
  async untilComputed(number: number): Promise<void> {
    await this.#orNorthd(() => this.computed(number))
  }

  /** Whether the southbound database has these address sets just so; null: not at all. */
  shows(sets: ReadonlyMap<string, ReadonlySet<string> | null>): boolean {
    return [...sets].every(([name, wanted]) => {
      const [row] = this.#southbound.find('Address_Set', 'name', name)
      if (!row || wanted === null) return !row === (wanted === null)
      return row.addresses.size === wanted.size && [...wanted].every((each) => row.addresses.has(each))
    })
  }

  /** Fulfilled once it has. Rejects with `DataPlaneUnavailableError` where it takes too long. */
  async untilShown(sets: () => ReadonlyMap<string, ReadonlySet<string> | null>): Promise<void> {
    await this.#orNorthd(() => this.shows(sets()))
  }

  /** The chassis that some ports are plugged into. */
  chassisOf(ports: readonly string[]): string[] {
    const found = ports.flatMap((port) => {
      const [binding] = this.#southbound.find('Port_Binding', 'name', port)
      const chassis = binding?.chassis ? this.#southbound.get('Chassis', binding.chassis) : null
      return chassis ? [chassis.name] : []
    })
    return [...new Set(found)]
  }

  allChassis(): string[] {
    return [...this.#southbound.rows('Chassis_Private').values()].map(({ name }) => name)
  }

  /** Those that have not come to `number`. A chassis whose row is gone was taken out by its operator. */
  behind(chassis: readonly string[], number: number): string[] {
    return chassis.filter((name) => {
      const [row] = this.#southbound.find('Chassis_Private', 'name', name)
      return row !== undefined && row.nb_cfg < number
    })
  }

  /** Fulfilled once all of them that answer have come to `number`; answers those that do not. */
  async untilTaken(chassis: readonly string[], number: number): Promise<string[]> {
    const alive = () => this.behind(chassis, number).filter((name) => !this.#isSilent(name))
    await this.#until(() => alive().length === 0, CHASSIS_TIMEOUT_MS)
    for (const name of alive()) {
      const [row] = this.#southbound.find('Chassis_Private', 'name', name)
      this.#silent.set(name, row?.nb_cfg ?? 0)
    }
    return this.behind(chassis, number)
  }

  close(): void {
    for (const waiter of this.#waiters) this.#end(waiter, false)
  }

  #isSilent(name: string): boolean {
    const [row] = this.#southbound.find('Chassis_Private', 'name', name)
    if (this.#silent.get(name) === row?.nb_cfg) return true
    this.#silent.delete(name)
    return false
  }

  async #orNorthd(holds: () => boolean): Promise<void> {
    if (await this.#until(holds, NORTHD_TIMEOUT_MS)) return
    const reason = this.#southbound.address
      ? 'ovn-northd does not take up what is written'
      : 'the southbound database cannot be reached'
    throw new DataPlaneUnavailableError(`OVN: ${reason}`)
  }

  #until(holds: () => boolean, timeoutMs: number): Promise<boolean> {
    if (holds()) return Promise.resolve(true)
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const waiter: Waiter = { holds, resolve, timer: setTimeout(() => this.#end(waiter, false), timeoutMs) }
    this.#waiters.add(waiter)
    return promise
  }

  #look(): void {
    for (const waiter of this.#waiters) if (waiter.holds()) this.#end(waiter, true)
  }

  #end(waiter: Waiter, held: boolean): void {
    clearTimeout(waiter.timer)
    this.#waiters.delete(waiter)
    waiter.resolve(held)
  }
}
