import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { after, before, suite, test } from 'node:test'
import { startWorld, type World } from '../rig/cli.ts'
import { freePort } from '../rig/free-port.ts'

/** What commands print, and how they end, over a real service. */

let world: World
before(async () => {
  world = await startWorld()
})
after(() => world.close())

const json = async <T>(who: 'alice' | 'bob' | 'operator', ...args: string[]): Promise<T> => {
  const { code, stdout, stderr } = await world.run(who, ...args, '--json')
  assert.deepEqual([code, stderr], [0, ''])
  assert.match(stdout, /^[^\n]*\n$/)
  return JSON.parse(stdout) as T
}

interface Peering {
  id: string
  state: string
}

suite('a handshake by the command line', () => {
  test('asks, refuses, asks again, accepts, routes, and explains at every step', async () => {
    const { run, call, vpc } = world
    const [ours, theirs] = [await vpc('alice-vpc'), await vpc('bob-vpc')]
    assert.equal((await run('alice', 'subnet', 'create', 'alice-vpc', 'web', '10.1.1.0/24')).code, 0)
    assert.equal((await run('bob', 'subnet', 'create', 'bob-vpc', 'db', '10.2.1.0/24')).code, 0)
    const mend = async (who: 'alice' | 'bob') => {
      const { code, stdout } = await run(who, 'explain', `${ours}/10.1.1.5`, `${theirs}/10.2.1.5`)
      return [code, /^ {2}(isthmus .*)$/m.exec(stdout)?.[1] ?? stdout.trim().split('\n').at(-1)]
    }
    assert.deepEqual(await mend('alice'), [1, `isthmus peering request ${ours} ${theirs} NAME`])

    const first = await json<Peering>('alice', 'peering', 'request', 'alice-vpc', 'vpc-bob00001', 'one')
    assert.deepEqual(first, await call('alice', 'GET', `/peerings/${first.id}`))
    assert.deepEqual(await mend('alice'), [1, `isthmus peering accept ${first.id}`])
    const inboxOf = async (who: 'alice' | 'bob' | 'operator') =>
      (await json<{ peerings: Peering[] }>(who, 'inbox')).peerings.map(({ id }) => id)
    assert.deepEqual(
      [await inboxOf('alice'), await inboxOf('bob'), await inboxOf('operator')],
      [[], [first.id], [first.id]],
    )
    assert.equal((await json<Peering>('bob', 'peering', 'reject', 'one')).state, 'rejected')
    assert.equal((await run('bob', 'inbox')).stdout, 'Nothing waits for you.\n')

    const second = await json<Peering>('alice', 'peering', 'request', ours, 'vpc-bob00001', 'two')
    assert.equal((await json<Peering>('bob', 'peering', 'accept', 'two', '--dry-run')).state, 'active')
    assert.equal((await call<Peering>('bob', 'GET', `/peerings/${second.id}`)).state, 'pending-acceptance')
    assert.equal((await json<Peering>('bob', 'peering', 'accept', 'two')).state, 'active')
    assert.deepEqual(await mend('alice'), [1, `isthmus route add ${ours} 10.2.1.0/24 ${second.id}`])
    assert.equal((await run('alice', 'route', 'add', 'alice-vpc', '10.2.1.0/24', 'two')).code, 0)
    assert.deepEqual(await mend('bob'), [1, `isthmus route add ${theirs} 10.1.1.0/24 ${second.id}`])
    assert.equal((await run('bob', 'route', 'add', 'bob-vpc', '10.1.1.0/24', 'two')).code, 0)
    assert.deepEqual(await mend('alice'), [0, 'Packets pass.'])

    const drawn = (await run('alice', 'explain', `${ours}/10.1.1.5`, `${theirs}/10.2.1.5`)).stdout.split('\n')
    assert.equal(drawn[0], `10.1.1.5 in VPC ${ours}  ->  10.2.1.5 in VPC ${theirs}`)
    assert.deepEqual(
      drawn.slice(2, -3).map((line) => /^(?:│|[✓✗] ([a-z ]+?) {2,})/.exec(line)?.[1] ?? '│'),
      ['source', '│', 'consent', '│', 'way there', '│', 'destination', '│', 'way back'],
    )
    const types = (await json<{ events: { type: string }[] }>('alice', 'events')).events.map(
      ({ type }) => type,
    )
    assert.deepEqual(types, [
      'peering.requested',
      'peering.rejected',
      'peering.requested',
      'peering.accepted',
    ])

    const gone = await run('bob', 'peering', 'delete', 'two')
    assert.deepEqual(gone, { code: 0, stdout: `peering ${second.id}: deleted\n`, stderr: '' })
    assert.equal((await run('alice', 'peering', 'show', second.id)).code, 3)
    assert.deepEqual(await json('alice', 'route', 'list', 'alice-vpc'), { routes: [], next: null })
  })
})

suite('lists', () => {
  test('are aligned, whole where there is no terminal, and complete over many pages', async () => {
    const names = Array.from({ length: 1_003 }, (_, index) => `many-${index}`)
    const region = 'region-a'
    for (let at = 0; at < names.length; at += 64) {
      const some = names.slice(at, at + 64)
      await Promise.all(
        some.map((name) => world.call('bob', 'POST', '/vpcs', { name, region, cidrs: ['10.9.0.0/16'] })),
      )
    }
    const { stdout } = await world.run('bob', 'vpc', 'list')
    const [heading = '', ...rows] = stdout.trimEnd().split('\n')
    assert.equal(rows.length, names.length + 1)
    const columns = ['ID', 'NAME', 'REGION', 'BLOCKS'].map((name) => heading.indexOf(name))
    for (const row of rows)
      for (const column of columns) assert.match(` ${row}`.slice(column, column + 2), /^ \S$/)
    const listed = await json<{ vpcs: { name: string }[]; next: null }>('bob', 'vpc', 'list')
    assert.deepEqual(new Set(listed.vpcs.map(({ name }) => name)), new Set([...names, 'bob-vpc']))
    assert.equal(listed.next, null)
  })

  test('show what is odd in a name without obeying it, and stay aligned beside names in Chinese', async () => {
    const { call, run } = world
    for (const name of ['\x1b]0;owned\x07', '漢字網絡'])
      await call('alice', 'POST', '/vpcs', { name, region: 'region-a', cidrs: [] })
    const { stdout } = await run('alice', 'vpc', 'list')
    assert.ok(!stdout.includes('\x1b') && stdout.includes('\\x1b]0;owned\\x07  region-a'), stdout)
    // Four characters, eight columns: as wide as the widest name is long.
    assert.ok(stdout.includes(`漢字網絡${' '.repeat('\\x1b]0;owned\\x07'.length - 8)}  region-a`), stdout)
    const { stdout: raw } = await run('alice', 'vpc', 'list', '--json')
    assert.ok(!raw.includes('\x1b') && raw.includes('\\u001b]0;owned\\u0007'))
  })
})

suite('what goes wrong', () => {
  test('is one line that says what to do, and an exit code that says what kind it is', async () => {
    const nobody = await freePort()
    const elsewhere = ['--endpoint', `http://127.0.0.1:${nobody}`]
    for (const [args, code, said] of [
      [['vpc', 'list', '--frob'], 2, /Unknown option '--frob'/],
      [['vpc', 'create', 'x'], 2, /^isthmus vpc create: --region is missing; see --help\n$/],
      [
        ['vpc', 'create', 'x', '--region', 'nowhere'],
        2,
        /There is no region 'nowhere'; the regions are those of/,
      ],
      [
        ['peering', 'list', '--state', 'odd'],
        2,
        /^isthmus peering list: --state: 'odd' is none of pending-acceptance, /,
      ],
      [['completion', 'csh'], 2, /SHELL: 'csh' is none of bash, zsh, fish\n$/],
      [
        ['peering', 'show', 'nothing'],
        3,
        /there is no peering 'nothing', or it is not yours; see isthmus peering list\n$/,
      ],
      [
        ['tenant', 'list'],
        4,
        /^isthmus tenant list: This token may not list tenants; the token came from ISTHMUS_TOKEN; /,
      ],
      [
        ['vpc', 'list', '--token', 'no.such'],
        4,
        /The token is not valid; the token came from --token; ask the operator/,
      ],
      [
        ['vpc', 'list', ...elsewhere],
        5,
        /no service answers at http:\S+ \(--endpoint\): nothing listens there; start one with/,
      ],
      [
        ['vpc', 'list', '--endpoint', 'ftp://x'],
        2,
        /--endpoint: 'ftp:\/\/x' is not the address of a service, e\.g\. http:/,
      ],
      [['vpc', 'list', '--profile', 'nobody'], 2, /there is no profile 'nobody'; isthmus profile list shows/],
      [['events', '--follow', '--limit', '1'], 2, /--limit and --follow exclude each other/],
      [['events', '--after', '-1'], 2, /./],
    ] as const) {
      const { code: ended, stdout, stderr } = await world.run('alice', ...args)
      assert.deepEqual([ended, stdout], [code, ''], stderr)
      assert.match(stderr, said)
    }
  })

  test('is the problem document for --json', async () => {
    const { code, stdout, stderr } = await world.run(
      'alice',
      'vpc',
      'create',
      'x',
      '--region',
      'no',
      '--json',
    )
    const { code: stable, status } = JSON.parse(stderr) as { code: string; status: number }
    assert.deepEqual([code, stdout, stable, status], [2, '', 'region.unknown', 400])
  })

  test('asks for the id where several have one name', async () => {
    for (const cidr of ['10.50.0.0/16', '10.51.0.0/16'])
      await world.call('alice', 'POST', '/vpcs', { name: 'twin', region: 'region-a', cidrs: [cidr] })
    const { code, stderr } = await world.run('alice', 'vpc', 'show', 'twin')
    assert.equal(code, 2)
    assert.match(stderr, /^isthmus vpc show: 2 are called 'twin'; say which by id: \S{36}, \S{36}\n$/)
  })

  test('is told apart from what is no service of ours', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => {})
      socket.end('HTTP/1.1 200 OK\r\ncontent-length: 5\r\nconnection: close\r\n\r\nhello')
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    const { code, stderr } = await world.run('alice', 'vpc', 'list', '--endpoint', `http://127.0.0.1:${port}`)
    server.close()
    assert.deepEqual(
      [code, stderr],
      [
        5,
        `isthmus vpc list: what answers at http://127.0.0.1:${port} is not Isthmus; name another with --endpoint\n`,
      ],
    )
  })

  test('does not do twice what was done once, where the connection is lost before the answer', async () => {
    const target = new URL(world.service.url)
    let lost = 0
    const proxy = createServer((socket) => {
      const upstream = connect(Number(target.port), target.hostname)
      socket.pipe(upstream)
      for (const each of [socket, upstream]) each.on('error', () => {})
      upstream.once('data', (chunk: Buffer) => {
        if (lost++ === 0) return socket.resetAndDestroy()
        socket.write(chunk)
        upstream.pipe(socket)
      })
    }).listen(0, '127.0.0.1')
    await once(proxy, 'listening')
    const { port } = proxy.address() as { port: number }
    const endpoint = `http://127.0.0.1:${port}`
    const made = await world.run(
      'alice',
      'vpc',
      'create',
      'once',
      '--region',
      'region-a',
      '--endpoint',
      endpoint,
    )
    proxy.close()
    assert.deepEqual([made.code, made.stderr, lost], [0, '', 2])
    const { vpcs } = await world.call<{ vpcs: unknown[] }>('alice', 'GET', '/vpcs?name=once')
    assert.equal(vpcs.length, 1)
  })
})
