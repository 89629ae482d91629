import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import type { Row } from '../conformance/runner.ts'
import { type Given, settingsOf } from '../conformance/settings.ts'
import { TARGETS } from '../conformance/targets/index.ts'
import { freePort } from './rig/free-port.ts'
import { ADMIN_TOKEN, native, startService, type TestService } from './rig/service.ts'
import { alice, bob, type TestTenant, VPCS } from './rig/tenants.ts'

/** The kit: that it finds nothing wrong with this service, and what is wrong with one that differs. */

let service: TestService
let directory: string
before(async () => {
  directory = mkdtempSync(join(tmpdir(), 'isthmus-conformance-test-'))
  service = await startService()
})
after(async () => {
  await service.close()
  rmSync(directory, { recursive: true, force: true })
})

const MAIN = join(import.meta.dirname, '../conformance/main.ts')

interface Finished {
  readonly code: number | null
  readonly output: string
  readonly errors: string
}

/** The kit as a process, with nothing but `env` in its environment. */
async function kit(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Finished> {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'], env })
  const [output, errors] = await Promise.all([
    child.stdout.toArray(),
    child.stderr.toArray(),
    once(child, 'exit'),
  ])
  const text = (chunks: unknown[]) => Buffer.concat(chunks as Buffer[]).toString()
  return { code: child.exitCode, output: text(output), errors: text(errors) }
}

const ACCOUNTS: Readonly<Record<string, { region: string; account: (tenant: TestTenant) => string }>> = {
  huawei: { region: 'eu-de', account: ({ projects }) => projects['region-a'] },
  otc: { region: 'eu-de', account: ({ projects }) => projects['region-a'] },
  alibaba: { region: 'cn-hangzhou', account: ({ uid }) => uid },
  tencent: { region: 'ap-guangzhou', account: ({ uin }) => uin },
  'tencent-legacy': { region: 'gz', account: ({ uin }) => uin },
}

function given(target: string, endpoint: string): Given {
  const names = ACCOUNTS[target]
  assert.ok(names)
  const credentials = (tenant: TestTenant) => ({
    key: tenant.key.id,
    secret: tenant.key.secret,
    account: names.account(tenant),
  })
  return { endpoint, region: names.region, requester: credentials(alice), accepter: credentials(bob) }
}

/** What there is besides the VPCs of the bootstrap file. */
async function leftovers(): Promise<unknown[]> {
  const vpcs: { body: { vpcs: { name: string }[] } } = await native(
    service,
    ADMIN_TOKEN,
    'GET',
    '/vpcs?limit=1000',
  )
  const peerings: { body: { peerings: unknown[] } } = await native(
    service,
    ADMIN_TOKEN,
    'GET',
    '/peerings?limit=1000',
  )
  const known = VPCS.map(({ name }) => name)
  return [...vpcs.body.vpcs.filter(({ name }) => !known.includes(name)), ...peerings.body.peerings]
}

suite('against this service', () => {
  test('every target is as expected, on a server of its own', async () => {
    const { code, output, errors } = await kit([...Object.keys(ACCOUNTS), '--json'])
    const rows = JSON.parse(output) as Row[]
    assert.deepEqual([rows.filter(({ outcome }) => outcome !== 'ok'), code, errors], [[], 0, ''])
    const counts = TARGETS.map(({ name }) => rows.filter(({ target }) => target === name).length)
    assert.ok(
      counts.every((count) => count > 50),
      String(counts),
    )
  })

  test('and on one that it is told of by a file, where it leaves nothing behind', async () => {
    const file = join(directory, 'config.json')
    const config = Object.fromEntries(Object.keys(ACCOUNTS).map((name) => [name, given(name, service.url)]))
    writeFileSync(file, JSON.stringify(config))
    const { code, output } = await kit([...Object.keys(ACCOUNTS), '--config', file])
    assert.equal(code, 0, output)
    assert.match(output, /^huawei +POST \/v2\.0\/vpc\/peerings +requester +asks for a peering +ok$/m)
    assert.match(output, /^tencent-legacy: \d+ ok, 0 differ, 0 skipped$/m)
    assert.deepEqual(await leftovers(), [])
  })

  test('and by flags and the environment', async () => {
    const { requester, accepter, region } = given('alibaba', service.url)
    const { code, output } = await kit(
      [
        'alibaba',
        '--region',
        String(region),
        '--requester-key',
        'is not this one',
        '--requester-key',
        alice.key.id,
      ],
      {
        ISTHMUS_CONFORMANCE_ENDPOINT: service.url,
        ISTHMUS_CONFORMANCE_REGION: 'no such region',
        ISTHMUS_CONFORMANCE_REQUESTER_SECRET: requester?.secret ?? '',
        ISTHMUS_CONFORMANCE_REQUESTER_ACCOUNT: requester?.account ?? '',
        ISTHMUS_CONFORMANCE_ACCEPTER_KEY: accepter?.key ?? '',
        ISTHMUS_CONFORMANCE_ACCEPTER_SECRET: accepter?.secret ?? '',
        ISTHMUS_CONFORMANCE_ACCEPTER_ACCOUNT: accepter?.account ?? '',
      },
    )
    assert.equal(code, 0, output)
  })
})

// ------------------------------------------------------------------------------------------------- a broken server

interface Exchange {
  readonly status: number
  readonly body: string
}

/** What a proxy makes of a request and its answer; null leaves the answer as it is. */
type Break = (asked: string, answer: Exchange) => Exchange | null

/** Everything that says what a request is for, in one line. */
function describeRequest(
  method: string,
  url: string,
  headers: NodeJS.Dict<string | string[]>,
  body: string,
): string {
  return [method, url, headers['x-acs-action'] ?? '', headers['x-tc-action'] ?? '', body].join(' ')
}

/** The service behind a proxy that changes some answers. The host is passed on as it came: it is signed. */
async function broken(change: Break): Promise<{ url: string; server: Server }> {
  const upstream = new URL(service.url)
  const server = createServer(async (incoming, outgoing) => {
    const body = Buffer.concat(await incoming.toArray())
    const { method = '', url = '', headers } = incoming
    const { hostname, port } = upstream
    const passed = request({ hostname, port, method, path: url, headers, agent: false }, async (response) => {
      const text = Buffer.concat(await response.toArray()).toString()
      const answer = { status: response.statusCode ?? 0, body: text }
      const { status, body: changed } =
        change(describeRequest(method, url, headers, body.toString()), answer) ?? answer
      outgoing.writeHead(status, { 'content-type': response.headers['content-type'] ?? 'application/json' })
      outgoing.end(changed)
    })
    passed.end(body)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server }
}

let runs = 0

async function runThrough(target: string, change: Break): Promise<readonly Row[]> {
  const { url, server } = await broken(change)
  try {
    const { signal } = new AbortController()
    const settings = settingsOf(target, given(target, url), `t${++runs}`)
    const chosen = TARGETS.find(({ name }) => name === target)
    assert.ok(chosen)
    return await chosen.run(settings, { waitMs: 0, signal, onRow: () => {} })
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

const differing = (rows: readonly Row[]) =>
  rows
    .filter(({ outcome }) => outcome !== 'ok')
    .map(({ operation, what, outcome, why }) => `${operation}, ${what}, ${outcome}: ${why}`)

/** Changes the answers to the successes of one operation. */
const successOf =
  (asked: RegExp, change: (answer: Exchange) => Exchange): Break =>
  (line, answer) =>
    asked.test(line) && answer.status < 300 && !/"Error"|"code":[^0]/.test(answer.body)
      ? change(answer)
      : null

suite('with one operation broken, it says which', () => {
  const HUAWEI_ACCEPT = /^PUT \S+\/accept /
  const cases: readonly (readonly [target: string, fault: string, change: Break, said: RegExp])[] = [
    [
      'huawei',
      'accept answers 201',
      successOf(HUAWEI_ACCEPT, ({ body }) => ({ status: 201, body })),
      /^PUT \/v2\.0\/vpc\/peerings\/\{peering_id\}\/accept, accepts; the answer has no wrapper, differs: status: expected 200, came 201: \{"name":/,
    ],
    [
      'otc',
      'accept wraps its answer',
      successOf(HUAWEI_ACCEPT, ({ status, body }) => ({ status, body: `{"peering":${body}}` })),
      /^PUT \/v2\.0\/vpc\/peerings\/\{peering_id\}\/accept, accepts; the answer has no wrapper, differs: body\.id: expected "[0-9a-f-]{36}", came nothing$/,
    ],
    [
      'alibaba',
      'accept answers without its request id',
      successOf(/ AcceptVpcPeerConnection /, ({ status }) => ({ status, body: '{}' })),
      /^AcceptVpcPeerConnection, accepts, differs: body\.RequestId: expected a text, came nothing$/,
    ],
    [
      'tencent',
      'accept answers outside Response',
      successOf(/ AcceptVpcPeeringConnection /, ({ status }) => ({ status, body: '{"RequestId":"x"}' })),
      /^AcceptVpcPeeringConnection, accepts, differs: body\.Response: expected \{.*\}, came nothing$/,
    ],
    [
      'tencent-legacy',
      'accept answers its code as text',
      successOf(/Action=AcceptVpcPeeringConnection&/, ({ status }) => ({
        status,
        body: '{"code":"0","message":""}',
      })),
      /^AcceptVpcPeeringConnection, accepts, differs: body\.code: expected 0, came "0"$/,
    ],
  ]
  for (const [target, fault, change, said] of cases) {
    test(`${target}: ${fault}`, async () => {
      const found = differing(await runThrough(target, change))
      assert.equal(found.length, 1, found.join('\n'))
      assert.match(found[0] ?? '', said)
      assert.deepEqual(await leftovers(), [])
    })
  }

  test('what rests on it is skipped, and says on what', async () => {
    const refused: Break = (asked) =>
      /^POST \/v1\/\w+\/vpcs .*-peerVpc/.test(asked) ? { status: 500, body: '{"error_msg":"down"}' } : null
    // The proxy answers this after the service has done it: the VPC is found by its name, and removed all the same.
    const rows = await runThrough('huawei', (asked, answer) =>
      /^GET \/v1\/\w+\/vpcs\?/.test(asked) ? { status: 500, body: '{}' } : refused(asked, answer),
    )
    const [first, ...rest] = rows.filter(({ outcome }) => outcome !== 'ok')
    assert.equal(first?.why, 'status: expected 200, came 500: {"error_msg":"down"}')
    const ask = rest.find(({ what }) => what === 'asks for a peering')
    assert.deepEqual([ask?.outcome, ask?.why], ['skipped', 'there is no peerVpc'])
    const accept = rest.find(({ what }) => what === 'accepts; the answer has no wrapper')
    assert.deepEqual([accept?.outcome, accept?.why], ['skipped', 'there is no peering'])
    const [left, ...more] = (await leftovers()) as { id: string; name: string; tenant: { name: string } }[]
    assert.match(left?.name ?? '', /^conformance-t\d+-peerVpc$/)
    assert.deepEqual(more, [])
    const { status } = await native(service, ADMIN_TOKEN, 'DELETE', `/vpcs/${left?.id}`)
    assert.equal(status, 204)
  })

  const LOST: readonly (readonly [target: string, asked: RegExp])[] = [
    ['huawei', /^POST (\/v1\/\w+\/vpcs|\S+\/subnets|\/v2\.0\/vpc\/peerings) /],
    ['otc', /^POST \S+\/(vpcs|peerings|routes) /],
    ['alibaba', / (CreateVpc|CreateVSwitch|CreateVpcPeerConnection|CreateRouteEntry) /],
    ['tencent', / (CreateVpc|CreateSubnet|CreateVpcPeeringConnection|CreateRoutes) /],
    ['tencent-legacy', /Action=(CreateVpc|CreateVpcPeeringConnection)&/],
  ]
  for (const [target, asked] of LOST) {
    test(`${target}: what was made is removed, though its answer was lost`, async () => {
      const rows = await runThrough(
        target,
        successOf(asked, () => ({ status: 502, body: '' })),
      )
      assert.ok(differing(rows).some((line) => /expected 20[01], came 502/.test(line)))
      assert.deepEqual(await leftovers(), [])
    })
  }

  test('what should have been refused, and was not, is removed', async () => {
    const settings = settingsOf('huawei', given('huawei', service.url), 'same')
    // With the requester in the accepter's place, its own VPC is the peer's, and nothing is there to be refused.
    const values = { ...settings.values, accepter: alice.projects['region-a'] }
    const { signal } = new AbortController()
    const chosen = TARGETS.find(({ name }) => name === 'huawei')
    const rows = await chosen?.run({ ...settings, values }, { waitMs: 0, signal, onRow: () => {} })
    const refused = rows?.find(({ what }) => what === 'a VPC that is not the peer’s is refused')
    assert.match(refused?.why ?? '', /^status: expected 400, came 201/)
    assert.deepEqual(await leftovers(), [])
  })

  test('interrupted, it stops asking, and removes what it has made', async () => {
    const stop = new AbortController()
    const chosen = TARGETS.find(({ name }) => name === 'huawei')
    const settings = settingsOf('huawei', given('huawei', service.url), 'stop')
    const rows = await chosen?.run(settings, {
      waitMs: 0,
      signal: stop.signal,
      onRow: ({ what }) => what === 'asks for a peering' && stop.abort(),
    })
    assert.equal(rows?.at(-1)?.why, 'interrupted')
    assert.deepEqual(
      rows?.filter(({ outcome }) => outcome === 'differs'),
      [],
    )
    assert.deepEqual(await leftovers(), [])
  })

  test('an answer without what it should have still tells what was made, so that it is removed', async () => {
    const misshapen = successOf(/ CreateVpc /, ({ status, body }) => ({
      status,
      body: `{"Wrapped":${body}}`,
    }))
    const rows = await runThrough('tencent', misshapen)
    assert.deepEqual(
      differing(rows).map((line) => line.split(', ')[0]),
      ['CreateVpc', 'CreateVpc', 'CreateVpc'],
    )
    assert.deepEqual(await leftovers(), [])
  })

  test('what cannot be removed is said to be left behind', async () => {
    const refuse: Break = (asked) =>
      / DeleteVSwitch /.test(asked)
        ? { status: 400, body: '{"Code":"OperationDenied","Message":"no"}' }
        : null
    // The proxy answers this after the service has done it, so the subnet is gone all the same.
    const rows = await runThrough('alibaba', refuse)
    const left = rows.filter(({ what }) => /^clean up subnet vsw-/.test(what))
    assert.deepEqual(
      left.map(({ outcome, why }) => [outcome, why]),
      [['differs', 'left behind: 400 {"Code":"OperationDenied","Message":"no"}']],
    )
  })

  test('a server that is not there', async () => {
    const port = await freePort()
    const { requester, accepter } = given('tencent', service.url)
    const file = join(directory, 'nowhere.json')
    const endpoint = `http://127.0.0.1:${port}`
    writeFileSync(
      file,
      JSON.stringify({ tencent: { endpoint, region: 'ap-guangzhou', requester, accepter } }),
    )
    const { code, output } = await kit(['tencent', '--config', file, '--wait-seconds', '0'])
    assert.equal(code, 1)
    assert.match(output, /^tencent +CreateVpc .*differs: no answer: connect ECONNREFUSED/m)
    assert.match(output, /^tencent: 0 ok, \d+ differ, \d+ skipped$/m)
  })
})

suite('asked wrongly', () => {
  test('it teaches', async () => {
    const { code, output } = await kit(['--help'])
    assert.equal(code, 0)
    for (const { name } of TARGETS) assert.ok(output.includes(`  ${name} `), name)
  })

  for (const [args, said] of [
    [[], /which target\? huawei, otc/],
    [['gcp'], /no target 'gcp'/],
    [['huawei', '--colour'], /--colour/],
    [['huawei', '--wait-seconds', 'x'], /--wait-seconds: 'x' is no number/],
    [['huawei', '--config', '/nowhere.json'], /--config \/nowhere\.json: ENOENT/],
    [['huawei', '--endpoint', 'http://127.0.0.1:1'], /huawei: the region is not given/],
    [
      ['huawei', '--endpoint', 'http://127.0.0.1:1', '--region', 'r', '--requester-key', 'k'],
      /huawei: the requester's secret is not given/,
    ],
  ] as const) {
    test(`isthmus conformance ${args.join(' ')}`, async () => {
      const { code, output, errors } = await kit(args)
      assert.deepEqual([code, output], [2, ''])
      assert.match(errors, said)
    })
  }
})

// ------------------------------------------------------------------------------------------------------- terraform

/** A program in terraform's place, which notes what it is asked, and answers as `answer`, a JavaScript function, says. */
function standIn(name: string, answer: string): { env: Record<string, string>; calls: () => string[] } {
  const place = mkdtempSync(join(directory, 'bin-'))
  const log = join(place, 'calls')
  const program = `#!${process.execPath}
const { appendFileSync, existsSync, readFileSync } = require('node:fs')
const [command] = process.argv.slice(2)
const provider = /^provider "(\\w+)"/m.exec(readFileSync('main.tf', 'utf8'))[1]
const { env } = process
const seen = [provider, process.argv.slice(2).join(' '), env.TF_VAR_name ?? '', env.HTTP_PROXY ? 'proxy' : '']
appendFileSync(${JSON.stringify(log)}, seen.join('|') + '\\n')
if (command === 'init') appendFileSync(${JSON.stringify(log)}, readFileSync(env.TF_CLI_CONFIG_FILE, 'utf8').replaceAll(/\\s+/g, ' ') + '\\n')
;(${answer})(command, provider, JSON.parse(env.TF_VAR_requester ?? '{}'), env)
`
  const file = join(place, name)
  writeFileSync(file, program)
  chmodSync(file, 0o755)
  const env = {
    PATH: [place, dirname(process.execPath)].join(delimiter),
    ISTHMUS_TERRAFORM_MIRROR: '/mirror',
  }
  return { env, calls: () => readFileSync(log, 'utf8').trimEnd().split('\n') }
}

const terraformRows = ({ output }: Finished) =>
  (JSON.parse(output) as Row[]).map(({ what, operation, outcome, why }) => [what, operation, outcome, why])

suite('terraform', () => {
  const none = { PATH: '/nowhere' }

  test('says where there is none, which is no failure', async () => {
    const { code, output } = await kit(['terraform'], none)
    assert.equal(code, 0)
    assert.equal(output.match(/skipped: not run: no terraform and no tofu on PATH/g)?.length, 4)
  })

  test('unless it is required', async () => {
    assert.equal((await kit(['terraform', '--require'], none)).code, 2)
    assert.equal((await kit(['terraform'], { ...none, ISTHMUS_TEST_REQUIRE: 'all' })).code, 2)
  })

  test('says so where its providers cannot be installed', async () => {
    const { env } = standIn('terraform', `() => { console.error('Error: no such mirror'); process.exit(1) }`)
    const finished = await kit(['terraform', '--json'], env)
    assert.equal(finished.code, 0)
    const why = 'not run: the provider cannot be installed: Error: no such mirror'
    assert.deepEqual(terraformRows(finished)[0], ['huaweicloud', 'init', 'skipped', why])
  })

  test('applies, plans, updates, plans, destroys, with every provider', async () => {
    // It does of each provider what only a server that knows both tenants answers.
    const ask = `(command, provider, requester, env) => { if (command !== 'init' && !requester.account) process.exit(1) }`
    const { env, calls } = standIn('tofu', ask)
    const finished = await kit(['terraform', '--json'], env)
    assert.equal(finished.code, 0, finished.output)
    const providers = ['huaweicloud', 'opentelekomcloud', 'alicloud', 'tencentcloud']
    const steps = ['init', 'apply', 'plan', 'update', 'plan after update', 'destroy']
    assert.deepEqual(
      terraformRows(finished),
      providers.flatMap((provider) => steps.map((step) => [provider, step, 'ok', null])),
    )
    assert.deepEqual(
      calls(),
      providers.flatMap((provider) => {
        const proxy = provider === 'tencentcloud' ? 'proxy' : ''
        const call = (args: string, name: string) => `${provider}|${args} -no-color|${name}|${proxy}`
        return [
          `${provider}|init -no-color||`,
          'provider_installation { filesystem_mirror { path = "/mirror" } } ',
          call('apply -auto-approve', 'conformance'),
          call('plan -detailed-exitcode', 'conformance'),
          call('apply -auto-approve', 'conformance-renamed'),
          call('plan -detailed-exitcode', 'conformance-renamed'),
          call('destroy -auto-approve', 'conformance'),
        ]
      }),
    )
  })

  test('a plan that is not empty differs, and says of what', async () => {
    const { env } = standIn(
      'terraform',
      `(command, provider) => {
        if (command !== 'plan' || provider !== 'alicloud') return
        console.log('  # alicloud_vpc.ours must be replaced')
        process.exit(2)
      }`,
    )
    const finished = await kit(['terraform', '--json'], env)
    assert.equal(finished.code, 1)
    const why = 'the plan is not empty: alicloud_vpc.ours must be replaced'
    assert.deepEqual(
      terraformRows(finished).filter(([, , outcome]) => outcome !== 'ok'),
      [
        ['alicloud', 'plan', 'differs', why],
        ['alicloud', 'plan after update', 'differs', why],
      ],
    )
  })

  test('after an apply that fails, what was made is destroyed', async () => {
    const { env } = standIn(
      'terraform',
      `(command) => { if (command === 'apply') { console.log('Error: timeout'); process.exit(1) } }`,
    )
    const finished = await kit(['terraform', '--json'], env)
    assert.equal(finished.code, 1)
    assert.deepEqual(terraformRows(finished).slice(0, 3), [
      ['huaweicloud', 'init', 'ok', null],
      ['huaweicloud', 'apply', 'differs', 'Error: timeout'],
      ['huaweicloud', 'destroy', 'ok', null],
    ])
  })
})
