/**
 * Answers that are ready, held until the event loop has read what else has arrived, and then sent together. A write to a
 * sleeping client wakes it, which can cost as much as a whole request here; sent together, the first wakes it for all.
 */
class Outbox {
  #waiting: (() => void)[] = []

  add(send: () => void): void {
    if (this.#waiting.push(send) === 1) setImmediate(() => this.#flush())
  }

  #flush(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const send of waiting) send()
  }
}

export const outbox = new Outbox()
