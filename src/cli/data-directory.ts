import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { aesGcmSealer } from '../adapters/secrets/aes-gcm.ts'
import type { Sealer } from '../ports/sealer.ts'
import { UsageError } from '../server/options.ts'

export const MASTER_KEY = 'master.key'
/** Everything secret that a data directory has beside its store. */
export const KEY_FILES: readonly string[] = [MASTER_KEY, 'admin-token']

/** `--data`, as every command has it that needs one. */
export const DATA_OPTION = {
  data: { value: 'DIR', about: 'the data directory [ISTHMUS_DATA, or ./.isthmus]', complete: 'directory' },
} as const

export function dataDirectory(given: string | undefined, environment = process.env): string {
  return given ?? environment['ISTHMUS_DATA'] ?? './.isthmus'
}

/** The key files that are there, by name. */
export function readKeys(directory: string): Record<string, string> {
  const there = KEY_FILES.filter((name) => existsSync(join(directory, name)))
  return Object.fromEntries(there.map((name) => [name, readFileSync(join(directory, name), 'utf8').trim()]))
}

/** What seals with a master key as its file has it. */
export function sealerOf(masterKey: string): Sealer {
  return aesGcmSealer(Buffer.from(masterKey, 'hex'))
}

/** Throws UsageError where the directory has no master key. */
export function sealerIn(directory: string, option: string): Sealer {
  const key = readKeys(directory)[MASTER_KEY]
  if (key === undefined) {
    throw new UsageError(
      `${option} ${directory}: there is no ${MASTER_KEY}; copy there the one that the service has whose data it is`,
    )
  }
  return sealerOf(key)
}
