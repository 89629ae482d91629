import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { LoadGenerator, requestBytes } from '../bench/load-generator.ts'
import { everyDialect } from './rig/every-dialect.ts'
import { postgresSuite, type TestDatabase } from './rig/postgres.ts'
import { startProxy, type UnreliableProxy } from './rig/proxy.ts'
import { ADMIN_TOKEN, native, spawnService } from './rig/service.ts'
import { alice, bob, vpcOf } from './rig/tenants.ts'

/** What clients see of a service whose database is gone, silent, or slow. */

/** Reads are answered within 3 s and changes within 5 s (see docs/operating.md); a busy machine adds to that. */
const BOUND_MS = 5_000
const SLACK_MS = 2_000

const SHED = 'Try again later: too many reads are waiting for the database'

interface Made {
  readonly id: string
  readonly ids: Readonly<Record<'huawei' | 'alibaba' | 'tencent', string>>
}

postgresSuite('when the database fails while the service serves,', (server) => {
  let database: TestDatabase
  let proxy: UnreliableProxy
  let directory: string
  let service: Awaited<ReturnType<typeof spawnService>>
  let made: Made

  beforeEach(async () => {
    database = await server().createDatabase()
    proxy = await startProxy(server().port)
    directory = mkdtempSync(join(tmpdir(), 'isthmus-degraded-'))
    service = await spawnService({ directory, args: ['--database-url', database.urlAt(proxy.port)] })
    const pair = {
      requesterVpc: vpcOf(alice, 1).ids.huawei,
      accepterVpc: vpcOf(bob, 1).ids.huawei,
      name: 'x',
    }
    made = (await native(service, ADMIN_TOKEN, 'POST', '/peerings', pair)).body
  })
  afterEach(async () => {
    await service.close()
    await proxy.close()
    await database.drop()
    rmSync(directory, { recursive: true, force: true })
  })

  const readiness = async () => {
    const response = await fetch(`${service.url}/readyz`)
    const body = (await response.json()) as { ready: boolean; store?: string }
    return { status: response.status, ...body }
  }

  async function untilReady(ready: boolean): Promise<void> {
    const deadlineMs = performance.now() + 15_000
    while ((await readiness()).ready !== ready) {
      assert.ok(performance.now() < deadlineMs, `/readyz did not come to say ${ready}`)
      await sleep(50)
    }
  }

  /** Every dialect is asked for it and to change it, all at once; answers what the slowest took, milliseconds. */
  async function allRefuse(): Promise<number> {
    const startedMs = performance.now()
    await Promise.all(everyDialect(service, made.ids).flatMap((view) => [view.refuses(), view.hides()]))
    return performance.now() - startedMs
  }

  async function allGoOn(): Promise<void> {
    await untilReady(true)
    for (const { shows } of everyDialect(service, made.ids)) await shows()
    const accepted = await native(service, ADMIN_TOKEN, 'POST', `/peerings/${made.id}/accept`)
    assert.equal(accepted.status, 200)
  }

  test('gone: reads and changes of every dialect are refused at once, /readyz says why, all comes back by itself', async (t) => {
    await server().stop()
    try {
      await untilReady(false)
      const { status, store } = await readiness()
      assert.equal(status, 503)
      assert.match(store ?? '', /^no PostgreSQL server takes writes: 127\.0\.0\.1:\d+: /)
      assert.equal((await fetch(`${service.url}/healthz`)).status, 200)
      // The first has found out; from then on nobody waits.
      await allRefuse()
      const tookMs = await allRefuse()
      t.diagnostic(`refused in ${tookMs.toFixed(0)} ms`)
      assert.ok(tookMs < SLACK_MS, `${tookMs} ms`)
    } finally {
      await server().start()
    }
    await allGoOn()
  })

  test('silent: every dialect answers within the stated bound, and goes on afterwards', async (t) => {
    proxy.silent = true
    const tookMs = await allRefuse()
    t.diagnostic(`refused in ${tookMs.toFixed(0)} ms`)
    assert.ok(tookMs < BOUND_MS + SLACK_MS, `${tookMs} ms`)
    assert.equal((await readiness()).status, 503)
    proxy.silent = false
    await allGoOn()
  })

  test('slow: what it cannot keep up with is refused, and memory does not grow', async (t) => {
    // On every connection the statements are known already, so each waits for its own time to be up.
    for (let count = 0; count < 5; count++)
      await Promise.all(
        Array.from({ length: 200 }, () =>
          native(service, `${alice.key.id}.${alice.key.secret}`, 'GET', `/peerings/${made.id}`),
        ),
      )
    const holder = new Client({ connectionString: database.url })
    await holder.connect()
    await holder.query('BEGIN; LOCK TABLE access_keys IN ACCESS EXCLUSIVE MODE')
    const token = `${alice.key.id}.${alice.key.secret}`
    const headers = { host: service.host, authorization: `Bearer ${token}` }
    const request = requestBytes('GET', `/isthmus/v1/peerings/${made.id}`, headers)
    // More than may wait for the database at once.
    const crowd = await LoadGenerator.open(service.url, 2_400)
    const slowest = { tookMs: 0 }
    const reasons = new Map<string, number>()
    const load = crowd.run(12_000, () => async (send) => {
      const startedMs = performance.now()
      const { status, body } = await send(request)
      slowest.tookMs = Math.max(slowest.tookMs, performance.now() - startedMs)
      assert.equal(status, 503, body)
      const reason = /Try again later: [a-z ]+/.exec(body)?.[0] ?? 'none'
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1)
      // Whoever is told to come back later does not come back at once.
      if (reason === SHED) await sleep(250)
    })
    try {
      await Promise.race([load, sleep(5_000)])
      const early = memoryMb(service.process.pid)
      await load
      const late = memoryMb(service.process.pid)
      t.diagnostic(
        `${early} MB after 5 s, ${late} MB after 12 s; the slowest took ${slowest.tookMs.toFixed(0)} ms; ${JSON.stringify([...reasons])}`,
      )
      assert.ok(late < early * 1.25 + 32, `${early} MB grew to ${late} MB`)
      assert.ok(slowest.tookMs < BOUND_MS + SLACK_MS, `${slowest.tookMs} ms`)
      assert.ok((reasons.get(SHED) ?? 0) > 0, 'nothing was shed')
    } finally {
      crowd.close()
      await holder.query('ROLLBACK')
      await holder.end()
    }
    await allGoOn()
    const exited = once(service.process, 'exit')
    service.process.kill('SIGTERM')
    assert.deepEqual(await exited, [0, null])
  })
})

function memoryMb(pid: number | undefined): number {
  const kilobytes = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Math.round(Number(kilobytes) / 1024)
}
