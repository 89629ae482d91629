/** How many ids a row has beside its own. */
const OTHER_IDS = 2

/**
 * Rows already read, under their own ids and whichever others they were asked for by. What it remembers goes stale only by
 * commits of this very process, which say beforehand what they change; so it is for a database that no other process writes.
 * While a row is being changed it is read from the database every time: nobody can tell from here when the database has come
 * to show the change, and a reader who has seen it there must not be shown here what was before.
 */
export class Memory<T> {
  readonly #values = new Map<string, T>()
  /** A row's own id by another of its ids, which it has for ever. */
  readonly #ownIds = new Map<string, string>()
  readonly #limit: number
  /** Rows that are being changed, each with how many changes; and how many may change any. */
  readonly #changing = new Map<string, number>()
  #changingAny = 0

  /** `limit` is how many rows are remembered; beyond it everything is forgotten, and what is in use comes back. */
  constructor(limit: number) {
    this.#limit = limit
  }

  /** By its own id, or by another. */
  get(id: string): T | undefined {
    const known = this.#values.get(id)
    if (known !== undefined || this.#ownIds.size === 0) return known
    const own = this.#ownIds.get(id)
    return own === undefined ? undefined : this.#values.get(own)
  }

  /** `own` is the row's own id, `others` are more that it may be asked for by. */
  set(own: string, value: T, ...others: readonly string[]): T {
    if (this.#changingAny > 0 || this.#changing.has(own)) return value
    if (this.#values.size >= this.#limit || this.#ownIds.size >= OTHER_IDS * this.#limit) this.#clear()
    this.#values.set(own, value)
    for (const id of others) this.#ownIds.set(id, own)
    return value
  }

  /** Remembers nothing of this row until what it answers is called, after the change. */
  changing(own: string): () => void {
    this.#values.delete(own)
    this.#changing.set(own, (this.#changing.get(own) ?? 0) + 1)
    return () => {
      const left = (this.#changing.get(own) ?? 1) - 1
      if (left > 0) this.#changing.set(own, left)
      else this.#changing.delete(own)
    }
  }

  /** Remembers nothing at all until what it answers is called, after the change. */
  changingAny(): () => void {
    this.#clear()
    this.#changingAny++
    return () => {
      this.#changingAny--
    }
  }

  #clear(): void {
    this.#values.clear()
    this.#ownIds.clear()
  }
}
