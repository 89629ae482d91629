import { EventEmitter, once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

/** What a receiver of webhooks was sent. */
export interface Received {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
  readonly id: string
  /** The number of the event. */
  readonly sequence: number
  readonly type: string
}

export interface TestReceiver {
  readonly url: string
  readonly port: number
  readonly received: readonly Received[]
  /** Resolves once so many requests have come in all. */
  until(count: number): Promise<readonly Received[]>
  close(): Promise<void>
}

/** A receiver on 127.0.0.1, which answers each request with the status that `answer` says, or as `answer` does by itself. */
export async function startReceiver(
  answer: (received: Received, earlier: readonly Received[]) => number | RequestListener,
  port = 0,
): Promise<TestReceiver> {
  const received: Received[] = []
  const arrivals = new EventEmitter()
  const server = createServer(async (request, response) => {
    const body = await text(request)
    const event = JSON.parse(body) as { id: string; type: string; data: { sequence: number } }
    const { method = '', url: path = '', headers } = request
    const { id, type, data } = event
    const each = { method, path, headers, body, id, type, sequence: data.sequence }
    const verdict = answer(each, received)
    received.push(each)
    if (typeof verdict === 'number') response.writeHead(verdict).end()
    else verdict(request, response)
    arrivals.emit('request')
  }).listen(port, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${address.port}/hook`,
    port: address.port,
    received,
    async until(count) {
      while (received.length < count) await once(arrivals, 'request')
      return received
    },
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
