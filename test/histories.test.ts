import { suite, test } from 'node:test'
import { Neighbourhood } from './histories/history.ts'
import { NETWORKS } from './rig/networks.ts'
import { requires } from './rig/requirements.ts'
import { Site } from './rig/site.ts'
import { Random } from './torture/random.ts'

/*
 * Random histories over real packets: what is agreed to is what passes, at rest exactly, and on the way there nothing more.
 * ISTHMUS_HISTORIES_SEED repeats a run's choices, though not the kernel's. ISTHMUS_HISTORIES says how many there are for each
 * network; else they go on for half a minute.
 */
const SEED = Number(process.env['ISTHMUS_HISTORIES_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
const HISTORIES = Number(process.env['ISTHMUS_HISTORIES'] ?? 0)
const PATIENCE_MS = 30_000
const TIMEOUT_MS = 300_000 + HISTORIES * 60_000

for (const [name, { lacking, open }] of Object.entries(NETWORKS)) {
  suite(`random histories over ${name}`, () => {
    test('let packets pass exactly while it is agreed', { timeout: TIMEOUT_MS }, async (t) => {
      if (lacking !== null) return void requires(t, lacking, false)
      t.diagnostic(`ISTHMUS_HISTORIES_SEED=${SEED}`)
      const site = await Site.open(await open())
      let neighbourhood: Neighbourhood | null = null
      try {
        neighbourhood = await Neighbourhood.settle(site)
        const startedMs = performance.now()
        const elapsedMs = () => performance.now() - startedMs
        let count = 0
        for (; HISTORIES > 0 ? count < HISTORIES : elapsedMs() < PATIENCE_MS; count++) {
          // Each by a seed of its own, so that one of many can be repeated alone.
          const seed = (SEED + count) >>> 0
          await neighbourhood.live(new Random(seed)).catch((error: Error) => {
            throw new Error(`ISTHMUS_HISTORIES_SEED=${seed} ISTHMUS_HISTORIES=1: ${error.message}`)
          })
        }
        const seconds = elapsedMs() / 1_000
        const { rests, passed, looked, packets, actions } = neighbourhood.tally
        t.diagnostic(
          `${count} histories in ${seconds.toFixed(1)} s: ${JSON.stringify(actions)}; ` +
            `${rests} times at rest, ${passed} of ${looked} flows passed; ${packets} packets`,
        )
      } finally {
        await neighbourhood?.stop()
        await site.dispose()
      }
    })
  })
}
