import { randomUUID } from 'node:crypto'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { type FastifyInstance, fastify } from 'fastify'
import { sendProblem } from '../dialects/native/errors.ts'
import { BODY_LIMIT_BYTES } from '../dialects/wire.ts'
import { DomainError } from '../domain/errors.ts'

export type Handler = (message: IncomingMessage, response: ServerResponse) => void

/** A server for paths of our own, on what `createServer` makes of its handler. */
export function createOwnServer(
  createServer: (handler: Handler) => Server,
  clientErrorHandler?: (error: Error, socket: import('node:net').Socket) => void,
): FastifyInstance {
  const server = fastify({
    logger: false,
    genReqId: () => randomUUID(),
    bodyLimit: BODY_LIMIT_BYTES,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 1024 },
    frameworkErrors: (error, request, reply) => {
      void sendProblem(reply, new DomainError('request.malformed', { reason: error.message }), request.id)
    },
    serverFactory: createServer,
    ...(clientErrorHandler && { clientErrorHandler }),
  })
  server.setNotFoundHandler((request, reply) => {
    const failure = new DomainError('operation.unknown', { operation: request.url, method: request.method })
    return sendProblem(reply, failure, request.id)
  })
  // Every answer is made of what it says; to leave out what a schema does not have is not needed, and costs megabytes.
  server.setSerializerCompiler(() => JSON.stringify)
  return server
}
