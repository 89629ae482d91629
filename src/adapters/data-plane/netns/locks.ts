/** Keeps work on the same things apart, in the order in which it came. */
export class Locks {
  readonly #last = new Map<string, Promise<unknown>>()

  /** Does `work` when nothing else is done about any of `keys`. */
  async with<T>(keys: readonly string[], work: () => Promise<T>): Promise<T> {
    // All are queued for in one turn, so no two can wait for each other.
    const before = [...new Set(keys)].map((key) => this.#last.get(key))
    let release = () => {}
    const done = new Promise<void>((resolve) => {
      release = resolve
    })
    for (const key of keys) this.#last.set(key, done)
    try {
      await Promise.all(before)
      return await work()
    } finally {
      release()
      for (const key of keys) if (this.#last.get(key) === done) this.#last.delete(key)
    }
  }

  /** Whether something is being done about `key`. */
  holds(key: string): boolean {
    return this.#last.has(key)
  }
}
