import { setTimeout } from 'node:timers/promises'
import type { FastifyReply } from 'fastify'
import { Type } from 'typebox'
import type { Caller } from '../../../app/context.ts'
import type { App } from '../../../app/index.ts'
import { DomainError } from '../../../domain/errors.ts'
import { encodeEvent } from '../codec.ts'
import { route } from '../route.ts'
import { Event, Id } from '../schemas.ts'
import { STREAMS_MAX, streams } from '../streams.ts'

const POLL_MS = 200
const KEEP_ALIVE_MS = 15_000
const BATCH = 500

export const listEvents = route({
  method: 'GET',
  path: '/events',
  summary:
    'Every transition after a sequence number, in commit order; as text/event-stream, also those to come',
  status: 200,
  schemas: {
    querystring: Type.Object({
      after: Type.Optional(Type.Integer({ minimum: 0, default: 0 })),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 })),
      order: Type.Optional(
        Type.Union([Type.Literal('ascending'), Type.Literal('descending')], {
          description: 'Descending: the newest first; not of a stream.',
        }),
      ),
      before: Type.Optional(
        Type.Integer({ minimum: 1, description: 'With descending order: only those of a lower number.' }),
      ),
    }),
    answer: Type.Object({ events: Type.Array(Event) }),
  },
  async perform({ app, caller, query, request, reply }) {
    const { after = 0, limit = 100, order = 'ascending', before = null } = query
    if (order === 'descending') {
      return { events: (await app.listRecentEvents(caller, { before, limit })).map(encodeEvent) }
    }
    if (!(request.headers.accept ?? '').includes('text/event-stream')) {
      return { events: (await app.listEvents(caller, { after, limit })).map(encodeEvent) }
    }
    if (streams.open >= STREAMS_MAX)
      throw new DomainError('service.unavailable', { reason: 'too many event streams' })
    // A client that was cut off says where it was.
    const resume = Number(request.headers['last-event-id'])
    request.streaming = true
    reply.hijack()
    void stream(app, caller, Number.isSafeInteger(resume) && resume > 0 ? resume : after, reply)
    return reply
  },
})

export const showHistory = route({
  method: 'GET',
  path: '/peerings/:id/events',
  summary: 'What happened to one peering, the newest first; go on before `next`, until that is null',
  status: 200,
  schemas: {
    params: Id,
    querystring: Type.Object({ before: Type.Optional(Type.Integer({ minimum: 1 })) }),
    answer: Type.Object({
      events: Type.Array(Event),
      next: Type.Union([Type.Integer(), Type.Null()]),
    }),
  },
  async perform({ app, caller, params, query }) {
    const { events, next } = await app.showHistory(caller, { ...params, before: query.before ?? null })
    return { events: events.map(encodeEvent), next }
  },
})

/** Sends what has happened and what happens, until the client goes. */
async function stream(app: App, caller: Caller, from: number, reply: FastifyReply): Promise<void> {
  const { raw } = reply
  let after = from
  let quietSinceMs = Date.now()
  const goesOn = () => !raw.destroyed && !reply.server.stopping()
  streams.open++
  // Nothing else comes over this connection, and it must not outlive the stream.
  raw.shouldKeepAlive = false
  raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
  raw.flushHeaders()
  try {
    while (goesOn()) {
      // A client that reads slowly is waited for, not remembered for.
      const events = raw.writableNeedDrain ? [] : await app.listEvents(caller, { after, limit: BATCH })
      for (const event of events) {
        raw.write(
          `id: ${event.sequence}\nevent: ${event.type}\ndata: ${JSON.stringify(encodeEvent(event))}\n\n`,
        )
        after = event.sequence
      }
      if (events.length > 0) quietSinceMs = Date.now()
      else if (Date.now() - quietSinceMs > KEEP_ALIVE_MS) {
        raw.write(': still here\n\n')
        quietSinceMs = Date.now()
      }
      if (events.length < BATCH) await setTimeout(POLL_MS)
    }
  } catch {
    // The store has gone; the client comes back by itself.
  } finally {
    streams.open--
    // One that does not read would keep the service from stopping.
    if (raw.writableNeedDrain) raw.destroy()
    else raw.end()
  }
}
