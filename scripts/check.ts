import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'

/** All that continuous integration does: format and lint, types, every suite. The first that fails ends it. */
const root = dirname(import.meta.dirname)
const bin = (name: string) => join(root, 'node_modules', '.bin', name)

const STEPS: readonly (readonly [what: string, command: string, args: readonly string[]])[] = [
  ['format and lint', bin('biome'), ['ci', '.']],
  ['types', bin('tsc'), ['-p', '.']],
  ['types of the console', bin('tsc'), ['-p', 'console']],
  ['types of its tests', bin('tsc'), ['-p', 'test/console']],
  ['tests', process.execPath, [join(root, 'scripts', 'test.ts')]],
]

for (const [what, command, args] of STEPS) {
  process.stderr.write(`isthmus check: ${what}\n`)
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit' })
  if (status !== 0) {
    process.stderr.write(`isthmus check: ${what} failed\n`)
    process.exit(1)
  }
}
