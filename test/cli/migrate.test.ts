import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, suite, test } from 'node:test'
import { migrationFiles } from '../../src/adapters/store/migrations.ts'
import { runCommand } from '../rig/command.ts'
import { postgresSuite } from '../rig/postgres.ts'
import { startService } from '../rig/service.ts'

const adapters = join(import.meta.dirname, '../../src/adapters/store')
const namesOf = (kind: 'sqlite' | 'postgres') => migrationFiles(join(adapters, kind)).map(({ name }) => name)

const directories: string[] = []
function newDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'isthmus-migrate-'))
  directories.push(directory)
  return directory
}
after(() => {
  for (const directory of directories) rmSync(directory, { recursive: true, force: true })
})

suite('isthmus migrate on the embedded store', () => {
  test('shows what it would do to a directory without a store, and does nothing', async () => {
    const directory = join(newDirectory(), 'none')
    const { code, stdout } = await runCommand(['migrate', '--data', directory, '--dry-run', '--json'])
    assert.equal(code, 0)
    assert.deepEqual(JSON.parse(stdout), { store: directory, dryRun: true, migrations: namesOf('sqlite') })
    assert.equal(existsSync(directory), false)
  })

  test('runs what the store has not had, once', async () => {
    const directory = newDirectory()
    const [first] = migrationFiles(join(adapters, 'sqlite'))
    const database = new DatabaseSync(join(directory, 'isthmus.db'))
    database.exec(`${first?.sql}; PRAGMA user_version = 1`)
    database.close()
    const pending = namesOf('sqlite').slice(1)
    const shown = await runCommand(['migrate', '--data', directory, '--dry-run'])
    assert.equal(shown.stdout, `${directory}: would run\n  ${pending.join('\n  ')}\n`)
    const run = await runCommand(['migrate', '--data', directory])
    assert.equal(run.stdout, `${directory}: has run\n  ${pending.join('\n  ')}\n`)
    const again = await runCommand(['migrate'], { ISTHMUS_DATA: directory })
    assert.deepEqual([again.code, again.stdout], [0, `${directory}: the schema is up to date\n`])
    const service = await startService({ directory })
    await service.close()
  })

  test('refuses a directory that a service uses only where there is something to do', async () => {
    const service = await startService()
    const { code, stdout } = await runCommand(['migrate', '--data', service.directory])
    assert.deepEqual([code, stdout], [0, `${service.directory}: the schema is up to date\n`])
    const database = new DatabaseSync(join(service.directory, 'isthmus.db'))
    database.exec('PRAGMA user_version = 0')
    const refused = await runCommand(['migrate', '--data', service.directory])
    database.close()
    await service.close()
    assert.deepEqual(
      [refused.code, refused.stderr],
      [
        1,
        `isthmus migrate: another process is using the data directory ${service.directory}; stop it first\n`,
      ],
    )
  })

  test('refuses a store that a newer version has written', async () => {
    const directory = newDirectory()
    const database = new DatabaseSync(join(directory, 'isthmus.db'))
    database.exec('PRAGMA user_version = 999')
    database.close()
    const { code, stderr } = await runCommand(['migrate', '--data', directory, '--dry-run'])
    assert.equal(code, 1)
    assert.match(stderr, /written by a newer version \(schema 999, known \d+\)\n$/)
    assert.deepEqual(readdirSync(directory), ['isthmus.db'])
  })

  test('takes one store, not two', async () => {
    const url = 'postgres://nobody@localhost/none'
    const { code, stderr } = await runCommand(['migrate', '--data', 'x', '--database-url', url])
    assert.deepEqual(
      [code, stderr],
      [2, 'isthmus migrate: --data and --database-url name two stores; give one of them\n'],
    )
  })
})

postgresSuite('isthmus migrate on PostgreSQL', (server) => {
  test('shows what it would do, does it, and has then nothing to do; any number at once', async () => {
    const database = await server().createDatabase()
    const environment = { ISTHMUS_DATABASE_URL: database.url }
    const shown = await runCommand(['migrate', '--dry-run', '--json'], environment)
    assert.equal(shown.code, 0, shown.stderr)
    const store = `postgres://127.0.0.1:${server().port}/${database.name}`
    assert.deepEqual(JSON.parse(shown.stdout), { store, dryRun: true, migrations: namesOf('postgres') })
    assert.deepEqual(await database.query(`SELECT to_regclass('tenants')::text AS name`), [{ name: null }])
    const runs = await Promise.all([1, 2, 3].map(() => runCommand(['migrate'], environment)))
    assert.deepEqual(
      runs.map(({ code, stderr }) => [code, stderr]),
      [1, 2, 3].map(() => [0, '']),
    )
    const again = await runCommand(['migrate'], environment)
    assert.equal(again.stdout, `${store}: the schema is up to date\n`)
    await database.drop()
  })

  test('says without the password why a server cannot be had', async () => {
    const database = await server().createDatabase()
    const url = database.url.replace(/:[^:@]*@/, ':not%20this@')
    const { code, stderr } = await runCommand(['migrate', '--database-url', url])
    await database.drop()
    assert.equal(code, 2)
    assert.match(stderr, /^isthmus migrate: --database-url: no PostgreSQL server takes writes: /)
    assert.ok(!stderr.includes('not this'))
  })
})
