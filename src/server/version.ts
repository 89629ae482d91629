import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The version of the package that this file is in. */
export function ownVersion(): string {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    try {
      const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
        version: string
      }
      return version
    } catch (error) {
      if (folder === dirname(folder)) throw error
    }
  }
}
