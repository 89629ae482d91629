import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { after, before, suite, type TestContext, test } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import stringWidth from 'string-width'
import { startWorld, type Who, type World } from '../rig/cli.ts'
import { hasProgram, requires } from '../rig/requirements.ts'
import { MAIN } from '../rig/service.ts'

/** The same commands at a terminal: `script`, of util-linux, is one. */

const able = (test: TestContext) => requires(test, 'script, of util-linux', hasProgram('script'))

let world: World
before(async () => {
  world = await startWorld()
})
after(() => world.close())

/** Runs a command at a terminal of so many columns, where `typed` is typed; answers what it shows, and how it ends. */
async function atTerminal(
  args: readonly string[],
  { as = 'alice' as Who, columns = 80, typed = '', more = {} as Record<string, string> } = {},
): Promise<{ code: number | null; shown: string }> {
  const words = [process.execPath, MAIN, ...args].map((word) => `'${word}'`).join(' ')
  const line = `stty cols ${columns} rows 24 -echo; exec ${words}`
  const child = spawn('script', ['-qefc', line, '/dev/null'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...world.environment(as), TERM: 'xterm', SHELL: '/bin/sh', ...more },
  })
  let shown = ''
  child.stdout.on('data', (chunk: Buffer) => {
    shown += chunk.toString()
    if (typed !== '' && shown.includes('[y/N]')) child.stdin.end(typed)
  })
  const [code] = await once(child, 'close')
  return { code: code as number | null, shown: shown.replaceAll('\r\n', '\n') }
}

const ask = async (name: string) =>
  (
    await world.call<{ id: string }>('alice', 'POST', '/peerings', {
      requesterVpc: await world.vpc('alice-vpc'),
      accepterVpc: await world.vpc('bob-vpc'),
      name,
    })
  ).id

suite('at a terminal', () => {
  test('tables are cut to its width, ids are whole, and states have their colours', async (t) => {
    if (!able(t)) return
    const id = await ask('a name that is a good deal longer than what there is room for, 漢字 and all')
    const { shown } = await atTerminal(['peering', 'list'], { columns: 100 })
    const lines = stripVTControlCharacters(shown).trimEnd().split('\n')
    assert.equal(lines.length, 2)
    for (const line of lines) assert.ok(stringWidth(line) <= 100, line)
    assert.match(lines[1] ?? '', new RegExp(`^${id} {2}a na[^…]*… {2}pendi`))
    assert.match(shown.replaceAll('\x1b', 'ESC'), /ESC\[33mpendi[^E]*ESC\[0m/)
    const bare = await atTerminal(['peering', 'list'], { columns: 100, more: { NO_COLOR: '1' } })
    assert.ok(!bare.shown.includes('\x1b'), bare.shown)
    assert.equal(bare.shown.trimEnd(), lines.join('\n').trimEnd())
    const piped = await world.run('alice', 'peering', 'list')
    assert.ok(!piped.stdout.includes('\x1b') && piped.stdout.includes('漢字 and all  pending-acceptance'))
    await world.call('alice', 'DELETE', `/peerings/${id}`)
  })

  test('what cannot be taken back says what will stop working, and asks', async (t) => {
    if (!able(t)) return
    const id = await ask('precious')
    await world.call('bob', 'POST', `/peerings/${id}/accept`)
    const state = async () => (await world.run('alice', 'peering', 'show', id)).code
    for (const typed of ['n\n', '\n']) {
      const { code, shown } = await atTerminal(['peering', 'delete', 'precious'], { columns: 200, typed })
      assert.equal(code, 1)
      assert.match(
        shown,
        /^Packets between 10\.1\.0\.0\/16 \(alice\) and 10\.2\.0\.0\/16 \(bob\) stop at once, /,
      )
      assert.equal(await state(), 0)
    }
    const { code, shown } = await atTerminal(['peering', 'delete', 'precious'], {
      columns: 200,
      typed: 'y\n',
    })
    assert.equal(code, 0, shown)
    assert.ok(shown.includes(`peering ${id}: deleted`))
    assert.equal(await state(), 3)
  })

  test('--yes does not ask', async (t) => {
    if (!able(t)) return
    const id = await ask('dispensable')
    assert.deepEqual(await atTerminal(['peering', 'delete', 'dispensable', '--yes']), {
      code: 0,
      shown: `peering ${id}: deleted\n`,
    })
  })

  test('who waits for longer than a second is told what for', async (t) => {
    if (!able(t)) return
    const slow = createServer((_request, response) => {
      setTimeout(() => response.end('{"vpcs":[],"next":null}'), 1_400)
    }).listen(0, '127.0.0.1')
    await once(slow, 'listening')
    const { port } = slow.address() as { port: number }
    const endpoint = `http://127.0.0.1:${port}`
    const { code, shown } = await atTerminal(['vpc', 'list', '--endpoint', endpoint])
    const piped = await world.run('alice', 'vpc', 'list', '--endpoint', endpoint)
    slow.close()
    assert.equal(code, 0)
    assert.ok(shown.includes(`\r\x1b[Kwaiting for ${endpoint} (1 s)`), JSON.stringify(shown))
    assert.deepEqual([piped.code, piped.stderr], [0, ''])
  })
})

suite('tokens', () => {
  test('are kept where only their owner can read them, sent to their own service, and never shown', async () => {
    const { run, home, service } = world
    const file = join(home, 'config/isthmus/profiles.json')
    const set = await run(null, 'profile', 'set', 'me', '--endpoint', service.url, '--token', 'AKBOB.SKBOB')
    assert.deepEqual(set, { code: 0, stdout: `${file}: profile kept\n`, stderr: '' })
    assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')), {
      current: 'me',
      profiles: { me: { endpoint: service.url, token: 'AKBOB.SKBOB' } },
    })
    for (const args of [
      ['profile', 'list'],
      ['profile', 'show'],
      ['profile', 'show', '--json'],
      ['doctor', '--json'],
    ]) {
      const { stdout, stderr } = await run(null, ...args)
      assert.ok(!(stdout + stderr).includes('SKBOB'), stdout)
    }
    // The environment of these tests names the endpoint, and it is the profile's.
    assert.match((await run(null, 'vpc', 'list')).stdout, /bob-vpc/)
    assert.match((await run('alice', 'vpc', 'list')).stdout, /alice-vpc/)
    let authorization: string | undefined
    const other = createServer((request, response) => {
      authorization = request.headers.authorization
      response.end('{"vpcs":[],"next":null}')
    }).listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as { port: number }
    await run(null, 'vpc', 'list', '--endpoint', `http://127.0.0.1:${port}`)
    other.close()
    assert.equal(authorization, undefined)
  })
})
