import { Type } from 'typebox'
import { parseDuration } from '../../../domain/duration.ts'
import { DomainError } from '../../../domain/errors.ts'
import { encodeTime } from '../codec.ts'
import { route } from '../route.ts'
import { DryRun } from '../schemas.ts'

const Now = Type.Object({ now: Type.String({ format: 'date-time' }) })

export const showClock = route({
  method: 'GET',
  path: '/clock',
  summary: 'The service’s clock, which deadlines are measured by',
  status: 200,
  schemas: { answer: Now },
  perform: async ({ app }) => ({ now: encodeTime(app.context.clock.now()) }),
})

export const moveClock = route({
  method: 'POST',
  path: '/clock',
  summary: 'Move the clock forward, where the service was started with --clock manual (operator)',
  status: 200,
  schemas: {
    querystring: DryRun,
    body: Type.Object(
      { advance: Type.String({ maxLength: 64, description: 'An ISO 8601 duration, e.g. P7D.' }) },
      { additionalProperties: false },
    ),
    answer: Now,
  },
  async perform({ app, caller, body }) {
    const byMs = parseDuration(body.advance)
    if (byMs === null || byMs > YEAR_MS * 100) {
      const reason = 'not an ISO 8601 duration of weeks, days, hours, minutes and seconds'
      throw new DomainError('request.invalid', {
        field: 'advance',
        problem: 'format',
        reason,
        value: body.advance,
      })
    }
    return { now: encodeTime(await app.moveClock(caller, { byMs })) }
  },
})

const YEAR_MS = 366 * 86_400_000
