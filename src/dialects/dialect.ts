import type { Caller } from '../app/context.ts'
import type { App } from '../app/index.ts'
import { DomainError } from '../domain/errors.ts'
import type { DialectName } from '../domain/identity.ts'
import type { WireRequest, WireResponse } from './wire.ts'

/** A request that has been read, and for which an operation was found. */
export interface RoutedCall<Call> {
  readonly operation: Operation<Call>
  readonly call: Call
}

/** One operation of a dialect, under the vendor's own name. `Call` is what that dialect reads from a request. */
export interface Operation<Call> {
  readonly name: string
  /** Decodes, runs, encodes. Throws DomainError; answers the body in the vendor's words. */
  perform(app: App, caller: Caller, call: Call): Promise<unknown>
}

/**
 * An operation from its three parts. `decode` reads what the vendor's words mean and throws `request.*`; `run` is a
 * use case, or a few; `encode` puts the outcome into the vendor's words.
 */
export function operation<Call, Input, Output>(parts: {
  readonly name: string
  readonly decode: (call: Call, app: App, caller: Caller) => Input
  readonly run: (app: App, caller: Caller, input: Input) => Promise<Output>
  readonly encode: (output: Output, call: Call, app: App, caller: Caller) => unknown
}): Operation<Call> {
  return {
    name: parts.name,
    async perform(app, caller, call) {
      const input = parts.decode(call, app, caller)
      const output = await parts.run(app, caller, input)
      return parts.encode(output, call, app, caller)
    },
  }
}

/**
 * One vendor's protocol. The order in which a request is looked at is part of what a client sees, and is the same
 * for all: read, route, authenticate, decode, authorize, run. `serve` holds it.
 */
export interface Dialect<Call = unknown> {
  readonly name: DialectName
  /** Its operations, as `docs/coverage.md` lists them. */
  readonly operations: readonly Operation<Call>[]
  /** A request id, which is a UUID, as the vendor writes it: in its answers, in the events, and in the log. */
  wireId(requestId: string): string
  /** Whether a request is this dialect's. Never throws. */
  owns(request: WireRequest): boolean
  /** Reads a request and finds its operation. Throws `request.*` and `operation.unknown`. */
  route(request: WireRequest): RoutedCall<Call>
  /** Who sent it. Throws `authentication.*`. */
  authenticate(app: App, request: WireRequest, routed: RoutedCall<Call>, requestId: string): Promise<Caller>
  answer(request: WireRequest, routed: RoutedCall<Call>, body: unknown, requestId: string): WireResponse
  /** `routed` is null where the request was refused before an operation was found. */
  refuse(
    request: WireRequest,
    routed: RoutedCall<Call> | null,
    error: DomainError,
    requestId: string,
  ): WireResponse
}

/** What became of a request, for those who count, log and trace. */
export interface Outcome {
  readonly operation: string
  readonly status: number
  /** Null where nobody was found to have sent it. */
  readonly caller: Caller | null
  /** Null where it succeeded. */
  readonly failure: DomainError | null
  /** What was thrown where nothing should have been; the client learns nothing of it. */
  readonly fault: unknown
}

export interface Served extends Outcome {
  readonly response: WireResponse
}

/** Serves one request, whatever it is. `requestId` is as the vendor writes it. Never throws. */
export async function serve(
  dialect: Dialect,
  app: App,
  request: WireRequest,
  requestId: string,
): Promise<Served> {
  let routed: RoutedCall<unknown> | null = null
  let caller: Caller | null = null
  try {
    routed = dialect.route(request)
    caller = await dialect.authenticate(app, request, routed, requestId)
    const body = await routed.operation.perform(app, caller, routed.call)
    const response = dialect.answer(request, routed, body, requestId)
    const { status } = response
    return { response, status, operation: routed.operation.name, caller, failure: null, fault: null }
  } catch (error) {
    const failure = error instanceof DomainError ? error : new DomainError('service.internal', {})
    const response = dialect.refuse(request, routed, failure, requestId)
    const fault = error === failure ? null : error
    const { status } = response
    return { response, status, operation: routed?.operation.name ?? 'unknown', caller, failure, fault }
  }
}
