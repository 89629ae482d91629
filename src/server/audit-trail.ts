import type { Caller } from '../app/context.ts'
import type { App } from '../app/index.ts'
import type { Outcome } from '../dialects/dialect.ts'
import { DomainError } from '../domain/errors.ts'
import { AuditFile } from './audit-file.ts'
import type { Logger } from './logging.ts'
import type { Metrics } from './metrics.ts'
import { UsageError } from './options.ts'

/**
 * Who changed what, from where, and what came of it: a line for every change that was tried, in whichever dialect, and for
 * every request whose sender could not prove who they are. What really happened to peerings is in the event log, with
 * the same request ids; this also holds what was refused.
 */
export class AuditTrail {
  readonly #file: AuditFile

  constructor(file: AuditFile) {
    this.#file = file
  }

  /** A change that `caller` tried. `error` null: it was made. */
  change(caller: Caller, change: string, target: Target, result: string | null, error: unknown): void {
    const outcome =
      error === null ? 'ok' : error instanceof DomainError ? error.code : ('service.internal' as const)
    this.#add({
      kind: 'change',
      requestId: caller.requestId,
      dialect: caller.dialect,
      operation: caller.operation ?? null,
      actor: actorOf(caller),
      remoteAddress: caller.remoteAddress,
      change,
      target,
      result,
      ...(caller.dryRun && { dryRun: true }),
      outcome,
    })
  }

  /** A request that failed; a line where that was because nobody was found to have sent it. */
  refused(dialect: string, { operation, failure }: Outcome, requestId: string, remoteAddress: string): void {
    if (failure === null || !REFUSALS.test(failure.code)) return
    this.#add({
      kind: 'authentication',
      requestId,
      dialect,
      operation,
      actor: { kind: 'unknown', accessKeyId: failure.claimedKey && shortened(failure.claimedKey) },
      remoteAddress,
      outcome: failure.code,
    })
  }

  #add(line: Readonly<Record<string, unknown>>): void {
    this.#file.add(JSON.stringify({ at: new Date().toISOString(), ...line }))
  }
}

const REFUSALS = /^(?:authentication\.|project\.mismatch$)/

/** Opens `path`, or throws UsageError. Answers the trail, and what lets go of it. A hang-up signal opens the file anew. */
export function openAuditTrail(
  path: string,
  logger: Logger,
  metrics: Metrics,
): { trail: AuditTrail; close: () => Promise<void> } {
  let file: AuditFile
  try {
    file = new AuditFile(path, (reason, linesLost) => {
      metrics.telemetry.auditFailures.add()
      logger.error({ path, reason, linesLost }, 'THE AUDIT LOG CANNOT BE WRITTEN; it is tried again')
    })
  } catch (error) {
    throw new UsageError(`--audit-log ${path}: ${(error as Error).message}`)
  }
  const reopen = () => {
    file.reopen()
    logger.info({ path }, 'the audit log was opened anew')
  }
  process.on('SIGHUP', reopen)
  return {
    trail: new AuditTrail(file),
    close: () => {
      process.off('SIGHUP', reopen)
      return file.close()
    },
  }
}

/** Use cases that only read, by their first word. Whatever is not known to only read is taken for a change. */
const READS = /^(?:show|list|explain|track)/

type Run = (caller: Caller, input: unknown) => unknown

/** `app`, every change of which leaves a line in `trail`, however it ends. */
export function auditChanges(app: App, trail: AuditTrail): App {
  const entries = Object.entries(app).map(([name, useCase]) => {
    if (typeof useCase !== 'function' || READS.test(name)) return [name, useCase]
    return [name, audited(name, useCase as Run, trail)]
  })
  return Object.fromEntries(entries) as App
}

function audited(name: string, run: Run, trail: AuditTrail): Run {
  return async (caller, input) => {
    try {
      const result = await run(caller, input)
      trail.change(caller, name, targetOf(input), idOf(result), null)
      return result
    } catch (error) {
      trail.change(caller, name, targetOf(input), null, error)
      throw error
    }
  }
}

type Target = Readonly<Record<string, string | readonly string[]>>

/** The members of an input that name something. No other member is ever written: a secret may be in it. */
const NAMING = [
  ...['id', 'ids', 'name', 'tenant', 'vpc', 'requesterVpc', 'accepterVpc', 'peering', 'subnet'],
  ...['routeTable', 'destination', 'sequence'],
]

function targetOf(input: unknown): Target {
  if (typeof input !== 'object' || input === null) return {}
  const target: Record<string, string | readonly string[]> = {}
  for (const name of NAMING) {
    const value = (input as Record<string, unknown>)[name]
    if (typeof value === 'string') target[name] = shortened(value)
    else if (Array.isArray(value) && value.every((each) => typeof each === 'string')) {
      target[name] = value.slice(0, NAMES_MAX).map((each) => shortened(each))
    }
  }
  return target
}

/** The id of what came of it; null where it has none. */
function idOf(result: unknown): string | null {
  if (typeof result !== 'object' || result === null) return null
  const { id, peering, tenant } = result as { id?: unknown; peering?: unknown; tenant?: unknown }
  if (typeof id === 'string') return id
  return idOf(peering ?? tenant ?? null)
}

const NAMES_MAX = 20
const LENGTH_MAX = 128

/** Clients make these up, of any length. */
function shortened(text: string): string {
  return text.length > LENGTH_MAX ? `${text.slice(0, LENGTH_MAX)}…` : text
}

function actorOf({ tenant, operator, accessKeyId }: Caller) {
  if (tenant)
    return { kind: 'tenant', tenant: tenant.id, name: tenant.name, accessKeyId: accessKeyId ?? null }
  return { kind: operator ? 'operator' : 'unknown' }
}
