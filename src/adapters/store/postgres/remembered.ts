/**
 * What was made of a text once is not made again: for what always comes out the same. Beyond `limit` texts everything is
 * forgotten, and what is in use comes back.
 */
export class Remembered<T> {
  readonly #values = new Map<string, T>()
  readonly #limit: number

  constructor(limit: number) {
    this.#limit = limit
  }

  get(text: string, make: () => T): T {
    const known = this.#values.get(text)
    if (known !== undefined) return known
    if (this.#values.size >= this.#limit) this.#values.clear()
    const made = make()
    this.#values.set(text, made)
    return made
  }
}
