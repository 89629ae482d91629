import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** What came back: enough to see that the work was done. */
export interface Answer {
  readonly status: number
  readonly body: string
}

/** One unit of work: sends what it needs over one connection, and rejects where an answer is not what it should be. */
export type Work = (send: (request: Buffer) => Promise<Answer>) => Promise<void>

/**
 * A client as thin as it can be, so that what is measured is the server: requests are made up beforehand, and an
 * answer is cut at its content length and not looked at further.
 */
export class LoadGenerator {
  readonly #connections: Connection[]

  private constructor(connections: Connection[]) {
    this.#connections = connections
  }

  static async open(url: string, connections: number): Promise<LoadGenerator> {
    const { hostname, port } = new URL(url)
    const opened = Array.from({ length: connections }, async () => {
      const socket = connect({ host: hostname, port: Number(port), noDelay: true })
      await once(socket, 'connect')
      return new Connection(socket)
    })
    return new LoadGenerator(await Promise.all(opened))
  }

  /** Units of work per second, over all connections, until `durationMs` is over or `next` has no more. */
  async run(durationMs: number, next: () => Work | null): Promise<number> {
    const startedAtMs = performance.now()
    let done = 0
    const drive = async (connection: Connection) => {
      while (performance.now() - startedAtMs < durationMs) {
        const work = next()
        if (!work) return
        await work((request) => connection.send(request))
        done++
      }
    }
    await Promise.all(this.#connections.map(drive))
    return (done * 1000) / (performance.now() - startedAtMs)
  }

  close(): void {
    for (const connection of this.#connections) connection.close()
  }
}

const HEADERS_END = Buffer.from('\r\n\r\n')

class Connection {
  readonly #socket: Socket
  #received: Buffer = Buffer.alloc(0)
  #waiting: { resolve: (answer: Answer) => void; reject: (error: Error) => void } | null = null

  constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (chunk: Buffer) => this.#take(chunk))
    socket.on('close', () => this.#waiting?.reject(new Error('the connection was closed')))
    socket.on('error', (error) => this.#waiting?.reject(error))
  }

  send(request: Buffer): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
      this.#socket.write(request)
    })
  }

  close(): void {
    this.#socket.destroy()
  }

  #take(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk])
    const end = this.#received.indexOf(HEADERS_END)
    if (end < 0) return
    const head = this.#received.toString('latin1', 0, end)
    const length = Number(/content-length: *(\d+)/i.exec(head)?.[1] ?? 0)
    const bodyStart = end + HEADERS_END.length
    if (this.#received.length < bodyStart + length) return
    const answer = {
      status: Number(head.slice(9, 12)),
      body: this.#received.toString('utf8', bodyStart, bodyStart + length),
    }
    this.#received = this.#received.subarray(bodyStart + length)
    const waiting = this.#waiting
    this.#waiting = null
    waiting?.resolve(answer)
  }
}

/** One request as bytes. `content-length` is added where there is a body. */
export function requestBytes(
  method: string,
  target: string,
  headers: Record<string, string>,
  body = '',
): Buffer {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  const length = body === '' ? '' : `content-length: ${Buffer.byteLength(body)}\r\n`
  return Buffer.from(`${method} ${target} HTTP/1.1\r\n${lines.join('')}${length}\r\n${body}`)
}
