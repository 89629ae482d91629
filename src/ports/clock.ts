/** The service's time, which deadlines of the lifecycle are measured by, beside the real one. */
export interface Clock {
  /** The lifecycle's time, milliseconds since the epoch. */
  now(): number
  /** Real time, milliseconds since the epoch: for signatures, nonces, idempotency tokens. */
  realNow(): number
}

/** A clock that can be moved, for those who test what happens in a week. */
export interface ManualClock extends Clock {
  /** Milliseconds it runs ahead of real time. */
  readonly offsetMs: number
  setOffset(offsetMs: number): void
}
