import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Outcome } from '../dialects/dialect.ts'
import type { PeeringId, VpcId } from '../domain/identity.ts'
import type { DataPlane } from '../ports/data-plane.ts'
import type { Store } from '../ports/store.ts'
import type { Telemetry } from '../ports/telemetry.ts'

/** What a pass of the reconciler is about. */
export type PassSubject =
  | { readonly kind: 'peering'; readonly id: PeeringId }
  | { readonly kind: 'vpc'; readonly id: VpcId }

/**
 * Follows requests through the service: a span for each, below it what it asks the store, and linked to it the passes that
 * bring the network to what it changed. There is none unless an endpoint is given that spans are sent to.
 */
export interface Tracing {
  /** Runs `answer`; all that it does, and all that it leads to, belongs to the request. */
  request(message: IncomingMessage, response: ServerResponse, answer: () => void): void
  /** What became of the request. */
  served(message: IncomingMessage, dialect: string, outcome: Outcome, requestId: string): void
  /** `store`, whose reads and commits are spans of whoever asks; of those alone that are followed. */
  store(store: Store): Store
  /** `dataPlane`, the calls of which are spans of the pass that makes them. */
  dataPlane(dataPlane: DataPlane): DataPlane
  readonly followChange: Telemetry['followChange']
  /** Runs a pass, linked to the request that it is due to; one that is due to none is not followed. */
  pass(subject: PassSubject, work: () => Promise<void>): Promise<void>
  /** Sends what is left, within a second. */
  close(): Promise<void>
}
