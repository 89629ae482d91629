import assert from 'node:assert/strict'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import { startWorld, type Who, type World } from '../rig/cli.ts'
import { runCommand } from '../rig/command.ts'
import { freePort } from '../rig/free-port.ts'

/** What `isthmus doctor` finds, and what it says to do. */

interface Finding {
  area: string
  verdict: 'good' | 'warning' | 'bad' | 'skipped'
  says: string
  todo: string | null
}

let world: World
before(async () => {
  world = await startWorld()
})
after(() => world.close())

async function examine(
  who: Who | null,
  ...args: string[]
): Promise<{ code: number | null; findings: Finding[] }> {
  const { code, stdout, stderr } = await world.run(who, 'doctor', ...args, '--json')
  assert.equal(stderr, '')
  const { healthy, findings } = JSON.parse(stdout) as { healthy: boolean; findings: Finding[] }
  assert.equal(healthy, code === 0)
  for (const { verdict, todo } of findings) if (verdict === 'bad' || verdict === 'warning') assert.ok(todo)
  return { code, findings }
}

const of = (findings: readonly Finding[], verdict: Finding['verdict']) =>
  findings.filter((finding) => finding.verdict === verdict)

suite('isthmus doctor', () => {
  test('finds nothing wrong with what is well, and says whose the token is', async () => {
    const { code, findings } = await examine('operator', '--data', world.service.directory)
    assert.deepEqual([code, of(findings, 'bad')], [0, []])
    const said = findings.map(({ says }) => says).join('\n')
    for (const part of [
      'is called with the token from ISTHMUS_TOKEN',
      'it is ready: its store answers, and its data plane',
      "the token is the operator's",
      "the service's machine and this one have the same time",
      'MiB are free for',
      'can be read, and its schema is up to date',
    ])
      assert.ok(said.includes(part), `${part} in ${said}`)
    assert.match(
      (await examine('bob')).findings.map(({ says }) => says).join('\n'),
      /the token is tenant bob's/,
    )
  })

  test('shows the mode of a directory and of keys that others could read, and how to mend it', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'isthmus-doctor-'))
    for (const name of ['master.key', 'admin-token'])
      writeFileSync(join(directory, name), 'x', { mode: 0o600 })
    chmodSync(directory, 0o755)
    chmodSync(join(directory, 'admin-token'), 0o640)
    const { code, findings } = await examine('operator', '--data', directory)
    rmSync(directory, { recursive: true })
    assert.equal(code, 1)
    assert.deepEqual(
      of(findings, 'bad').map(({ says, todo }) => [says, todo]),
      [
        [`${directory} has mode 755: others on this machine can get at it`, `chmod 700 ${directory}`],
        [
          `${directory}/admin-token has mode 640: others on this machine can get at it`,
          `chmod 600 ${directory}/admin-token`,
        ],
      ],
    )
  })

  test('misses a master key, and a store that cannot be read', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'isthmus-doctor-'))
    writeFileSync(join(directory, 'isthmus.db'), 'this is no database'.repeat(100))
    const { code, findings } = await examine('operator', '--data', directory)
    rmSync(directory, { recursive: true })
    const says = of(findings, 'bad').map((finding) => finding.says)
    assert.deepEqual([code, says.length], [1, 2])
    assert.match(says[0] ?? '', /has no master\.key/)
    assert.match(says[1] ?? '', /isthmus\.db cannot be read: file is not a database$/)
  })

  test('sees a service that does not answer, is not ready, or refuses the token', async () => {
    const port = await freePort()
    const away = await examine('operator', '--endpoint', `http://127.0.0.1:${port}`)
    assert.deepEqual(
      [away.code, of(away.findings, 'bad').map(({ says }) => says)],
      [1, [`nothing answers at http://127.0.0.1:${port}: ECONNREFUSED`]],
    )
    const refused = await examine('operator', '--token', 'no.such')
    assert.deepEqual(
      of(refused.findings, 'bad').map(({ says }) => says),
      ['the token from --token is refused'],
    )
    const sick = createServer((request, response) => {
      response.setHeader('date', new Date(Date.now() - 3_600_000).toUTCString())
      response.statusCode = request.url === '/healthz' ? 200 : 503
      response.end('{"store":"the disk is full"}')
    }).listen(0, '127.0.0.1')
    await once(sick, 'listening')
    const { port: sickPort } = sick.address() as { port: number }
    const { findings } = await examine(null, '--endpoint', `http://127.0.0.1:${sickPort}`)
    sick.close()
    const says = of(findings, 'bad').map((finding) => finding.says)
    assert.equal(says[0], 'it is not ready: store: the disk is full')
    assert.match(
      says[1] ?? '',
      /^the service's machine is (3599|3600|3598) s off this one: signed requests from here are refused$/,
    )
  })

  test('names an option of the service that cannot be read, and a data plane that cannot be had', async () => {
    const wrong = await examine('operator', '--dataplane', 'odd')
    assert.match(
      of(wrong.findings, 'bad')[0]?.says ?? '',
      /^isthmus serve would not start: --dataplane: 'odd' is none of/,
    )
    const ovn = await examine('operator', '--dataplane', 'ovn', '--ovn-nb', `unix:${world.home}/nowhere.sock`)
    const [bad] = of(ovn.findings, 'bad')
    assert.deepEqual(
      [ovn.code, bad?.area, bad?.todo],
      [
        1,
        'data plane',
        'see that ovn-central runs, and that --ovn-nb names where its northbound database listens',
      ],
    )
    const postgres = await examine(
      'operator',
      '--database-url',
      `postgres://nobody@127.0.0.1:${await freePort()}/none`,
    )
    assert.match(of(postgres.findings, 'bad')[0]?.says ?? '', /^PostgreSQL at 127\.0\.0\.1:\d+: /)
  })

  test('says that a file with tokens can be read by others', async () => {
    const directory = join(world.home, 'config/isthmus')
    mkdirSync(directory, { recursive: true })
    const file = join(directory, 'profiles.json')
    writeFileSync(file, '{"current":null,"profiles":{}}', { mode: 0o644 })
    const { code, stdout } = await world.run('operator', 'doctor')
    rmSync(file)
    assert.equal(code, 1)
    assert.ok(
      stdout.includes(`✗ configuration  ${file} has mode 644: others on this machine can get at it\n`),
    )
    assert.ok(stdout.includes(`                 to do: chmod 600 ${file}\n`))
  })

  test('uses the token of the service on this machine where nothing else is given, and says so', async () => {
    const { directory, url } = world.service
    writeFileSync(join(directory, 'admin-token'), 'the-operators-token', { mode: 0o600 })
    const { stdout } = await world.run(null, 'doctor', '--endpoint', url)
    assert.match(stdout, /is called without a token/)
    const ended = await runCommand(['doctor', '--json'], {
      ...world.environment(null),
      ISTHMUS_DATA: directory,
    })
    const { findings } = JSON.parse(ended.stdout) as { findings: Finding[] }
    assert.equal(ended.code, 0)
    assert.ok(
      findings.some(
        ({ says }) =>
          says === `${url} (ISTHMUS_ENDPOINT) is called with the token from ${directory}/admin-token`,
      ),
    )
  })
})
