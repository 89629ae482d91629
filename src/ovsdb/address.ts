import { connect as connectPlain } from 'node:net'
import type { Duplex } from 'node:stream'
import { connect as connectTls } from 'node:tls'
import { messageOf, UnavailableError } from './errors.ts'

/** Where a server listens. */
export type Address =
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'tcp' | 'ssl'; readonly host: string; readonly port: number }

/** What `ssl:` addresses need, as PEM text. */
export interface TlsOptions {
  /** Whose servers are believed. */
  readonly authority: string
  /** Ours; servers ask for it unless they were told not to. */
  readonly certificate?: string
  readonly privateKey?: string
  /**
   * The name that the server's certificate must carry. Without it any certificate by `authority` will do, as with Open
   * vSwitch's own clients: its certificates usually name a switch and not a host.
   */
  readonly serverName?: string
}

/**
 * Reads `unix:PATH`, `tcp:HOST:PORT` and `ssl:HOST:PORT`, separated by commas; an IPv6 address stands in brackets. Throws
 * TypeError.
 * Source: ovsdb(7), "Connection Methods".
 */
export function parseAddresses(text: string): Address[] {
  return text.split(',').map((part) => parseAddress(part.trim()))
}

function parseAddress(text: string): Address {
  const unix = /^unix:(.+)$/.exec(text)
  if (unix?.[1] !== undefined) return { kind: 'unix', path: unix[1] }
  const match = /^(tcp|ssl):(?:\[([0-9a-fA-F:.%\w]+)\]|([^:[\]\s]+)):(\d{1,5})$/.exec(text)
  const port = Number(match?.[4])
  const host = match?.[2] ?? match?.[3]
  if (match === null || host === undefined || port < 1 || port > 65_535) {
    throw new TypeError(
      `not an OVSDB address: ${JSON.stringify(text)}; unix:PATH, tcp:HOST:PORT or ssl:HOST:PORT`,
    )
  }
  return { kind: match[1] as 'tcp' | 'ssl', host, port }
}

export function formatAddress(address: Address): string {
  if (address.kind === 'unix') return `unix:${address.path}`
  const host = address.host.includes(':') ? `[${address.host}]` : address.host
  return `${address.kind}:${host}:${address.port}`
}

/** A connection to `address`. Throws UnavailableError: it was refused, took too long, or `signal` was aborted. */
export async function dial(
  address: Address,
  tls: TlsOptions | null,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Duplex> {
  const where = formatAddress(address)
  if (signal.aborted) throw new UnavailableError(`${where}: given up`)
  const socket = connect(address, tls)
  // An error that nobody listens for would end the process; whoever uses the socket hears of it by its end.
  socket.on('error', () => {})
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const giveUp = () => reject(new Error('given up'))
  const timer = setTimeout(() => reject(new Error(`no connection within ${timeoutMs} ms`)), timeoutMs)
  signal.addEventListener('abort', giveUp)
  socket.once(address.kind === 'ssl' ? 'secureConnect' : 'connect', resolve)
  socket.once('error', reject)
  try {
    await promise
    socket.setNoDelay(true)
    return socket
  } catch (cause) {
    socket.destroy()
    throw new UnavailableError(`${where}: ${messageOf(cause)}`, { cause })
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', giveUp)
    socket.off('error', reject)
  }
}

function connect(address: Address, tls: TlsOptions | null) {
  if (address.kind === 'unix') return connectPlain({ path: address.path })
  const { host, port } = address
  if (address.kind === 'tcp') return connectPlain({ host, port })
  return connectTls({
    host,
    port,
    ...(tls && { ca: tls.authority }),
    ...(tls?.certificate !== undefined && { cert: tls.certificate }),
    ...(tls?.privateKey !== undefined && { key: tls.privateKey }),
    ...(tls?.serverName === undefined
      ? { checkServerIdentity: () => undefined }
      : { servername: tls.serverName }),
  })
}
