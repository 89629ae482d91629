import { spawn } from 'node:child_process'
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

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

/**
 * Files that fail while others run beside them may be run once more by themselves, so many and no more: what fails by itself
 * has failed, and what fails in more places than this is no accident. Each is named, for it wants mending all the same.
 */
const DISTURBED_MAX = 3

const root = dirname(import.meta.dirname)
const named = process.argv.slice(2)
const files =
  named.length > 0 ? named : globSync(['src/**/*.test.ts', 'test/**/*.test.ts'], { cwd: root }).sort()

const together = await run(
  files.filter((file) => !ALONE.includes(file)),
  availableParallelism(),
)
const alone = await run(
  files.filter((file) => ALONE.includes(file)),
  1,
)
const { failed } = together
const again = together.code !== 0 && files.length > 1 && failed.length > 0 && failed.length <= DISTURBED_MAX
if (again) process.stderr.write(`isthmus test: failed beside others, once more alone: ${failed.join(', ')}\n`)
process.exitCode = (again ? await run(failed, 1) : together).code || alone.code

/** The exit code, and the files that did not pass. */
async function run(
  batch: readonly string[],
  concurrency: number,
): Promise<{ code: number; failed: string[] }> {
  if (batch.length === 0) return { code: 0, failed: [] }
  const directory = mkdtempSync(join(tmpdir(), 'isthmus-test-'))
  const list = join(directory, 'passed')
  const options = [
    '--test',
    `--test-concurrency=${concurrency}`,
    '--test-timeout=600000',
    '--test-reporter=spec',
    '--test-reporter-destination=stdout',
    `--test-reporter=${join(import.meta.dirname, 'passed-files.ts')}`,
    `--test-reporter-destination=${list}`,
  ]
  try {
    const child = spawn(process.execPath, [...options, ...batch], { cwd: root, stdio: 'inherit' })
    const code = await new Promise<number>((ended) => child.on('exit', (status) => ended(status ?? 1)))
    const passed = new Set(readFileSync(list, 'utf8').split('\n'))
    return { code, failed: batch.filter((file) => !passed.has(resolve(root, file))) }
  } finally {
    rmSync(directory, { recursive: true })
  }
}
