import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

interface WireSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly kind: number
  readonly attributes?: readonly { key: string; value: Record<string, unknown> }[]
  readonly links?: readonly { traceId: string; spanId: string }[]
  readonly status?: { readonly code?: number }
}

export interface ReceivedSpan extends Omit<WireSpan, 'attributes'> {
  readonly attributes: Readonly<Record<string, unknown>>
  readonly resource: Readonly<Record<string, unknown>>
}

/** What receives OTLP over HTTP as JSON, in this process. */
export class OtlpReceiver {
  readonly spans: ReceivedSpan[] = []
  /** Answers wait for it. */
  held: Promise<void> = Promise.resolve()
  readonly #server: Server

  private constructor(server: Server) {
    this.#server = server
  }

  static async start(): Promise<OtlpReceiver> {
    const server = createServer()
    const receiver = new OtlpReceiver(server)
    server.on('request', (message, response) => {
      const chunks: Buffer[] = []
      message.on('data', (chunk: Buffer) => chunks.push(chunk))
      message.on('end', () => {
        if (message.url === '/v1/traces' && message.headers['content-type'] === 'application/json')
          receiver.#take(Buffer.concat(chunks).toString())
        void receiver.held.then(() => response.setHeader('content-type', 'application/json').end('{}'))
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return receiver
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  close(): Promise<void> {
    this.#server.closeAllConnections()
    return new Promise((resolve) => this.#server.close(() => resolve()))
  }

  #take(text: string): void {
    const { resourceSpans } = JSON.parse(text) as {
      resourceSpans: {
        resource: { attributes: WireSpan['attributes'] }
        scopeSpans: { spans: WireSpan[] }[]
      }[]
    }
    for (const { resource, scopeSpans } of resourceSpans) {
      for (const { spans } of scopeSpans) {
        for (const span of spans) {
          const attributes = plain(span.attributes)
          this.spans.push({ ...span, attributes, resource: plain(resource.attributes) })
        }
      }
    }
  }
}

function plain(attributes: WireSpan['attributes'] = []): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]))
}
