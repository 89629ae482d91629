import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, afterEach, before, describe, it } from 'node:test'
import { promisify } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { hasOvsdbServer, type OvsdbServer, startOvsdb, type TlsFiles } from '../../test/rig/ovsdb-server.ts'
import { hasProgram, requires } from '../../test/rig/requirements.ts'
import {
  ConnectionLostError,
  MaybeCommittedError,
  openDatabase,
  RpcError,
  UnavailableError,
} from './index.ts'
import { listen, type Meddler, SCHEMA, startMeddler, TABLES, until } from './ovsdb.fixtures.ts'

const run = promisify(execFile)

describe('a client whose connection is meddled with', () => {
  let server: OvsdbServer
  let meddler: Meddler
  const opened: { close(): Promise<void> }[] = []

  before(async () => {
    if (hasOvsdbServer) server = await startOvsdb(SCHEMA)
  })
  afterEach(async () => {
    for (const each of opened.splice(0)) await each.close()
  })
  after(() => server?.dispose())

  const open = (addresses: string, limits: object = {}) => {
    const client = openDatabase({
      addresses,
      database: 'Things',
      tables: TABLES,
      monitor: { Entry: { indexes: { key: (row) => row.key } } },
      limits: { pauseFirstMs: 5, pauseMaxMs: 50, ...limits },
    })
    opened.push(client)
    return client
  }
  const openMeddled = async (limits: object = {}) => {
    meddler = await startMeddler(server.port)
    opened.push(meddler)
    const client = open(meddler.address, limits)
    await client.ready()
    return client
  }
  const test = (name: string, body: () => Promise<void>) =>
    it(name, async (context) => {
      if (requires(context, 'ovsdb-server', hasOvsdbServer)) await body()
    })
  const insert = (key: string) => [{ op: 'insert', table: 'Entry', row: { key } }] as const
  const heal = () => {
    meddler.onRequest = (bytes) => ({ bytes, cut: false })
    meddler.onAnswer = (bytes) => ({ bytes, cut: false })
  }
  const copies = (client: ReturnType<typeof open>, key: string) => client.find('Entry', 'key', key).length

  /** Where a transaction is cut: what passes of it, whether it is then done, by the name of the case. */
  const CUTS: readonly {
    name: string
    done: boolean
    request?: (bytes: Buffer) => Buffer
    answer?: (bytes: Buffer) => Buffer
  }[] = [
    { name: 'before-it-leaves', done: false, request: () => Buffer.alloc(0) },
    { name: 'in-the-middle', done: false, request: (bytes) => bytes.subarray(0, bytes.length >> 1) },
    { name: 'but-for-the-last-byte', done: false, request: (bytes) => bytes.subarray(0, -1) },
    { name: 'before-the-answer', done: true, answer: () => Buffer.alloc(0) },
    { name: 'in-the-answer', done: true, answer: (bytes) => bytes.subarray(0, bytes.length >> 1) },
    { name: 'before-the-end-of-the-answer', done: true, answer: (bytes) => bytes.subarray(0, -1) },
  ]
  for (const { name, done, request, answer } of CUTS) {
    test(`does not know what came of a write that was cut ${name.replaceAll('-', ' ')}, and reading tells`, async () => {
      const client = await openMeddled()
      if (request) meddler.onRequest = (bytes) => ({ bytes: request(bytes), cut: true })
      if (answer) meddler.onAnswer = (bytes) => ({ bytes: answer(bytes), cut: true })
      await assert.rejects(client.transact(insert(name)), (error: Error) => {
        assert.ok(error instanceof MaybeCommittedError, String(error))
        assert.match(error.message, /^tcp:127\.0\.0\.1:\d+: .*; the transaction may have been committed$/)
        return true
      })
      heal()
      await client.sync()
      assert.equal(copies(client, name), done ? 1 : 0)
    })
  }

  test('knows that nothing came of what only reads, or was never sent', async () => {
    const client = await openMeddled()
    meddler.onAnswer = () => ({ bytes: Buffer.alloc(0), cut: true })
    await assert.rejects(client.transact([{ op: 'select', table: 'Entry', where: [] }]), (error: Error) => {
      assert.ok(error instanceof ConnectionLostError)
      assert.ok(!(error instanceof MaybeCommittedError))
      return true
    })
    await assert.rejects(client.transact(insert('never-sent'), { timeoutMs: 100 }), UnavailableError)
    heal()
    await client.sync()
    assert.equal(copies(client, 'never-sent'), 0)
  })

  for (const garbage of [
    'HTTP/1.1 500 Oops\r\n\r\n',
    '{"id":1',
    '{"id":1e999,"result":[],"error":null}',
    '{"\xff',
  ]) {
    test(`gives up a server that answers ${JSON.stringify(garbage)}, and comes back`, async () => {
      const client = await openMeddled({ requestTimeoutMs: 300 })
      meddler.onAnswer = () => ({ bytes: Buffer.from(garbage, 'latin1'), cut: false })
      const key = `garbage ${garbage.length}`
      await assert.rejects(client.transact(insert(key)), MaybeCommittedError)
      heal()
      await client.sync()
      assert.equal(copies(client, key), 1)
    })
  }

  test('gives up a server that stalls in the middle of an answer, and one that says nothing', async () => {
    for (const kept of [7, 0]) {
      const client = await openMeddled({ probeIntervalMs: 50 })
      let first = true
      meddler.onAnswer = (bytes) => {
        const passed = first ? bytes.subarray(0, kept) : Buffer.alloc(0)
        first = false
        return { bytes: passed, cut: false }
      }
      const startedMs = performance.now()
      await assert.rejects(client.transact(insert(`stall ${kept}`)), /the server is silent/)
      assert.ok(performance.now() - startedMs < 2_000)
      heal()
      await client.sync()
      assert.equal(copies(client, `stall ${kept}`), 1)
    }
  })

  test('gives up a server whose message is too long, and says so', async () => {
    const writer = open(server.tcp)
    await writer.transact(insert('x'.repeat(100_000)))
    const client = open(server.tcp, { messageBytesMax: 50_000 })
    await assert.rejects(client.ready({ timeoutMs: 300 }), /a message is longer than 50000 bytes/)
    await writer.transact([{ op: 'delete', table: 'Entry', where: [] }])
    await client.ready()
    assert.equal(client.rows('Entry').size, 0)
  })

  test('does not let one address that never answers, or one that hangs up, keep it from another', async () => {
    const silent = await listen(() => {})
    const rude = await listen((socket) => socket.destroy())
    opened.push(silent, rude)
    const addresses = [
      silent.address,
      `ssl:127.0.0.1:${silent.port}`,
      rude.address,
      'tcp:127.0.0.1:1',
      server.tcp,
    ]
    const client = open(addresses.join(','), { connectTimeoutMs: 100 })
    await client.ready()
    assert.equal(client.address, server.tcp)
  })

  test('changes what it monitors, though the connection is lost over it', async () => {
    const client = await openMeddled()
    await client.transact([...insert('wanted'), ...insert('unwanted')])
    for (const side of ['onRequest', 'onAnswer'] as const) {
      meddler[side] = () => {
        heal()
        return { bytes: Buffer.alloc(0), cut: true }
      }
      await client.changeConditions('Entry', [['key', '==', 'wanted']])
      assert.deepEqual([copies(client, 'wanted'), client.rows('Entry').size], [1, 1])
      await client.changeConditions('Entry', [])
      assert.equal(copies(client, 'unwanted'), 1)
    }
    await assert.rejects(client.changeConditions('Entry', [['key', '<', 'b']]), RpcError)
    for (const socket of meddler.sockets) socket.destroy()
    await client.sync()
    assert.equal(copies(client, 'unwanted'), 1, 'what was refused was asked for again')
  })

  test('makes do with a server that knows neither `_Server` nor `monitor_cond_since`', async () => {
    meddler = await startMeddler(server.port)
    opened.push(meddler)
    const methods: string[] = []
    meddler.onRequest = (bytes) => {
      const text = bytes
        .toString()
        .replaceAll('_Server', '_Nobody')
        .replaceAll('monitor_cond_since', 'monitor_unknown')
      methods.push(...[...text.matchAll(/"method":"(\w+)"/g)].map(([, method]) => method ?? ''))
      return { bytes: Buffer.from(text), cut: false }
    }
    const client = open(meddler.address)
    await client.transact(insert('old server'))
    assert.equal(copies(client, 'old server'), 1)
    assert.deepEqual(methods, ['get_schema', 'get_schema', 'monitor_unknown', 'monitor_cond', 'transact'])
    for (const socket of meddler.sockets) socket.destroy()
    await client.sync()
    assert.equal(copies(client, 'old server'), 1)
  })

  test('pauses between rounds, and longer each time, where every server hangs up at once', async () => {
    let calls = 0
    const rude = await listen((socket) => {
      calls++
      socket.destroy()
    })
    opened.push(rude)
    const client = open(rude.address, { pauseFirstMs: 20, pauseMaxMs: 10_000 })
    await assert.rejects(client.ready({ timeoutMs: 1_000 }), UnavailableError)
    // Pauses of 10 to 20, 20 to 40, 40 to 80 ms and so on leave room for no more than seven calls in a second.
    assert.ok(calls >= 2 && calls <= 8, `${calls} calls`)
  })

  test('goes on where a listener throws, which is the listener’s fault alone', async () => {
    const client = await openMeddled()
    const [before] = [process.listeners('uncaughtException')]
    process.removeAllListeners('uncaughtException')
    const thrown: Error[] = []
    process.on('uncaughtException', (error: Error) => thrown.push(error))
    try {
      client.once('change', () => {
        throw new Error('of the listener')
      })
      await client.transact(insert('listener'))
      await until(() => thrown.length === 1, 'it was thrown')
    } finally {
      process.removeAllListeners('uncaughtException')
      for (const listener of before) process.on('uncaughtException', listener)
    }
    assert.equal(thrown[0]?.message, 'of the listener')
    await client.sync()
    assert.equal(copies(client, 'listener'), 1)
  })

  test('loses nothing and doubles nothing under writes that are cut at random, where it reads before it repeats', async () => {
    const client = await openMeddled()
    let left = 60
    const perhaps = (bytes: Buffer) => {
      const cut = left > 0 && Math.random() < 0.1
      if (cut) left--
      return { bytes: cut ? bytes.subarray(0, Math.floor(Math.random() * bytes.length)) : bytes, cut }
    }
    meddler.onRequest = perhaps
    meddler.onAnswer = perhaps
    const [writers, writesEach] = [4, 50]
    let unknown = 0
    const write = async (key: string) => {
      for (;;) {
        try {
          await client.transact([
            {
              op: 'wait',
              table: 'Entry',
              where: [['key', '==', key]],
              columns: ['key'],
              until: '==',
              rows: [],
              timeoutMs: 0,
            },
            ...insert(key),
          ])
          return
        } catch (error) {
          if (!(error instanceof MaybeCommittedError)) throw error
          unknown++
          await client.sync()
          if (copies(client, key) > 0) return
        }
      }
    }
    await Promise.all(
      Array.from({ length: writers }, async (_, writer) => {
        for (let index = 0; index < writesEach; index++) await write(`w${writer}-${index}`)
      }),
    )
    heal()
    await client.sync()
    const found = [...client.rows('Entry').values()].map((row) => row.key).filter((key) => /^w\d-/.test(key))
    assert.deepEqual([found.length, new Set(found).size], [writers * writesEach, writers * writesEach])
    assert.ok(unknown > 0)
  })

  test('holds no more memory after ten thousand updates than after one thousand', async () => {
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    const client = open(server.unix)
    const [{ uuid }] = await client.transact(insert('memory'))
    let heard = 0
    client.on('change', (changes) => {
      heard += changes.length
    })
    const heapAfter = async (updates: number) => {
      const together = 50
      for (let done = 0; done < updates; done += together) {
        const updating = Array.from({ length: together }, (_, index) => {
          const row = { key: `memory ${done + index} ${'x'.repeat(1_000)}` }
          return client.transact([{ op: 'update', table: 'Entry', where: [['_uuid', '==', uuid]], row }])
        })
        await Promise.all(updating)
      }
      collect()
      return process.memoryUsage().heapUsed
    }
    const before = await heapAfter(1_000)
    const after = await heapAfter(9_000)
    assert.equal(heard, 10_000)
    assert.ok(after - before < 2_000_000, `${before} bytes, then ${after}`)
  })

  it('lets the process end once it is closed, whatever it was doing', async () => {
    const silent = await listen(() => {})
    opened.push(silent)
    const addresses = [silent.address, 'tcp:127.0.0.1:1', 'tcp:192.0.2.1:1', ...(server ? [server.tcp] : [])]
    const program = `
      import { openDatabase } from ${JSON.stringify(import.meta.resolve('./index.ts'))}
      for (const addresses of ${JSON.stringify([...addresses, addresses.join(',')])}) {
        const client = openDatabase({ addresses, database: 'Things', tables: { Entry: {} }, monitor: { Entry: {} } })
        const lock = client.lock('late')
        const waits = [client.ready(), client.transact([]), lock.acquired(60_000), client.changeConditions('Entry', [])]
        const settled = Promise.allSettled(waits)
        await new Promise((resolve) => setTimeout(resolve, 150))
        await client.close()
        await settled
      }
      console.log('closed')
    `
    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', program], {
      timeout: 10_000,
    })
    assert.equal(stdout, 'closed\n')
  })
})

describe('a client of a server that speaks TLS', () => {
  it('believes whom its authority has signed, and nobody else; by name, where it has one', async (context) => {
    if (!requires(context, 'ovsdb-server', hasOvsdbServer)) return
    if (!requires(context, 'openssl', hasOpenssl())) return
    const directory = mkdtempSync(join(tmpdir(), 'isthmus-tls-'))
    const [ours, theirs] = [
      await makeCertificates(directory, 'ours'),
      await makeCertificates(directory, 'theirs'),
    ]
    const server = await startOvsdb(SCHEMA, ours)
    const attempt = async (by: TlsFiles, serverName?: string) => {
      const client = openDatabase({
        addresses: server.tcp,
        database: 'Things',
        tables: TABLES,
        tls: {
          authority: readFileSync(by.authority, 'utf8'),
          certificate: readFileSync(ours.certificate, 'utf8'),
          privateKey: readFileSync(ours.privateKey, 'utf8'),
          ...(serverName !== undefined && { serverName }),
        },
      })
      try {
        await client.ready({ timeoutMs: 1_500 })
        return await client.transact([{ op: 'select', table: 'Entry', where: [] }])
      } finally {
        await client.close()
      }
    }
    try {
      assert.deepEqual(await attempt(ours), [{ rows: [] }])
      assert.deepEqual(await attempt(ours, 'ours.example'), [{ rows: [] }])
      await assert.rejects(attempt(ours, 'theirs.example'), /does not match certificate/)
      await assert.rejects(attempt(theirs), /ssl:127\.0\.0\.1:\d+: .*certificate/)
    } finally {
      await server.dispose()
      rmSync(directory, { recursive: true })
    }
  })
})

function hasOpenssl(): boolean {
  return hasProgram('openssl')
}

/** An authority, and a certificate by it for `NAME.example`. */
async function makeCertificates(directory: string, name: string): Promise<TlsFiles> {
  const file = (ending: string) => join(directory, `${name}-${ending}`)
  const [authority, authorityKey] = [file('authority.pem'), file('authority-key.pem')]
  const [certificate, privateKey] = [file('certificate.pem'), file('key.pem')]
  const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2']
  await run('openssl', [
    ...request,
    '-subj',
    `/CN=${name} authority`,
    '-out',
    authority,
    '-keyout',
    authorityKey,
  ])
  await run('openssl', [
    ...request,
    ...['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}.example`],
    ...['-addext', 'basicConstraints=critical,CA:FALSE', '-CA', authority, '-CAkey', authorityKey],
    ...['-out', certificate, '-keyout', privateKey],
  ])
  return { authority, certificate, privateKey }
}
