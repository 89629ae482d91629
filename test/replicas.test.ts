import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type IncomingMessage, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { migrationFiles } from '../src/adapters/store/migrations.ts'
import { bearerToken } from '../src/dialects/native/codec.ts'
import { send as sendAlibaba, sign as signAlibaba } from './dialects/alibaba/client.ts'
import { client as huaweiClient } from './dialects/huawei/client.ts'
import { LEGACY_PATH, send as sendTencent, signWithParameters } from './dialects/tencent/client.ts'
import { postgresSuite, type TestDatabase } from './rig/postgres.ts'
import { ADMIN_TOKEN, MAIN, native, spawnService } from './rig/service.ts'
import { alice, bob, vpcOf } from './rig/tenants.ts'

/** Several processes on one PostgreSQL database. */

type Replica = Awaited<ReturnType<typeof spawnService>>

/** Where the folder of them is. */
const MIGRATIONS = join(import.meta.dirname, '../src/adapters/store/postgres')
/** What one of several replicas does at a time: the sweep, and telling webhooks. */
const DUTIES = 2

const KEY = '07'.repeat(32)
const tokenOf = ({ key }: typeof alice) => bearerToken(key.id, key.secret)

/** Waits until `condition` holds; answers how long that took, milliseconds. */
async function until(condition: () => Promise<boolean>, timeoutMs: number): Promise<number> {
  const startedMs = performance.now()
  while (!(await condition())) {
    if (performance.now() > startedMs + timeoutMs) throw new Error('it did not come to hold')
    await sleep(50)
  }
  return performance.now() - startedMs
}

const ready = async ({ url }: Replica) => {
  const response = await fetch(`${url}/readyz`)
  return { status: response.status, body: (await response.json()) as { ready: boolean; store?: string } }
}

postgresSuite('replicas on one PostgreSQL database', (server) => {
  let database: TestDatabase
  let directory: string
  let replicas: Replica[]
  beforeEach(async () => {
    database = await server().createDatabase()
    directory = mkdtempSync(join(tmpdir(), 'isthmus-replicas-'))
    replicas = []
  })
  afterEach(async () => {
    for (const { process: child } of replicas) child.kill('SIGCONT')
    await Promise.all(replicas.map((replica) => replica.close()))
    await database.drop()
    rmSync(directory, { recursive: true })
  })

  /** A data directory with the master key that all replicas have. */
  function dataDirectory(name: string, key = KEY): string {
    const data = join(directory, name)
    mkdirSync(data)
    writeFileSync(join(data, 'master.key'), key)
    return data
  }

  async function start(name: string, options: { bootstrap?: null; args?: string[] } = {}): Promise<Replica> {
    const { args = [], ...rest } = options
    const replica = await spawnService({
      directory: dataDirectory(name),
      args: ['--database-url', database.url, ...args],
      ...rest,
    })
    replicas.push(replica)
    return replica
  }

  async function askFor(replica: Replica, from: number, to: number): Promise<string> {
    const body = {
      requesterVpc: vpcOf(alice, from).ids.huawei,
      accepterVpc: vpcOf(bob, to).ids.huawei,
      name: 'x',
    }
    const made: { status: number; body: { id: string } } = await native(
      replica,
      tokenOf(alice),
      'POST',
      '/peerings',
      body,
    )
    assert.equal(made.status, 201)
    return made.body.id
  }

  const eventsOf = async (replica: Replica) => {
    const { body }: { body: { events: { sequence: number; type: string; peering: string }[] } } =
      await native(replica, ADMIN_TOKEN, 'GET', '/events?after=0&limit=1000')
    return body.events
  }

  test('twenty that start at once on an empty database make one schema, one of each tenant, and are all ready', async () => {
    const starts = Array.from({ length: 20 }, (_, index) => start(`replica-${index}`, { bootstrap: null }))
    // Those that have started are closed, whatever becomes of the others.
    const failed = (await Promise.allSettled(starts)).filter(({ status }) => status === 'rejected')
    assert.deepEqual(failed, [])
    for (const replica of replicas)
      assert.deepEqual(await ready(replica), { status: 200, body: { ready: true } })
    const version = migrationFiles(MIGRATIONS).length
    assert.deepEqual(await database.query('SELECT version FROM schema_version'), [{ version }])
    assert.deepEqual(await database.query('SELECT name FROM tenants ORDER BY name'), [
      { name: 'alice' },
      { name: 'bob' },
    ])
    assert.deepEqual(await database.query('SELECT count(*)::integer AS count FROM vpcs'), [{ count: 2 }])
  })

  test('one with another master key is refused, in one line that says what to do', async () => {
    await start('first')
    const data = dataDirectory('stranger', '08'.repeat(32))
    const { status, stderr } = spawnSync(
      process.execPath,
      [MAIN, 'serve', '--listen', '127.0.0.1:0', '--data', data, '--database-url', database.url],
      { encoding: 'utf8' },
    )
    assert.equal(status, 2)
    assert.equal(
      stderr,
      `isthmus serve: --data ${data}: the database was written with another master key; ` +
        'copy master.key from the data directory of a replica that serves it\n',
    )
  })

  test('one that has the wrong password is refused, in one line without it', async () => {
    const url = database.url.replace(/:[^:@]*@/, ':not%20this@')
    const { status, stderr } = spawnSync(
      process.execPath,
      [MAIN, 'serve', '--listen', '127.0.0.1:0', '--data', dataDirectory('wrong')],
      { encoding: 'utf8', env: { ...process.env, ISTHMUS_DATABASE_URL: url } },
    )
    assert.equal(status, 2)
    assert.equal(
      stderr,
      `isthmus serve: --database-url: no PostgreSQL server takes writes: 127.0.0.1:${server().port}: ` +
        'password authentication failed for user "postgres"\n',
    )
  })

  test('a nonce that one has taken is a replay to the other', async () => {
    const [one, other] = [await start('one'), await start('other')]
    const signed = signAlibaba(one.host, alice, 'ListVpcPeerConnections', { RegionId: 'cn-hangzhou' }, {})
    // As a balancer would pass it on: what was signed is for one address, whichever replica gets it.
    const send = async ({ url }: Replica) => {
      const { method, query, headers, body } = signed
      const sent = request(`${url}/?${query}`, { method, headers: { ...headers, host: one.host } }).end(body)
      const [answer] = (await once(sent, 'response')) as [IncomingMessage]
      return { status: answer.statusCode, body: await text(answer) }
    }
    assert.equal((await send(one)).status, 200)
    const replayed = await send(other)
    assert.equal(replayed.status, 400)
    assert.match(replayed.body, /"Code":"SignatureNonceUsed"/)
  })

  test('of accept, reject and delete at two of them at once, one is first, and the log agrees with every answer', async () => {
    const [one, other] = [await start('one'), await start('other')]
    const verbs = ['accept', 'reject', 'delete'] as const
    const told = new Map<string, string[]>()
    for (let round = 0; round < 40; round++) {
      const id = await askFor(round % 2 ? one : other, 1 + (round % 4), 1)
      const answers = await Promise.all(
        verbs.map(async (verb, index) => {
          const path = verb === 'delete' ? `/peerings/${id}` : `/peerings/${id}/${verb}`
          const method = verb === 'delete' ? 'DELETE' : 'POST'
          const replica = (round + index) % 2 ? one : other
          const { status, body } = await native(replica, tokenOf(bob), method, path)
          assert.ok([200, 204, 404, 409].includes(status), `${verb}: ${status} ${JSON.stringify(body)}`)
          return status < 300
            ? [`peering.${verb === 'accept' ? 'accepted' : verb === 'reject' ? 'rejected' : 'deleted'}`]
            : []
        }),
      )
      told.set(id, answers.flat().sort())
      // Deleting is right in every state.
      assert.ok(told.get(id)?.includes('peering.deleted'))
    }
    const events = await eventsOf(one)
    assert.deepEqual(await eventsOf(other), events)
    assert.deepEqual(
      events.map(({ sequence }) => sequence),
      events.map((_, index) => index + 1),
    )
    for (const [id, types] of told) {
      const logged = events.filter(({ peering }) => peering === id).map(({ type }) => type)
      assert.equal(logged.at(0), 'peering.requested')
      assert.equal(logged.at(-1), 'peering.deleted')
      assert.deepEqual(logged.slice(1).sort(), types)
      assert.ok(types.length <= 2)
    }
  })

  test('while the database is down each dialect says that it is unavailable, quickly, and /readyz says why', async () => {
    const replica = await start('one')
    const peering = await askFor(replica, 1, 1)
    await server().stop()
    try {
      const reason = /^no PostgreSQL server takes writes: 127\.0\.0\.1:\d+: connect ECONNREFUSED/
      await until(async () => reason.test((await ready(replica)).body.store ?? ''), 5_000)
      assert.equal((await ready(replica)).status, 503)
      assert.equal((await fetch(`${replica.url}/healthz`)).status, 200)
      const startedMs = performance.now()
      const ours = await native(replica, tokenOf(bob), 'POST', `/peerings/${peering}/accept`)
      assert.deepEqual([ours.status, (ours.body as { code: string }).code], [503, 'service.unavailable'])
      const huawei = await huaweiClient(replica, bob)('PUT', `/v2.0/vpc/peerings/${peering}/accept`)
      assert.equal(huawei.status, 503)
      const parameters = { RegionId: 'cn-hangzhou', InstanceId: peering }
      const alibaba = await sendAlibaba(
        replica.url,
        signAlibaba(replica.host, bob, 'AcceptVpcPeerConnection', parameters, {}),
      )
      assert.deepEqual([alibaba.status, alibaba.body['Code']], [503, 'ServiceUnavailable'])
      const pairs = Object.entries({
        Action: 'AcceptVpcPeeringConnection',
        Region: 'gz',
        peeringConnectionId: peering,
      })
      const tencent = await sendTencent(
        replica.url,
        signWithParameters(replica.host, LEGACY_PATH, bob, pairs as [string, string][], {}),
      )
      assert.match(JSON.stringify(tencent.body), /"code":6200,.*"codeDesc":"ServiceUnavailable"/)
      assert.ok(performance.now() - startedMs < 2_000)
    } finally {
      await server().start()
    }
    await until(async () => (await ready(replica)).status === 200, 10_000)
    assert.equal((await native(replica, tokenOf(bob), 'POST', `/peerings/${peering}/accept`)).status, 200)
  })

  for (const [how, signal] of [
    ['killed', 'SIGKILL'],
    ['suspended', 'SIGSTOP'],
  ] as const) {
    test(`when the one that sweeps is ${how}, another does it within 10 s`, async () => {
      const holders = () =>
        database.query(
          `SELECT application_name, client_port FROM pg_locks JOIN pg_stat_activity USING (pid)
            WHERE locktype = 'advisory' AND granted AND application_name = 'isthmus leader'
            ORDER BY client_port`,
        )
      const first = await start('first', { args: ['--acceptance-timeout', 'PT1S', '--clock', 'system'] })
      await until(async () => (await holders()).length === DUTIES, 5_000)
      const held = await holders()
      const second = await start('second', { args: ['--acceptance-timeout', 'PT1S', '--clock', 'system'] })
      // Only one of them at a time.
      assert.deepEqual(await holders(), held)
      const exited = once(first.process, 'exit')
      first.process.kill(signal)
      if (signal === 'SIGKILL') await exited
      const peering = await askFor(second, 1, 1)
      const tookMs = await until(
        async () =>
          (await database.query('SELECT 1 FROM events WHERE type = $1', ['peering.expired'])).length > 0,
        12_000,
      )
      assert.ok(tookMs < 11_000, `${tookMs} ms, of which one is the time that the request had`)
      assert.deepEqual(
        (await eventsOf(second)).map(({ type, peering }) => [type, peering]),
        [
          ['peering.requested', peering],
          ['peering.expired', peering],
        ],
      )
    })
  }
})
