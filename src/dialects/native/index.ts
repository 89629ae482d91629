import swagger from '@fastify/swagger'
import type { FastifyError, FastifyInstance } from 'fastify'
import type { Caller } from '../../app/context.ts'
import type { App } from '../../app/index.ts'
import { DomainError } from '../../domain/errors.ts'
import { authenticate, onceOf } from './authenticate.ts'
import { CODE_HEADER, PROBLEM_TYPE, sendProblem } from './errors.ts'
import type { NativeRoute } from './route.ts'
import { ROUTES } from './routes.ts'
import { Problem } from './schemas.ts'
import { compileValidator } from './validate.ts'

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller
  }
}

export interface NativeOptions {
  readonly app: App
  readonly adminToken: string
  /** Hears of what was thrown where nothing should have been. */
  readonly onFault: (requestId: string, fault: unknown) => void
  /** Hears of every answer. `code` is `ok` or the failure's. */
  readonly onServed: (operation: string, code: string, durationMs: number) => void
}

/** The native API below `/isthmus/v1`, as a Fastify plugin, with its OpenAPI document. */
export async function native(server: FastifyInstance, options: NativeOptions): Promise<void> {
  await server.register(swagger, {
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
  // A person with curl forgets the content type; nothing else than JSON can be meant.
  server.removeAllContentTypeParsers()
  server.addContentTypeParser('*', { parseAs: 'buffer' }, async (_request: unknown, body: Buffer) =>
    parseBody(body),
  )
  server.setValidatorCompiler(compileValidator)
  server.setErrorHandler((error: unknown, request, reply) => {
    const failure = failureOf(error)
    if (failure.code === 'service.internal') options.onFault(request.id, error)
    return sendProblem(reply, failure, request.id)
  })
  server.setNotFoundHandler((request, reply) => {
    const failure = new DomainError('operation.unknown', { operation: request.url, method: request.method })
    return sendProblem(reply, failure, request.id)
  })
  server.addHook('onResponse', async (request, reply) => {
    const operation = request.routeOptions.url ? `${request.method} ${request.routeOptions.url}` : 'unknown'
    options.onServed(operation, reply.getHeader(CODE_HEADER)?.toString() ?? 'ok', reply.elapsedTime)
  })
  server.get('/openapi.json', { schema: { hide: true } }, async () => server.swagger())
  for (const route of ROUTES) addRoute(server, route, options)
}

function addRoute(server: FastifyInstance, route: NativeRoute, { app, adminToken }: NativeOptions): void {
  const { params, querystring, body, answer } = route.schemas
  server.route({
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
      request.caller = await authenticate(app, adminToken, request)
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
    return new DomainError('request.too-large', { limitBytes: 1024 * 1024 })
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new DomainError('request.malformed', { reason: message })
  }
  return new DomainError('service.internal', {})
}
