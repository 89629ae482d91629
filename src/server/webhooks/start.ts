import type { Context } from '../../app/context.ts'
import { RETRY_SCHEDULE } from '../../domain/webhook.ts'
import type { Leadership } from '../../ports/leadership.ts'
import type { Telemetry } from '../../ports/telemetry.ts'
import type { Logger } from '../logging.ts'
import type { ServeOptions } from '../options.ts'
import type { CommitListener } from '../watch-commits.ts'
import { Deliverer } from './deliverer.ts'

const TIMEOUT_MS = 10_000

/** Begins to tell webhooks of events, and has it hear of commits. */
export function startDeliverer(
  context: Context,
  leadership: Leadership,
  logger: Logger,
  options: Pick<ServeOptions, 'webhook-retry-delay'>,
  listeners: CommitListener[],
  telemetry: Telemetry,
): Deliverer {
  const deliverer = new Deliverer(context, leadership, logger, {
    openReceivers: async () => {
      const { httpReceivers } = await import('../../adapters/receivers/http.ts')
      return httpReceivers({ networks: context.receiverNetworks, timeoutMs: TIMEOUT_MS })
    },
    schedule: { ...RETRY_SCHEDULE, firstDelayMs: options['webhook-retry-delay'] },
    telemetry,
  })
  listeners.push((change) => deliverer.committed(change))
  return deliverer
}
