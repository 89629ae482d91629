import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { PEERING_STATES } from '../../src/domain/peering.ts'
import { alibabaCall, DIALECTS, NATIVE, nativeToken } from '../dialects/every.ts'
import { postgresSuite } from '../rig/postgres.ts'
import { ADMIN_TOKEN, advance, native, startService, type TestService } from '../rig/service.ts'
import { alice, bob, vpcOf } from '../rig/tenants.ts'
import { amount, scrape } from './exposition.ts'
import { until } from './lines.ts'
import { impersonate, peerInEveryDialect } from './workflow.ts'

let service: TestService

suite('metrics', () => {
  before(async () => {
    service = await startService()
  })
  after(() => service.close())
  tests()

  test('commits and what shared them add up to the changes that were made', async () => {
    const series = await scrape(service)
    const changes = ['committed', 'conflict', 'failed'].map(
      (outcome) => amount(series, 'isthmus_store_changes_total', { outcome }) ?? 0,
    )
    const shared = amount(series, 'isthmus_store_commit_changes_sum')
    assert.equal(
      changes.reduce((sum, each) => sum + each),
      shared,
    )
    const commits = amount(series, 'isthmus_store_commit_changes_count')
    assert.equal(amount(series, 'isthmus_store_commit_duration_seconds_count'), commits)
    assert.ok((shared ?? 0) >= (commits ?? 0))
  })

  test('every value of every label is there before anything has happened', async () => {
    const fresh = await startService()
    const series = await scrape(fresh)
    await fresh.close()
    const values = (name: string) => series.filter((each) => each.name === name).map(({ value }) => value)
    assert.deepEqual(values('isthmus_data_plane_proofs_total'), [0, 0, 0, 0])
    assert.deepEqual(values('isthmus_webhook_deliveries_total'), [0, 0, 0])
    assert.deepEqual(values('isthmus_store_refused_total'), [0, 0, 0])
    assert.deepEqual(values('isthmus_peerings'), [0, 0, 0, 0, 0])
    assert.deepEqual(values('isthmus_build_info'), [1])
  })

  test('a store that is gone is not ready, and costs no other number', async () => {
    const broken = await startService()
    await broken.service.app.context.store.close()
    const series = await scrape(broken)
    assert.equal(amount(series, 'isthmus_ready', { part: 'store' }), 0)
    assert.equal(amount(series, 'isthmus_ready', { part: 'data-plane' }), 1)
    assert.equal(amount(series, 'isthmus_peerings'), null, 'not known is not the same as none')
    assert.ok((amount(series, 'process_resident_memory_bytes') ?? 0) > 0)
    await assert.rejects(broken.close())
  })
})

postgresSuite('metrics over PostgreSQL', (server) => {
  before(async () => {
    const { url } = await server().createDatabase()
    service = await startService({ args: ['--database-url', url] })
  })
  after(() => service.close())
  tests()
})

function tests(): void {
  test('count requests by dialect, operation and code', async () => {
    const before = await scrape(service)
    await native(service, nativeToken(alice), 'GET', '/vpcs')
    await native(service, nativeToken(alice), 'GET', '/vpcs/none')
    await alibabaCall(service, alice, 'ListVpcPeerConnections', { RegionId: 'cn-hangzhou' })
    await impersonate(service)
    const later = await scrape(service)
    const rise = (labels: Record<string, string>) =>
      (amount(later, 'isthmus_requests_total', labels) ?? 0) -
      (amount(before, 'isthmus_requests_total', labels) ?? 0)
    assert.equal(rise({ dialect: 'native', operation: 'GET /isthmus/v1/vpcs', code: 'ok' }), 1)
    assert.equal(rise({ dialect: 'native', operation: 'GET /isthmus/v1/vpcs/:id', code: 'vpc.not-found' }), 1)
    assert.equal(rise({ dialect: 'alibaba', operation: '2022-01-01 ListVpcPeerConnections', code: 'ok' }), 1)
    assert.equal(rise({ code: 'authentication.signature-mismatch' }), 4)
    assert.equal(rise({ code: 'authentication.token-invalid' }), 1)
    for (const dialect of ['native', 'huawei', 'alibaba', 'tencent']) {
      assert.equal(
        amount(later, 'isthmus_request_duration_seconds_count', { dialect }),
        amount(later, 'isthmus_requests_total', { dialect }),
      )
    }
  })

  test('have as many peerings in each state as there are, and as many events as happened', async () => {
    await peerInEveryDialect(service)
    const pair = (number: number) => [vpcOf(alice, number).ids, vpcOf(bob, number).ids] as const
    await NATIVE.ask(service, ...pair(1), 'expires')
    await advance(service, 'P8D')
    await NATIVE.answer(service, 'accept', await NATIVE.ask(service, ...pair(2), 'accepted'))
    await NATIVE.answer(service, 'reject', await NATIVE.ask(service, ...pair(3), 'rejected'))
    await NATIVE.ask(service, ...pair(4), 'waits')
    // The sweep writes the expiry down within a second.
    const series = await until(async () => {
      const found = await scrape(service)
      return amount(found, 'isthmus_peerings', { state: 'expired' }) === 1 ? found : null
    })
    assert.deepEqual(
      PEERING_STATES.map((state) => amount(series, 'isthmus_peerings', { state })),
      [1, 1, 1, 1, 2 * DIALECTS.length],
    )
    const { body }: { body: { events: { type: string }[] } } = await native(
      service,
      ADMIN_TOKEN,
      'GET',
      '/events?limit=1000',
    )
    for (const type of new Set(body.events.map((event) => event.type))) {
      const happened = body.events.filter((event) => event.type === type).length
      assert.equal(amount(series, 'isthmus_peering_events_total', { type }), happened, type)
    }
    assert.equal(amount(series, 'isthmus_peering_events_total'), body.events.length)
  })

  test('have the event streams that are open, and do not count them as slow requests', async () => {
    const stop = new AbortController()
    const headers = { authorization: `Bearer ${ADMIN_TOKEN}`, accept: 'text/event-stream' }
    const { body } = await fetch(`${service.url}/isthmus/v1/events`, { headers, signal: stop.signal })
    assert.equal(amount(await scrape(service), 'isthmus_event_streams'), 1)
    stop.abort()
    await body?.cancel().catch(() => {})
    await until(async () => (amount(await scrape(service), 'isthmus_event_streams') === 0 ? true : null))
  })

  test('say who has which duty', async () => {
    const series = await until(async () => {
      const found = await scrape(service)
      return amount(found, 'isthmus_leader', { duty: 'expiry sweep' }) === 1 ? found : null
    })
    assert.equal(amount(series, 'isthmus_leader', { duty: 'reconciler' }), null, 'no network is driven')
  })
}
