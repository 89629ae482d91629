import { bearerToken } from '../../src/dialects/native/codec.ts'
import type { Member } from '../fill-store.ts'
import { type Answer, LoadGenerator, requestBytes, type Work } from '../load-generator.ts'
import { type BenchServer, startIsthmus } from '../servers.ts'
import { monotonicMs } from './monotonic.ts'

const CONNECTIONS = 16

interface Realization {
  readonly wanted: number
  readonly realized: number
}

/** The service, as tenants call it by its native API. Connections are opened anew, as it closes those that are idle. */
export class Service {
  readonly server: BenchServer

  private constructor(server: BenchServer) {
    this.server = server
  }

  static async start(
    directory: string,
    args: readonly string[],
    onLog?: (line: string) => void,
  ): Promise<Service> {
    return new Service(await startIsthmus(directory, null, args, onLog))
  }

  /** The answer, and when it was there, on the clock of `monotonicMs`. */
  async call<T>(
    who: Member,
    method: string,
    path: string,
    body?: object,
  ): Promise<{ body: T; atMs: number }> {
    let [answered, atMs]: [unknown, number] = [null, 0]
    const request = this.#request(who, method, path, body)
    await this.#work(1, [
      async (send) => {
        const answer = await send(request)
        atMs = monotonicMs()
        answered = parse(answer)
      },
    ])
    return { body: answered as T, atMs }
  }

  /** The same of many, some at once. Answers what each was answered. */
  async callAll<T>(
    who: Member,
    method: string,
    calls: readonly { path: string; body?: object }[],
  ): Promise<T[]> {
    const bodies: T[] = []
    const works = calls.map(({ path, body }, index): Work => {
      const request = this.#request(who, method, path, body)
      return async (send) => {
        bodies[index] = parse(await send(request)) as T
      }
    })
    await this.#work(CONNECTIONS, works)
    return bodies
  }

  /** How many of these peerings the network has not come to yet. */
  async behind(who: Member, peerings: readonly string[]): Promise<number> {
    const paths = peerings.map((id) => ({ path: `/peerings/${id}/realization` }))
    const found = await this.callAll<Realization>(who, 'GET', paths)
    return found.filter(({ wanted, realized }) => wanted !== realized).length
  }

  stop(): Promise<void> {
    return this.server.stop()
  }

  async #work(connections: number, works: readonly Work[]): Promise<void> {
    const left = [...works]
    const generator = await LoadGenerator.open(this.server.url, Math.min(connections, works.length))
    try {
      await generator.run(Number.MAX_VALUE, () => left.shift() ?? null)
    } finally {
      generator.close()
    }
  }

  #request({ key }: Member, method: string, path: string, body?: object): Buffer {
    const headers = {
      host: this.server.host,
      authorization: `Bearer ${bearerToken(key.id, key.secret)}`,
      ...(body && { 'content-type': 'application/json' }),
    }
    return requestBytes(method, `/isthmus/v1${path}`, headers, body ? JSON.stringify(body) : '')
  }
}

function parse({ status, body }: Answer): unknown {
  if (status >= 300) throw new Error(`answered ${status}: ${body}`)
  return body === '' ? null : JSON.parse(body)
}
