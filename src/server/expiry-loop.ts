import type { Context } from '../app/context.ts'
import { expirePeerings } from '../app/expire-peerings.ts'
import type { Leadership } from '../ports/leadership.ts'
import type { Logger } from './logging.ts'

const INTERVAL_MS = 1_000

/**
 * Writes down expiries soon after they happen. Nobody waits for it: what a request's deadline says holds without it.
 * One of the replicas does it at a time; two would do no harm, but no good either. Answers what stops it.
 */
export function startExpiryLoop(
  context: Context,
  leadership: Leadership,
  logger: Logger,
): () => Promise<void> {
  const candidate = leadership.stand('expiry sweep')
  let stopped = false
  let pass = Promise.resolve()
  const timer = setInterval(() => {
    pass = pass
      .then(async () => {
        if (stopped || !candidate.leads) return
        const written = await expirePeerings(context)
        if (written > 0) logger.info({ written }, 'requests expired')
      })
      .catch((error: unknown) =>
        logger.error({ err: error }, 'the expiry sweep failed; it will be tried again'),
      )
  }, INTERVAL_MS)
  return async () => {
    stopped = true
    clearInterval(timer)
    await pass
    await candidate.withdraw()
  }
}
