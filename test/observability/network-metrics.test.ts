import assert from 'node:assert/strict'
import { test } from 'node:test'
import { noDataPlane } from '../../src/adapters/data-plane/none.ts'
import { soleProcess } from '../../src/adapters/store/sqlite/leadership.ts'
import { type DataPlane, DataPlaneUnavailableError, type Proof } from '../../src/ports/data-plane.ts'
import { Observability } from '../../src/server/observability.ts'
import { Reconciler } from '../../src/server/reconciler.ts'
import { NATIVE } from '../dialects/every.ts'
import { startService } from '../rig/service.ts'
import { alice, bob, vpcOf } from '../rig/tenants.ts'
import { keptLog, until } from './lines.ts'

const OPTIONS = {
  'log-requests': 'failed',
  'audit-log': null,
  'otlp-endpoint': null,
  'trace-ratio': 1,
} as const

test('passes, lag, proofs and drift are counted as the network goes along', async (t) => {
  const rig = await startService()
  t.after(() => rig.close())
  const { logger } = keptLog()
  const observability = await Observability.open(
    { ...OPTIONS, data: rig.directory, dataplane: 'netns' },
    logger,
  )

  // A network that does what the test says.
  let reachable = true
  let proof: Proof = { kind: 'proven' }
  let onDrift: Parameters<DataPlane['watch']>[0] = () => {}
  const network: DataPlane = {
    ...noDataPlane,
    async realizeLink() {
      if (!reachable) throw new DataPlaneUnavailableError('the network is away')
    },
    prove: async (_peering, wanted) => (wanted === null ? { kind: 'proven' } : proof),
    watch: (listener) => {
      onDrift = listener
    },
  }
  const leadership = observability.leadership(soleProcess)
  const context = { ...rig.service.app.context, dataPlane: observability.dataPlane(network) }
  const reconciler = new Reconciler(context, leadership, logger, observability.runPass)
  observability.reconciler(reconciler)
  t.after(() => reconciler.stop())
  const number = async (series: string) => {
    const text = await observability.metrics.text()
    const line = text.split('\n').find((each) => each.startsWith(`${series} `))
    return Number(line?.slice(series.length + 1))
  }
  const becomes = (series: string, fits: (value: number) => boolean) =>
    until(async () => (fits(await number(series)) ? true : null), 20_000)

  const id = await NATIVE.ask(rig, vpcOf(alice, 1).ids, vpcOf(bob, 1).ids, 'linked')
  await becomes('isthmus_data_plane_peerings{proof="proven"}', (count) => count === 1)
  await becomes('isthmus_reconciler_waiting_passes', (count) => count === 0)
  assert.equal(await number('isthmus_reconciler_oldest_waiting_seconds'), 0)
  const done = await number('isthmus_reconciler_passes_total{outcome="done"}')
  assert.ok(done >= 1)
  assert.equal(await number('isthmus_reconciler_passes_total{outcome="failed"}'), 0)
  assert.equal(await number('isthmus_reconciler_pass_duration_seconds_count'), done)
  const age = await number('isthmus_data_plane_oldest_proof_seconds')
  assert.ok(age > 0 && age < 60)

  reachable = false
  await NATIVE.answer(rig, 'accept', id)
  await becomes('isthmus_reconciler_passes_total{outcome="failed"}', (count) => count >= 2)
  await becomes('isthmus_reconciler_oldest_waiting_seconds', (seconds) => seconds > 0.2)
  assert.equal(await number('isthmus_reconciler_waiting_passes'), 1)
  reachable = true
  await becomes('isthmus_reconciler_oldest_waiting_seconds', (seconds) => seconds === 0)

  proof = { kind: 'failed', reason: 'packets are lost' }
  onDrift({ peering: id as never })
  onDrift({ peering: id as never })
  assert.equal(await number('isthmus_data_plane_drift_found_total'), 1, 'twice the same until it is mended')
  await becomes('isthmus_data_plane_drift_mended_total', (count) => count === 1)
  await becomes('isthmus_data_plane_peerings{proof="failed"}', (count) => count === 1)
  assert.equal(await number('isthmus_data_plane_peerings{proof="proven"}'), 0)
  assert.equal(await number('isthmus_data_plane_oldest_proof_seconds'), 0)
  assert.ok((await number('isthmus_data_plane_proofs_total{outcome="failed"}')) >= 1)

  await NATIVE.remove(rig, alice, id)
  await becomes('isthmus_data_plane_peerings{proof="failed"}', (count) => count === 0)
})
