import { randomUUID } from 'node:crypto'
import type { FailureCode } from '../domain/errors.ts'
import type { Problem } from './api.ts'
import type { Connection } from './connection.ts'
import { EXIT, Failure } from './exit-codes.ts'
import { waiting } from './progress.ts'
import { plain } from './text.ts'

/** Longer than any bound of the service's own. */
const REQUEST_TIMEOUT_MS = 30_000
/** As many as a page may have. */
const PAGE = 1_000

export type Query = Readonly<Record<string, string | number | boolean | undefined>>
export interface Call {
  readonly query?: Query
  readonly body?: unknown
}

/** The native API of one service, as one who calls it. Its failures are `Failure`s that say what to do next. */
export class Client {
  readonly connection: Connection

  constructor(connection: Connection) {
    this.connection = connection
  }

  get<T>(path: string, query: Query = {}): Promise<T> {
    return this.#call<T>('GET', path, { query })
  }

  post<T>(path: string, call: Call = {}): Promise<T> {
    return this.#call<T>('POST', path, call)
  }

  async delete(path: string, query: Query = {}): Promise<void> {
    await this.#call('DELETE', path, { query })
  }

  /** A list whole, page by page, under the name that the answer has it by; `limit` rows at most. */
  async list<T>(
    path: string,
    member: string,
    query: Query = {},
    limit = Number.POSITIVE_INFINITY,
  ): Promise<T[]> {
    const items: T[] = []
    let after: string | undefined
    do {
      const page = { ...query, limit: Math.min(PAGE, limit - items.length), after }
      const answer = await this.get<Record<string, unknown>>(path, page)
      items.push(...(answer[member] as T[]))
      after = (answer['next'] as string | null | undefined) ?? undefined
    } while (after !== undefined && items.length < limit)
    return items
  }

  /** The answer to a request that is made of `path` and goes on: of events. Rejects with a Failure. */
  async open(
    path: string,
    query: Query,
    headers: Record<string, string>,
    signal: AbortSignal,
  ): Promise<Response> {
    const response = await this.#fetch('GET', path, { query }, headers, signal)
    if (!response.ok) throw await refusal(this.connection, response)
    return response
  }

  async #call<T>(method: string, path: string, call: Call): Promise<T> {
    // One token for all tries: what was done once, before the connection was lost, is not done again.
    const once = takesToken(method, path) ? { 'idempotency-key': randomUUID() } : null
    const attempt = async () => {
      const response = await this.#fetch(
        method,
        path,
        call,
        once ?? {},
        AbortSignal.timeout(REQUEST_TIMEOUT_MS),
      )
      if (!response.ok) throw await refusal(this.connection, response)
      return (await readJson(this.connection, response)) as T
    }
    const work = attempt().catch((error: unknown) => {
      if (error instanceof LostError && (method === 'GET' || once)) return attempt()
      throw error
    })
    return waiting(work, `waiting for ${this.connection.endpoint}`)
  }

  async #fetch(
    method: string,
    path: string,
    { query = {}, body }: Call,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<Response> {
    const { endpoint, token } = this.connection
    const url = new URL(`/isthmus/v1${path}`, endpoint)
    for (const [name, value] of Object.entries(query))
      if (value !== undefined && value !== false) url.searchParams.set(name, String(value))
    try {
      return await fetch(url, {
        method,
        redirect: 'error',
        headers: {
          ...(token !== null && { authorization: `Bearer ${token}` }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        signal,
      })
    } catch (error) {
      throw unreachable(this.connection, error)
    }
  }
}

/** Of which the service remembers a token, so that they may be sent again. */
function takesToken(method: string, path: string): boolean {
  return method !== 'GET' && /^\/(vpcs|peerings)\b/.test(path)
}

/** The connection was lost with the request under way. */
class LostError extends Failure {}

function unreachable({ endpoint, endpointFrom }: Connection, error: unknown): Failure {
  const { name, cause } = error as Error & { cause?: { code?: string; message?: string } }
  const code = cause?.code ?? ''
  if (name === 'TimeoutError')
    return new Failure(
      `${endpoint} did not answer within ${REQUEST_TIMEOUT_MS / 1000} s; see isthmus doctor`,
      EXIT.noAnswer,
    )
  const reason =
    code === 'ECONNREFUSED' ? 'nothing listens there' : plain(cause?.message ?? (error as Error).message)
  const message = `no service answers at ${endpoint} (${endpointFrom}): ${reason}; start one with isthmus serve, or name it with --endpoint`
  return new (/ECONNRESET|EPIPE|UND_ERR_SOCKET/.test(code) ? LostError : Failure)(message, EXIT.noAnswer)
}

async function readJson({ endpoint }: Connection, response: Response): Promise<unknown> {
  try {
    const text = await response.text()
    return text === '' ? null : JSON.parse(text)
  } catch (error) {
    if ((error as Error).name === 'SyntaxError')
      throw new Failure(
        `what answers at ${endpoint} is not Isthmus; name another with --endpoint`,
        EXIT.noAnswer,
      )
    throw new LostError(`the connection to ${endpoint} was lost; try again`, EXIT.noAnswer)
  }
}

const STATUS_CODES: Readonly<Record<number, number>> = {
  400: EXIT.usage,
  401: EXIT.refused,
  403: EXIT.refused,
  404: EXIT.notFound,
  409: EXIT.refused,
  413: EXIT.usage,
  503: EXIT.noAnswer,
}

/** What the service refused, in its words, and what to do about it. */
async function refusal(connection: Connection, response: Response): Promise<Failure> {
  const problem = (await readJson(connection, response)) as Partial<Problem> | null
  const exitCode = STATUS_CODES[response.status] ?? EXIT.failed
  if (typeof problem?.code !== 'string')
    return new Failure(`${connection.endpoint} answered ${response.status}; is that Isthmus?`, exitCode)
  const next = NEXT[problem.code as FailureCode]?.(connection)
  const detail = plain(problem.detail ?? problem.title ?? problem.code).replace(/\.$/, '')
  return new Failure(next === undefined ? detail : `${detail}; ${next}`, exitCode, problem)
}

/** What to do next, where the service's own words do not say it. */
const NEXT: Partial<Record<FailureCode, (connection: Connection) => string>> = {
  'authentication.missing': () => 'give --token, set ISTHMUS_TOKEN, or keep one with isthmus profile set',
  'authentication.token-invalid': ({ tokenFrom }) =>
    `the token came from ${tokenFrom}; ask the operator for another, or make one with isthmus key create`,
  'permission.denied': ({ tokenFrom }) =>
    `the token came from ${tokenFrom}; give the admin token with --token`,
  'peering.wrong-state': () => 'isthmus peering show tells where it stands and what may be done',
  'peering.wrong-side': () => 'give the other tenant’s token with --token, or --profile',
  'peering.not-found': () => 'isthmus peering list shows those that are yours',
  'vpc.not-found': () => 'isthmus vpc list shows those that are yours',
  'tenant.not-found': () => 'isthmus tenant list shows all (operator)',
  'region.unknown': () => 'the regions are those of the service’s bootstrap file',
  'request.missing': () => 'see --help',
  'quota.exceeded': () => 'delete what is no longer needed, or ask the operator for more',
  'service.unavailable': () => 'try again in a moment; isthmus doctor tells what is wrong',
  'service.internal': () => 'its log has the cause, under the request’s id',
}
