import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, afterEach, before, describe, it } from 'node:test'
import { hasOvsdbServer, type OvsdbServer, startOvsdb } from '../../test/rig/ovsdb-server.ts'
import { requires } from '../../test/rig/requirements.ts'
import {
  type Change,
  ClosedError,
  OperationError,
  OverloadedError,
  openDatabase,
  RpcError,
  scalar,
  set,
  UnavailableError,
  type Uuid,
} from './index.ts'
import { SCHEMA, TABLES, until } from './ovsdb.fixtures.ts'

const NOWHERE = '00000000-0000-0000-0000-000000000000' as Uuid

describe('a client of one server', () => {
  let server: OvsdbServer
  const opened: { close(): Promise<void> }[] = []

  before(async () => {
    if (hasOvsdbServer) server = await startOvsdb(SCHEMA)
  })
  afterEach(async () => {
    for (const each of opened.splice(0)) await each.close()
  })
  after(() => server?.dispose())

  const open = (options: { database?: string; requestTimeoutMs?: number; addresses?: string } = {}) => {
    const { database = 'Things', requestTimeoutMs = 5_000, addresses = server.unix } = options
    const client = openDatabase({
      addresses,
      database,
      tables: TABLES,
      monitor: {
        Thing: {
          indexes: {
            name: (row) => row.name,
            tag: (row) => row.tags,
            owner: (row) => row.settings.get('owner'),
          },
        },
        Part: {},
      },
      limits: { requestTimeoutMs, pauseMaxMs: 100 },
    })
    opened.push(client)
    return client
  }
  const wipe = (client: ReturnType<typeof open>) =>
    client.transact([
      { op: 'delete', table: 'Thing', where: [] },
      { op: 'delete', table: 'Entry', where: [] },
    ])
  const test = (name: string, body: () => Promise<void>) =>
    it(name, async (context) => {
      if (requires(context, 'ovsdb-server', hasOvsdbServer)) await body()
    })

  test('writes and reads every kind of column, and shows it before it answers', async () => {
    const client = open()
    const [part, thing, read, none] = await client.transact([
      { op: 'insert', table: 'Part', uuidName: 'p', row: { name: 'screw' } },
      {
        op: 'insert',
        table: 'Thing',
        row: {
          name: 'a "quoted" — name {[\\',
          amount: -7,
          ratio: 0.25,
          flag: true,
          note: 'n',
          tags: ['x', 'y'],
          parts: [{ named: 'p' }],
          settings: { owner: 'me' },
          counts: new Map([['one', 1]]),
        },
      },
      { op: 'select', table: 'Thing', where: [['amount', '==', -7]], columns: ['name', 'tags'] },
      { op: 'comment', comment: 'by a test' },
    ])
    assert.equal(none, null)
    assert.deepEqual(read.rows, [
      { _uuid: thing.uuid, name: 'a "quoted" — name {[\\', tags: new Set(['x', 'y']) },
    ])
    assert.deepEqual(
      { ...client.get('Thing', thing.uuid) },
      {
        _uuid: thing.uuid,
        name: 'a "quoted" — name {[\\',
        amount: -7,
        ratio: 0.25,
        flag: true,
        note: 'n',
        tags: new Set(['x', 'y']),
        parts: new Set([part.uuid]),
        settings: new Map([['owner', 'me']]),
        counts: new Map([['one', 1]]),
      },
    )
    assert.deepEqual([...client.rows('Part').values()], [{ _uuid: part.uuid, name: 'screw' }])
    for (const [index, key] of [
      ['tag', 'x'],
      ['tag', 'y'],
      ['owner', 'me'],
    ] as const) {
      assert.deepEqual(
        client.find('Thing', index, key).map((row) => row._uuid),
        [thing.uuid],
      )
    }
    const [empty] = await client.transact([{ op: 'insert', table: 'Thing', row: { name: 'empty' } }])
    assert.deepEqual(
      { ...client.get('Thing', empty.uuid) },
      {
        _uuid: empty.uuid,
        name: 'empty',
        amount: 0,
        ratio: 0,
        flag: false,
        note: null,
        tags: new Set(),
        parts: new Set(),
        settings: new Map(),
        counts: new Map(),
      },
    )
    await wipe(client)
    assert.equal(client.rows('Thing').size, 0)
    assert.equal(client.rows('Part').size, 0)
    assert.deepEqual(client.find('Thing', 'tag', 'x'), [])
  })

  test('updates, mutates and deletes, and shows the differences as they are meant', async () => {
    const client = open()
    const name = 'subject'
    const where = [['name', '==', name]] as const
    const [thing] = await client.transact([
      {
        op: 'insert',
        table: 'Thing',
        row: { name, tags: ['a'], note: 'old', settings: { k: '1', gone: 'x', stays: 'y' } },
      },
    ])
    const mutated = await client.transact([
      {
        op: 'mutate',
        table: 'Thing',
        where,
        mutations: [
          ['tags', 'insert', ['b']],
          ['amount', '+=', 5],
          ['settings', 'delete', ['gone']],
          ['settings', 'insert', { more: 'z' }],
        ],
      },
      { op: 'update', table: 'Thing', where, row: { note: 'new' } },
      { op: 'select', table: 'Thing', where },
    ])
    assert.deepEqual(mutated.slice(0, 2), [{ count: 1 }, { count: 1 }])
    const shown = client.get('Thing', thing.uuid)
    assert.deepEqual({ ...mutated[2].rows[0] }, { ...shown })
    assert.deepEqual(shown?.tags, new Set(['a', 'b']))
    assert.deepEqual(
      shown?.settings,
      new Map([
        ['k', '1'],
        ['stays', 'y'],
        ['more', 'z'],
      ]),
    )
    assert.equal(shown?.note, 'new')
    assert.equal(shown?.amount, 5)
    await client.transact([
      {
        op: 'update',
        table: 'Thing',
        where,
        row: { note: null, settings: { k: '2' }, tags: new Set(['b']) },
      },
    ])
    const later = client.get('Thing', thing.uuid)
    assert.deepEqual(
      [later?.note, later?.settings, later?.tags],
      [null, new Map([['k', '2']]), new Set(['b'])],
    )
    assert.deepEqual(shown?.tags, new Set(['a', 'b']), 'a row that was handed out has changed')
    assert.deepEqual(await client.transact([{ op: 'delete', table: 'Thing', where }]), [{ count: 1 }])
    assert.equal(client.get('Thing', thing.uuid), null)
    assert.deepEqual(await client.transact([{ op: 'delete', table: 'Thing', where }]), [{ count: 0 }])
  })

  test('names the operation that failed, and does nothing of the others', async () => {
    const client = open()
    const insert = { op: 'insert', table: 'Thing', row: { name: 'twin' } } as const
    const wait = {
      op: 'wait',
      table: 'Thing',
      where: [['name', '==', 'twin']],
      columns: ['name'],
      until: '==',
      rows: [],
      timeoutMs: 0,
    } as const
    await assert.rejects(client.transact([insert, { ...insert }]), (error: OperationError) => {
      assert.ok(error instanceof OperationError)
      assert.equal(error.name, 'OperationError')
      assert.deepEqual([error.operation, error.reason], [null, 'constraint violation'])
      assert.match(error.message, /^commit: constraint violation \(Transaction causes multiple rows/)
      return true
    })
    assert.equal(client.rows('Thing').size, 0)
    await client.transact([wait, insert])
    await assert.rejects(client.transact([{ op: 'comment', comment: 'x' }, wait, insert]), {
      name: 'OperationError',
      operation: wait,
      reason: 'timed out',
      message: 'wait Thing: timed out ("where" clause test failed)',
    })
    await assert.rejects(client.transact([insert, { op: 'abort' }]), {
      reason: 'aborted',
      operation: { op: 'abort' },
    })
    const uuid = randomUUID() as Uuid
    const chosen = { op: 'insert', table: 'Thing', uuid, row: { name: 'chosen' } } as const
    assert.deepEqual(await client.transact([chosen, { op: 'commit', durable: true }]), [{ uuid }, null])
    await assert.rejects(client.transact([chosen]), { reason: 'duplicate uuid', operation: chosen })
    await wipe(client)
  })

  test('refuses what the server would hang up on, or mistake for something else', async () => {
    const client = open()
    await client.ready()
    const row = (values: object) => [{ op: 'insert', table: 'Thing', row: values }] as never
    for (const values of [
      { name: 'nul \0' },
      { name: 'half \ud800' },
      { name: 5 },
      { amount: 2 ** 53 },
      { amount: 0.5 },
      { ratio: Number.NaN },
      { tags: 'x' },
      { settings: ['x'] },
      { parts: ['no uuid'] },
      { unknown: 1 },
    ]) {
      await assert.rejects(client.transact(row(values)), TypeError)
    }
    const [{ uuid }] = await client.transact([
      { op: 'insert', table: 'Thing', row: { name: '\u0001\ud83d\ude00' } },
    ])
    assert.equal(client.get('Thing', uuid)?.name, '\u0001\ud83d\ude00')
    await wipe(client)
  })

  test('tells of what others do, each update as one batch with before and after', async () => {
    const [here, there] = [open(), open()]
    await Promise.all([here.ready(), there.ready()])
    const heard: (readonly Change<typeof TABLES>[])[] = []
    here.on('change', (changes) => heard.push(changes))
    const [one, two] = await there.transact([
      { op: 'insert', table: 'Thing', row: { name: 'one' } },
      { op: 'insert', table: 'Thing', row: { name: 'two' } },
    ])
    await here.sync()
    assert.equal(here.find('Thing', 'name', 'one')[0]?._uuid, one.uuid)
    await there.transact([
      { op: 'update', table: 'Thing', where: [['name', '==', 'one']], row: { amount: 1 } },
      { op: 'delete', table: 'Thing', where: [['name', '==', 'two']] },
    ])
    await here.sync()
    const brief = (changes: readonly Change<typeof TABLES>[]) =>
      changes
        .map(({ table, uuid, before, after }) => {
          const amount = (row: typeof before) => (row && 'amount' in row ? row.amount : null)
          return [table, uuid, amount(before), amount(after)]
        })
        .sort((a, b) => (String(a[1]) < String(b[1]) ? -1 : 1))
    const sorted = (...rows: unknown[][]) => rows.sort((a, b) => (String(a[1]) < String(b[1]) ? -1 : 1))
    assert.deepEqual(heard.map(brief), [
      sorted(['Thing', one.uuid, null, 0], ['Thing', two.uuid, null, 0]),
      sorted(['Thing', one.uuid, 0, 1], ['Thing', two.uuid, 0, null]),
    ])
    await wipe(there)
  })

  test('monitors the rows that suit its conditions, and others when told to', async () => {
    const writer = open()
    await writer.transact(
      ['a', 'b', 'c'].map((key, writer) => ({ op: 'insert', table: 'Entry', row: { key, writer } }) as const),
    )
    const client = openDatabase({
      addresses: server.unix,
      database: 'Things',
      tables: { Entry: TABLES.Entry },
      monitor: {
        Entry: {
          where: [
            ['key', '==', 'a'],
            ['key', '==', 'b'],
          ],
          indexes: { key: (row) => row.key },
        },
      },
    })
    opened.push(client)
    await client.ready()
    const shown = () => [...client.rows('Entry').values()].map((row) => row.key).sort()
    assert.deepEqual(shown(), ['a', 'b'])
    await client.changeConditions('Entry', [['writer', '>', 0]])
    assert.deepEqual(shown(), ['b', 'c'])
    await writer.transact([{ op: 'update', table: 'Entry', where: [['key', '==', 'a']], row: { writer: 9 } }])
    await client.sync()
    assert.deepEqual(shown(), ['a', 'b', 'c'])
    await client.changeConditions('Entry', [false])
    assert.deepEqual(shown(), [])
    assert.deepEqual(client.find('Entry', 'key', 'b'), [])
    await client.changeConditions('Entry', [])
    assert.deepEqual(shown(), ['a', 'b', 'c'])
    await assert.rejects(client.changeConditions('Entry', [['key', '<', 'b']]), RpcError)
    await writer.transact([{ op: 'insert', table: 'Entry', row: { key: 'd' } }])
    await client.sync()
    assert.deepEqual(shown(), ['a', 'b', 'c', 'd'])
    await wipe(writer)
  })

  test('gives a lock to one at a time, and lets nobody else write under it', async () => {
    const [first, second] = [open(), open()]
    await Promise.all([first.ready(), second.ready()])
    const held = first.lock('writer')
    await held.acquired()
    const waiting = second.lock('writer')
    await assert.rejects(waiting.acquired(50), UnavailableError)
    assert.throws(() => second.lock('writer'), TypeError)
    assert.throws(() => second.lock('no-lock'), TypeError)
    const insert = (key: string) => [{ op: 'insert', table: 'Entry', row: { key } }] as const
    const [{ uuid }] = await held.transact(insert('held'))
    assert.match(uuid, /^[0-9a-f-]{36}$/)
    await assert.rejects(waiting.transact(insert('stale')), {
      name: 'OperationError',
      reason: 'not owner',
      operation: { op: 'assert', lock: 'writer' },
    })
    await held.release()
    await waiting.acquired()
    await assert.rejects(held.transact(insert('stale')), { reason: 'not owner' })
    await assert.rejects(held.acquired(), ClosedError)

    const heard: boolean[] = []
    waiting.on('change', (owned) => heard.push(owned))
    const thief = first.lock('writer', { steal: true })
    await thief.acquired()
    await until(() => heard.length > 0, 'the loss of the lock was told')
    assert.deepEqual([heard, waiting.owned], [[false], false])
    await assert.rejects(waiting.transact(insert('stale')), { reason: 'not owner' })
    await thief.transact(insert('thief'))
    await thief.release()
    await waiting.acquired(5_000)
    assert.deepEqual(heard, [false, true])
    const [{ rows }] = await first.transact([{ op: 'select', table: 'Entry', where: [] }])
    assert.deepEqual(rows.map((row) => row.key).sort(), ['held', 'thief'])
    await wipe(first)
  })

  test('comes back after the server was killed, with the differences and with its lock', async () => {
    const client = open({ addresses: `${server.tcp}, ${server.unix}` })
    const rival = open()
    await client.transact([
      { op: 'insert', table: 'Thing', row: { name: 'stays' } },
      { op: 'insert', table: 'Thing', row: { name: 'goes' } },
    ])
    const lock = client.lock('survivor')
    await lock.acquired()
    const owned: boolean[] = []
    lock.on('change', (value) => owned.push(value))
    const changes: Change<typeof TABLES>[] = []
    client.on('change', (batch) => changes.push(...batch))
    const gone: string[] = []
    client.on('disconnected', (reason) => gone.push(reason))
    const stays = client.find('Thing', 'name', 'stays')[0]
    await server.kill('SIGKILL')
    await until(() => gone.length === 1, 'the loss of the connection was told')
    assert.deepEqual([lock.owned, client.address], [false, null])
    assert.equal(client.rows('Thing').size, 2)
    await assert.rejects(client.ready({ timeoutMs: 300 }), (error: Error) => {
      assert.ok(error instanceof UnavailableError)
      assert.match(error.message, /^no server of Things could be had in time: tcp:.*ECONNREFUSED.*; unix:/)
      return true
    })
    await server.start()
    await rival.transact([{ op: 'delete', table: 'Thing', where: [['name', '==', 'goes']] }])
    await client.sync()
    await lock.acquired(5_000)
    await until(() => owned.length === 2, 'the lock was told')
    assert.deepEqual(owned, [false, true])
    assert.deepEqual([...client.rows('Thing').values()], [stays])
    assert.equal(
      client.find('Thing', 'name', 'stays')[0],
      stays,
      'a row that has not changed is the same object',
    )
    assert.deepEqual(
      changes.map(({ before, after }) => [before && 'name' in before && before.name, after]),
      [['goes', null]],
    )
    await wipe(client)
  })

  test('says which table or column is not there, or is something else', async () => {
    const refused = async (tables: object, message: RegExp) => {
      const client = openDatabase({ addresses: server.unix, database: 'Things', tables: tables as never })
      opened.push(client)
      await assert.rejects(client.ready({ timeoutMs: 200 }), (error: Error) => {
        assert.ok(error instanceof UnavailableError)
        assert.match(error.message, message)
        return true
      })
    }
    await refused({ Nothing: {} }, /the database has no table Nothing/)
    await refused({ Thing: { size: scalar('integer') } }, /the database has no column Thing\.size/)
    await refused({ Thing: { tags: set('integer') } }, /Thing\.tags is set of string, not set of integer/)
    await assert.rejects(open({ database: 'Nothing' }).ready({ timeoutMs: 200 }), /has no database Nothing/)
    assert.throws(() => open({ addresses: 'http://x' }), TypeError)
  })

  test('admits no more calls than it may, and settles all of them when it is closed', async () => {
    const client = openDatabase({
      addresses: server.unix,
      database: 'Things',
      tables: TABLES,
      limits: { requestsMax: 2, closeTimeoutMs: 10_000 },
    })
    opened.push(client)
    await client.ready()
    const select = [{ op: 'select', table: 'Thing', where: [['_uuid', '==', NOWHERE]] }] as const
    const calls = [client.transact(select), client.transact(select), client.transact(select)]
    await assert.rejects(calls[2] as Promise<unknown>, OverloadedError)
    await Promise.all([client.close(), client.close()])
    assert.deepEqual(await Promise.all(calls.slice(0, 2)), [[{ rows: [] }], [{ rows: [] }]])
    await assert.rejects(client.transact(select), ClosedError)
    await assert.rejects(client.ready(), ClosedError)
    await assert.rejects(client.sync(), ClosedError)
    assert.throws(() => client.lock('late'), ClosedError)
  })

  test('settles what waits for a server, or for a lock, when it is closed', async () => {
    const lost = openDatabase({
      addresses: 'unix:/nonexistent/socket',
      database: 'Things',
      tables: TABLES,
      limits: { requestsMax: 1 },
    })
    const waiting = [lost.ready(), lost.transact([{ op: 'abort' }]), lost.lock('never').acquired()]
    const outcomes = Promise.allSettled(waiting)
    await assert.rejects(lost.transact([{ op: 'abort' }]), OverloadedError)
    await lost.close()
    for (const outcome of await outcomes) {
      assert.equal(outcome.status === 'rejected' && outcome.reason.name, 'ClosedError')
    }
  })
})
