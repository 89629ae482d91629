import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import type { Role } from './check.ts'
import { type Credentials, type Given, merged, UsageError } from './settings.ts'
import { TARGETS } from './targets/index.ts'

export interface Arguments {
  readonly help: boolean
  readonly json: boolean
  /** Whether what cannot be run is a failure. */
  readonly required: boolean
  /** Null: as long as suits what is checked. */
  readonly waitSeconds: number | null
  /** Names of targets, `terraform` among them or not. */
  readonly targets: readonly string[]
  /** What is said of a target, by flags before the environment before the file. */
  readonly given: (target: string) => Given
}

const text = { type: 'string' } as const
const OPTIONS = {
  help: { type: 'boolean', short: 'h', default: false },
  json: { type: 'boolean', default: false },
  require: { type: 'boolean', default: false },
  config: text,
  endpoint: { type: 'string', multiple: true },
  region: text,
  zone: text,
  'wait-seconds': text,
  'requester-key': text,
  'requester-secret': text,
  'requester-account': text,
  'accepter-key': text,
  'accepter-secret': text,
  'accepter-account': text,
} as const

type Environment = Readonly<Record<string, string | undefined>>
type Values = ReturnType<typeof parse>['values']

const NAMES = [...TARGETS.map(({ name }) => name), 'terraform']

/** Throws UsageError, naming what is wrong. */
export function parseArguments(args: readonly string[], env: Environment): Arguments {
  const { values, positionals } = parse(args)
  const unknown = positionals.find((name) => name !== 'all' && !NAMES.includes(name))
  if (unknown !== undefined) throw new UsageError(`no target '${unknown}': ${NAMES.join(', ')}, all`)
  if (positionals.length === 0 && !values.help)
    throw new UsageError(`which target? ${NAMES.join(', ')}, all; --help says more`)
  const wait = values['wait-seconds']
  if (wait !== undefined && !/^\d+$/.test(wait))
    throw new UsageError(`--wait-seconds: '${wait}' is no number`)
  const said = merged(fromFlags(values), fromEnvironment(env))
  const file = values.config === undefined ? {} : readConfig(values.config)
  return {
    help: values.help,
    json: values.json,
    required: values.require || env['ISTHMUS_TEST_REQUIRE'] === 'all',
    waitSeconds: wait === undefined ? null : Number(wait),
    targets: positionals.includes('all') ? NAMES : positionals,
    given: (target) => merged(said, file[target] ?? {}),
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true })
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

/** `--endpoint URL`, or `--endpoint SERVICE=URL`. */
function fromFlags(values: Values): Given {
  const endpoints: Record<string, string> = {}
  let endpoint: string | undefined
  for (const given of values.endpoint ?? []) {
    const [, service, url] = /^([a-z]+)=(.*)$/.exec(given) ?? []
    if (service && url) endpoints[service] = url
    else endpoint = given
  }
  const role = (name: Role): Partial<Credentials> =>
    onlyGiven({
      key: values[`${name}-key`],
      secret: values[`${name}-secret`],
      account: values[`${name}-account`],
    })
  const { region, zone } = values
  return { endpoint, endpoints, region, zone, requester: role('requester'), accepter: role('accepter') }
}

function fromEnvironment(env: Environment): Given {
  const read = (name: string) => env[`ISTHMUS_CONFORMANCE_${name}`] || undefined
  const role = (name: Role): Partial<Credentials> => {
    const of = (what: string) => read(`${name}_${what}`.toUpperCase())
    return onlyGiven({ key: of('key'), secret: of('secret'), account: of('account') })
  }
  return {
    endpoint: read('ENDPOINT'),
    region: read('REGION'),
    zone: read('ZONE'),
    requester: role('requester'),
    accepter: role('accepter'),
  }
}

function onlyGiven<T extends object>(value: T): { [Name in keyof T]?: Exclude<T[Name], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as never
}

const MEMBERS = ['endpoint', 'endpoints', 'region', 'zone', 'requester', 'accepter']

function readConfig(path: string): Readonly<Record<string, Given>> {
  const fail = (reason: string) => new UsageError(`--config ${path}: ${reason}`)
  let content: unknown
  try {
    content = JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    throw fail((error as Error).message)
  }
  if (typeof content !== 'object' || content === null) throw fail('is not an object')
  for (const [target, given] of Object.entries(content)) {
    if (!TARGETS.some(({ name }) => name === target)) throw fail(`there is no target '${target}'`)
    const unknown = Object.keys(given as object).find((name) => !MEMBERS.includes(name))
    if (unknown !== undefined) throw fail(`${target}: there is no member '${unknown}'`)
  }
  return content as Readonly<Record<string, Given>>
}
