import { scalar } from './columns.ts'
import { RpcError, UnavailableError } from './errors.ts'
import { Monitor } from './monitor.ts'
import type { RpcConnection } from './rpc.ts'

/** What a server says of the databases that it serves. Source: ovsdb-server(5), "Database table". */
const SERVER_TABLES = {
  Database: {
    name: scalar('string'),
    model: scalar('string'),
    connected: scalar('boolean'),
    leader: scalar('boolean'),
  },
} as const

/**
 * Makes sure that a server may be used for `database`: it has it, is in touch with the majority of its cluster and (with
 * `leaderOnly`) is its leader. A standalone server always may. Throws UnavailableError; from then on `onUnfit` hears when
 * the server no longer may be used. The monitor that is answered has to be given the connection's notifications.
 */
export async function watchRole(
  rpc: RpcConnection,
  database: string,
  leaderOnly: boolean,
  timeoutMs: number,
  onUnfit: (reason: Error) => void,
): Promise<Monitor | null> {
  const monitor = new Monitor('_Server', SERVER_TABLES, { Database: { where: [['name', '==', database]] } })
  rpc.onNotification = (method, params) => monitor.handle(method, params)
  try {
    await monitor.learnSchema(rpc, timeoutMs)
  } catch (error) {
    // Servers older than 2.9 do not speak of themselves, nor do they form clusters.
    if (error instanceof RpcError) return null
    throw error
  }
  await monitor.start(rpc, timeoutMs)
  const unfit = () => unfitness(monitor, database, leaderOnly)
  const reason = unfit()
  if (reason !== null) throw reason
  monitor.onChanges = () => {
    const found = unfit()
    if (found !== null) onUnfit(found)
  }
  return monitor
}

function unfitness(monitor: Monitor, name: string, leaderOnly: boolean): Error | null {
  const [row] = monitor.replica.rows('Database').values()
  if (row === undefined) return new UnavailableError(`has no database ${name}`)
  if (row['connected'] !== true) return new UnavailableError('is cut off from its cluster')
  if (row['model'] !== 'standalone' && leaderOnly && row['leader'] !== true) {
    return new UnavailableError('is not the leader')
  }
  return null
}
