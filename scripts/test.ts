import { spawn } from 'node:child_process'
import { globSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { dirname } from 'node:path'

/**
 * Every suite, or those whose files are named. Tests that take the machine to themselves (load, crashes, memory) run
 * after the others, one at a time, so that neither disturbs what the other observes.
 */
const ALONE = [
  'test/crash.test.ts',
  'test/degraded.test.ts',
  'test/fuzz.test.ts',
  'test/histories.test.ts',
  'test/kill-passes.test.ts',
  'test/ovn-daemons.test.ts',
  'test/races.test.ts',
  'test/replicas.test.ts',
  'test/store-faults.test.ts',
  'test/torture.test.ts',
]

const root = dirname(import.meta.dirname)
const named = process.argv.slice(2)
const files =
  named.length > 0 ? named : globSync(['src/**/*.test.ts', 'test/**/*.test.ts'], { cwd: root }).sort()

const together = files.filter((file) => !ALONE.includes(file))
const alone = files.filter((file) => ALONE.includes(file))

const first = together.length === 0 ? 0 : await run(together, availableParallelism())
const second = alone.length === 0 ? 0 : await run(alone, 1)
process.exitCode = first || second

function run(batch: readonly string[], concurrency: number): Promise<number> {
  const options = [
    '--test',
    `--test-concurrency=${concurrency}`,
    '--test-timeout=600000',
    '--test-reporter=spec',
  ]
  const child = spawn(process.execPath, [...options, ...batch], { cwd: root, stdio: 'inherit' })
  return new Promise((resolve) => child.on('exit', (code) => resolve(code ?? 1)))
}
