import { AsyncLocalStorage } from 'node:async_hooks'
import type { IncomingMessage, ServerResponse } from 'node:http'
import {
  type Attributes,
  type Context,
  defaultTextMapGetter,
  type Link,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api'
import { setGlobalErrorHandler, W3CTraceContextPropagator } from '@opentelemetry/core'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources'
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace'
import type { Outcome } from '../dialects/dialect.ts'
import type { DataPlane } from '../ports/data-plane.ts'
import type { Change, Store } from '../ports/store.ts'
import type { FollowedChange } from '../ports/telemetry.ts'
import type { Logger } from './logging.ts'
import type { PassSubject, Tracing } from './tracing.ts'

export interface TracingOptions {
  /** Without a path; `/v1/traces` is added. */
  readonly endpoint: string
  /** Of the requests that come without a trace, how many get one: 0 to 1. */
  readonly ratio: number
  /** What the service calls itself, with its version. */
  readonly version: string
  readonly logger: Logger
}

/** Spans that wait to be sent, at most. What comes after that, while nobody takes them, is dropped. */
const WAITING_MAX = 2_048
const SEND_INTERVAL_MS = 1_000
const SEND_TIMEOUT_MS = 5_000
const CLOSE_TIMEOUT_MS = 1_000
/** Causes that are remembered until their pass, at most. */
const CAUSES_MAX = 10_000
const COMPLAIN_INTERVAL_MS = 60_000

/** What nobody follows: who watches the service asks for these all the time. */
const WATCHING = /^\/(?:healthz|readyz|metrics|console)(?:[/?]|$)/

/**
 * Tracing by OpenTelemetry, sent as OTLP over HTTP. Loaded only where an endpoint is given. Nothing is registered
 * globally but who hears of spans that could not be sent, so that two services in one process do not meet.
 */
export function openTracing(options: TracingOptions): Tracing {
  const provider = providerFor(options)
  return new OpenTelemetryTracing(provider.getTracer('isthmus', options.version), () => provider.shutdown())
}

function providerFor({ endpoint, ratio, version, logger }: TracingOptions): TracerProvider {
  let complainedAtMs = Number.NEGATIVE_INFINITY
  setGlobalErrorHandler((error) => {
    if (performance.now() < complainedAtMs + COMPLAIN_INTERVAL_MS) return
    complainedAtMs = performance.now()
    const reason = error instanceof Error ? error.message : String(error)
    logger.warn({ endpoint, reason }, 'spans could not be sent, and are lost')
  })
  const exporter = new OTLPTraceExporter({
    url: `${endpoint.replace(/\/+$/, '')}/v1/traces`,
    timeoutMillis: SEND_TIMEOUT_MS,
    concurrencyLimit: 2,
  })
  const own = { 'service.name': process.env['OTEL_SERVICE_NAME'] ?? 'isthmus', 'service.version': version }
  return new TracerProvider({
    resource: defaultResource().merge(resourceFromAttributes(own)),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) }),
    spanProcessors: [
      new BatchSpanProcessor({
        exporter,
        maxQueueSize: WAITING_MAX,
        scheduledDelayMillis: SEND_INTERVAL_MS,
        exportTimeoutMillis: SEND_TIMEOUT_MS,
      }),
    ],
  })
}

class OpenTelemetryTracing implements Tracing {
  readonly #tracer: Tracer
  readonly #shutDown: () => Promise<void>
  readonly #propagator = new W3CTraceContextPropagator()
  readonly #active = new AsyncLocalStorage<Context>()
  readonly #requests = new WeakMap<IncomingMessage, Span>()
  /** By what a pass will be about: the request that it is due to; null: nobody's. The oldest go first. */
  readonly #causes = new Map<string, SpanContext | null>()

  constructor(tracer: Tracer, shutDown: () => Promise<void>) {
    this.#tracer = tracer
    this.#shutDown = shutDown
  }

  request(message: IncomingMessage, response: ServerResponse, answer: () => void): void {
    if (WATCHING.test(message.url ?? '')) {
      answer()
      return
    }
    const parent = this.#propagator.extract(ROOT_CONTEXT, message.headers, defaultTextMapGetter)
    const attributes = {
      'http.request.method': message.method ?? '',
      // Without the query, where signatures are.
      'url.path': message.url?.split('?', 1)[0] ?? '',
      'client.address': message.socket.remoteAddress ?? '',
    }
    const span = this.#tracer.startSpan('request', { kind: SpanKind.SERVER, attributes }, parent)
    this.#requests.set(message, span)
    response.once('close', () => span.end())
    this.#active.run(trace.setSpan(parent, span), answer)
  }

  served(message: IncomingMessage, dialect: string, outcome: Outcome, requestId: string): void {
    const span = this.#requests.get(message)
    if (!span) return
    const { operation, status, caller, failure } = outcome
    span.updateName(`${dialect} ${operation}`)
    span.setAttributes({
      'http.response.status_code': status,
      'isthmus.dialect': dialect,
      'isthmus.operation': operation,
      'isthmus.request.id': requestId,
      'isthmus.code': failure?.code ?? 'ok',
      ...(caller?.tenant && { 'isthmus.tenant.id': caller.tenant.id }),
    })
    if (failure?.code.startsWith('service.'))
      span.setStatus({ code: SpanStatusCode.ERROR, message: failure.code })
  }

  readonly followChange = (): FollowedChange | null => {
    const active = this.#active.getStore()
    const span = active && trace.getSpan(active)
    if (!span?.isRecording()) return null
    return (changes) => span.setAttribute('isthmus.store.commit.changes', changes)
  }

  store(store: Store): Store {
    return new Proxy(store, {
      get: (target, name: keyof Store) => {
        const member = target[name] as unknown
        if (typeof member !== 'function' || name === 'close' || name === 'ping') return bound(member, target)
        const call = member.bind(target) as (...args: unknown[]) => Promise<unknown>
        if (name !== 'commit')
          return (...args: unknown[]) => this.#child(`store ${name}`, {}, () => call(...args))
        return (change: Change) => this.#commit(change, () => target.commit(change))
      },
    })
  }

  async #commit(change: Change, commit: () => ReturnType<Store['commit']>): ReturnType<Store['commit']> {
    const active = this.#active.getStore()
    const request = active && trace.getSpanContext(active)
    const outcome = await this.#child('store commit', commitAttributes(change), commit)
    // Before the reconciler hears of it, which is whoever called this.
    if (request && outcome.ok && !change.dryRun)
      for (const key of passesOf(change)) this.#caused(key, request)
    return outcome
  }

  dataPlane(dataPlane: DataPlane): DataPlane {
    const asked = (peering: string) => ({ 'isthmus.peering.id': peering })
    return {
      name: dataPlane.name,
      realizeNetwork: (vpc, wanted) =>
        this.#child('realize network', { 'isthmus.vpc.id': vpc }, () =>
          dataPlane.realizeNetwork(vpc, wanted),
        ),
      realizeLink: (peering, wanted) =>
        this.#child('realize link', asked(peering), () => dataPlane.realizeLink(peering, wanted)),
      prove: (peering, wanted) =>
        this.#child('prove', asked(peering), async (span) => {
          const proof = await dataPlane.prove(peering, wanted)
          span.setAttribute('isthmus.proof', proof.kind)
          return proof
        }),
      watch: (onDrift) =>
        dataPlane.watch((what) => {
          if (what) this.#caused('vpc' in what ? `vpc ${what.vpc}` : `peering ${what.peering}`, null)
          onDrift(what)
        }),
      attachmentOf: (port) => dataPlane.attachmentOf(port),
      observe: () => dataPlane.observe(),
      ping: () => dataPlane.ping(),
      close: () => dataPlane.close(),
    }
  }

  pass({ kind, id }: PassSubject, work: () => Promise<void>): Promise<void> {
    const key = `${kind} ${id}`
    const cause = this.#causes.get(key)
    this.#causes.delete(key)
    // Not below whatever happened to wake it: the request is answered long before.
    if (cause === undefined) return this.#active.run(ROOT_CONTEXT, work)
    const links: Link[] = cause === null ? [] : [{ context: cause }]
    const attributes = { [`isthmus.${kind}.id`]: id, 'isthmus.pass.drift': cause === null }
    const options = { root: true, links, attributes }
    return this.#during(this.#tracer.startSpan(`pass ${kind}`, options, ROOT_CONTEXT), ROOT_CONTEXT, work)
  }

  async close(): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, CLOSE_TIMEOUT_MS)
    })
    await Promise.race([this.#shutDown().catch(() => {}), late])
    clearTimeout(timer)
  }

  #caused(key: string, cause: SpanContext | null): void {
    this.#causes.delete(key)
    this.#causes.set(key, cause)
    if (this.#causes.size <= CAUSES_MAX) return
    const [oldest] = this.#causes.keys()
    if (oldest !== undefined) this.#causes.delete(oldest)
  }

  /** Does `work` as a part of what is followed; where nothing is, just so. */
  #child<T>(name: string, attributes: Attributes, work: (span: Span) => Promise<T>): Promise<T> {
    const parent = this.#active.getStore()
    if (!parent || !trace.getSpan(parent)) return work(trace.wrapSpanContext(NOWHERE))
    const span = this.#tracer.startSpan(name, { attributes }, parent)
    return this.#during(span, parent, () => work(span))
  }

  async #during<T>(span: Span, parent: Context, work: () => Promise<T>): Promise<T> {
    try {
      return await this.#active.run(trace.setSpan(parent, span), work)
    } catch (error) {
      span.setStatus({
        code: SpanStatusCode.ERROR,
        message: error instanceof Error ? error.message : String(error),
      })
      throw error
    } finally {
      span.end()
    }
  }
}

const NOWHERE: SpanContext = { traceId: '0'.repeat(32), spanId: '0'.repeat(16), traceFlags: 0 }

function bound(member: unknown, target: object): unknown {
  return typeof member === 'function' ? member.bind(target) : member
}

function commitAttributes({ peerings = [], vpcs = [], parts = [], events = [], dryRun = false }: Change) {
  return {
    'isthmus.commit.peerings': peerings.length,
    'isthmus.commit.vpcs': vpcs.length,
    'isthmus.commit.parts': parts.length,
    'isthmus.commit.events': events.length,
    'isthmus.commit.dry_run': dryRun,
  }
}

/** The passes that a change leads to, as the reconciler has them. */
function passesOf({ peerings = [], vpcs = [], parts = [] }: Change): string[] {
  const key = (kind: PassSubject['kind'], id: string) => `${kind} ${id}`
  const touched = parts.flatMap(({ from, to }) => [from, to])
  return [
    ...peerings.map(({ to }) => key('peering', to.id)),
    ...vpcs.map(({ to }) => key('vpc', to.id)),
    ...touched.flatMap((part) => (part?.kind === 'route' ? [key('peering', part.nextHop)] : [])),
  ]
}
