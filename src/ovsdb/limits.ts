import type { RpcLimits } from './rpc.ts'

export interface Limits extends RpcLimits {
  /** How long a server may take to be reached, and then to answer each question about itself, ms. */
  readonly connectTimeoutMs: number
  /** How long the first look at all that is monitored may take, ms. */
  readonly loadTimeoutMs: number
  /** How long a call waits for a server, and then for its answer, ms. A server that answers later is given up. */
  readonly requestTimeoutMs: number
  /** The pause after no address led to a usable server, ms; it doubles up to the longest. */
  readonly pauseFirstMs: number
  readonly pauseMaxMs: number
  /** How long `close` waits for what was sent to be answered, ms. */
  readonly closeTimeoutMs: number
}

const MIB = 1_048_576

export const DEFAULT_LIMITS: Limits = {
  messageBytesMax: 256 * MIB,
  queuedBytesMax: 64 * MIB,
  requestsMax: 1_000,
  probeIntervalMs: 5_000,
  connectTimeoutMs: 3_000,
  loadTimeoutMs: 60_000,
  requestTimeoutMs: 10_000,
  pauseFirstMs: 50,
  pauseMaxMs: 1_000,
  closeTimeoutMs: 1_000,
}
