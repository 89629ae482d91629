import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { hasOvsdbServer, type OvsdbServer, startOvsdbCluster } from '../../test/rig/ovsdb-server.ts'
import { requires } from '../../test/rig/requirements.ts'
import { type Change, MaybeCommittedError, OperationError, openDatabase, UnavailableError } from './index.ts'
import { SCHEMA, startMeddler, TABLES, until } from './ovsdb.fixtures.ts'

const KILLS = 3
const WRITERS = 4

describe('a client of a cluster', () => {
  let servers: OvsdbServer[] = []

  before(async () => {
    if (hasOvsdbServer) servers = await startOvsdbCluster(SCHEMA)
  })
  after(async () => {
    for (const server of servers) await server.dispose()
  })

  const open = (addresses: string, leaderOnly = true) =>
    openDatabase({
      addresses,
      database: 'Things',
      tables: TABLES,
      leaderOnly,
      monitor: { Entry: { indexes: { key: (row) => row.key } } },
      limits: { pauseMaxMs: 100, probeIntervalMs: 1_000 },
    })
  type Client = ReturnType<typeof open>
  const all = () => servers.map(({ tcp }) => tcp).join(',')
  const leaderOf = (client: Client) => servers.find(({ tcp }) => tcp === client.address)

  /** Writes `key` once, whatever happens: by reading, wherever it is not known whether it was written. */
  async function writeOnce(
    client: Client,
    key: string,
    writer: number,
  ): Promise<'known' | 'found' | 'repeated'> {
    const wait = {
      op: 'wait',
      table: 'Entry',
      where: [['key', '==', key]],
      columns: ['key'],
      until: '==',
      rows: [],
      timeoutMs: 0,
    } as const
    for (let tries = 0; ; tries++) {
      try {
        await client.transact([wait, { op: 'insert', table: 'Entry', row: { key, writer } }])
        return tries === 0 ? 'known' : 'repeated'
      } catch (error) {
        // A cluster may repeat a transaction by itself, and then find what it has left.
        const doubtful =
          error instanceof MaybeCommittedError ||
          error instanceof UnavailableError ||
          (error instanceof OperationError && error.operation === wait)
        if (!doubtful) throw error
      }
      await client.sync({ timeoutMs: 20_000 })
      if (client.find('Entry', 'key', key).length > 0) return 'found'
    }
  }

  it('uses the leader alone, unless told that any will do', async (context) => {
    if (!requires(context, 'ovsdb-server', hasOvsdbServer)) return
    const client = open(all())
    const follower = open('tcp:127.0.0.1:1', true)
    try {
      await client.ready({ timeoutMs: 20_000 })
      const leader = leaderOf(client)
      assert.match((await leader?.control('cluster/status', 'Things')) ?? '', /Role: leader/)
      const others = servers.filter((server) => server !== leader).map(({ tcp }) => tcp)
      const strict = open(others.join(','))
      await assert.rejects(strict.ready({ timeoutMs: 500 }), /is not the leader.*is not the leader/)
      await strict.close()
      const lenient = open(others.join(','), false)
      await lenient.transact([{ op: 'insert', table: 'Entry', row: { key: 'by a follower' } }])
      assert.equal(lenient.find('Entry', 'key', 'by a follower').length, 1)
      await lenient.close()
    } finally {
      await client.close()
      await follower.close()
    }
  })

  it('follows the leader when that hangs, reads only what is new, and takes its lock along', async (context) => {
    if (!requires(context, 'ovsdb-server', hasOvsdbServer)) return
    const ways = await Promise.all(servers.map(({ port }) => startMeddler(port)))
    const found: string[] = []
    for (const way of ways) {
      way.onAnswer = (bytes) => {
        // Of the things, not of what servers say about themselves.
        const answers = bytes.toString().matchAll(/"result":\[(true|false),"[0-9a-f-]{36}",\{(?!"Database")/g)
        found.push(...[...answers].map(([, word]) => word ?? ''))
        return { bytes, cut: false }
      }
    }
    const client = open(ways.map(({ address }) => address).join(','))
    let reader: Client | null = null
    const breakOff = async () => {
      for (const way of ways) for (const socket of way.sockets) socket.destroy()
      await until(() => client.address === null, 'the loss of the connections was noticed')
    }
    const leader = () => servers[ways.findIndex(({ address }) => address === client.address)]
    try {
      await client.ready({ timeoutMs: 20_000 })
      await client.transact([{ op: 'insert', table: 'Entry', row: { key: 'before' } }])
      const lock = client.lock('cluster')
      await lock.acquired(5_000)
      const kept = client.find('Entry', 'key', 'before')[0]
      const changes: Change<typeof TABLES>[] = []
      client.on('change', (batch) => changes.push(...batch))
      // Changing the conditions once must not cost the place in the log.
      await client.changeConditions('Entry', [true])
      const hung = leader()
      assert.ok(hung)
      reader = open(ways.map(({ address }) => address).join(','))
      await reader.ready({ timeoutMs: 20_000 })
      found.length = 0
      await breakOff()
      await reader.sync()
      await client.sync()
      assert.deepEqual(found, ['true', 'true'], 'what was read at first was read again')
      for (const way of ways) {
        way.onRequest = (bytes) => ({ bytes, cut: bytes.includes('monitor_cond_change') })
      }
      const changed = reader.changeConditions('Entry', [false])
      await until(() => reader?.address === null, 'the connection was lost over it')
      for (const way of ways) way.onRequest = (bytes) => ({ bytes, cut: false })
      await changed
      assert.equal(reader.rows('Entry').size, 0)
      await reader.close()
      await client.sync()
      found.length = 0
      await hung.kill('SIGSTOP')
      try {
        await until(() => leader() !== undefined && leader() !== hung, 'another leader was found', 30_000)
      } finally {
        await hung.kill('SIGCONT')
      }
      await lock.acquired(5_000)
      await lock.transact([{ op: 'insert', table: 'Entry', row: { key: 'after' } }])
      assert.equal(found.at(-1), 'true', 'everything was read anew')
      assert.equal(client.find('Entry', 'key', 'before')[0], kept)
      assert.deepEqual(
        changes.map(({ before, after }) => [before, after && 'key' in after && after.key]),
        [[null, 'after']],
      )
    } finally {
      await reader?.close()
      await client.close()
      for (const way of ways) await way.close()
    }
  })

  it('loses nothing and doubles nothing while leaders are killed under its writes', async (context) => {
    if (!requires(context, 'ovsdb-server', hasOvsdbServer)) return
    const client = open(all())
    const outcomes = { known: 0, found: 0, repeated: 0 }
    const expected = new Set<string>()
    let stopping = false
    try {
      await client.ready({ timeoutMs: 20_000 })
      const writing = Array.from({ length: WRITERS }, async (_, writer) => {
        for (let index = 0; !stopping; index++) {
          const key = `w${writer}-${index}`
          outcomes[await writeOnce(client, key, writer)]++
          expected.add(key)
        }
      })
      for (let kill = 0; kill < KILLS; kill++) {
        await sleep(700)
        const leader = leaderOf(client) as OvsdbServer
        const writtenBefore = expected.size
        const killedMs = performance.now()
        await leader.kill('SIGKILL')
        await until(() => expected.size > writtenBefore + WRITERS, 'writes went on', 30_000)
        context.diagnostic(
          `writes went on ${Math.round(performance.now() - killedMs)} ms after the leader was killed`,
        )
        await leader.start()
        await until(() => client.address !== null, 'there is a leader', 30_000)
      }
      await sleep(500)
      stopping = true
      await Promise.all(writing)
      context.diagnostic(JSON.stringify(outcomes))
      for (const address of servers.map(({ tcp }) => tcp)) {
        const reader = open(address, false)
        await reader.ready({ timeoutMs: 20_000 })
        const found = () =>
          [...reader.rows('Entry').values()].map((row) => row.key).filter((key) => key[0] === 'w')
        await until(() => found().length >= expected.size, `${address} had caught up`, 20_000)
        assert.deepEqual(found().sort(), [...expected].sort())
        await reader?.close()
      }
      assert.ok(expected.size > 100)
    } finally {
      stopping = true
      await client.close()
    }
  })
})
