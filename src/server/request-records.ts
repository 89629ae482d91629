import type { Outcome } from '../dialects/dialect.ts'
import type { FailureCode } from '../domain/errors.ts'
import type { AuditTrail } from './audit-trail.ts'
import type { OnServed } from './http.ts'
import type { Logger } from './logging.ts'
import type { Metrics } from './metrics.ts'
import type { Tracing } from './tracing.ts'

/** What of requests goes to the log. */
export type LoggedRequests = 'failed' | 'all'

export interface RecordKeepers {
  readonly metrics: Metrics
  readonly logger: Logger
  readonly logged: LoggedRequests
  readonly audit: AuditTrail | null
  readonly tracing: Tracing | null
}

/** Ours, not the client's, whatever status the vendor has for them: Tencent answers 200 to everything. */
const OURS: readonly FailureCode[] = ['service.internal', 'service.unavailable']

/** Counts, logs, audits and traces what became of a request: each as far as it was asked for. */
export function recordRequests({ metrics, logger, logged, audit, tracing }: RecordKeepers): OnServed {
  return (message, dialect, outcome, requestId, durationMs) => {
    const { operation, failure } = outcome
    metrics.served(dialect, operation, failure?.code ?? 'ok', durationMs)
    tracing?.served(message, dialect, outcome, requestId)
    if (failure === null && logged === 'failed') return
    const remoteAddress = message.socket.remoteAddress ?? ''
    if (failure) audit?.refused(dialect, outcome, requestId, remoteAddress)
    const failed = failure !== null && OURS.includes(failure.code)
    if (!failed && logged === 'failed') return
    const line = lineOf(dialect, outcome, requestId, remoteAddress, durationMs)
    if (failed) logger.error(line, 'a request failed')
    else logger.info(line, 'a request')
  }
}

/** Never the query or a header: signatures and tokens are there. */
function lineOf(
  dialect: string,
  { operation, status, caller, failure, fault }: Outcome,
  requestId: string,
  remoteAddress: string,
  durationMs: number | null,
) {
  const reason = failure?.code === 'service.unavailable' && (failure.details as { reason: string }).reason
  return {
    requestId,
    dialect,
    operation,
    code: failure?.code ?? 'ok',
    status,
    ...(durationMs !== null && { durationMs: Math.round(durationMs * 1000) / 1000 }),
    ...(caller?.tenant && { tenant: caller.tenant.id }),
    ...(caller?.operator && { operator: true }),
    remoteAddress,
    ...(reason && { reason }),
    ...(fault !== null && { err: fault }),
  }
}
