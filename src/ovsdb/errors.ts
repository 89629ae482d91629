/** Whatever goes wrong in this client is one of these; a `TypeError` is a mistake of the caller. */
export class OvsdbError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = new.target.name
  }
}

/** No server could be had in time. Nothing was sent; safe to repeat. */
export class UnavailableError extends OvsdbError {}

/** The client was closed. Nothing was sent. */
export class ClosedError extends OvsdbError {}

/** Too much is waiting to be sent or answered. Nothing was sent; safe to repeat later. */
export class OverloadedError extends OvsdbError {}

/** The connection broke, or was given up, while a request that writes nothing was waiting for its answer. */
export class ConnectionLostError extends OvsdbError {}

/**
 * The connection broke, or was given up, after a transaction was sent and before it was answered: it may have been
 * committed, be committed yet, or be lost. Never safe to repeat as it is: read whether it was done, and repeat it with a
 * `wait` or a unique index that a second copy would run into.
 */
export class MaybeCommittedError extends OvsdbError {}

/** The other end broke the protocol; the connection is given up. */
export class ProtocolError extends OvsdbError {}

/** The server's schema is not what the caller declared; `message` says where. */
export class SchemaError extends OvsdbError {}

/** The server refused a request as a whole. Nothing was done. */
export class RpcError extends OvsdbError {
  readonly method: string
  /** The server's word for it, e.g. `unknown database`. */
  readonly reason: string

  constructor(method: string, reason: string, details: string | null) {
    super(`${method}: ${reason}${details === null ? '' : ` (${details})`}`)
    this.method = method
    this.reason = reason
  }
}

/**
 * One operation of a transaction failed, so nothing of the transaction was done. In a cluster the server itself repeats
 * what it lost sight of: a `wait` that fails, or a duplicate, may be what the transaction's own first run has left.
 * Source: ovsdb(7), "Understanding Cluster Consistency" ("at-least-once"); Open vSwitch, `ovsdb/trigger.c`.
 */
export class OperationError extends OvsdbError {
  /** The very operation that was handed in; null where the whole failed at the commit, e.g. on a unique index. */
  readonly operation: { readonly op: string; readonly table?: string } | null
  /** The server's word for it, e.g. `constraint violation`, `timed out`, `not owner`. */
  readonly reason: string
  readonly details: string | null

  constructor(operation: OperationError['operation'], reason: string, details: string | null) {
    const where = operation === null ? 'commit' : [operation.op, operation.table].filter(Boolean).join(' ')
    super(`${where}: ${reason}${details === null ? '' : ` (${details})`}`)
    this.operation = operation
    this.reason = reason
    this.details = details
  }
}

export function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return messageOf(error.errors[0])
  return error instanceof Error && error.message !== '' ? error.message : String(error)
}
