import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, mock, suite, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { signHeaders } from '../src/dialects/huawei/signing.ts'
import { parseServeOptions, UsageError } from '../src/server/options.ts'
import { ADMIN_TOKEN, native, spawnService, startService, type TestService } from './rig/service.ts'
import { alice, BOOTSTRAP, vpcOf } from './rig/tenants.ts'

const MAIN = join(import.meta.dirname, '../src/cli/main.ts')

const directories: string[] = []
const children: ChildProcess[] = []
/** A directory of the test's own, gone at the end. */
function newDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'isthmus-test-'))
  directories.push(directory)
  return directory
}
after(() => {
  for (const child of children) child.kill('SIGKILL')
  for (const directory of directories) rmSync(directory, { recursive: true, force: true })
})

interface Process {
  readonly child: ChildProcess
  readonly output: { stdout: string; stderr: string }
  /** The exit code, once it has ended and all that it wrote was read. */
  readonly ended: Promise<number | null>
}

/** `isthmus serve`, with what it writes. */
function serve(args: readonly string[], environment: Record<string, string> = {}): Process {
  const child = spawn(process.execPath, [MAIN, 'serve', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
  })
  children.push(child)
  const output = { stdout: '', stderr: '' }
  child.stdout.on('data', (chunk) => {
    output.stdout += chunk
  })
  child.stderr.on('data', (chunk) => {
    output.stderr += chunk
  })
  return { child, output, ended: once(child, 'close').then(([code]) => code as number | null) }
}

/** Where it answers, once it does. */
async function ready({ child, output, ended }: Process): Promise<string> {
  while (!output.stdout.includes('\n')) {
    const code = await Promise.race([once(child.stdout ?? child, 'data').then(() => null), ended])
    assert.equal(code, null, output.stderr)
  }
  return output.stdout.trim().replace('isthmus ready ', '')
}

const linesOf = (text: string) => text.split('\n').filter((line) => line !== '')

/** A raw connection, with all that came over it. */
async function open({
  host,
}: {
  host: string
}): Promise<{ socket: Socket; received(): string; closed: Promise<unknown> }> {
  const [address, port] = host.split(':')
  const socket = connect(Number(port), address)
  let text = ''
  socket.on('data', (chunk) => {
    text += chunk
  })
  socket.on('error', () => undefined)
  const closed = new Promise((resolve) => socket.once('close', resolve))
  await once(socket, 'connect')
  return { socket, received: () => text, closed }
}

// Most of them wait for time to pass.
suite('the service', { concurrency: true }, () => {
  suite('starting', { concurrency: true }, () => {
    test('one line on standard output; logs as JSON lines on standard error; 0 when asked to stop', async () => {
      for (const signal of ['SIGTERM', 'SIGINT'] as const) {
        const running = serve(['--listen', '127.0.0.1:0', '--data', newDirectory()])
        const url = await ready(running)
        assert.match(url, /^http:\/\/127\.0\.0\.1:\d+$/)
        assert.equal((await fetch(`${url}/healthz`)).status, 200)
        // A terminal tells everybody in the group, and the launcher passes on what it is told: it comes twice, and
        // the second at any moment of the first's work.
        const again = setInterval(() => running.child.kill(signal), 1)
        const code = await running.ended
        clearInterval(again)
        assert.equal(code, 0)
        assert.equal(running.output.stdout, `isthmus ready ${url}\n`)
        const logs = linesOf(running.output.stderr).map((line) => JSON.parse(line) as Record<string, unknown>)
        assert.ok(logs.every(({ level, time, msg }) => level && time && msg))
      }
    })

    test('a variable is an option, and an option wins', async () => {
      const directory = newDirectory()
      const variables = {
        ISTHMUS_LISTEN: '127.0.0.1:0',
        ISTHMUS_DATA: directory,
        ISTHMUS_ADMIN_TOKEN: 'variable',
      }
      const running = serve(['--admin-token', 'option'], variables)
      const url = await ready(running)
      assert.equal((await native({ url }, 'option', 'GET', '/tenants')).status, 200)
      assert.equal((await native({ url }, 'variable', 'GET', '/tenants')).status, 401)
      assert.ok(statSync(join(directory, 'isthmus.db')).isFile())
      running.child.kill()
      await running.ended
    })

    test('IPv6', async () => {
      const running = serve(['--listen', '[::1]:0', '--data', newDirectory()])
      const url = await ready(running)
      assert.match(url, /^http:\/\/\[::1\]:\d+$/)
      assert.equal((await fetch(`${url}/healthz`)).status, 200)
      running.child.kill()
      await running.ended
    })

    test('on an empty directory: two tenants, whose keys are printed once', async () => {
      const directory = newDirectory()
      const args = ['--listen', '127.0.0.1:0', '--data', directory]
      const first = serve(args)
      const url = await ready(first)
      // That it is ready is read from another stream, which may be ahead of this one.
      while (first.output.stderr.split('secretAccessKey').length < 3 || !first.output.stderr.endsWith('\n'))
        await once(first.child.stderr ?? first.child, 'data')
      const keys = linesOf(first.output.stderr)
        .map((line) => JSON.parse(line) as Record<string, string>)
        .filter((line) => line['secretAccessKey'] !== undefined)
      assert.deepEqual(
        keys.map(({ tenant }) => tenant),
        ['alice', 'bob'],
      )
      for (const { token = '' } of keys) {
        const { body }: { body: { vpcs: unknown[] } } = await native({ url }, token, 'GET', '/vpcs')
        assert.equal(body.vpcs.length, 1)
      }
      first.child.kill()
      await first.ended

      const second = serve(args)
      const again = await ready(second)
      assert.ok(!second.output.stderr.includes('secretAccessKey'))
      assert.equal((await native({ url: again }, keys[0]?.['token'] ?? '', 'GET', '/vpcs')).status, 200)
      second.child.kill()
      await second.ended
    })

    test('the keys that protect everything are their owner’s only, and stay the same', async () => {
      const directory = join(newDirectory(), 'made', 'by', 'the service')
      const args = ['--listen', '127.0.0.1:0', '--data', directory]
      const read = () =>
        ['master.key', 'admin-token'].map((name) => readFileSync(join(directory, name), 'utf8'))
      const first = serve(args)
      const url = await ready(first)
      assert.equal(statSync(directory).mode & 0o777, 0o700)
      for (const name of ['master.key', 'admin-token']) {
        assert.equal(statSync(join(directory, name)).mode & 0o777, 0o600, name)
      }
      const made = read()
      assert.match(made[1] ?? '', /^[0-9a-f]{64}$/)
      assert.equal((await native({ url }, made[1] ?? '', 'GET', '/tenants')).status, 200)
      first.child.kill()
      await first.ended
      const second = serve(args)
      await ready(second)
      assert.deepEqual(read(), made)
      second.child.kill()
      await second.ended
    })

    test('no secret is in the clear in what is stored', async () => {
      const directory = newDirectory()
      const service = await startService({ directory })
      await service.close()
      for (const name of ['isthmus.db', 'isthmus.db-wal']) {
        const bytes = (() => {
          try {
            return readFileSync(join(directory, name))
          } catch {
            return Buffer.alloc(0)
          }
        })()
        for (const secret of [alice.key.secret, alice.password])
          assert.ok(!bytes.includes(secret), `${name}: ${secret}`)
      }
    })

    test('a bootstrap file is applied at every start, and changes nothing the second time', async () => {
      const directory = newDirectory()
      const state = async (service: TestService) => {
        const [tenants, vpcs] = await Promise.all(
          ['/tenants', '/vpcs?limit=1000'].map((path) => native(service, ADMIN_TOKEN, 'GET', path)),
        )
        return [tenants?.body, vpcs?.body]
      }
      const first = await startService({ directory })
      const before = await state(first)
      await first.close()
      const second = await startService({ directory })
      assert.deepEqual(await state(second), before)
      await second.close()
      const [theAlice, ...others] = BOOTSTRAP.tenants
      const bootstrap = {
        ...BOOTSTRAP,
        tenants: [{ ...theAlice, quotas: { 'peerings-per-vpc': 7 } }, ...others],
      }
      const third = await startService({ directory, bootstrap })
      const { body }: { body: object } = await native(third, ADMIN_TOKEN, 'GET', '/tenants/alice')
      assert.partialDeepStrictEqual(body, { quotas: { 'peerings-per-vpc': 7 } })
      await third.close()
    })
  })

  suite('starting wrongly', { concurrency: true }, () => {
    /** Whether it ends with this code and one line, which holds this. */
    async function assertFails(code: number, args: string[], holds: RegExp, environment = {}): Promise<void> {
      const { output, ended } = serve(args, environment)
      assert.equal(await ended, code, output.stderr)
      assert.equal(output.stdout, '')
      const lines = linesOf(output.stderr)
      assert.equal(lines.length, 1, output.stderr)
      assert.match(lines[0] ?? '', /^isthmus serve: /)
      assert.match(lines[0] ?? '', holds)
    }

    test('a second process on one directory: 1; the first goes on, and leaves no lock however it ends', async () => {
      const directory = newDirectory()
      const first = serve(['--listen', '127.0.0.1:0', '--data', directory])
      const url = await ready(first)
      const holds = /another process is using the data directory/
      await assertFails(1, ['--listen', '127.0.0.1:0', '--data', directory], holds)
      assert.equal((await fetch(`${url}/readyz`)).status, 200)
      first.child.kill('SIGKILL')
      await first.ended
      const next = serve(['--listen', '127.0.0.1:0', '--data', directory])
      await ready(next)
      next.child.kill()
      assert.equal(await next.ended, 0)
    })

    test('an option: 2', () => assertFails(2, ['--clock', 'sundial'], /--clock: 'sundial' is neither/))

    test('a variable: 2', () => assertFails(2, [], /ISTHMUS_CLOCK: 'x'/, { ISTHMUS_CLOCK: 'x' }))

    test('a bootstrap file: 2', async () => {
      const directory = newDirectory()
      const file = join(directory, 'bootstrap.json')
      writeFileSync(file, '{"tenants":[{"name":5}]}')
      const holds = /--bootstrap .*bootstrap\.json: \/tenants\/0\/name: must be string/
      await assertFails(2, ['--listen', '127.0.0.1:0', '--data', directory, '--bootstrap', file], holds)
    })

    /** Whether that start, made in this process, is refused with one line that holds this. */
    async function assertRefused(start: Promise<unknown> | (() => unknown), holds: RegExp): Promise<void> {
      await assert.rejects(
        async () => (typeof start === 'function' ? start() : start),
        (error: unknown) => {
          assert.ok(error instanceof UsageError, String(error))
          assert.ok(!error.message.includes('\n'), error.message)
          assert.match(error.message, holds)
          return true
        },
      )
    }

    const options: [string[], RegExp][] = [
      [['--listen', 'here'], /^--listen: 'here' is not HOST:PORT/],
      [['--listen', '127.0.0.1:99999'], /^--listen: /],
      [['--nothing', 'x'], /--nothing/],
      [['--listen'], /--listen/],
      [['stray'], /stray/],
      [['--dataplane', 'magic'], /^--dataplane: 'magic' is none of/],
      [['--clock', ''], /^--clock: '' is neither system nor manual/],
      [['--acceptance-timeout', 'P0D'], /^--acceptance-timeout: 'P0D' is not an ISO 8601 duration/],
      [['--acceptance-timeout', 'a week'], /^--acceptance-timeout: /],
    ]
    for (const [args, holds] of options) {
      test(args.join(' '), () => assertRefused(() => parseServeOptions(args, {}), holds))
    }

    test('an address that is taken', async () => {
      const first = await startService()
      await assertRefused(
        startService({ args: ['--listen', first.host] }),
        /^--listen 127\.0\.0\.1:\d+: .*EADDRINUSE/,
      )
      await first.close()
    })

    const region = 'region-a'
    const files: [string, object, RegExp][] = [
      ['an unknown member', { tenant: [] }, /^--bootstrap .*: /],
      ['a wrong number', { tenants: [{ name: 'x', alibaba: { uid: '1.5' } }] }, /\/tenants\/0\/alibaba\/uid/],
      ['a VPC of nobody', { vpcs: [{ tenant: 'x', name: 'x', region, cidrs: [] }] }, /tenant\.not-found/],
      [
        'a region that is not',
        { tenants: [{ name: 'x' }], vpcs: [{ tenant: 'x', name: 'x', region: 'y', cidrs: [] }] },
        /region\.unknown/,
      ],
      [
        'a bad block',
        { tenants: [{ name: 'x' }], vpcs: [{ tenant: 'x', name: 'x', region, cidrs: ['10.0.0.1/8'] }] },
        /10\.0\.0\.1\/8/,
      ],
    ]
    for (const [name, bootstrap, holds] of files) {
      test(`a bootstrap file with ${name}`, () => assertRefused(startService({ bootstrap }), holds))
    }

    test('no bootstrap file', () =>
      assertRefused(
        startService({ args: ['--bootstrap', '/nowhere.json'] }),
        /^--bootstrap \/nowhere\.json: ENOENT/,
      ))
  })

  suite('stopping', { concurrency: true }, () => {
    test('what is in flight is finished first, and nothing new is taken', async () => {
      const service = await spawnService()
      const body = JSON.stringify({
        peering: {
          name: 'in flight',
          request_vpc_info: { vpc_id: vpcOf(alice, 1).ids.huawei },
          accept_vpc_info: { vpc_id: vpcOf(alice, 2).ids.huawei },
        },
      })
      const headers = { host: service.host, 'content-type': 'application/json' }
      const { id, secret } = alice.key
      const signed = signHeaders(
        { method: 'POST', path: '/v2.0/vpc/peerings', query: '', headers, body: Buffer.from(body) },
        { scheme: 'SDK-HMAC-SHA256 Access', accessKeyId: id, secret },
        Date.now(),
      )
      const lines = Object.entries({ ...headers, ...signed, 'content-length': body.length })
      const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')
      const { socket, received, closed } = await open(service)
      socket.write(`POST /v2.0/vpc/peerings HTTP/1.1\r\n${head}\r\n${body.slice(0, 50)}`)
      await wait(200)
      const startedAtMs = Date.now()
      service.process.kill('SIGTERM')
      const exited = once(service.process, 'exit')
      await wait(300)
      await assert.rejects(fetch(`${service.url}/healthz`))
      socket.write(body.slice(50))
      while (!received().includes('\r\n\r\n')) await once(socket, 'data')
      assert.match(received(), /^HTTP\/1\.1 201 /)
      const [code] = await exited
      await closed
      assert.equal(code, 0)
      assert.ok(Date.now() - startedAtMs < 5_000)
      await service.close()
    })

    test('within five seconds, whatever is left undone', async () => {
      const service = await spawnService()
      const { socket } = await open(service)
      socket.write('POST /v2.0/vpc/peerings HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{')
      const idle = await open(service)
      await wait(200)
      const startedAtMs = Date.now()
      service.process.kill('SIGTERM')
      const [code] = await once(service.process, 'exit')
      assert.equal(code, 0)
      assert.ok(Date.now() - startedAtMs < 5_000)
      await idle.closed
      await service.close()
    })
  })

  suite('clients that misbehave', { concurrency: true }, () => {
    let service: TestService
    before(async () => {
      service = await startService()
    })
    after(() => service.close())

    const alive = async () => assert.equal((await fetch(`${service.url}/readyz`)).status, 200)

    test('headers that trickle are ended', async () => {
      const { socket, received, closed } = await open(service)
      socket.write('GET /v2.0/vpc/peerings HTTP/1.1\r\nhost: x\r\nx-slow: ')
      const startedAtMs = Date.now()
      const trickle = setInterval(() => socket.write('x'), 500)
      await closed
      clearInterval(trickle)
      assert.ok(Date.now() - startedAtMs < 15_000)
      assert.match(received(), /^HTTP\/1\.1 408 Request Timeout\r\n/)
      await alive()
    })

    test('a body that trickles is ended, in the vendor’s words', async () => {
      const { socket, received, closed } = await open(service)
      socket.write('POST /v2.0/vpc/peerings HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n')
      const startedAtMs = Date.now()
      const trickle = setInterval(() => socket.write('x'), 500)
      await closed
      clearInterval(trickle)
      assert.ok(Date.now() - startedAtMs < 15_000)
      assert.match(received(), /^HTTP\/1\.1 408 Request Timeout\r\n/)
      const body = JSON.parse(received().split('\r\n\r\n')[1] ?? '') as Record<string, string>
      assert.equal(body['error_code'], 'APIGW.0201')
      await alive()
    })

    test('garbage gets 400', async () => {
      for (const garbage of [
        '\x16\x03\x01\x02\x00\x01\x00',
        'HELLO\r\n\r\n',
        'GET / HTTP/9.9\r\n\r\n',
        '\r\n\0\0\r\n\r\n',
      ]) {
        const { socket, received, closed } = await open(service)
        socket.write(garbage)
        await closed
        assert.match(received(), /^HTTP\/1\.1 400 Bad Request\r\n/)
      }
      await alive()
    })

    test('garbage after a request gets 400', async () => {
      const { socket, received, closed } = await open(service)
      socket.write('GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n')
      while (!received().includes('{"healthy":true}')) await once(socket, 'data')
      socket.write('\0\0 garbage\r\n\r\n')
      await closed
      assert.match(received(), /HTTP\/1\.1 400 Bad Request\r\n/)
      await alive()
    })

    test('requests sent all at once are answered in their order', async () => {
      const { socket, received } = await open(service)
      const paths = Array.from({ length: 20 }, (_, index) => `/v2.0/pipelined-${index}`)
      socket.write(paths.map((path) => `GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`).join(''))
      const answered = () => [...received().matchAll(/published: GET ([^"]+)"/g)].map((match) => match[1])
      while (answered().length < paths.length) await once(socket, 'data')
      assert.deepEqual(answered(), paths)
      socket.destroy()
    })

    test('headers that are too large get 431', async () => {
      const { socket, received, closed } = await open(service)
      socket.write(`GET / HTTP/1.1\r\nhost: x\r\nx-large: ${'x'.repeat(70_000)}\r\n\r\n`)
      await closed
      assert.match(received(), /^HTTP\/1\.1 431 Request Header Fields Too Large\r\n/)
      await alive()
    })

    test('a body that is far too large gets 413, and is not read to its end', async () => {
      const message = request(`${service.url}/v2.0/vpc/peerings`, {
        method: 'POST',
        headers: { 'content-length': 100 * 1024 * 1024 },
        agent: false,
      })
      message.on('error', () => undefined)
      const answered = once(message, 'response')
      message.write(Buffer.alloc(2 * 1024 * 1024))
      const [response] = await answered
      assert.equal(response.statusCode, 413)
      response.resume()
      message.destroy()
      await alive()
    })

    test('requests that have a type and no body are answered', async () => {
      for (const line of [
        'DELETE /isthmus/v1/peerings/none',
        'POST /isthmus/v1/peerings/none/accept',
        'POST /isthmus/v1/vpcs',
        'POST /readyz',
        'PUT /v2.0/vpc/peerings/none/accept',
        'POST /v2.0/vpc/peerings',
        'POST /v2/index.php',
        'POST /',
      ]) {
        const { socket, received, closed } = await open(service)
        socket.setTimeout(2_000, () => socket.destroy())
        socket.write(
          `${line} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\n\r\n`,
        )
        await closed
        assert.match(received(), /^HTTP\/1\.1 [24]\d\d /, line)
      }
    })

    test('clients that hang up half way', async () => {
      for (let time = 0; time < 50; time++) {
        const { socket } = await open(service)
        socket.write('POST /v2.0/vpc/peerings HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{')
        socket.resetAndDestroy()
      }
      await alive()
    })
  })

  suite('what operators watch', () => {
    test('/healthz, /readyz and /metrics', async () => {
      const service = await startService()
      try {
        const health = await fetch(`${service.url}/healthz`)
        assert.deepEqual([health.status, await health.json()], [200, { healthy: true }])
        const readiness = await fetch(`${service.url}/readyz`)
        assert.deepEqual([readiness.status, await readiness.json()], [200, { ready: true }])

        await native(service, ADMIN_TOKEN, 'GET', '/vpcs')
        await native(service, 'wrong', 'GET', '/vpcs')
        await (await fetch(`${service.url}/v2.0/vpc/peerings`)).text()
        const metrics = await fetch(`${service.url}/metrics`)
        assert.equal(metrics.status, 200)
        assert.match(metrics.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/)
        const text = await metrics.text()
        for (const [labels, count] of [
          ['dialect="native",operation="GET /isthmus/v1/vpcs",code="ok"', 1],
          ['dialect="native",operation="GET /isthmus/v1/vpcs",code="authentication.token-invalid"', 1],
          ['dialect="huawei",operation="GET /v2.0/vpc/peerings",code="authentication.missing"', 1],
        ]) {
          assert.ok(text.includes(`isthmus_requests_total{${labels}} ${count}`), String(labels))
        }
        assert.ok(text.includes('isthmus_request_duration_seconds_bucket'))
        assert.ok(text.includes('process_cpu_seconds_total'))
      } finally {
        await service.close()
      }
    })

    test('a store that does not answer: alive, and not ready, and it says why', async () => {
      const service = await startService()
      const ping = mock.method(service.service.app.context.store, 'ping', async () => {
        throw new Error('the disk is gone')
      })
      try {
        assert.equal((await fetch(`${service.url}/healthz`)).status, 200)
        const readiness = await fetch(`${service.url}/readyz`)
        assert.deepEqual(
          [readiness.status, await readiness.json()],
          [503, { ready: false, store: 'the disk is gone' }],
        )
      } finally {
        ping.mock.restore()
        await service.close()
      }
    })
  })
})
