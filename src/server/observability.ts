import { statfs } from 'node:fs/promises'
import type { FastifyInstance } from 'fastify'
import type { App } from '../app/index.ts'
import { streams } from '../dialects/native/streams.ts'
import type { DataPlane } from '../ports/data-plane.ts'
import type { Leadership } from '../ports/leadership.ts'
import type { Store } from '../ports/store.ts'
import { type AuditTrail, auditChanges, openAuditTrail } from './audit-trail.ts'
import { EventTally } from './event-tally.ts'
import type { OnServed } from './http.ts'
import type { Logger } from './logging.ts'
import { createMetrics, type Metrics } from './metrics.ts'
import type { ServeOptions } from './options.ts'
import type { Reconciler, RunPass } from './reconciler.ts'
import { recordRequests } from './request-records.ts'
import type { Tracing } from './tracing.ts'
import { ownVersion } from './version.ts'
import { watchDataPlane } from './watched-data-plane.ts'
import { WatchedLeadership } from './watched-leadership.ts'

type Options = Pick<
  ServeOptions,
  'data' | 'dataplane' | 'log-requests' | 'audit-log' | 'otlp-endpoint' | 'trace-ratio'
>

/**
 * Everything by which the service can be watched: what counts, follows and writes down. The parts of the service are
 * handed through it as they are made, and come back being watched, as far as that was asked for. What was not asked for is
 * not loaded, and not on the way of a request.
 */
export class Observability {
  readonly metrics: Metrics
  readonly tracing: Tracing | null
  /** Hears of every request that was answered. */
  readonly onServed: OnServed
  readonly #options: Options
  readonly #audit: ReturnType<typeof openAuditTrail> | null
  readonly #closing: (() => Promise<void>)[] = []
  #leadership: WatchedLeadership | null = null

  /** Throws UsageError for an audit log that cannot be written. */
  static async open(options: Options, logger: Logger): Promise<Observability> {
    const { 'otlp-endpoint': endpoint, 'trace-ratio': ratio } = options
    if (endpoint === null) return new Observability(options, logger, null)
    // A good many megabytes that a service without traces can do without.
    const { openTracing } = await import('./open-telemetry.ts')
    const tracing = openTracing({ endpoint, ratio, version: ownVersion(), logger })
    return new Observability(options, logger, tracing)
  }

  private constructor(options: Options, logger: Logger, tracing: Tracing | null) {
    const { 'audit-log': auditLog, 'log-requests': logged } = options
    this.#options = options
    this.tracing = tracing
    this.metrics = createMetrics(tracing?.followChange)
    this.#audit = auditLog === null ? null : openAuditTrail(auditLog, logger, this.metrics)
    const audit: AuditTrail | null = this.#audit?.trail ?? null
    this.onServed = recordRequests({ metrics: this.metrics, logger, logged, audit, tracing })
  }

  leadership(leadership: Leadership): Leadership {
    this.#leadership = new WatchedLeadership(leadership)
    return this.#leadership
  }

  store(store: Store): Store {
    const tally = new EventTally(store)
    this.#closing.push(() => tally.stop())
    this.metrics.sample('peerings', async () => (await tally.look())?.states ?? null)
    this.metrics.sample('events', async () => (await tally.look())?.events ?? null)
    return this.tracing?.store(store) ?? store
  }

  dataPlane(dataPlane: DataPlane): DataPlane {
    if (this.#options.dataplane === 'none') return dataPlane
    const traced = this.tracing?.dataPlane(dataPlane) ?? dataPlane
    return watchDataPlane(
      traced,
      this.metrics.telemetry,
      () => this.#leadership?.leads('reconciler') ?? false,
    )
  }

  app(app: App): App {
    return this.#audit ? auditChanges(app, this.#audit.trail) : app
  }

  readonly runPass: RunPass = async (subject, pass) => {
    const { passes, passDuration } = this.metrics.telemetry
    const startedAtMs = performance.now()
    try {
      await (this.tracing ? this.tracing.pass(subject, pass) : pass())
      passes.done.add()
    } catch (error) {
      passes.failed.add()
      throw error
    } finally {
      passDuration.observe((performance.now() - startedAtMs) / 1000)
    }
  }

  reconciler(reconciler: Reconciler): void {
    const { passesWaiting, oldestPass } = this.metrics.telemetry
    passesWaiting.from(() => reconciler.lag)
    oldestPass.from(() => reconciler.oldestDueMs / 1000)
  }

  /** Answers `/metrics`, once all parts are there. */
  serve(server: FastifyInstance, { context: { store, dataPlane } }: App): void {
    const { metrics } = this
    const answers = (part: Store | DataPlane) =>
      part.ping().then(
        () => 1,
        () => 0,
      )
    metrics.sample('ready', async () => {
      const [inStore, inNetwork] = await Promise.all([answers(store), answers(dataPlane)])
      return { store: inStore, 'data-plane': inNetwork }
    })
    metrics.sample('leader', () => this.#leadership?.duties() ?? {})
    metrics.sample('eventStreams', () => ({ '': streams.open }))
    metrics.sample('connections', () => connectionsOf(server))
    metrics.sample('dataDirectoryFree', async () => {
      const { bavail, bsize } = await statfs(this.#options.data)
      return { '': bavail * bsize }
    })
    metrics.sample('dataDirectorySize', async () => {
      const { blocks, bsize } = await statfs(this.#options.data)
      return { '': blocks * bsize }
    })
    const version = ownVersion()
    metrics.sample('build', () => ({ [version]: 1 }))
    server.get('/metrics', async (_request, reply) =>
      reply.type(metrics.contentType).send(await metrics.text()),
    )
  }

  /** Writes and sends what is left. Before the store is closed. */
  async close(): Promise<void> {
    await Promise.all(this.#closing.map((close) => close()))
    await Promise.all([this.tracing?.close(), this.#audit?.close()])
  }
}

function connectionsOf({ server }: FastifyInstance): Promise<Record<string, number>> {
  return new Promise((resolve, reject) => {
    server.getConnections((error, count) => {
      if (error) reject(error)
      else resolve({ '': count })
    })
  })
}
