import { type LookupAddress, type LookupAllOptions, lookup as lookupByMachine } from 'node:dns'
import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { mayReceive, type NetworkRule } from '../../domain/receiver-networks.ts'
import type { Receivers } from '../../ports/receivers.ts'

/** Finds all addresses of a name. */
type Lookup = (
  hostname: string,
  options: LookupAllOptions,
  callback: (error: Error | null, found: LookupAddress[]) => void,
) => void

export interface HttpReceiverOptions {
  /** See `mayReceive`. */
  readonly networks: readonly NetworkRule[]
  /** For one request, from the look-up of the name to the end of the answer. */
  readonly timeoutMs: number
  /** Certificates of authorities to trust instead of those that Node.js trusts, PEM. */
  readonly authorities?: string
  /** How names are looked up, where not as the machine does it. */
  readonly lookup?: Lookup
}

/** Of an answer no more is read, and nothing is kept: what a receiver says is none of our business but for its status. */
const ANSWER_BYTES_MAX = 4 * 1024
/** A look-up goes on after whoever asked has given up, and the machine makes only a few at a time. */
const LOOKUPS_MAX = 64

/** Receivers reached by HTTP, each request on a connection of its own. */
export function httpReceivers(options: HttpReceiverOptions): Receivers {
  const { networks, timeoutMs, authorities, lookup = lookupByMachine } = options
  const resolve = allowedOnly(networks, lookup)
  return {
    async post(url, headers, body, stop) {
      const { hostname, protocol } = new URL(url)
      const address = hostname.replace(/^\[(.*)\]$/, '$1')
      // A look-up is made for names only.
      if (isIP(address) !== 0 && !mayReceive(address, networks)) throw new RefusedAddressError(address)
      const late = AbortSignal.timeout(timeoutMs)
      const length = Buffer.byteLength(body)
      const settings = {
        method: 'POST',
        headers: { ...headers, 'content-length': length, 'user-agent': 'isthmus' },
        agent: false,
        lookup: resolve,
        signal: AbortSignal.any([stop, late]),
        ...(authorities !== undefined && { ca: authorities }),
      } as const
      try {
        const request = protocol === 'https:' ? httpsRequest(url, settings) : httpRequest(url, settings)
        return await exchange(request, body)
      } catch (error) {
        throw late.aborted ? new Error(`there was no answer within ${timeoutMs} ms`) : told(error)
      }
    },
  }
}

class RefusedAddressError extends Error {
  constructor(address: string) {
    super(`the operator allows no receivers at ${address}`)
  }
}

/** Sends `body`, and answers the status once the answer is over, or as much of it as is read. */
function exchange(request: ClientRequest, body: string): Promise<number> {
  return new Promise((resolve, reject) => {
    request.on('error', reject)
    request.on('response', (response: IncomingMessage) => {
      const status = response.statusCode ?? 0
      let bytes = 0
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length
        if (bytes > ANSWER_BYTES_MAX) response.destroy()
      })
      // Its status has arrived; whatever becomes of the rest makes no difference.
      response.on('error', () => {})
      response.on('close', () => resolve(status))
    })
    request.end(body)
  })
}

/** A look-up that finds only addresses where receivers may be, so that no other is ever connected to. */
function allowedOnly(networks: readonly NetworkRule[], lookup: Lookup): LookupFunction {
  let pending = 0
  return (hostname, options, callback) => {
    if (pending >= LOOKUPS_MAX) {
      callback(new Error('too many names are being looked up'), [])
      return
    }
    pending++
    lookup(hostname, { ...options, all: true }, (error, found) => {
      pending--
      if (error) {
        callback(error, [])
        return
      }
      const allowed = found.filter(({ address }) => mayReceive(address, networks))
      const [first] = allowed
      if (!first) callback(new RefusedAddressError(found[0]?.address ?? hostname), [])
      else if (options.all) callback(null, allowed)
      else callback(null, first.address, first.family)
    })
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was lost',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  ENOTFOUND: 'the name is not known',
  EAI_AGAIN: 'the name could not be looked up',
}

function told(error: unknown): Error {
  if (error instanceof RefusedAddressError) return error
  const { code, message } = error as NodeJS.ErrnoException
  return new Error(REASONS[code ?? ''] ?? `the request failed: ${code ?? message}`)
}
