/**
 * Rows already read, under each of their ids. What it remembers goes stale only by commits of this very process, which
 * say beforehand what they change; so it is for a database that no other process writes. While a row is being changed
 * it is read from the database every time: nobody can tell from here when the database has come to show the change, and
 * a reader who has seen it there must not be shown here what was before.
 */
export class Memory<T> {
  readonly #values = new Map<string, T>()
  readonly #limit: number
  /** Ids that are being changed, each with how many changes; and how many may change any. */
  readonly #changing = new Map<string, number>()
  #changingAny = 0

  /** `limit` is how many ids are remembered; beyond it everything is forgotten, and what is in use comes back. */
  constructor(limit: number) {
    this.#limit = limit
  }

  get(id: string): T | undefined {
    return this.#values.get(id)
  }

  set(id: string, value: T): T {
    if (this.#changingAny > 0 || this.#changing.has(id)) return value
    if (this.#values.size >= this.#limit) this.#values.clear()
    this.#values.set(id, value)
    return value
  }

  /** Remembers nothing of these ids until what it answers is called, after the change. */
  changing(ids: readonly string[]): () => void {
    for (const id of ids) {
      this.#values.delete(id)
      this.#changing.set(id, (this.#changing.get(id) ?? 0) + 1)
    }
    return () => {
      for (const id of ids) {
        const left = (this.#changing.get(id) ?? 1) - 1
        if (left > 0) this.#changing.set(id, left)
        else this.#changing.delete(id)
      }
    }
  }

  /** Remembers nothing at all until what it answers is called, after the change. */
  changingAny(): () => void {
    this.#values.clear()
    this.#changingAny++
    return () => {
      this.#changingAny--
    }
  }
}
