import type { IncomingMessage } from 'node:http'
import { BODY_LIMIT_BYTES } from '../dialects/wire.ts'
import { DomainError } from '../domain/errors.ts'
import { afterArrivals } from './after-arrivals.ts'

/** How long the body of a request may take to arrive. */
export const BODY_TIMEOUT_MS = 10_000

const NOTHING = Buffer.alloc(0)

/** Whether a request has a body to be read. */
export function hasBody({ headers }: IncomingMessage): boolean {
  const { 'content-length': length, 'transfer-encoding': encoding } = headers
  return encoding !== undefined || (length !== undefined && length !== '0')
}

/**
 * The body of a request that has one, as it came. Throws `request.too-large` and `request.timeout`; the connection is then of no
 * further use, since what is left of the body is still on its way.
 */
export async function readBody(message: IncomingMessage): Promise<Buffer> {
  // Most bodies come with their headers, and are there once everything that has arrived has been looked at: no timer then, and
  // nobody to be told of each piece.
  await new Promise<void>((resolve) => afterArrivals(resolve))
  // No more than the stream holds by itself, which is far below the limit.
  return message.complete ? ((message.read() as Buffer | null) ?? NOTHING) : readOn(message)
}

/** The same of a message that is still arriving. */
function readOn(message: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // It has told of its end already.
    if (message.destroyed) return reject(new Error('the client has hung up'))
    const chunks: Buffer[] = []
    let received = 0
    const timer = setTimeout(
      () => stop(new DomainError('request.timeout', { timeoutMs: BODY_TIMEOUT_MS })),
      BODY_TIMEOUT_MS,
    )
    const stop = (error: Error) => {
      clearTimeout(timer)
      message.removeAllListeners('data')
      message.pause()
      reject(error)
    }
    message.on('data', (chunk: Buffer) => {
      received += chunk.length
      if (received > BODY_LIMIT_BYTES)
        stop(new DomainError('request.too-large', { limitBytes: BODY_LIMIT_BYTES }))
      else chunks.push(chunk)
    })
    message.on('end', () => {
      clearTimeout(timer)
      resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, received))
    })
    message.on('error', stop)
    // A client that hangs up half way must not leave its timer behind.
    message.on('close', () => clearTimeout(timer))
  })
}
