import { spawnSync } from 'node:child_process'
import type { TestContext } from 'node:test'

/**
 * Skips a test, out loud, where the machine lacks `what` it needs; with `ISTHMUS_TEST_REQUIRE=all`, as in continuous
 * integration, that is a failure. Answers whether the test is to go on.
 */
export function requires(test: TestContext, what: string, available: boolean): boolean {
  if (available) return true
  if (process.env['ISTHMUS_TEST_REQUIRE'] === 'all') throw new Error(`this machine lacks ${what}`)
  test.skip(`this machine lacks ${what}`)
  return false
}

/**
 * Whether `what` is here, which no machine has to have: a vendor's command line, Terraform. Where it is not, the test is
 * skipped, out loud, in continuous integration too.
 */
export function finds(test: TestContext, what: string, available: boolean): boolean {
  if (!available) test.skip(`not run: ${what} is not here`)
  return available
}

/** Whether a program by that name can be started. */
export function hasProgram(name: string): boolean {
  return spawnSync(name, ['--version'], { stdio: 'ignore' }).error === undefined
}
