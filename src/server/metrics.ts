import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client'

/** What is counted, as Prometheus text. */
export interface Metrics {
  served(dialect: string, operation: string, code: string, durationMs: number): void
  text(): Promise<string>
  readonly contentType: string
}

export function createMetrics(): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const requests = new Counter({
    name: 'isthmus_requests_total',
    help: 'Requests answered, by dialect, operation and failure code (ok: none).',
    labelNames: ['dialect', 'operation', 'code'],
    registers: [registry],
  })
  const durations = new Histogram({
    name: 'isthmus_request_duration_seconds',
    help: 'Time from the first byte read to the last byte handed to the kernel.',
    labelNames: ['dialect'],
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  })
  // Finding a labelled counter costs more than raising it, and there are only so many.
  const known = new Map<string, { request: Counter.Internal; duration: Histogram.Internal<'dialect'> }>()
  return {
    served(dialect, operation, code, durationMs) {
      const key = `${dialect} ${operation} ${code}`
      let found = known.get(key)
      if (!found) {
        found = {
          request: requests.labels({ dialect, operation, code }),
          duration: durations.labels({ dialect }),
        }
        known.set(key, found)
      }
      found.request.inc()
      found.duration.observe(durationMs / 1000)
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  }
}
