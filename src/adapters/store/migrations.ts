import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The numbered files of the `migrations` directory in `directory`, in order. A database has had the first so many. */
export function migrationFiles(
  directory: string,
): readonly { readonly name: string; readonly sql: string }[] {
  const migrations = join(directory, 'migrations')
  return readdirSync(migrations)
    .sort()
    .map((name) => ({ name, sql: readFileSync(join(migrations, name), 'utf8') }))
}
