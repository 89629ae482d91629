import { DatabaseError } from 'pg'
import { DomainError } from '../../../domain/errors.ts'

/** What can be done about an error of the database, where the work is safe to repeat. */
export type Cure =
  /** Try it on another connection: this one is gone, or leads to a server that does not take it. */
  | 'reconnect'
  /** Try it again: it stood in the way of something else. */
  | 'repeat'
  /** Nothing: it is what was asked for that does not work. */
  | 'none'

/**
 * By SQLSTATE, or by the first two characters, its class.
 * Source: PostgreSQL documentation, "PostgreSQL Error Codes", version 18.
 */
const CURES: Readonly<Record<string, Cure>> = {
  '40001': 'repeat', // serialization_failure
  '40P01': 'repeat', // deadlock_detected
  '55P03': 'repeat', // lock_not_available: it waited for `lock_timeout`
  '57014': 'repeat', // query_canceled: it ran for `statement_timeout`
  '26000': 'repeat', // invalid_sql_statement_name: the statement before it, which was to prepare it, has failed
  '25006': 'reconnect', // read_only_sql_transaction: this server is a standby by now
  '25P03': 'reconnect', // idle_in_transaction_session_timeout
  '53300': 'reconnect', // too_many_connections
  '08': 'reconnect', // connection exceptions
  '53': 'repeat', // insufficient resources, a full disk among them
  '57': 'reconnect', // operator intervention: shut down, restarted, told to go
  '58': 'repeat', // system errors, input and output among them
}

/** What is neither the server's nor the connection's is our own, and happens again. */
export function cureOf(error: unknown): Cure {
  if (error instanceof LostConnectionError) return 'reconnect'
  if (!(error instanceof DatabaseError)) return 'none'
  const { code = '' } = error
  return CURES[code] ?? CURES[code.slice(0, 2)] ?? 'none'
}

/** An error of the connection, or of who keeps it: never of what was asked on it. */
export class LostConnectionError extends Error {}

export function unavailable(reason: string): DomainError<'service.unavailable'> {
  return new DomainError('service.unavailable', { reason })
}

export function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return messageOf(error.errors[0])
  return error instanceof Error && error.message !== '' ? error.message : String(error)
}
