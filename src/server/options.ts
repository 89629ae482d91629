import { parseArgs } from 'node:util'
import { parseDatabaseUrl } from '../adapters/store/postgres/address.ts'
import { parseDuration } from '../domain/duration.ts'
import { parseNetworkRules } from '../domain/receiver-networks.ts'

/** A start that cannot be made because of how it was asked for; exit code 2, and one line that says which option. */
export class UsageError extends Error {}

interface Option<T> {
  /** What stands for the value in the help text. */
  readonly value: string
  readonly about: string
  /** Null: there is none unless it is given. */
  readonly fallback: string | null
  /** A variable that others know it by; it comes after our own. */
  readonly alias?: string
  /** Answers the value, or throws an Error whose message completes "--option: …". */
  readonly parse: (text: string) => T
}

const text = (given: string) => given

/** Every option of `isthmus serve`. A flag `--some-name` is also the variable `ISTHMUS_SOME_NAME`; the flag wins. */
const OPTIONS = {
  listen: {
    value: 'HOST:PORT',
    about: 'where to answer; port 0 takes a free one',
    fallback: '127.0.0.1:4750',
    parse: parseListen,
  },
  data: {
    value: 'DIR',
    about: 'the data directory: the embedded store and the keys',
    fallback: './.isthmus',
    parse: text,
  },
  'database-url': {
    value: 'URL',
    about:
      'a PostgreSQL database instead of the embedded store, for any number of replicas: postgres://USER:PASSWORD@HOST:PORT[,HOST:PORT]/DATABASE',
    fallback: null,
    parse: parseDatabaseUrl,
  },
  dataplane: {
    value: 'none|netns|ovn',
    about: 'what carries packets: nothing, network namespaces of this machine, or OVN',
    fallback: 'none',
    parse: parseDataplane,
  },
  'ovn-nb': {
    value: 'ADDR',
    about:
      'the OVN northbound database, with --dataplane ovn: unix:, tcp: or ssl: addresses, separated by commas; the southbound one is beside it, or at the next port',
    fallback: 'unix:/var/run/ovn/ovnnb_db.sock',
    parse: text,
  },
  bootstrap: {
    value: 'FILE',
    about: 'regions, tenants, keys and VPCs to have (JSON), applied at every start',
    fallback: null,
    parse: text,
  },
  'admin-token': {
    value: 'TOKEN',
    about:
      "the operator's token; made at the first start, and kept in the data directory, where it is not given",
    fallback: null,
    parse: text,
  },
  'acceptance-timeout': {
    value: 'DURATION',
    about: 'how long a request waits for its answer, as an ISO 8601 duration',
    fallback: 'P7D',
    parse: parseTimeout,
  },
  'webhook-networks': {
    value: 'BLOCKS',
    about:
      'where receivers of webhooks may be, beside the default (anywhere but loopback, link-local and metadata addresses): blocks separated by commas, !BLOCK refuses one, the longest decides; e.g. 127.0.0.0/8,!10.0.0.0/8',
    fallback: null,
    parse: parseNetworkRules,
  },
  'webhook-retry-delay': {
    value: 'DURATION',
    about:
      'how long after a webhook did not take an event it is told again; each wait is twice the one before, up to 6 hours, and after 16 tries the delivery is dead',
    fallback: 'PT5S',
    parse: parseTimeout,
  },
  'log-requests': {
    value: 'failed|all',
    about: 'which requests have a line in the log: those that failed here, or all',
    fallback: 'failed',
    parse: (given) => oneOf(['failed', 'all'], given),
  },
  'audit-log': {
    value: 'FILE',
    about:
      'a file that gets a line (JSON) for every change that was tried and every sender that was refused; SIGHUP opens it anew',
    fallback: null,
    parse: text,
  },
  'otlp-endpoint': {
    value: 'URL',
    about:
      'where to send traces, by OTLP over HTTP as JSON, e.g. http://127.0.0.1:4318; also OTEL_EXPORTER_OTLP_ENDPOINT',
    fallback: null,
    alias: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    parse: parseUrl,
  },
  'trace-ratio': {
    value: 'NUMBER',
    about: 'how many of the requests that come without a trace of their own get one, from 0 to 1',
    fallback: '1',
    parse: parseRatio,
  },
  clock: {
    value: 'system|manual',
    about: 'manual: the clock can be moved by POST /isthmus/v1/clock, for tests',
    fallback: 'system',
    parse: parseClock,
  },
} as const satisfies Record<string, Option<unknown>>

type OptionName = keyof typeof OPTIONS
type Value<O extends Option<unknown>> = O['fallback'] extends null
  ? ReturnType<O['parse']> | null
  : ReturnType<O['parse']>

/** What `isthmus serve` was asked to do. */
export type ServeOptions = { readonly [Name in OptionName]: Value<(typeof OPTIONS)[Name]> }

/** Reads the options of `isthmus serve`. Throws UsageError. */
export function parseServeOptions(args: readonly string[], environment: NodeJS.ProcessEnv): ServeOptions {
  const flags = parseFlags(args)
  const entries = Object.entries(OPTIONS).map(([name, option]) => {
    const alias = 'alias' in option ? option.alias : undefined
    const variable =
      alias !== undefined && environment[variableOf(name)] === undefined ? alias : variableOf(name)
    const given = flags[name] ?? environment[variable] ?? option.fallback
    if (given === null) return [name, null]
    try {
      return [name, option.parse(given)]
    } catch (error) {
      const source = flags[name] === undefined ? variable : `--${name}`
      throw new UsageError(`${source}: ${(error as Error).message}`)
    }
  })
  return Object.fromEntries(entries) as ServeOptions
}

/** The options as whoever describes them needs them: what stands for the value, what it is for, and the default. */
export function describeServeOptions(): Readonly<
  Record<string, { readonly value: string; readonly about: string }>
> {
  const described = Object.entries(OPTIONS).map(([name, { value, about, fallback }]) => [
    name,
    { value, about: `${about}${fallback === null ? '' : ` [${fallback}]`}` },
  ])
  return Object.fromEntries(described)
}

function variableOf(name: string): string {
  return `ISTHMUS_${name.toUpperCase().replaceAll('-', '_')}`
}

function parseFlags(args: readonly string[]): Record<string, string | undefined> {
  const options = Object.fromEntries(Object.keys(OPTIONS).map((name) => [name, { type: 'string' as const }]))
  try {
    return parseArgs({ args: [...args], options, strict: true }).values as Record<string, string | undefined>
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

function parseListen(given: string): { host: string; port: number } {
  const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(given)
  const host = match?.[1] ?? match?.[2]
  const port = Number(match?.[3])
  if (host === undefined || port > 65535) throw new Error(`'${given}' is not HOST:PORT, e.g. 127.0.0.1:4750`)
  return { host, port }
}

const DATA_PLANES = ['none', 'netns', 'ovn'] as const

function parseDataplane(given: string): (typeof DATA_PLANES)[number] {
  const found = DATA_PLANES.find((name) => name === given)
  if (found === undefined) throw new Error(`'${given}' is none of ${DATA_PLANES.join(', ')}`)
  return found
}

function oneOf<const T extends string>(words: readonly T[], given: string): T {
  const found = words.find((word) => word === given)
  if (found === undefined) throw new Error(`'${given}' is none of ${words.join(', ')}`)
  return found
}

function parseUrl(given: string): string {
  if (!/^https?:$/.test(URL.parse(given)?.protocol ?? ''))
    throw new Error(`'${given}' is no http or https URL`)
  return given
}

function parseRatio(given: string): number {
  const ratio = given.trim() === '' ? Number.NaN : Number(given)
  if (!(ratio >= 0 && ratio <= 1)) throw new Error(`'${given}' is not a number from 0 to 1`)
  return ratio
}

function parseTimeout(given: string): number {
  const timeoutMs = parseDuration(given)
  if (timeoutMs === null || timeoutMs === 0)
    throw new Error(`'${given}' is not an ISO 8601 duration, e.g. P7D or PT1H`)
  return timeoutMs
}

function parseClock(given: string): 'system' | 'manual' {
  if (given === 'system' || given === 'manual') return given
  throw new Error(`'${given}' is neither system nor manual`)
}
