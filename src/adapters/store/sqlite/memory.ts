/**
 * Rows already read, under each of their ids. What it holds goes stale only by commits of this very process, which
 * say what they changed; so it is for a database that no other process writes.
 */
export class Memory<T> {
  readonly #values = new Map<string, T>()
  readonly #limit: number

  /** `limit` is how many ids are remembered; beyond it everything is forgotten, and what is in use comes back. */
  constructor(limit: number) {
    this.#limit = limit
  }

  get(id: string): T | undefined {
    return this.#values.get(id)
  }

  set(id: string, value: T): T {
    if (this.#values.size >= this.#limit) this.#values.clear()
    this.#values.set(id, value)
    return value
  }

  forget(ids: Iterable<string>): void {
    for (const id of ids) this.#values.delete(id)
  }

  clear(): void {
    this.#values.clear()
  }
}
