import assert from 'node:assert/strict'
import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, afterEach, before, beforeEach, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { TABLES } from '../../src/adapters/store/tables.ts'
import { client as huaweiClient } from '../dialects/huawei/client.ts'
import { runCommand, startCommand } from '../rig/command.ts'
import { postgresSuite, type TestDatabase } from '../rig/postgres.ts'
import { ADMIN_TOKEN, native, startService } from '../rig/service.ts'
import { alice, bob, vpcOf } from '../rig/tenants.ts'

const MANY = 20_000
const FEW = 500

/**
 * Rows of every table, beside those of a service: what the columns hold is what no service would make, but what a
 * database must carry over unchanged.
 */
function fill(directory: string, count: number): void {
  const database = new DatabaseSync(join(directory, 'isthmus.db'))
  const many = (sql: string) =>
    database.exec(
      `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count}) ${sql}`,
    )
  const oddText = `'naïve Ω 漢字 😀 "quoted" \\back ' || char(9, 10, 1) || i`
  const oddJson = `json_object('z', i, 'a', json_array(1.5, -0.25, 1e21, null, 'b😀'), 'nested', json_object('y', 'x', 'B', 1))`
  const tenantJson = `json_object('z', ${oddJson}, 'huawei',
    json_object('projects', json_object('region-b', 'other-' || i, 'region-a', 'project-' || i)))`
  database.exec('PRAGMA foreign_keys = ON; BEGIN')
  many(`INSERT INTO settings SELECT 'setting-' || i, ${oddText} FROM n`)
  many(
    `INSERT INTO tenants SELECT printf('t%06d', i), 'tenant-' || i, 'domain-' || i, 'uid-' || i, 'uin-' || i, ${tenantJson}, iif(i % 2, NULL, ${oddJson}) FROM n`,
  )
  many(`INSERT INTO projects SELECT 'project-' || i, printf('t%06d', i), 'region-a' FROM n`)
  many(`INSERT INTO access_keys SELECT 'ZZ' || i, printf('t%06d', i), randomblob(60), i FROM n`)
  many(`INSERT INTO vpcs (id, alibaba_id, tencent_id, tenant, region, name, description, cidrs, tags, created_at_ms,
      updated_at_ms, deleted_at_ms, version, attributes)
    SELECT printf('v%06d', i), 'av' || i, 'tv' || i, printf('t%06d', i), 'region-a', ${oddText}, '', json_array('10.0.0.0/8'),
      json_array(json_object('value', 'v', 'key', 'k')), i, 9007199254740991 - i, iif(i % 3, NULL, i), i, iif(i % 2, NULL, ${oddJson}) FROM n`)
  many(`INSERT INTO peerings SELECT printf('p%06d', i), 'ap' || i, 'tp' || i, ${oddText}, 'd',
      printf('t%06d', i), 'region-a', printf('v%06d', i), printf('t%06d', i % ${count} + 1), 'region-a', printf('v%06d', i % ${count} + 1),
      iif(i % 2, 'active', 'deleted'), i, i, iif(i % 2, NULL, i), i, iif(i % 5, NULL, ${oddJson}), i % 2 = 0 FROM n`)
  many(`INSERT INTO parts SELECT 'r' || i, 'route', 'ar' || i, 'tr' || i, printf('t%06d', i), 'region-a', printf('v%06d', i), 'n',
      'table-' || i, printf('p%06d', i), '10.0.0.0/8', 0, ${oddJson} FROM n`)
  many(`INSERT INTO parts SELECT 'd' || i, 'route-table', 'ad' || i, 'td' || i, printf('t%06d', i), 'region-a', printf('v%06d', i), '',
      NULL, NULL, NULL, 1, ${oddJson} FROM n`)
  many(
    `INSERT INTO realizations SELECT 'p' || i, i, iif(i % 2, NULL, i), iif(i % 2, ${oddText}, NULL) FROM n`,
  )
  many(`INSERT INTO allocations SELECT 'name-' || i, i + 100000 FROM n`)
  many(`INSERT INTO counters SELECT 'counter-' || i, i FROM n`)
  many(`INSERT INTO events SELECT i + (SELECT max(sequence) FROM events), i, 'peering.requested', printf('p%06d', i), NULL,
      'pending-acceptance', printf('t%06d', i), 'nobody', 'clock', NULL, NULL, NULL, NULL, iif(i % 2, NULL, ${oddText}) FROM n`)
  many(`INSERT INTO webhooks SELECT 'hook-' || i, printf('t%06d', i), 'https://receiver.example/' || i, ${oddText},
      iif(i % 2, NULL, json_array('peering.requested')), i % 2, randomblob(90), i, i, i FROM n`)
  many(`INSERT INTO webhook_positions SELECT 'hook-' || i, i FROM n`)
  many(`INSERT INTO deliveries SELECT 'hook-' || i, i, 3, i, iif(i % 2, NULL, i), ${oddText} FROM n`)
  many(`INSERT INTO claims SELECT 'claim-' || i, ${oddText}, 'r', 9007199254740991 - i FROM n`)
  database.exec('COMMIT')
  database.close()
}

/** Every row of every table, JSON as values. */
function dump(directory: string): Record<string, Record<string, unknown>[]> {
  const database = new DatabaseSync(join(directory, 'isthmus.db'), { readOnly: true })
  const names = database
    .prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'`)
    .all()
    .map(({ name }) => String(name))
  const json = new Set(['body', 'consent', 'cidrs', 'tags', 'attributes'])
  const tables = names.map((name) => {
    const rows = database
      .prepare(`SELECT * FROM ${name} ORDER BY 1`)
      .all()
      .map((row) =>
        Object.fromEntries(
          Object.entries(row).map(([column, value]) => [
            column,
            json.has(column) && value !== null ? JSON.parse(String(value)) : value,
          ]),
        ),
      )
    return [name, rows] as const
  })
  database.close()
  return Object.fromEntries(tables)
}

postgresSuite('isthmus copy', (server) => {
  let root: string
  let few: string
  let many: string
  let database: TestDatabase

  before(async () => {
    root = mkdtempSync(join(tmpdir(), 'isthmus-copy-'))
    few = mkdirIn('few')
    const service = await startService({ directory: few })
    const pair = {
      requesterVpc: vpcOf(alice, 1).ids.huawei,
      accepterVpc: vpcOf(bob, 1).ids.huawei,
      name: 'x',
    }
    assert.equal((await native(service, ADMIN_TOKEN, 'POST', '/peerings', pair)).status, 201)
    assert.equal((await huaweiClient(service, alice)('GET', '/v2.0/vpc/peerings')).status, 200)
    await service.close()
    many = emptyDirectory()
    // Its log would not come along.
    const merged = new DatabaseSync(join(few, 'isthmus.db'))
    merged.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    merged.close()
    copyFileSync(join(few, 'isthmus.db'), join(many, 'isthmus.db'))
    fill(few, FEW)
    fill(many, MANY)
  })
  after(() => rmSync(root, { recursive: true, force: true }))
  beforeEach(async () => {
    database = await server().createDatabase()
  })
  afterEach(() => database.drop())

  function mkdirIn(name: string): string {
    return mkdtempSync(join(root, `${name}-`))
  }
  /** A directory with the key of the service, and nothing else. */
  function emptyDirectory(): string {
    const directory = mkdirIn('empty')
    copyFileSync(join(few, 'master.key'), join(directory, 'master.key'))
    return directory
  }
  const copy = (from: string, to: string, ...more: string[]) =>
    runCommand(['copy', '--from', from, '--to', to, ...more])
  /** How many rows there are in the whole database. */
  async function rowsLeft(): Promise<number> {
    const counts = TABLES.map(({ name }) =>
      database
        .query(`SELECT count(*)::integer AS count FROM ${name}`)
        .then(([row]) => Number(row?.['count'])),
    )
    return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0)
  }

  test('knows every table and every column of both databases', async () => {
    assert.equal((await runCommand(['migrate', '--database-url', database.url])).code, 0)
    const known = TABLES.flatMap(({ name, columns }) =>
      Object.keys(columns).map((column) => `${name}.${column}`),
    ).sort()
    const rows = await database.query(
      `SELECT table_name || '.' || column_name AS name FROM information_schema.columns WHERE table_schema = 'public'`,
    )
    // What each batch of changes came to, the number of the last event, which version this is: the database's own.
    const own = /^(batches|event_sequence|schema_version)\.|^claims\.made_at_ms$/
    const inPostgres = rows.map(({ name }) => String(name)).filter((name) => !own.test(name))
    assert.deepEqual(inPostgres.sort(), known)
    const embedded = new DatabaseSync(join(few, 'isthmus.db'), { readOnly: true })
    const inSqlite = embedded
      .prepare(
        `SELECT tables.name || '.' || columns.name AS name FROM sqlite_schema AS tables, pragma_table_info(tables.name) AS columns
          WHERE tables.type = 'table' AND tables.name NOT LIKE 'sqlite%'`,
      )
      .all()
    embedded.close()
    // What its indexes are cut by follows from the state.
    const ofOthers = inSqlite.map(({ name }) => String(name)).filter((name) => name !== 'peerings.deleted')
    assert.deepEqual(ofOthers.sort(), known)
  })

  test('carries tens of thousands of rows of every table there and back; a service goes on with them', async (t) => {
    const startedMs = performance.now()
    const there = await copy(many, database.url, '--json')
    t.diagnostic(`there in ${((performance.now() - startedMs) / 1000).toFixed(1)} s`)
    assert.equal(there.code, 0, there.stderr)
    // Nobody watches, so progress is told in plain lines.
    assert.match(there.stderr, /^((copying|verifying) \w+: \d+ % of \d+ rows\n)+$/)
    const { tables } = JSON.parse(there.stdout) as {
      tables: { table: string; rows: number; checksum: string }[]
    }
    assert.deepEqual(
      tables.map(({ table }) => table),
      TABLES.map(({ name }) => name),
    )
    for (const { table, rows } of tables) assert.ok(rows >= MANY, `${table}: ${rows}`)

    const back = emptyDirectory()
    const returned = await copy(database.url, back, '--json')
    assert.equal(returned.code, 0, returned.stderr)
    assert.deepEqual(JSON.parse(returned.stdout), { tables })
    assert.deepEqual(dump(back), dump(many))
    assert.equal(statSync(join(back, 'isthmus.db')).mode & 0o777, 0o600)
    assert.deepEqual(readdirSync(back).sort(), ['isthmus.db', 'isthmus.lock', 'master.key'])

    const data = emptyDirectory()
    const service = await startService({
      directory: data,
      args: ['--database-url', database.url],
      bootstrap: null,
    })
    try {
      const listed = await huaweiClient(service, alice)('GET', '/v2.0/vpc/peerings')
      assert.deepEqual([listed.status, listed.body.peerings.length], [200, 1])
      const pair = {
        requesterVpc: vpcOf(alice, 2).ids.huawei,
        accepterVpc: vpcOf(bob, 2).ids.huawei,
        name: 'y',
      }
      assert.equal((await native(service, ADMIN_TOKEN, 'POST', '/peerings', pair)).status, 201)
      const { body }: { body: { events: { sequence: number }[] } } = await native(
        service,
        ADMIN_TOKEN,
        'GET',
        `/events?after=${MANY + 1}`,
      )
      assert.deepEqual(
        body.events.map(({ sequence }) => sequence),
        [MANY + 2],
      )
    } finally {
      await service.close()
    }
  })

  test('a copy that is killed leaves nothing behind, and can be given again', async () => {
    assert.equal((await runCommand(['migrate', '--database-url', database.url])).code, 0)
    const running = startCommand(['copy', '--from', many, '--to', database.url])
    for (;;) {
      const [row] = await database.query(
        `SELECT count(*)::integer AS count FROM pg_stat_activity
          WHERE application_name = 'isthmus copy' AND query LIKE 'INSERT INTO peerings%'`,
      )
      if (row?.['count'] === 1) break
      await sleep(5)
    }
    running.process.kill('SIGKILL')
    await running.ended
    assert.equal(await rowsLeft(), 0)
    const again = await copy(few, database.url)
    assert.equal(again.code, 0, again.stderr)
    assert.match(again.stdout, /\nCopied, and verified at the other end\.\n$/)
  })

  test('a row that arrives as another one is found, and nothing is committed', async () => {
    assert.equal((await runCommand(['migrate', '--database-url', database.url])).code, 0)
    await database.query(`CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN IF NEW.id = 'p000471' THEN NEW.version := NEW.version + 1; END IF; RETURN NEW; END $$`)
    await database.query(
      'CREATE TRIGGER spoil BEFORE INSERT ON peerings FOR EACH ROW EXECUTE FUNCTION spoil()',
    )
    const { code, stdout, stderr } = await copy(few, database.url)
    assert.deepEqual([code, stdout], [1, ''])
    assert.match(
      stderr,
      /isthmus copy: peerings did not arrive as it was sent: 501 of 501 rows, checksum \w{64} where it was \w{64}\n$/,
    )
    assert.equal(await rowsLeft(), 0)
    await database.query('DROP TRIGGER spoil ON peerings')
    await database.query(`CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN IF NEW.key = 'claim-7' THEN RETURN NULL; END IF; RETURN NEW; END $$`)
    await database.query(
      'CREATE TRIGGER swallow BEFORE INSERT ON claims FOR EACH ROW EXECUTE FUNCTION swallow()',
    )
    const lacking = await copy(few, database.url)
    assert.equal(lacking.code, 1)
    assert.match(lacking.stderr, /claims did not arrive as it was sent: (\d+) of \d+ rows/)
    assert.equal(await rowsLeft(), 0)
  })

  test('a store that is not whole is refused', async () => {
    for (const [sql, said] of [
      ['DELETE FROM events WHERE sequence = 77', /events are missing: there are 500, numbered from 1 to 501/],
      [`DELETE FROM vpcs WHERE id = 'v000005'`, /a row of \w+ refers to a row of vpcs that is missing/],
    ] as const) {
      const damaged = emptyDirectory()
      copyFileSync(join(few, 'isthmus.db'), join(damaged, 'isthmus.db'))
      const embedded = new DatabaseSync(join(damaged, 'isthmus.db'))
      embedded.exec(`PRAGMA foreign_keys = OFF; ${sql}`)
      embedded.close()
      const { code, stderr } = await copy(damaged, database.url)
      assert.equal(code, 1)
      assert.match(stderr, said)
      assert.match(stderr, /^isthmus copy: --from: the store is damaged: [^\n]*; restore a backup first\n$/)
      assert.deepEqual(await database.query(`SELECT to_regclass('tenants')::text AS name`), [{ name: null }])
    }
  })

  test('the log of a database that lacks an event is refused', async () => {
    assert.equal((await copy(few, database.url)).code, 0)
    await database.query('DELETE FROM events WHERE sequence = 77')
    const directory = emptyDirectory()
    const { code, stderr } = await copy(database.url, directory)
    assert.equal(code, 1)
    assert.match(stderr, /isthmus copy: event 77 is missing at the source; restore it from a backup first\n$/)
    assert.deepEqual(readdirSync(directory).sort(), ['isthmus.lock', 'master.key'])
  })

  test('what is not empty, or in use, is refused, with what to do', async () => {
    const data = emptyDirectory()
    const other = emptyDirectory()
    const service = await startService({ directory: data, args: ['--database-url', database.url] })
    const embedded = await startService({ directory: other })
    try {
      const served = await copy(database.url, emptyDirectory())
      assert.equal(served.code, 1)
      assert.match(
        served.stderr,
        /^isthmus copy: replicas are using the database \(\d+ connections\); stop them first\n$/,
      )
      const locked = await copy(other, database.url)
      assert.deepEqual(
        [locked.code, locked.stderr],
        [1, `isthmus copy: --from: another process is using the data directory ${other}; stop it first\n`],
      )
    } finally {
      await service.close()
      await embedded.close()
    }
    const filled = await copy(few, database.url)
    assert.equal(filled.code, 1)
    assert.match(
      filled.stderr,
      /^isthmus copy: the database is not empty: it has \d+ settings; name an empty one\n$/,
    )
    const occupied = await copy(few, other)
    assert.equal(occupied.code, 1)
    assert.match(occupied.stderr, /is not empty: there are settings; name another directory\n$/)
  })

  test('another master key is refused, at either end', async () => {
    const wrong = mkdirIn('wrong')
    writeFileSync(join(wrong, 'master.key'), '09'.repeat(32))
    copyFileSync(join(few, 'isthmus.db'), join(wrong, 'isthmus.db'))
    const from = await copy(wrong, database.url)
    assert.equal(from.code, 1)
    assert.match(from.stderr, /master\.key in \S+ is not the one that the secrets were sealed under/)
    assert.equal((await copy(few, database.url)).code, 0)
    rmSync(join(wrong, 'isthmus.db'))
    const to = await copy(database.url, wrong)
    assert.equal(to.code, 1)
    assert.match(to.stderr, /master\.key in \S+ is not the one that the secrets were sealed under/)
    assert.equal(existsSync(join(wrong, 'isthmus.db')), false)
    const without = mkdirIn('without')
    const { code, stderr } = await copy(database.url, without)
    assert.deepEqual(
      [code, stderr],
      [
        2,
        `isthmus copy: --to ${without}: there is no master.key; copy there the one that the service has whose data it is\n`,
      ],
    )
  })
})
