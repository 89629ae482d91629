import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { createTelemetry, type Instrument, type Telemetry } from '../ports/telemetry.ts'

/** What is counted, as Prometheus text. */
export interface Metrics {
  /** What stores, drivers and loops tell by. */
  readonly telemetry: Telemetry
  /** Counts a request. `code` is `ok` or the failure's; `durationMs` null: it goes on. */
  served(dialect: string, operation: string, code: string, durationMs: number | null): void
  /** What `take` answers is asked for at each scrape from now on. */
  sample(name: SampleName, take: Take): void
  text(): Promise<string>
  readonly contentType: string
  /** What there is to be seen, in the order in which it is shown. */
  describe(): readonly Described[]
}

export interface Described {
  readonly name: string
  readonly help: string
  readonly type: string
  readonly labels: readonly string[]
}

/** The number for each value of the label; of one without a label, for ''. Null: it is not known. */
export type Take = () => Sampled | Promise<Sampled>
type Sampled = Readonly<Record<string, number>> | null

/** What is looked up at a scrape. `label` null: one number. */
const SAMPLES = {
  ready: {
    kind: 'gauge',
    name: 'isthmus_ready',
    help: 'Whether the store, and the data plane, answer: what /readyz says.',
    label: 'part',
  },
  leader: {
    kind: 'gauge',
    name: 'isthmus_leader',
    help: 'Whether this replica has a duty that one of them has at a time. Over all replicas the sum is 1.',
    label: 'duty',
  },
  peerings: {
    kind: 'gauge',
    name: 'isthmus_peerings',
    help: 'Peerings by state, folded from the event log: the same at every replica.',
    label: 'state',
  },
  events: {
    kind: 'counter',
    name: 'isthmus_peering_events_total',
    help: 'Events of the log by type, since its beginning: the same at every replica, and a restart does not reset it.',
    label: 'type',
  },
  eventStreams: {
    kind: 'gauge',
    name: 'isthmus_event_streams',
    help: 'Event streams that are open.',
    label: null,
  },
  connections: {
    kind: 'gauge',
    name: 'isthmus_http_connections',
    help: 'Connections of clients that are open.',
    label: null,
  },
  dataDirectoryFree: {
    kind: 'gauge',
    name: 'isthmus_data_directory_free_bytes',
    help: 'Free space of the file system that the data directory is on.',
    label: null,
  },
  dataDirectorySize: {
    kind: 'gauge',
    name: 'isthmus_data_directory_size_bytes',
    help: 'Size of that file system.',
    label: null,
  },
  build: {
    kind: 'gauge',
    name: 'isthmus_build_info',
    help: 'Always 1; the version is in the label.',
    label: 'version',
  },
} as const

type SampleName = keyof typeof SAMPLES

/** A look that takes longer than this is left out of the scrape. */
const SAMPLE_TIMEOUT_MS = 2_000

/** `followChange`: see `Telemetry`. */
export function createMetrics(followChange?: Telemetry['followChange']): Metrics {
  const registry = new Registry()
  const served = requestMeters(registry)
  const telemetry = createTelemetry(toldTo(registry), followChange)
  const takes = new Map<SampleName, Take>()
  for (const name of Object.keys(SAMPLES) as SampleName[]) addSample(registry, name, takes)
  collectDefaultMetrics({ register: registry })
  return {
    telemetry,
    served,
    sample: (name, take) => void takes.set(name, take),
    text: () => registry.metrics(),
    contentType: registry.contentType,
    describe: () =>
      registry.getMetricsAsArray().map((metric) => {
        const {
          name,
          help,
          type,
          labelNames = [],
        } = metric as unknown as Described & {
          labelNames?: readonly string[]
        }
        return { name, help, type, labels: labelNames }
      }),
  }
}

function requestMeters(registry: Registry): Metrics['served'] {
  const requests = new Counter({
    name: 'isthmus_requests_total',
    help: 'Requests answered, by dialect, operation and failure code (ok: none).',
    labelNames: ['dialect', 'operation', 'code'],
    registers: [registry],
  })
  const durations = new Histogram({
    name: 'isthmus_request_duration_seconds',
    help: 'Time from the headers being read to the answer being ready.',
    labelNames: ['dialect'],
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  })
  const metersOf = (dialect: string, operation: string, code: string) => ({
    request: requests.labels({ dialect, operation, code }),
    duration: durations.labels({ dialect }),
  })
  // Finding a labelled counter costs more than raising it, and there are only so many; nothing is made for a request.
  const known = new Map<string, Map<string, Map<string, ReturnType<typeof metersOf>>>>()
  return (dialect, operation, code, durationMs) => {
    const operations = orMade(known, dialect, () => new Map())
    const codes = orMade(operations, operation, () => new Map())
    let meters = codes.get(code)
    if (!meters) {
      meters = metersOf(dialect, operation, code)
      codes.set(code, meters)
    }
    meters.request.inc()
    if (durationMs !== null) meters.duration.observe(durationMs / 1000)
  }
}

function orMade<V>(map: Map<string, V>, key: string, make: () => V): V {
  let found = map.get(key)
  if (found === undefined) {
    found = make()
    map.set(key, found)
  }
  return found
}

const TOLD_TO = {
  counter: (registry: Registry, { name, help, label }: Instrument) => {
    const counter = new Counter({ ...named(name, help, label?.name ?? null), registers: [registry] })
    return (value: string | null) => {
      const meter = label && value !== null ? counter.labels(value) : counter
      // It is there from the start: what has never happened is not the same as what nobody counts.
      meter.inc(0)
      return { add: (by = 1) => meter.inc(by) }
    }
  },
  histogram: (registry: Registry, { name, help, label, buckets = [] }: Instrument) => {
    const options = {
      ...named(name, help, label?.name ?? null),
      buckets: [...buckets],
      registers: [registry],
    }
    const histogram = new Histogram(options)
    return (value: string | null) => {
      const meter = label && value !== null ? histogram.labels(value) : histogram
      return { observe: (amount: number) => meter.observe(amount) }
    }
  },
  gauge: (registry: Registry, { name, help, label }: Instrument) => {
    const reads = new Map<string | null, () => number>()
    const gauge = new Gauge({
      ...named(name, help, label?.name ?? null),
      registers: [registry],
      collect() {
        for (const [value, read] of reads) (value === null ? this : this.labels(value)).set(read())
      },
    })
    return (value: string | null) => {
      if (value === null) gauge.set(0)
      else gauge.labels(value).set(0)
      return { from: (read: () => number) => void reads.set(value, read) }
    }
  },
}

const named = (name: string, help: string, label: string | null) => ({
  name,
  help,
  labelNames: label === null ? [] : [label],
})

/** Makes each instrument once, in `registry`, and hands out what tells it. */
function toldTo(registry: Registry): Parameters<typeof createTelemetry>[0] {
  const made = new Map<string, (value: string | null) => object>()
  return (instrument, value) => {
    const meter = orMade(made, instrument.name, () => TOLD_TO[instrument.kind](registry, instrument))
    return meter(value) as ReturnType<Parameters<typeof createTelemetry>[0]>
  }
}

function addSample(registry: Registry, sample: SampleName, takes: ReadonlyMap<SampleName, Take>): void {
  const { kind, name, help, label } = SAMPLES[sample]
  const options = { ...named(name, help, label), registers: [registry] }
  const values = async () => {
    const take = takes.get(sample)
    return Object.entries((take && (await inTime(take))) ?? {})
  }
  if (kind === 'counter') {
    new Counter({
      ...options,
      async collect() {
        const taken = await values()
        this.reset()
        for (const [value, amount] of taken) this.labels(value).inc(amount)
      },
    })
  } else {
    new Gauge({
      ...options,
      async collect() {
        const taken = await values()
        this.reset()
        if (label === null) this.remove()
        for (const [value, amount] of taken) (label === null ? this : this.labels(value)).set(amount)
      },
    })
  }
}

/** What `take` answers; null where it fails or takes too long: one number that cannot be had must not cost the others. */
async function inTime(take: Take): Promise<Sampled> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), SAMPLE_TIMEOUT_MS)
  })
  try {
    return await Promise.race([take(), late])
  } catch {
    return null
  } finally {
    clearTimeout(timer)
  }
}
