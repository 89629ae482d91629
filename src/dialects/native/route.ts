import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Static, TObject, TOptional, TSchema } from 'typebox'
import type { Caller } from '../../app/context.ts'
import type { App } from '../../app/index.ts'

type Parsed<S> = S extends TSchema ? Static<S> | (S extends TOptional ? undefined : never) : unknown

/** What an operation of the native API reads and answers, as schemas. */
export interface RouteSchemas {
  readonly params?: TObject
  readonly querystring?: TObject
  /** An optional one may be left out. */
  readonly body?: TSchema
  /** Of the answer, when it succeeds; null is none. */
  readonly answer: TSchema | null
}

/** One operation of the native API. */
export interface NativeRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** With `:id` for a part that varies, below `/isthmus/v1`. */
  readonly path: string
  readonly summary: string
  readonly status: 200 | 201 | 204
  readonly schemas: RouteSchemas
  readonly perform: (input: {
    app: App
    caller: Caller
    params: never
    query: never
    body: never
    request: FastifyRequest
    reply: FastifyReply
  }) => Promise<unknown>
}

/** An operation whose handler is given what its schemas say. */
export function route<const S extends RouteSchemas>(
  parts: Omit<NativeRoute, 'schemas' | 'perform'> & {
    readonly schemas: S
    readonly perform: (input: {
      app: App
      caller: Caller
      params: Parsed<S['params']>
      query: Parsed<S['querystring']>
      body: Parsed<S['body']>
      request: FastifyRequest
      reply: FastifyReply
    }) => Promise<unknown>
  },
): NativeRoute {
  return parts as unknown as NativeRoute
}
