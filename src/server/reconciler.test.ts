import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { soleProcess } from '../adapters/store/sqlite/leadership.ts'
import { openWorld, type World } from '../app/app.fixtures.ts'
import { MemoryDataPlane } from '../app/data-plane.fixtures.ts'
import { reconcileVpc } from '../app/reconcile.ts'
import type { VpcId } from '../domain/identity.ts'
import type { Leadership } from '../ports/leadership.ts'
import type { Logger } from './logging.ts'
import { Reconciler } from './reconciler.ts'

/** How long a pass keeps the thread busy here, and how many there are. */
const PASS_MS = 2
const VPCS = 96

const NO_LOGGER = { info() {}, warn() {} } as unknown as Logger
const SOMEBODY_ELSE_LEADS: Leadership = {
  ...soleProcess,
  stand: () => ({ leads: false, withdraw: async () => {} }),
}

describe('a review of all that there is', () => {
  let world: World
  const vpcs: VpcId[] = []
  /** Over a network that is as it should be, so that no pass has anything to wait for. */
  const dataPlane = new (class extends MemoryDataPlane {
    readonly looked: VpcId[] = []
    override observe = async () => ({ networks: vpcs as never[], links: [] })
    override async realizeNetwork(...[vpc, wanted]: Parameters<MemoryDataPlane['realizeNetwork']>) {
      await super.realizeNetwork(vpc, wanted)
      this.looked.push(vpc as VpcId)
      for (const startedMs = performance.now(); performance.now() - startedMs < PASS_MS; );
    }
  })()

  before(async () => {
    world = await openWorld({ dataPlane })
    while (vpcs.length < VPCS) vpcs.push((await world.vpc(world.alice)).id)
    for (const id of vpcs) await reconcileVpc(world.context, dataPlane, id)
    dataPlane.looked.length = 0
  })
  after(() => world.close())

  it('looks at each once, says when it has, and lets others have their turn meanwhile', async () => {
    let turns = 0
    let done = false
    const count = () => {
      turns++
      if (!done) setImmediate(count)
    }
    const reconciler = new Reconciler(world.context, soleProcess, NO_LOGGER)
    setImmediate(count)
    await reconciler.reviewed
    done = true
    await reconciler.stop()
    assert.deepEqual([...dataPlane.looked].sort(), [...vpcs].sort())
    // Some are looked at side by side; one turn before the first and one after the last there would be anyway.
    assert.ok(turns >= 5, `${turns} turns`)
  })

  it('is not waited for where another process does it', async () => {
    dataPlane.looked.length = 0
    const reconciler = new Reconciler(world.context, SOMEBODY_ELSE_LEADS, NO_LOGGER)
    await reconciler.reviewed
    await reconciler.stop()
    assert.deepEqual(dataPlane.looked, [])
  })
})
