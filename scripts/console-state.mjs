import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** What the console is made from, besides the packages. */
const SOURCES = ['console', 'src/domain']

/**
 * Whether the console has to be built: it is not there, or is older than what it is made from. Never, where its sources
 * are not there: a package carries it built. Plain JavaScript, for the launcher.
 */
export function consoleIsStale(root) {
  const made = timeOf(join(root, 'dist', 'console', 'index.html'))
  const sources = SOURCES.flatMap((directory) => timesBelow(join(root, directory)))
  return timeOf(join(root, 'console', 'index.html')) > 0 && sources.some((time) => time > made)
}

/** When it was changed last, milliseconds since the epoch; 0 where it is not there. */
function timeOf(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0
}

function timesBelow(directory) {
  if (timeOf(directory) === 0) return []
  const entries = readdirSync(directory, { withFileTypes: true, recursive: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => timeOf(join(entry.parentPath, entry.name)))
}
