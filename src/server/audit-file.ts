import { closeSync, openSync, write, writeSync } from 'node:fs'
import { promisify } from 'node:util'

const writeTo = promisify(write)

/** A line is in the file so soon after it was written here, as long as the disk keeps up. */
const FLUSH_INTERVAL_MS = 50
const RETRY_DELAY_MS = 1_000
/** What waits for a file that cannot be written, at most; the lines after that are lost. */
const WAITING_MAX_BYTES = 16 * 1024 * 1024

/**
 * A file of lines that are only ever added to it. Whoever adds one does not wait; what was added goes to the file within
 * `FLUSH_INTERVAL_MS`, or when the process ends. What cannot be written is tried again, and said so each time.
 */
export class AuditFile {
  readonly #path: string
  readonly #onFailure: (reason: string, linesLost: number) => void
  #descriptor: number
  #waiting: Buffer[] = []
  #waitingBytes = 0
  #linesLost = 0
  #timer: NodeJS.Timeout | null = null
  #writing: Promise<void> | null = null
  #closed = false
  readonly #atExit = () => this.#writeRest()

  /** Throws where the file cannot be opened. A new one is its owner's alone. */
  constructor(path: string, onFailure: (reason: string, linesLost: number) => void) {
    this.#path = path
    this.#onFailure = onFailure
    this.#descriptor = open(path)
    process.on('exit', this.#atExit)
  }

  add(line: string): void {
    const bytes = Buffer.from(`${line}\n`)
    if (this.#waitingBytes + bytes.length > WAITING_MAX_BYTES) {
      this.#linesLost++
      return
    }
    this.#waiting.push(bytes)
    this.#waitingBytes += bytes.length
    this.#writeIn(FLUSH_INTERVAL_MS)
  }

  /** From now on to the file that has the name now: what was open may have been renamed. The old one where that fails. */
  reopen(): void {
    try {
      const next = open(this.#path)
      // Of a line that is half written the other half must not go to another file.
      void (this.#writing ?? Promise.resolve()).then(() => {
        const last = this.#descriptor
        this.#descriptor = next
        closeSync(last)
      })
    } catch (error) {
      this.#failed(error)
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#writing
    this.#writeRest()
    process.off('exit', this.#atExit)
    closeSync(this.#descriptor)
  }

  #writeIn(delayMs: number): void {
    if (this.#timer !== null || this.#writing !== null || this.#closed) return
    this.#timer = setTimeout(() => {
      this.#timer = null
      this.#writing = this.#write()
    }, delayMs)
    this.#timer.unref()
  }

  /** Never rejects. */
  async #write(): Promise<void> {
    let delayMs = FLUSH_INTERVAL_MS
    try {
      const bytes = this.#take()
      const { bytesWritten } = await writeTo(this.#descriptor, bytes)
      this.#putBack(bytes.subarray(bytesWritten))
    } catch (error) {
      this.#failed(error)
      delayMs = RETRY_DELAY_MS
    }
    this.#writing = null
    if (this.#waiting.length > 0) this.#writeIn(delayMs)
  }

  /** What waits, as one piece; it still waits until it is written. */
  #take(): Buffer {
    const bytes = Buffer.concat(this.#waiting)
    this.#waiting = [bytes]
    return bytes
  }

  /** Of the first piece, which was tried, only `rest` still waits. */
  #putBack(rest: Buffer): void {
    this.#waitingBytes -= (this.#waiting[0]?.length ?? 0) - rest.length
    if (rest.length > 0) this.#waiting[0] = rest
    else this.#waiting.shift()
  }

  #writeRest(): void {
    if (this.#timer) clearTimeout(this.#timer)
    try {
      while (this.#waiting.length > 0) {
        const bytes = this.#take()
        this.#putBack(bytes.subarray(writeSync(this.#descriptor, bytes)))
      }
    } catch (error) {
      this.#failed(error)
    }
  }

  #failed(error: unknown): void {
    this.#onFailure(error instanceof Error ? error.message : String(error), this.#linesLost)
  }
}

function open(path: string): number {
  return openSync(path, 'a', 0o600)
}
