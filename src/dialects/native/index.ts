import swagger, { type SwaggerTransformObject } from '@fastify/swagger'
import type { FastifyError, FastifyInstance, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { Caller } from '../../app/context.ts'
import type { App } from '../../app/index.ts'
import { DomainError } from '../../domain/errors.ts'
import type { Outcome } from '../dialect.ts'
import { BODY_LIMIT_BYTES } from '../wire.ts'
import { authenticate, onceOf } from './authenticate.ts'
import { PROBLEM_TYPE, sendProblem } from './errors.ts'
import type { NativeRoute } from './route.ts'
import { ROUTES } from './routes.ts'
import { Problem } from './schemas.ts'
import { compileValidator } from './validate.ts'

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller
    /** Why it was refused, or failed; null while nothing stands in its way. */
    failure: DomainError | null
    fault: unknown
    /** Whether its answer has no end of its own. */
    streaming: boolean
  }
  interface FastifyInstance {
    /** Whether the service takes no more requests. */
    stopping(): boolean
  }
  interface FastifyContextConfig {
    operation?: string
  }
}

export interface NativeOptions {
  readonly app: App
  readonly adminToken: string
  /** Hears of every answer. `durationMs` is null for a stream. */
  readonly onServed: (request: FastifyRequest, outcome: Outcome, durationMs: number | null) => void
}

/** The native API below `/isthmus/v1`, as a Fastify plugin, with its OpenAPI document. */
export async function native(server: FastifyInstance, options: NativeOptions): Promise<void> {
  await server.register(swagger, {
    transformObject: withOptionalBodies,
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Isthmus native API',
        version: '1',
        description:
          'Tenants, VPCs, peerings, events. Changes to VPCs and peerings take an Idempotency-Key header: the same key has its effect once. Errors are problem documents with a stable code.',
      },
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
      security: [{ bearer: [] }],
    },
  })
  server.decorateRequest('caller')
  server.decorateRequest('failure', null)
  server.decorateRequest('fault', null)
  server.decorateRequest('streaming', false)
  // A person with curl forgets the content type; nothing else than JSON can be meant.
  server.removeAllContentTypeParsers()
  server.addContentTypeParser('*', { parseAs: 'buffer' }, async (_request: unknown, body: Buffer) =>
    parseBody(body),
  )
  server.setValidatorCompiler(compileValidator)
  server.setErrorHandler((error: unknown, request, reply) => {
    const failure = failureOf(error)
    request.failure = failure
    if (failure.code === 'service.internal') request.fault = error
    return sendProblem(reply, failure, request.id)
  })
  server.setNotFoundHandler((request, reply) => {
    const failure = new DomainError('operation.unknown', { operation: request.url, method: request.method })
    request.failure = failure
    return sendProblem(reply, failure, request.id)
  })
  server.addHook('onResponse', async (request, reply) => {
    const { caller = null, failure, fault, streaming } = request
    const operation = request.routeOptions.config.operation ?? 'unknown'
    const outcome = { operation, status: reply.statusCode, caller, failure, fault }
    options.onServed(request, outcome, streaming ? null : reply.elapsedTime)
  })
  server.get('/openapi.json', { schema: { hide: true } }, async () => server.swagger())
  for (const route of ROUTES) addRoute(server, route, options)
}

function addRoute(server: FastifyInstance, route: NativeRoute, { app, adminToken }: NativeOptions): void {
  const { params, querystring, body, answer } = route.schemas
  const operation = `${route.method} ${server.prefix}${route.path}`
  server.route({
    config: { operation },
    method: route.method,
    url: route.path,
    schema: {
      summary: route.summary,
      operationId: `${route.method} ${route.path}`,
      ...(params && { params }),
      ...(querystring && { querystring }),
      ...(body && { body }),
      response: {
        [route.status]:
          answer === null ? { type: 'null', description: 'Done.' } : { ...answer, description: 'Done.' },
        default: {
          description: 'What is wrong.',
          content: { [PROBLEM_TYPE]: { schema: Problem } },
        },
      },
    },
    // Who asks is settled before what they ask is looked at; a wrong token learns nothing from a bad body.
    onRequest: async (request) => {
      request.caller = await authenticate(app, adminToken, request, operation)
    },
    handler: async (request, reply) => {
      const { dryRun } = request.query as { dryRun?: unknown }
      const caller = { ...request.caller, dryRun: dryRun === true, once: onceOf(request) }
      const {
        params: parameters,
        query,
        body: given,
      } = request as unknown as Record<'params' | 'query' | 'body', never>
      const result = await route.perform({
        app,
        caller,
        params: parameters,
        query,
        body: given,
        request,
        reply,
      })
      if (reply.sent) return reply
      reply.header('x-request-id', request.id)
      if (caller.dryRun)
        return reply
          .header('isthmus-dry-run', 'true')
          .code(200)
          .serializer(JSON.stringify)
          .send(result ?? {})
      return reply.code(route.status).send(result)
    },
  } as Parameters<FastifyInstance['route']>[0])
}

/** What Fastify's document says is required of every body is not so of those that may be left out. */
const withOptionalBodies: SwaggerTransformObject = (document) => {
  if (!('openapiObject' in document)) return document.swaggerObject
  const { openapiObject } = document
  for (const { method, path, schemas } of ROUTES) {
    if (!Type.IsOptional(schemas.body)) continue
    const item = openapiObject.paths?.[`/isthmus/v1${path.replaceAll(/:(\w+)/g, '{$1}')}`]
    const operation = item?.[method.toLowerCase() as 'post']
    if (operation?.requestBody && 'required' in operation.requestBody) operation.requestBody.required = false
  }
  return openapiObject
}

async function parseBody(body: Buffer): Promise<unknown> {
  if (body.length === 0) return undefined
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    throw new DomainError('request.malformed', { reason: 'the body is not valid JSON' })
  }
}

/** The failure that `error` is: one of ours, one of the framework's about the request, or a fault. */
function failureOf(error: unknown): DomainError {
  if (error instanceof DomainError) return error
  const { statusCode, code, message } = error as FastifyError
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE')
    return new DomainError('request.too-large', { limitBytes: BODY_LIMIT_BYTES })
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new DomainError('request.malformed', { reason: message })
  }
  return new DomainError('service.internal', {})
}
