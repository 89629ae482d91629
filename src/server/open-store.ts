import {
  ImpossibleError,
  UnreachableError,
  WrongKeyError,
} from '../adapters/store/postgres/opening-errors.ts'
import { soleProcess } from '../adapters/store/sqlite/leadership.ts'
import { openSqliteStore } from '../adapters/store/sqlite/store.ts'
import type { Leadership } from '../ports/leadership.ts'
import type { Sealer } from '../ports/sealer.ts'
import type { Store } from '../ports/store.ts'
import { SILENCE, type Telemetry } from '../ports/telemetry.ts'
import type { Logger } from './logging.ts'
import { type ServeOptions, UsageError } from './options.ts'

export interface OpenedStore {
  readonly store: Store
  readonly leadership: Leadership
}

/**
 * The PostgreSQL database that was asked for, or else the embedded store in the data directory. Throws UsageError where
 * what was asked for cannot work.
 */
export async function openStore(
  options: Pick<ServeOptions, 'data' | 'database-url'>,
  sealer: Sealer,
  logger: Logger,
  telemetry: Telemetry = SILENCE,
): Promise<OpenedStore> {
  const { data: directory, 'database-url': address } = options
  const onFailure = (message: string) => logger.error({ reason: message }, 'a change could not be written')
  if (address === null) {
    return {
      store: await openSqliteStore({ directory, sealer, onFailure, telemetry }),
      leadership: soleProcess,
    }
  }
  // Its driver and adapter are some megabytes that the embedded store can do without.
  const { openPostgresStore } = await import('../adapters/store/postgres/store.ts')
  try {
    return await openPostgresStore({ address, sealer, onFailure, telemetry })
  } catch (error) {
    if (error instanceof WrongKeyError) {
      throw new UsageError(
        `--data ${directory}: ${error.message}; copy master.key from the data directory of a replica that serves it`,
      )
    }
    throw toldOf(error, '--database-url')
  }
}

/** What an operator is to be told who named a database by `option`; an error of another kind as it is. */
export function toldOf(error: unknown, option: string): unknown {
  if (error instanceof ImpossibleError) return new UsageError(`${option}: ${error.message}`)
  if (error instanceof UnreachableError) return new Error(`${option}: ${error.message}`)
  return error
}
