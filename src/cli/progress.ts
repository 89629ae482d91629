/** Shorter than this and nobody needs to be told. */
const PATIENCE_MS = 1_000
const TERMINAL_INTERVAL_MS = 100

/** Says on standard error how far something has come: on a terminal in one line, elsewhere in lines of their own. */
export class Progress {
  readonly #terminal = process.stderr.isTTY === true
  #shownAtMs = performance.now()

  /** Cheap enough to be called for every step; most calls show nothing. */
  show(text: string): void {
    const nowMs = performance.now()
    if (nowMs < this.#shownAtMs + (this.#terminal ? TERMINAL_INTERVAL_MS : PATIENCE_MS)) return
    this.#shownAtMs = nowMs
    process.stderr.write(this.#terminal ? `\r\x1b[K${text}` : `${text}\n`)
  }

  /** Makes room for what comes after. */
  end(): void {
    if (this.#terminal) process.stderr.write('\r\x1b[K')
  }
}

export function share(done: number, total: number): string {
  return `${total === 0 ? 100 : Math.floor((done * 100) / total)} %`
}

/** `work`; a person at a terminal who has waited for a second is told what for. */
export async function waiting<T>(work: Promise<T>, what: string): Promise<T> {
  if (!process.stderr.isTTY) return work
  const sinceMs = performance.now()
  const tell = () => {
    const seconds = Math.round((performance.now() - sinceMs) / 1_000)
    process.stderr.write(`\r\x1b[K${what} (${seconds} s)`)
  }
  const timer = setInterval(tell, PATIENCE_MS)
  try {
    return await work
  } finally {
    clearInterval(timer)
    if (performance.now() - sinceMs >= PATIENCE_MS) process.stderr.write('\r\x1b[K')
  }
}
