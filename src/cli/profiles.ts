import { randomBytes } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { UsageError } from '../server/options.ts'

/** Where a service is, and as whom it is called. */
export interface Profile {
  readonly endpoint: string
  /** Null: none is kept. */
  readonly token: string | null
}

export interface Profiles {
  /** The one that is used where none is named; null: none. */
  readonly current: string | null
  readonly profiles: Readonly<Record<string, Profile>>
}

const NONE: Profiles = { current: null, profiles: {} }

/** `~/.config/isthmus/profiles.json`, or below `XDG_CONFIG_HOME` where that is set. */
export function profilesFile(environment: NodeJS.ProcessEnv = process.env): string {
  const configured = environment['XDG_CONFIG_HOME']
  // An address that is not absolute is to be ignored. Source: XDG Base Directory Specification 0.8.
  const base = configured?.startsWith('/') ? configured : join(environment['HOME'] ?? homedir(), '.config')
  return join(base, 'isthmus', 'profiles.json')
}

/** None where there is no file. Throws UsageError where it is not one of ours. */
export function readProfiles(file = profilesFile()): Profiles {
  if (!existsSync(file)) return NONE
  const read = parse(readFileSync(file, 'utf8'))
  if (!isProfiles(read))
    throw new UsageError(`${file} holds no profiles; mend it, or remove it and make them anew`)
  return read
}

/** In one step, and readable by its owner only: it holds tokens. */
export function writeProfiles(profiles: Profiles, file = profilesFile()): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const draft = `${file}.${randomBytes(6).toString('hex')}`
  const descriptor = openSync(draft, 'wx', 0o600)
  writeSync(descriptor, `${JSON.stringify(profiles, null, 2)}\n`)
  fsyncSync(descriptor)
  closeSync(descriptor)
  renameSync(draft, file)
}

/** The profile of that name, of the file. Throws UsageError where there is none. */
export function profileNamed(name: string, { profiles } = readProfiles()): Profile {
  const found = Object.hasOwn(profiles, name) ? profiles[name] : undefined
  if (!found)
    throw new UsageError(`there is no profile '${name}'; isthmus profile list shows those that there are`)
  return found
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function isProfiles(value: unknown): value is Profiles {
  const { current, profiles } = (value ?? {}) as { current?: unknown; profiles?: unknown }
  if (!(current === null || typeof current === 'string') || typeof profiles !== 'object' || profiles === null)
    return false
  return Object.values(profiles as Record<string, unknown>).every((each) => {
    const { endpoint, token } = (each ?? {}) as { endpoint?: unknown; token?: unknown }
    return typeof endpoint === 'string' && (token === null || typeof token === 'string')
  })
}
