/**
 * Work that is done in groups, one after another: what arrives while one is under way waits, and shares the next. What arrives
 * in one turn of the event loop goes along with what began it.
 */
export class Groups<T> {
  readonly #settle: (group: readonly T[]) => Promise<void>
  readonly #take: (waiting: T[]) => T[]
  #waiting: T[] = []
  #underWay: readonly T[] = []
  #running = false
  #idle: (() => void)[] = []

  /** `settle` never rejects. `take` removes the next group, which is not empty, from what waits, and answers it. */
  constructor(settle: (group: readonly T[]) => Promise<void>, take: (waiting: T[]) => T[]) {
    this.#settle = settle
    this.#take = take
  }

  /** How many wait for a group to be in. */
  get waiting(): number {
    return this.#waiting.length
  }

  /** How many are in the group that is being settled. */
  get underWay(): number {
    return this.#underWay.length
  }

  add(item: T): void {
    this.#waiting.push(item)
    if (this.#running) return
    this.#running = true
    setImmediate(() => void this.#run())
  }

  /** Everything that waits, which then does so no more. */
  giveUp(): readonly T[] {
    const waiting = this.#waiting
    this.#waiting = []
    return waiting
  }

  /** Fulfilled as soon as nothing waits and nothing is under way. */
  idle(): Promise<void> {
    if (!this.#running) return Promise.resolve()
    return new Promise((resolve) => this.#idle.push(resolve))
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      this.#underWay = this.#take(this.#waiting)
      await this.#settle(this.#underWay)
    }
    this.#underWay = []
    this.#running = false
    for (const resolve of this.#idle.splice(0)) resolve()
  }
}
