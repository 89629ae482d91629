import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { UsageError } from '../server/options.ts'
import { dataDirectory } from './data-directory.ts'
import { profileNamed, readProfiles } from './profiles.ts'

/** Which service is called, and as whom. */
export interface Connection {
  /** E.g. `http://127.0.0.1:4750`, without a slash at the end. */
  readonly endpoint: string
  /** Where that was said, in words. */
  readonly endpointFrom: string
  /** Null: none was found, and the service will say that it wants one. */
  readonly token: string | null
  readonly tokenFrom: string
}

export const CONNECTION_OPTIONS = {
  profile: {
    value: 'NAME',
    about: 'a profile of isthmus profile set [ISTHMUS_PROFILE, or the one in use]',
    shared: true,
  },
  endpoint: {
    value: 'URL',
    about: 'where the service is [ISTHMUS_ENDPOINT, the profile, or http://127.0.0.1:4750]',
    shared: true,
  },
  token: {
    value: 'TOKEN',
    about:
      "a tenant's token or the admin token; others may see it in a list of processes [ISTHMUS_TOKEN, or the profile]",
    shared: true,
  },
} as const

export type ConnectionOptions = Readonly<Partial<Record<keyof typeof CONNECTION_OPTIONS, string | undefined>>>

const DEFAULT_ENDPOINT = 'http://127.0.0.1:4750'

/**
 * A flag wins over a variable, and that over a profile. A token that a profile keeps goes to that profile's service and
 * to no other. Where nothing says who calls, and the service is on this machine, the operator's own file does.
 * Throws UsageError.
 */
export function resolveConnection(given: ConnectionOptions, environment = process.env): Connection {
  const [profile, profileIs] = chosenProfile(given, environment)
  const [named, endpointFrom] = firstOf([
    [given.endpoint, '--endpoint'],
    [environment['ISTHMUS_ENDPOINT'], 'ISTHMUS_ENDPOINT'],
    [profile?.endpoint, profileIs],
  ]) ?? [DEFAULT_ENDPOINT, 'the default']
  const endpoint = parseEndpoint(named, endpointFrom)
  const kept = profile && parseEndpoint(profile.endpoint, profileIs) === endpoint ? profile.token : undefined
  const [token, tokenFrom] = firstOf([
    [given.token, '--token'],
    [environment['ISTHMUS_TOKEN'], 'ISTHMUS_TOKEN'],
    [kept ?? undefined, profileIs],
    ...(profile ? [] : [adminTokenHere(endpoint, environment)]),
  ]) ?? [null, 'nowhere']
  return { endpoint, endpointFrom, token, tokenFrom }
}

type Source = readonly [value: string | undefined, from: string]

function firstOf(sources: readonly Source[]): readonly [string, string] | undefined {
  return sources.find(
    (source): source is readonly [string, string] => source[0] !== undefined && source[0] !== '',
  )
}

function chosenProfile(given: ConnectionOptions, environment: NodeJS.ProcessEnv) {
  const named = given.profile ?? environment['ISTHMUS_PROFILE']
  const name = named || readProfiles().current
  return name ? ([profileNamed(name), `profile ${name}`] as const) : ([null, 'no profile'] as const)
}

/** Throws UsageError. */
export function parseEndpoint(text: string, from: string): string {
  const url = URL.canParse(text) ? new URL(text) : null
  if (
    !url ||
    !/^https?:$/.test(url.protocol) ||
    url.pathname !== '/' ||
    url.search ||
    url.hash ||
    url.username
  )
    throw new UsageError(`${from}: '${text}' is not the address of a service, e.g. ${DEFAULT_ENDPOINT}`)
  return url.origin
}

const LOOPBACK = /^https?:\/\/(127\.\d+\.\d+\.\d+|localhost|\[::1\])(:\d+)?$/

/** What the service on this machine keeps for its operator, where whoever asks may read it. */
function adminTokenHere(endpoint: string, environment: NodeJS.ProcessEnv): Source {
  const file = join(dataDirectory(undefined, environment), 'admin-token')
  if (!LOOPBACK.test(endpoint)) return [undefined, file]
  try {
    return [readFileSync(file, 'utf8').trim(), file]
  } catch {
    return [undefined, file]
  }
}
