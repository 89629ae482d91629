import type { Operations } from './schema.ts'
import { session } from './session.ts'

export type OperationName = keyof Operations
export type Answer<O extends OperationName> = Operations[O]['answer']

/** What an operation is given; what it has nothing of is left out. */
export type Input<O extends OperationName> = Given<'path', Operations[O]['path']> &
  Given<'query', Operations[O]['query']> &
  Given<'body', Operations[O]['body']>

type Given<Name extends string, T> = [T] extends [undefined]
  ? unknown
  : Partial<T> extends T
    ? { readonly [N in Name]?: T }
    : { readonly [N in Name]: T }

export type Caller = Answer<'GET /caller'>
export type Peering = Answer<'GET /peerings/{id}'>
export type PeeringSide = Peering['requester']
export type Vpc = Answer<'GET /vpcs/{id}'>
export type Tenant = Answer<'GET /tenants/{id}'>
export type AccessKey = Answer<'POST /tenants/{id}/keys'>
export type PeeringEvent = Answer<'GET /events'>['events'][number]

/** The service's own answer that something cannot be done. `code` is stable; `message` is in English. */
export class Problem extends Error {
  readonly status: number
  readonly code: string

  constructor({ status, code, detail }: { status: number; code: string; detail: string }) {
    super(detail)
    this.status = status
    this.code = code
  }
}

/** No answer of the service's came. */
export class Unreachable extends Error {}

export interface CallOptions {
  readonly token?: string
  readonly signal?: AbortSignal
  /** An Idempotency-Key: the change has its effect once, however often it is sent. */
  readonly once?: string
}

const BASE = '/isthmus/v1'
const TIMEOUT_MS = 20_000

/**
 * Performs one operation of the native API with the token of the session, or with the one that is given. Throws Problem
 * and Unreachable. A token that is not valid any more ends the session.
 */
export async function call<O extends OperationName>(
  operation: O,
  input: Input<O>,
  options: CallOptions = {},
): Promise<Answer<O>> {
  const { path = {}, query = {}, body } = input as Partial<Record<string, Record<string, unknown>>>
  const [method = 'GET', template = ''] = operation.split(' ')
  const token = options.token ?? session.get().token
  const timeout = AbortSignal.timeout(TIMEOUT_MS)
  const response = await request(urlOf(template, path, query), {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(options.once !== undefined && { 'idempotency-key': options.once }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal: options.signal ? AbortSignal.any([options.signal, timeout]) : timeout,
  })
  const text = await response.text().catch(() => '')
  const answer = parse(text)
  if (response.ok) return answer as Answer<O>
  const problem = new Problem(problemOf(response.status, answer))
  if (response.status === 401 && options.token === undefined) session.expire(token)
  throw problem
}

/** Asks for the event stream; see `call`. */
export async function openEventStream(after: number, signal: AbortSignal): Promise<Response> {
  const { token } = session.get()
  const response = await request(`${BASE}/events?after=${after}`, {
    headers: { authorization: `Bearer ${token}`, accept: 'text/event-stream' },
    signal,
  })
  if (response.ok) return response
  if (response.status === 401) session.expire(token)
  throw new Problem(problemOf(response.status, parse(await response.text().catch(() => ''))))
}

async function request(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { cache: 'no-store', credentials: 'omit', ...init })
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new Unreachable('the service does not answer')
  }
}

function urlOf(template: string, path: Record<string, unknown>, query: Record<string, unknown>): string {
  const filled = template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(path[name])))
  const given = Object.entries(query).filter(([, value]) => value !== undefined)
  const search = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString()
  return `${BASE}${filled}${search && `?${search}`}`
}

function parse(text: string): unknown {
  try {
    return text === '' ? null : JSON.parse(text)
  } catch {
    return null
  }
}

function problemOf(status: number, answer: unknown) {
  const { code = 'service.internal', detail = `HTTP ${status}` } = (answer ?? {}) as {
    code?: string
    detail?: string
  }
  return { status, code, detail }
}
