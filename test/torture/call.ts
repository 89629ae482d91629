/** An answer of the native API. */
export interface Answer {
  readonly status: number
  /** JSON, or null where there is none. */
  readonly body: unknown
  readonly requestId: string | null
}

/**
 * What came of one attempt: an answer; none, so that it may have been done; "temporarily unavailable", which says no more
 * than that; or it has never left.
 */
export type Attempt = Answer | 'unanswered' | 'unavailable' | 'not-sent'

/** Longer than a service may take to answer anything. */
const TIMEOUT_MS = 15_000

/** Codes of a connection that was never made. */
const NEVER_CONNECTED: readonly unknown[] = ['ECONNREFUSED', 'UND_ERR_CONNECT_TIMEOUT']

/** One attempt at one replica. Never throws for what a replica that dies may do. */
export async function attempt(
  url: string,
  token: string,
  method: string,
  path: string,
  options: { body?: unknown; idempotencyKey?: string | null } = {},
): Promise<Attempt> {
  const { body, idempotencyKey = null } = options
  try {
    const response = await fetch(`${url}/isthmus/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(idempotencyKey !== null && { 'idempotency-key': idempotencyKey }),
      },
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (response.status === 503) return 'unavailable'
    if (response.status > 500) return 'unanswered'
    return {
      status: response.status,
      body: text === '' ? null : JSON.parse(text),
      requestId: response.headers.get('x-request-id'),
    }
  } catch (error) {
    const { cause } = error as { cause?: { code?: unknown } }
    return NEVER_CONNECTED.includes(cause?.code) ? 'not-sent' : 'unanswered'
  }
}
