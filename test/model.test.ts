import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { replay } from './model/replay.ts'
import { story } from './model/story.ts'
import { requires } from './rig/requirements.ts'
import { Cluster } from './torture/cluster.ts'
import { STORES } from './torture/stores.ts'

/** ISTHMUS_MODEL_SEED repeats the stories, though not how the kernel lets requests meet. */
const SEED = Number(process.env['ISTHMUS_MODEL_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
const RUNS = Number(process.env['ISTHMUS_MODEL_RUNS'] ?? 30)

suite('the model of the protocol', () => {
  for (const { name, replicas, available, open } of Object.values(STORES)) {
    test(`${name}: the service tells every story as the model does`, async (t) => {
      if (!requires(t, name, available)) return
      t.diagnostic(`ISTHMUS_MODEL_SEED=${SEED}`)
      const { serveArguments, readCounters, dispose } = await open()
      t.after(dispose)
      const directory = mkdtempSync(join(tmpdir(), 'isthmus-model-'))
      t.after(() => rmSync(directory, { recursive: true, force: true }))
      const cluster = await Cluster.start(replicas, { directory, args: serveArguments })
      try {
        await fc.assert(
          fc.asyncProperty(story, (happenings) => replay(cluster, () => readCounters(directory), happenings)),
          { seed: SEED, numRuns: RUNS },
        )
      } finally {
        await cluster.stop()
      }
      t.diagnostic(`${RUNS} stories, ${cluster.kills} crashes`)
    })
  }
})
