import type { Caller } from '../api.ts'
import type { Connection } from '../connection.ts'
import { type Finding, findingsOf } from './finding.ts'

const TIMEOUT_MS = 5_000
/** Vendors let a signed request be up to 5 minutes old; those that differ let it be older. */
const SKEW_MS_MAX = 300_000
const SKEW_MS_WARNED = 5_000
/** The header that tells the time does so to the second. */
const RESOLUTION_MS = 1_000

const say = findingsOf('service')
const sayClock = findingsOf('clock')

/** Whether the service answers, is ready, and takes the token; and whether its clock goes with this one. */
export async function lookAtService(connection: Connection): Promise<readonly Finding[]> {
  const { endpoint } = connection
  let alive: Response
  const before = Date.now()
  try {
    alive = await ask(connection, '/healthz')
  } catch (error) {
    const { cause, message } = error as Error & { cause?: { code?: string } }
    const reason = cause?.code ?? message
    return [
      say.bad(
        `nothing answers at ${endpoint}: ${reason}`,
        'start it with isthmus serve, or name it with --endpoint',
      ),
      sayClock.skipped('the clock of a service that does not answer cannot be seen'),
    ]
  }
  const tookMs = Date.now() - before
  if (!alive.ok)
    return [
      say.bad(`${endpoint} answers ${alive.status}; that is not Isthmus`, 'name another with --endpoint'),
    ]
  return [
    say.good(`${endpoint} answers, in ${tookMs} ms`),
    await readiness(connection),
    await authority(connection),
    ...(await clocks(connection, alive, before + tookMs / 2)),
  ]
}

function ask({ endpoint, token }: Connection, path: string): Promise<Response> {
  const headers = token === null ? {} : { authorization: `Bearer ${token}` }
  return fetch(endpoint + path, { headers, signal: AbortSignal.timeout(TIMEOUT_MS) })
}

async function readiness(connection: Connection): Promise<Finding> {
  const response = await ask({ ...connection, token: null }, '/readyz').catch(() => null)
  if (response?.ok) return say.good('it is ready: its store answers, and its data plane')
  const { store, dataPlane } = ((await response?.json().catch(() => null)) ?? {}) as Record<string, string>
  const reasons = [...(store ? [`store: ${store}`] : []), ...(dataPlane ? [`data plane: ${dataPlane}`] : [])]
  return say.bad(
    `it is not ready: ${reasons.join('; ') || 'it does not say why'}`,
    'run isthmus doctor where the service runs, with the options that it has',
  )
}

async function authority(connection: Connection): Promise<Finding> {
  if (connection.token === null) return say.skipped('what a token may do cannot be seen without one')
  const response = await ask(connection, '/isthmus/v1/caller').catch(() => null)
  if (response?.ok) {
    const { operator, tenant } = (await response.json()) as Caller
    return say.good(operator ? "the token is the operator's" : `the token is tenant ${tenant?.name}'s`)
  }
  return say.bad(
    `the token from ${connection.tokenFrom} is refused`,
    'ask the operator for another, or see the admin-token in the data directory of the service',
  )
}

async function clocks(connection: Connection, alive: Response, hereMs: number): Promise<Finding[]> {
  const thereMs = Date.parse(alive.headers.get('date') ?? '')
  const skewMs = Math.max(0, Math.abs(thereMs - hereMs) - RESOLUTION_MS)
  const seconds = Math.round(skewMs / 1_000)
  const todo = 'have both machines follow a time server (chrony, systemd-timesyncd)'
  const real = Number.isNaN(thereMs)
    ? sayClock.skipped('the service does not tell the time')
    : skewMs > SKEW_MS_MAX
      ? sayClock.bad(
          `the service's machine is ${seconds} s off this one: signed requests from here are refused`,
          todo,
        )
      : skewMs > SKEW_MS_WARNED
        ? sayClock.warning(`the service's machine is ${seconds} s off this one`, todo)
        : sayClock.good("the service's machine and this one have the same time")
  const response = await ask(connection, '/isthmus/v1/clock').catch(() => null)
  if (!response?.ok) return [real]
  const { now } = (await response.json()) as { now: string }
  const aheadMs = Date.parse(now) - Date.now() - (Number.isNaN(thereMs) ? 0 : thereMs - hereMs)
  if (Math.abs(aheadMs) < SKEW_MS_WARNED) return [real]
  const moved = sayClock.warning(
    `the clock that deadlines go by was moved: it says ${now}`,
    'that is for tests: a service that is meant to last is started without --clock manual, on a store of its own',
  )
  return [real, moved]
}
