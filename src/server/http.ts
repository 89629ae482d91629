import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerOptions, type ServerResponse } from 'node:http'
import type { FastifyInstance } from 'fastify'
import type { App } from '../app/index.ts'
import { type Dialect, type Outcome, type Served, serve } from '../dialects/dialect.ts'
import { dialectOf } from '../dialects/index.ts'
import { encodeProblem, PROBLEM_TYPE } from '../dialects/native/errors.ts'
import type { WireRequest, WireResponse } from '../dialects/wire.ts'
import { DomainError } from '../domain/errors.ts'
import { afterArrivals } from './after-arrivals.ts'
import { createOwnServer, type Handler } from './own-server.ts'
import { hasBody, readBody } from './read-body.ts'
import type { Tracing } from './tracing.ts'

const NO_BODY = Buffer.alloc(0)

/** Whose a path is: the native API's, one of those beside it that operators and browsers ask for, or a dialect's. */
type Whose = 'native' | 'own' | 'dialect'

const OWN_PATHS = /^\/(?:(isthmus)|console|healthz|readyz|metrics)(?:[/?]|$)/

function whoseIs(url: string): Whose {
  const match = OWN_PATHS.exec(url)
  if (!match) return 'dialect'
  return match[1] === undefined ? 'own' : 'native'
}

export interface HttpDependencies {
  readonly app: App
  /** Hears of every request to a dialect that was answered. */
  readonly onServed: OnServed
  /** Opens the native API when it is first asked for. */
  readonly native: () => Promise<Handler>
  /** Null: nobody follows requests. */
  readonly tracing: Tracing | null
}

/** `requestId` is as the vendor writes it. */
export type OnServed = (
  message: IncomingMessage,
  dialect: string,
  outcome: Outcome,
  requestId: string,
  /** Null where it goes on: a stream. */
  durationMs: number | null,
) => void

/**
 * The HTTP server. Routes for our own paths are added by whoever wires the service; a dialect reads its requests
 * itself, byte for byte, whatever they say they are.
 */
export function createHttpServer(dependencies: HttpDependencies): FastifyInstance {
  const { tracing } = dependencies
  const native: Handler = (message, response) => void answerNative(dependencies, message, response)
  const dialect: Handler = (message, response) => void answerDialect(dependencies, message, response)
  return createOwnServer(
    (own) => {
      const answers: Readonly<Record<Whose, Handler>> = { native, own, dialect }
      return createServer(SERVER_OPTIONS, (message, response) => {
        message.url = originForm(message.url ?? '/')
        const whose = whoseIs(message.url)
        // Fastify waits for the end of what has a type, and what has no body has no end to wait for: see `SERVER_OPTIONS`.
        if (whose !== 'dialect' && !hasBody(message)) delete message.headers['content-type']
        const answer = answers[whose]
        if (tracing) tracing.request(message, response, () => answer(message, response))
        else answer(message, response)
      })
    },
    (error, socket) => {
      if (socket.writable) {
        const status = CLIENT_ERRORS[(error as NodeJS.ErrnoException).code ?? ''] ?? '400 Bad Request'
        const body = JSON.stringify({ title: status.slice(4), status: Number(status.slice(0, 3)) })
        socket.end(
          `HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-type: application/problem+json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
        )
      }
    },
  )
}

/** The headers and the whole request each have their time, milliseconds; a connection that trickles is closed. */
const SERVER_OPTIONS: ServerOptions = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  connectionsCheckingInterval: 2_000,
  keepAliveTimeout: 65_000,
  // Tencent takes requests of up to 32 KB by GET.
  maxHeaderSize: 64 * 1024,
  // What has no body is not made into a stream that ends at once, which was a seventh of what it took to show a peering.
  optimizeEmptyRequests: true,
}

const CLIENT_ERRORS: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
}

/** A client that uses this server as its proxy sends the whole address; the path is what is meant. */
function originForm(url: string): string {
  const match = /^https?:\/\/[^/?]*(.*)$/i.exec(url)
  if (!match) return url
  const rest = match[1] ?? ''
  return rest.startsWith('/') ? rest : `/${rest}`
}

async function answerNative(
  { native, onServed }: HttpDependencies,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const startedAtMs = performance.now()
  let handler: Handler
  try {
    handler = await native()
  } catch (fault) {
    const [failure, requestId] = [new DomainError('service.internal', {}), randomUUID()]
    const problem = encodeProblem(failure, requestId)
    const headers = { 'content-type': PROBLEM_TYPE, connection: 'close' }
    const answer = { status: problem.status, headers, body: JSON.stringify(problem) }
    send(response, answer, message.method === 'HEAD')
    onServed(
      message,
      'native',
      { ...unrouted(answer, failure), fault },
      requestId,
      performance.now() - startedAtMs,
    )
    return
  }
  handler(message, response)
}

async function answerDialect(
  { app, onServed }: HttpDependencies,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const startedAtMs = performance.now()
  let requestId: string = randomUUID()
  const bare = wireRequest(message, NO_BODY)
  let served: Served
  let name = 'none'
  try {
    const request = hasBody(message) ? { ...bare, body: await readBody(message) } : bare
    const dialect = dialectOf(request)
    if (dialect) {
      name = dialect.name
      requestId = dialect.wireId(requestId)
      served = await serve(dialect, app, request, requestId)
    } else served = nobodys(request)
  } catch (error) {
    // The body did not arrive, so the rest of it must not be read as the next request.
    response.shouldKeepAlive = false
    const dialect = dialectOf(bare)
    if (dialect) {
      name = dialect.name
      requestId = dialect.wireId(requestId)
    }
    served = refuseUnread(dialect, bare, error, requestId)
  }
  // A write to a sleeping client wakes it, which can cost as much as a whole request here; together, the first wakes it for all.
  afterArrivals(() => send(response, served.response, message.method === 'HEAD'))
  onServed(message, name, served, requestId, performance.now() - startedAtMs)
}

function refuseUnread(
  dialect: Dialect | null,
  request: WireRequest,
  error: unknown,
  requestId: string,
): Served {
  const failure =
    error instanceof DomainError ? error : new DomainError('request.malformed', { reason: 'unreadable' })
  const response = dialect?.refuse(request, null, failure, requestId) ?? nobodys(request).response
  return unrouted(response, failure)
}

/** For a path that is in no dialect. */
function nobodys(request: WireRequest): Served {
  const failure = new DomainError('operation.unknown', { operation: request.path, method: request.method })
  const body = JSON.stringify({
    type: 'about:blank',
    title: 'Not Found',
    status: 404,
    code: failure.code,
    detail: 'No dialect answers here. The native API is described at /isthmus/v1/openapi.json.',
  })
  const headers = { 'content-type': 'application/problem+json' }
  return unrouted({ status: 404, headers, body }, failure)
}

function unrouted(response: WireResponse, failure: DomainError): Served {
  return { response, status: response.status, operation: 'unknown', caller: null, failure, fault: null }
}

function wireRequest(message: IncomingMessage, body: Buffer): WireRequest {
  const { url = '/' } = message
  const mark = url.indexOf('?')
  return {
    method: message.method ?? 'GET',
    path: mark < 0 ? url : url.slice(0, mark),
    query: mark < 0 ? '' : url.slice(mark + 1),
    headers: message.headers as Record<string, string>,
    body,
    remoteAddress: message.socket.remoteAddress ?? '',
  }
}

function send(response: ServerResponse, { status, headers, body }: WireResponse, head: boolean): void {
  if (response.destroyed) return
  const length = Buffer.byteLength(body)
  // All at once: a header that was set before is merged with the others, which costs as much again.
  response.writeHead(status, status === 204 ? headers : { ...headers, 'content-length': length })
  if (head || status === 204) response.end()
  // What has no more bytes than characters is ASCII, and is copied instead of encoded.
  else response.end(body, length === body.length ? 'latin1' : 'utf8')
}
