import { ProtocolError } from './errors.ts'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPEN_ARRAY = 0x5b
const CLOSE_ARRAY = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d
const SPACES: readonly number[] = [0x20, 0x09, 0x0a, 0x0d]

const HELD_BYTES_MIN = 4_096
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Cuts a stream of bytes into JSON objects, which follow each other with nothing or white space in between. Each byte is
 * looked at once, however the stream was cut into chunks, and no more than one message is held.
 */
export class MessageSplitter {
  readonly #bytesMax: number
  /** The beginning of a message whose end is yet to come, in the first `#heldBytes` bytes. */
  #held = Buffer.alloc(0)
  #heldBytes = 0
  #depth = 0
  #inString = false
  #escaped = false

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  /**
   * The messages that `chunk` completes. Throws ProtocolError at what cannot begin a message, is longer than allowed, or
   * is not UTF-8; the splitter is of no further use then.
   */
  *push(chunk: Buffer): Generator<string, void> {
    let start = 0
    while (start < chunk.length) {
      if (this.#depth === 0) {
        start = skipSpaces(chunk, start)
        if (start === chunk.length) return
        if (chunk[start] !== OPEN_OBJECT) throw new ProtocolError('what was received is not JSON-RPC')
      }
      const end = this.#scan(chunk, start)
      const bytes = this.#heldBytes + (end ?? chunk.length) - start
      if (bytes > this.#bytesMax) {
        throw new ProtocolError(`a message is longer than ${this.#bytesMax} bytes`)
      }
      if (end === null) {
        this.#hold(chunk.subarray(start))
        return
      }
      yield this.#take(chunk.subarray(start, end))
      start = end
    }
  }

  /** Where the message that `start` is in ends; null where it is not in this chunk. */
  #scan(chunk: Buffer, start: number): number | null {
    let depth = this.#depth
    let inString = this.#inString
    let escaped = this.#escaped
    let at = start
    for (; at < chunk.length; at++) {
      const byte = chunk[at]
      if (inString) {
        if (escaped) escaped = false
        else if (byte === BACKSLASH) escaped = true
        else if (byte === QUOTE) inString = false
      } else if (byte === QUOTE) inString = true
      else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) depth++
      else if ((byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) && --depth === 0) break
    }
    this.#depth = depth
    this.#inString = inString
    this.#escaped = escaped
    return depth === 0 ? at + 1 : null
  }

  #hold(bytes: Buffer): void {
    const needed = this.#heldBytes + bytes.length
    if (needed > this.#held.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(HELD_BYTES_MIN, needed, this.#held.length * 2))
      this.#held.copy(grown, 0, 0, this.#heldBytes)
      this.#held = grown
    }
    bytes.copy(this.#held, this.#heldBytes)
    this.#heldBytes = needed
  }

  #take(rest: Buffer): string {
    if (this.#heldBytes === 0) return decode(rest)
    this.#hold(rest)
    const text = decode(this.#held.subarray(0, this.#heldBytes))
    this.#held = Buffer.alloc(0)
    this.#heldBytes = 0
    return text
  }
}

function skipSpaces(chunk: Buffer, from: number): number {
  let at = from
  while (at < chunk.length && SPACES.includes(chunk[at] ?? 0)) at++
  return at
}

function decode(bytes: Buffer): string {
  try {
    return utf8.decode(bytes)
  } catch (cause) {
    throw new ProtocolError('a message is not UTF-8', { cause })
  }
}
