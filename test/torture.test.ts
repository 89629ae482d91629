import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import { requires } from './rig/requirements.ts'
import { describeViolations } from './torture/describe-violations.ts'
import { POSTGRES_PAIR, STORES } from './torture/stores.ts'
import { torture } from './torture/torture.ts'

/** ISTHMUS_TORTURE_SEED repeats a run's choices, though not the kernel's. `npm run torture` runs as long as asked. */
const SEED = Number(process.env['ISTHMUS_TORTURE_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
const SECONDS = 8

suite('clients that race for few peerings while replicas are killed', () => {
  for (const { name, replicas, available, open } of Object.values(STORES)) {
    test(`${name}: nothing acknowledged is lost, nobody wins twice`, async (t) => {
      if (!requires(t, name, available)) return
      t.diagnostic(`ISTHMUS_TORTURE_SEED=${SEED}`)
      const { serveArguments, dispose } = await open()
      t.after(dispose)
      const directory = mkdtempSync(join(tmpdir(), 'isthmus-torture-'))
      t.after(() => rmSync(directory, { recursive: true, force: true }))
      const crowd = { replicas, clients: 32, pairs: 5, seconds: SECONDS, kills: null, killEveryMs: 1200 }
      const result = await torture({ ...crowd, seed: SEED, directory, serveArguments, failOver: null })
      const { operations, acknowledgedChanges, unknown, unavailable, kills, events, verdict } = result.report
      t.diagnostic(
        `${operations} operations: ${acknowledgedChanges} changes acknowledged, ${unknown} of unknown outcome, ${unavailable} unavailable; ${kills} kills; ${events} events; ${verdict}`,
      )
      const file = join(tmpdir(), `isthmus-torture-${SEED}.json`)
      if (result.violations.length > 0) assert.fail(describeViolations(result, file))
      // Else nothing raced and nothing was cut off, and this test has shown nothing.
      assert.ok(kills > replicas && unknown > 0 && acknowledgedChanges > 100)
      // What is killed leaves requests without an answer; what lives has no reason to be unavailable.
      assert.equal(unavailable, 0)
    })
  }
})

suite('clients that race for few peerings while the primary is killed and its standby promoted', () => {
  const { name, replicas, available, open } = POSTGRES_PAIR
  test(`${name}: nothing acknowledged is lost, nobody wins twice, and service goes on`, async (t) => {
    if (!requires(t, name, available)) return
    t.diagnostic(`ISTHMUS_TORTURE_SEED=${SEED}`)
    const { serveArguments, failOver, dispose } = await open()
    t.after(dispose)
    const directory = mkdtempSync(join(tmpdir(), 'isthmus-torture-'))
    t.after(() => rmSync(directory, { recursive: true, force: true }))
    const crowd = { replicas, clients: 16, pairs: 5, seconds: 2 * SECONDS, kills: null, killEveryMs: 8_000 }
    const result = await torture({ ...crowd, seed: SEED, directory, serveArguments, failOver })
    const { acknowledgedChanges, unknown, unavailable, events, verdict } = result.report
    const { secondsWithoutService } = result.report
    t.diagnostic(
      `${acknowledgedChanges} changes acknowledged, ${unknown} of unknown outcome, ${unavailable} unavailable; ${events} events; ` +
        `${secondsWithoutService?.toFixed(1)} s without service; ${verdict}`,
    )
    const file = join(tmpdir(), `isthmus-torture-${SEED}.json`)
    if (result.violations.length > 0) assert.fail(describeViolations(result, file))
    // Else nothing raced and nothing was cut off, and this test has shown nothing.
    assert.ok(acknowledgedChanges > 20 && unavailable + unknown > 0)
    // Null: no change was acknowledged afterwards.
    assert.ok(secondsWithoutService !== null && secondsWithoutService < 15, `${secondsWithoutService} s`)
  })
})
