import assert from 'node:assert/strict'
import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, suite, test } from 'node:test'
import { client as huaweiClient } from '../dialects/huawei/client.ts'
import { runCommand } from '../rig/command.ts'
import { ADMIN_TOKEN, native, spawnService, startService, type TestService } from '../rig/service.ts'
import { alice, bob, vpcOf } from '../rig/tenants.ts'

interface LoggedEvent {
  readonly sequence: number
  readonly type: string
  readonly peering: string
}

const directories: string[] = []
function newDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'isthmus-backup-'))
  directories.push(directory)
  return directory
}
after(() => {
  for (const directory of directories) rmSync(directory, { recursive: true, force: true })
})

async function eventsOf(service: { url: string }): Promise<LoggedEvent[]> {
  const all: LoggedEvent[] = []
  for (;;) {
    const path = `/events?limit=1000&after=${all.length}`
    const { body }: { body: { events: LoggedEvent[] } } = await native(service, ADMIN_TOKEN, 'GET', path)
    all.push(...body.events)
    if (body.events.length < 1000) return all
  }
}

/** Asks for peerings and ends them, on some pairs of VPCs at once, until it is told to stop. */
function startLoad(service: { url: string }) {
  let going = true
  const acknowledged: { id: string; type: string }[] = []
  const client = async (number: number) => {
    const [requester, accepter] = [vpcOf(alice, (number % 4) + 1), vpcOf(bob, Math.floor(number / 4) + 1)]
    const body = { requesterVpc: requester.ids.huawei, accepterVpc: accepter.ids.huawei, name: 'load' }
    while (going) {
      const made: { status: number; body: { id: string } } = await native(
        service,
        ADMIN_TOKEN,
        'POST',
        '/peerings',
        body,
      )
      assert.equal(made.status, 201)
      const { id } = made.body
      acknowledged.push({ id, type: 'peering.requested' })
      const accepted = await native(service, ADMIN_TOKEN, 'POST', `/peerings/${id}/accept`)
      assert.equal(accepted.status, 200)
      acknowledged.push({ id, type: 'peering.accepted' })
      const deleted = await native(service, ADMIN_TOKEN, 'DELETE', `/peerings/${id}`)
      assert.equal(deleted.status, 204)
      acknowledged.push({ id, type: 'peering.deleted' })
    }
  }
  const clients = Array.from({ length: 8 }, (_, number) => client(number))
  return {
    acknowledged,
    async until(count: number) {
      while (acknowledged.length < count) await Promise.race([...clients, new Promise(setImmediate)])
    },
    async stop() {
      going = false
      await Promise.all(clients)
    },
  }
}

suite('isthmus backup, while the service writes', () => {
  test('holds everything acknowledged before it began, whole; and a service starts on what is restored', async (t) => {
    const service = await spawnService()
    t.after(() => service.close())
    const load = startLoad(service)
    await load.until(500)
    const file = join(newDirectory(), 'backup.db')
    const before = [...load.acknowledged]
    const made = await runCommand(['backup', file, '--data', service.directory, '--with-keys', '--json'])
    const during = load.acknowledged.length
    await load.stop()
    assert.deepEqual([made.code, made.stderr], [0, ''])
    // Else nothing was written meanwhile, and this has shown nothing.
    assert.ok(during > before.length, 'the load stood still')
    const answer = JSON.parse(made.stdout)
    assert.deepEqual(answer.keys, ['master.key'])
    assert.equal(statSync(file).mode & 0o777, 0o600)
    assert.deepEqual(readdirSync(join(file, '..')), ['backup.db'])

    const restored = newDirectory()
    const put = await runCommand(['restore', file, '--data', restored, '--json'])
    assert.deepEqual([put.code, put.stderr], [0, ''])
    assert.equal(JSON.parse(put.stdout).events, answer.events)
    assert.deepEqual(readdirSync(restored).sort(), ['isthmus.db', 'isthmus.lock', 'master.key'])
    for (const name of ['isthmus.db', 'master.key'])
      assert.equal(statSync(join(restored, name)).mode & 0o777, 0o600)
    const found = new DatabaseSync(join(restored, 'isthmus.db'), { readOnly: true })
    assert.deepEqual(found.prepare(`SELECT 1 FROM sqlite_schema WHERE name LIKE 'backup%'`).all(), [])
    found.close()
    const key = readFileSync(join(service.directory, 'master.key'), 'utf8')
    assert.ok(!readFileSync(join(restored, 'isthmus.db')).includes(key), 'the key was left in the database')

    const again = await spawnService({ directory: restored, bootstrap: null })
    t.after(() => again.close())
    const [original, events] = [await eventsOf(service), await eventsOf(again)]
    assert.equal(events.length, answer.events)
    assert.deepEqual(events, original.slice(0, events.length))
    assert.deepEqual(
      events.map(({ sequence }) => sequence),
      events.map((_, index) => index + 1),
    )
    const there = new Set(events.map(({ peering, type }) => `${type} ${peering}`))
    assert.deepEqual(
      before.filter(({ id, type }) => !there.has(`${type} ${id}`)),
      [],
    )
    // The secrets open: a signed request is answered.
    const shown = await huaweiClient(again, alice)('GET', '/v2.0/vpc/peerings')
    assert.equal(shown.status, 200)
  })
})

suite('isthmus backup and restore', () => {
  let service: TestService
  let file: string
  before(async () => {
    service = await startService()
    const pair = {
      requesterVpc: vpcOf(alice, 1).ids.huawei,
      accepterVpc: vpcOf(bob, 1).ids.huawei,
      name: 'x',
    }
    for (let count = 0; count < 3; count++) {
      const made: { body: { id: string } } = await native(service, ADMIN_TOKEN, 'POST', '/peerings', pair)
      await native(service, ADMIN_TOKEN, 'DELETE', `/peerings/${made.body.id}`)
    }
    file = join(newDirectory(), 'backup.db')
    const { code, stdout } = await runCommand(['backup', file, '--data', service.directory])
    assert.equal(code, 0)
    assert.equal(
      stdout,
      `${file}: 3 peerings, 18 VPCs, 3 tenants, 6 events; verified
Keep ${service.directory}/master.key with it: without that key its secrets cannot be read.\n`,
    )
  })
  after(() => service.close())

  const restoreInto = (directory: string, from = file, ...more: string[]) =>
    runCommand(['restore', from, '--data', directory, ...more])
  /** A directory with the master key of the service that was backed up. */
  function prepared(): string {
    const directory = newDirectory()
    copyFileSync(join(service.directory, 'master.key'), join(directory, 'master.key'))
    return directory
  }

  test('a file that is there already is never replaced', async () => {
    const { code, stderr } = await runCommand(['backup', file, '--data', service.directory])
    assert.equal(code, 2)
    assert.equal(stderr, `isthmus backup: ${file} is there already; name another file\n`)
  })

  test('a directory without a store is said to be one', async () => {
    const directory = newDirectory()
    const { code, stderr } = await runCommand(['backup', `${file}.2`, '--data', directory])
    assert.equal(code, 2)
    assert.equal(
      stderr,
      `isthmus backup: --data ${directory}: there is no store; name the directory that the service has\n`,
    )
  })

  test('restore refuses a directory that a running service uses, even by force', async () => {
    const { code, stderr } = await restoreInto(service.directory, file, '--force')
    assert.equal(code, 1)
    assert.equal(
      stderr,
      `isthmus restore: another process is using the data directory ${service.directory}; stop it first\n`,
    )
  })

  test('restore refuses a directory that is not empty; --force replaces the store in it, and its log', async () => {
    const directory = prepared()
    // A store whose last changes are only in its log, as after a crash.
    const other = await spawnService({ directory })
    const pair = {
      requesterVpc: vpcOf(alice, 2).ids.huawei,
      accepterVpc: vpcOf(bob, 2).ids.huawei,
      name: 'y',
    }
    assert.equal((await native(other, ADMIN_TOKEN, 'POST', '/peerings', pair)).status, 201)
    other.process.kill('SIGKILL')
    await other.close()
    assert.ok(statSync(join(directory, 'isthmus.db-wal')).size > 0)
    const refused = await restoreInto(directory)
    assert.equal(refused.code, 1)
    assert.match(
      refused.stderr,
      /^isthmus restore: the data directory \S+ is not empty \(bootstrap\.json, isthmus\.db, .*\); name another one, or give --force to replace the store in it\n$/,
    )
    const forced = await restoreInto(directory, file, '--force')
    assert.deepEqual([forced.code, forced.stderr], [0, ''])
    const again = await startService({ directory, bootstrap: null })
    assert.deepEqual(await eventsOf(again), await eventsOf(service))
    await again.close()
  })

  test('a backup without keys needs the right one in the directory', async () => {
    const bare = newDirectory()
    const without = await restoreInto(bare)
    assert.equal(without.code, 1)
    assert.equal(
      without.stderr,
      `isthmus restore: the backup has no master.key, and nor has ${bare}; copy there the one of the service that was backed up\n`,
    )
    writeFileSync(join(bare, 'master.key'), '09'.repeat(32))
    const wrong = await restoreInto(bare)
    assert.equal(wrong.code, 1)
    assert.match(wrong.stderr, /master\.key is not the one that the backup's secrets were sealed under/)
    assert.deepEqual(readdirSync(bare).sort(), ['isthmus.lock', 'master.key'])
    const right = prepared()
    assert.equal((await restoreInto(right)).code, 0)
    const again = await startService({ directory: right, bootstrap: null })
    assert.equal((await huaweiClient(again, bob)('GET', '/v2.0/vpc/peerings')).status, 200)
    await again.close()
  })

  const change = (path: string, sql: string) => {
    const database = new DatabaseSync(path)
    database.exec(`PRAGMA foreign_keys = OFF; ${sql}`)
    database.close()
  }
  const damages: Readonly<Record<string, [damage: (path: string) => void, said: RegExp]>> = {
    'a page overwritten': [
      (path) => {
        const database = new DatabaseSync(path, { readOnly: true })
        const page = database.prepare(`SELECT rootpage FROM sqlite_schema WHERE name = 'events'`).get()
        database.close()
        const handle = openSync(path, 'r+')
        writeSync(handle, Buffer.alloc(64, 0xa5), 0, 64, (Number(page?.['rootpage']) - 1) * 4096)
        closeSync(handle)
      },
      /malformed|integrity check/,
    ],
    'cut short': [(path) => truncateSync(path, statSync(path).size - 8192), /malformed|integrity check/],
    'no database': [(path) => writeFileSync(path, 'what is this'), /it is no SQLite database/],
    'another database': [
      (path) => {
        rmSync(path)
        change(path, 'CREATE TABLE notes (text)')
      },
      /it is not a database of this service/,
    ],
    'an event missing': [
      (path) => change(path, 'DELETE FROM events WHERE sequence = 4'),
      /events are missing: there are 5, numbered from 1 to 6/,
    ],
    'a VPC missing': [
      (path) => change(path, `DELETE FROM vpcs WHERE id = '${vpcOf(alice, 1).ids.huawei}'`),
      /a row of \w+ refers to a row of vpcs that is missing/,
    ],
    'of a newer version': [
      (path) => change(path, 'PRAGMA user_version = 999'),
      /a newer version has written it/,
    ],
  }
  for (const [name, [damage, said]] of Object.entries(damages)) {
    test(`a backup with ${name} is refused, and nothing is left of it`, async () => {
      const damaged = join(newDirectory(), 'damaged.db')
      copyFileSync(file, damaged)
      chmodSync(damaged, 0o600)
      damage(damaged)
      const directory = prepared()
      const { code, stdout, stderr } = await restoreInto(directory, damaged)
      assert.deepEqual([code, stdout], [1, ''])
      assert.match(stderr, said)
      assert.match(stderr, /^isthmus restore: \S+ cannot be restored: [^\n]*; try another backup\n$/)
      assert.deepEqual(readdirSync(directory).sort(), ['isthmus.lock', 'master.key'])
    })
  }

  test('what was asked wrongly is said in one line, with exit code 2', async () => {
    for (const [args, said] of [
      [['backup'], 'FILE is missing; see --help'],
      [['backup', 'one', 'two'], "'two' is one argument too many; see --help"],
      [['restore', '/nowhere/at-all'], 'there is no file /nowhere/at-all'],
    ] as const) {
      const { code, stdout, stderr } = await runCommand(args)
      assert.deepEqual([code, stdout, stderr], [2, '', `isthmus ${args[0]}: ${said}\n`])
    }
    for (const name of ['migrate', 'backup', 'restore', 'copy']) {
      const { code, stdout } = await runCommand([name, '--help'])
      assert.equal(code, 0)
      assert.match(stdout, /\nExamples:\n/)
    }
  })

  test('a restore that is killed before its end leaves what was there, and can be repeated', async () => {
    const directory = prepared()
    // As a process leaves it that was killed half way through its copy.
    writeFileSync(join(directory, 'isthmus.db.restoring'), readFileSync(file).subarray(0, 5000))
    assert.equal(existsSync(join(directory, 'isthmus.db')), false)
    assert.equal((await restoreInto(directory)).code, 0)
    assert.deepEqual(readdirSync(directory).sort(), ['isthmus.db', 'isthmus.lock', 'master.key'])
  })
})
