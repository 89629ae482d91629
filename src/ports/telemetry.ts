/*
 * What stores, drivers and loops tell of themselves. They know nothing of who listens: each instrument is a value with one
 * method, looked up once, so that telling costs an addition. What a number is called outside, and what it means, is a
 * line of `INSTRUMENTS`, and stands nowhere else.
 */

/** A number that only rises, from 0 at the start. */
export interface Counter {
  add(by?: number): void
}

/** How often something took how much. */
export interface Histogram {
  observe(value: number): void
}

/** A number that is asked for when somebody looks, and costs nothing until then. */
export interface Gauge {
  /** `read` is called at each look from now on; it must be quick, and not throw. */
  from(read: () => number): void
}

interface Kinds {
  readonly counter: Counter
  readonly histogram: Histogram
  readonly gauge: Gauge
}

/** One instrument. With a label there is one for each of its values; they are all there from the start. */
export interface Instrument {
  readonly kind: keyof Kinds
  /** As Prometheus has it: `isthmus_`, what, the base unit, `_total` for a counter. */
  readonly name: string
  readonly help: string
  readonly label?: { readonly name: string; readonly values: readonly string[] }
  /** Of a histogram: upper bounds, rising. */
  readonly buckets?: readonly number[]
}

const FRACTIONS_OF_A_SECOND = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]
const ASKED = { name: 'of', values: ['reads', 'changes', 'claims'] } as const

/** Everything that is told from inside the service. */
export const INSTRUMENTS = {
  commitDuration: {
    kind: 'histogram',
    name: 'isthmus_store_commit_duration_seconds',
    help: 'How long a commit took, from its begin until it was on disk. Its count is that of the commits.',
    buckets: FRACTIONS_OF_A_SECOND,
  },
  commitSize: {
    kind: 'histogram',
    name: 'isthmus_store_commit_changes',
    help: 'How many changes shared a commit.',
    buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000],
  },
  changes: {
    kind: 'counter',
    name: 'isthmus_store_changes_total',
    help: 'Changes that the store was given, by what became of them: committed; conflict, what they took for granted did not hold; failed, they could not be written.',
    label: { name: 'outcome', values: ['committed', 'conflict', 'failed'] },
  },
  waiting: {
    kind: 'gauge',
    name: 'isthmus_store_waiting',
    help: 'What waits for the store, or is under way in it. Claims of the embedded store wait among the changes; its reads never wait.',
    label: ASKED,
  },
  refused: {
    kind: 'counter',
    name: 'isthmus_store_refused_total',
    help: 'What the store refused without trying: too much waits already, or the database is known to be down.',
    label: ASKED,
  },
  passesWaiting: {
    kind: 'gauge',
    name: 'isthmus_reconciler_waiting_passes',
    help: 'Peerings and VPCs that wait for a pass of the reconciler, are in one, or have failed and will have another.',
  },
  oldestPass: {
    kind: 'gauge',
    name: 'isthmus_reconciler_oldest_waiting_seconds',
    help: 'How long the one of them that waits longest has been without a pass that succeeded: how far the network lags.',
  },
  passes: {
    kind: 'counter',
    name: 'isthmus_reconciler_passes_total',
    help: 'Passes of the reconciler, by outcome. A pass that failed is tried again.',
    label: { name: 'outcome', values: ['done', 'failed'] },
  },
  passDuration: {
    kind: 'histogram',
    name: 'isthmus_reconciler_pass_duration_seconds',
    help: 'How long a pass took, one that failed too.',
    buckets: SECONDS,
  },
  driftFound: {
    kind: 'counter',
    name: 'isthmus_data_plane_drift_found_total',
    help: 'Links and networks that were found to be otherwise than the service left them.',
  },
  driftMended: {
    kind: 'counter',
    name: 'isthmus_data_plane_drift_mended_total',
    help: 'How many of these were brought back to what is wanted.',
  },
  proofs: {
    kind: 'counter',
    name: 'isthmus_data_plane_proofs_total',
    help: 'Looks at whether packets do what was agreed, by what came of them.',
    label: { name: 'outcome', values: ['proven', 'not-provable', 'failed', 'unconfirmed'] },
  },
  provenPeerings: {
    kind: 'gauge',
    name: 'isthmus_data_plane_peerings',
    help: 'Peerings in the network by what their last proof came to, at the replica that reconciles: proven; not-provable, nobody lives there to be asked; failed, packets do not do what was agreed; unconfirmed, it should be closed and a part of the network is silent.',
    label: { name: 'proof', values: ['proven', 'not-provable', 'failed', 'unconfirmed'] },
  },
  oldestProof: {
    kind: 'gauge',
    name: 'isthmus_data_plane_oldest_proof_seconds',
    help: 'How long ago the oldest of the proofs that hold was made; 0 where there is none.',
  },
  webhookDeliveries: {
    kind: 'counter',
    name: 'isthmus_webhook_deliveries_total',
    help: 'Tries to deliver an event to a webhook, by what came of them; dead: it was the last.',
    label: { name: 'outcome', values: ['delivered', 'failed', 'dead'] },
  },
  webhooksWaiting: {
    kind: 'gauge',
    name: 'isthmus_webhook_deliveries_waiting',
    help: 'Deliveries that failed and will be tried again.',
  },
  auditFailures: {
    kind: 'counter',
    name: 'isthmus_audit_log_failures_total',
    help: 'Times that the audit log could not be written. It is tried again; the log says why.',
  },
} as const satisfies Record<string, Instrument>

type Told<I extends Instrument> = I extends {
  label: { values: readonly (infer Value extends string)[] }
}
  ? { readonly [V in Value]: Kinds[I['kind']] }
  : Kinds[I['kind']]

/** Hears of one change: that the commit it shares, with `changes` in all, is over. */
export type FollowedChange = (changes: number) => void

/** What the inside of the service is given to tell of itself. */
export type Telemetry = { readonly [Name in keyof typeof INSTRUMENTS]: Told<(typeof INSTRUMENTS)[Name]> } & {
  /** Called as a change is taken, in its caller's turn; null: nobody follows it. */
  readonly followChange: () => FollowedChange | null
}

/** Telemetry whose instruments `make` makes: one for each, or one for each value of its label. */
export function createTelemetry(
  make: (instrument: Instrument, value: string | null) => Counter & Histogram & Gauge,
  followChange: Telemetry['followChange'] = () => null,
): Telemetry {
  const entries = Object.entries<Instrument>(INSTRUMENTS).map(([name, instrument]) => {
    const values = instrument.label?.values
    if (!values) return [name, make(instrument, null)]
    return [name, Object.fromEntries(values.map((value) => [value, make(instrument, value)]))]
  })
  return { ...Object.fromEntries(entries), followChange } as Telemetry
}

const DEAF = { add() {}, observe() {}, from() {} }

/** Nobody listens. */
export const SILENCE: Telemetry = createTelemetry(() => DEAF)
