import type { Duplex } from 'node:stream'
import {
  ConnectionLostError,
  messageOf,
  OverloadedError,
  ProtocolError,
  RpcError,
  UnavailableError,
} from './errors.ts'
import { MessageSplitter } from './framing.ts'

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json }

export interface RpcLimits {
  /** The longest message that is taken or sent, bytes. */
  readonly messageBytesMax: number
  /** How much may wait for a server that does not read, bytes. */
  readonly queuedBytesMax: number
  /** How many requests may wait for their answers. */
  readonly requestsMax: number
  /** After how much silence the server is asked whether it is there, and after how much more it is given up, ms. */
  readonly probeIntervalMs: number
}

interface Pending {
  readonly method: string
  readonly settle: (result: Json) => void
  readonly reject: (error: Error) => void
  readonly timer: NodeJS.Timeout
}

const PROBE_ID = 'echo'

/**
 * JSON-RPC 1.0 in both directions over one stream. Answers the server's `echo`, and probes a server that is silent.
 * Notifications and answers are handled in the order they arrive, each before the next is looked at.
 */
export class RpcConnection {
  readonly #stream: Duplex
  readonly #limits: RpcLimits
  readonly #splitter: MessageSplitter
  readonly #pending = new Map<number, Pending>()
  readonly #probe: NodeJS.Timeout
  #nextId = 1
  #heard = true
  #probing = false
  #lost: Error | null = null
  /** Hears each notification of the server. What it throws ends the connection. */
  onNotification: (method: string, params: readonly Json[]) => void = () => {}
  /** Fulfilled with the reason once the connection is of no further use. */
  readonly ended: Promise<Error>
  readonly #end: (reason: Error) => void

  /** `stream` is connected, and this one's alone. */
  constructor(stream: Duplex, limits: RpcLimits) {
    this.#stream = stream
    this.#limits = limits
    this.#splitter = new MessageSplitter(limits.messageBytesMax)
    const { promise, resolve } = Promise.withResolvers<Error>()
    this.ended = promise
    this.#end = resolve
    stream.on('data', (chunk: Buffer) => this.#receive(chunk))
    stream.on('error', (error) => this.destroy(error))
    stream.on('end', () => this.destroy(new Error('the server hung up')))
    stream.on('close', () => this.destroy(new Error('the connection was closed')))
    this.#probe = setInterval(() => this.#checkAlive(), limits.probeIntervalMs)
  }

  /** Why it is of no further use; null while it is. */
  get lost(): Error | null {
    return this.#lost
  }

  /**
   * Sends a request; fulfilled with what `read` makes of the answer, which it is given as soon as the answer is there and
   * before anything that follows it. Rejects with RpcError where the server refuses; with OverloadedError or
   * UnavailableError where nothing was sent; with ConnectionLostError where nobody knows what came of it. A server that
   * does not answer within `timeoutMs` is given up: what waits behind the request would fare no better.
   */
  call<T>(method: string, params: readonly Json[], timeoutMs: number, read: (result: Json) => T): Promise<T> {
    if (this.#lost !== null) return Promise.reject(new UnavailableError(messageOf(this.#lost)))
    if (this.#pending.size >= this.#limits.requestsMax) {
      return Promise.reject(new OverloadedError(`${this.#limits.requestsMax} requests wait for the server`))
    }
    const id = this.#nextId++
    const text = JSON.stringify({ method, params, id })
    const refusal = this.#refusal(text)
    if (refusal !== null) return Promise.reject(new OverloadedError(refusal))
    return new Promise<T>((resolve, reject) => {
      const late = () => this.destroy(new Error(`${method} was not answered within ${timeoutMs} ms`))
      const settle = (result: Json) => resolve(read(result))
      this.#pending.set(id, { method, settle, reject, timer: setTimeout(late, timeoutMs) })
      this.#stream.write(text)
    })
  }

  /** Breaks the connection off; every request that waits is rejected. Safe to repeat. */
  destroy(reason: Error): void {
    if (this.#lost !== null) return
    this.#lost = reason
    clearInterval(this.#probe)
    this.#stream.destroy()
    for (const { method, reject, timer } of this.#pending.values()) {
      clearTimeout(timer)
      reject(new ConnectionLostError(`${method}: ${messageOf(reason)}`, { cause: reason }))
    }
    this.#pending.clear()
    this.#end(reason)
  }

  #refusal(text: string): string | null {
    const { messageBytesMax, queuedBytesMax } = this.#limits
    if (text.length > messageBytesMax) return `a request is longer than ${messageBytesMax} bytes`
    if (this.#stream.writableLength + text.length > queuedBytesMax)
      return 'the server does not read what is sent'
    return null
  }

  #receive(chunk: Buffer): void {
    this.#heard = true
    try {
      for (const text of this.#splitter.push(chunk)) {
        if (this.#lost !== null) return
        this.#handle(parse(text))
      }
    } catch (error) {
      this.destroy(error instanceof Error ? error : new Error(String(error)))
    }
  }

  #handle(message: Readonly<Record<string, Json>>): void {
    const { method, params, id = null } = message
    if (typeof method !== 'string') this.#answered(message)
    else if (!Array.isArray(params)) throw new ProtocolError(`${method} came without parameters`)
    else if (id === null) this.onNotification(method, params)
    else this.#reply(id, method, params)
  }

  #reply(id: Json, method: string, params: Json): void {
    const answer =
      method === 'echo' ? { id, result: params, error: null } : { id, result: null, error: 'unknown method' }
    const text = JSON.stringify(answer)
    const refusal = this.#refusal(text)
    if (refusal !== null) throw new ProtocolError(refusal)
    this.#stream.write(text)
  }

  #answered({ id, result = null, error = null }: Readonly<Record<string, Json>>): void {
    if (id === PROBE_ID) return
    const pending = typeof id === 'number' ? this.#pending.get(id) : undefined
    if (typeof id !== 'number' || pending === undefined) throw new ProtocolError('an answer to no request')
    try {
      if (error !== null) throw rpcError(pending.method, error)
      pending.settle(result)
    } catch (failure) {
      // What cannot be read is no answer: the request is left among those that the lost connection rejects.
      if (failure instanceof ProtocolError) throw failure
      pending.reject(failure as Error)
    }
    clearTimeout(pending.timer)
    this.#pending.delete(id)
  }

  #checkAlive(): void {
    if (this.#heard) {
      this.#heard = false
      this.#probing = false
    } else if (this.#probing) {
      this.destroy(new Error('the server is silent'))
    } else {
      this.#probing = true
      this.#stream.write(JSON.stringify({ method: 'echo', params: [], id: PROBE_ID }))
    }
  }
}

function parse(text: string): Readonly<Record<string, Json>> {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new ProtocolError('a message is not JSON', { cause })
  }
}

/** The server says why as `{"error": …, "details": …}`, or just as a text. */
function rpcError(method: string, error: Json): RpcError {
  if (typeof error === 'string') return new RpcError(method, error, null)
  const { error: reason, details } = error as { error?: Json; details?: Json }
  return new RpcError(
    method,
    typeof reason === 'string' ? reason : JSON.stringify(error),
    typeof details === 'string' ? details : null,
  )
}
