import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { noDataPlane } from '../../src/adapters/data-plane/none.ts'
import { aesGcmSealer } from '../../src/adapters/secrets/aes-gcm.ts'
import { openSqliteStore } from '../../src/adapters/store/sqlite/store.ts'
import { createTelemetry } from '../../src/ports/telemetry.ts'
import { openTracing } from '../../src/server/open-telemetry.ts'
import type { Tracing } from '../../src/server/tracing.ts'
import { alibabaCall, DIALECTS, NATIVE, nativeToken } from '../dialects/every.ts'
import { client as huaweiClient } from '../dialects/huawei/client.ts'
import { freePort } from '../rig/free-port.ts'
import { MAIN, native, startService, type TestService } from '../rig/service.ts'
import { alice, bob, vpcOf } from '../rig/tenants.ts'
import { closedAfter } from './closing.ts'
import { keptLog, until } from './lines.ts'
import { OtlpReceiver, type ReceivedSpan } from './otlp-receiver.ts'

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const PARENT = '00f067aa0ba902b7'

async function traced(t: TestContext, args: readonly string[] = []) {
  const receiver = await OtlpReceiver.start()
  const service = await startService({ args: ['--otlp-endpoint', receiver.url, ...args] })
  t.after(async () => {
    // The store of one of them is closed before it.
    await service.close().catch(() => {})
    await receiver.close()
  })
  return { receiver, service }
}

/** Does `work` as what a request to an HTTP server leads to. */
async function duringRequest(t: TestContext, tracing: Tracing, work: () => Promise<void>): Promise<void> {
  let done: Promise<void> = Promise.reject(new Error('there was no request'))
  done.catch(() => {})
  const server = createServer((message, response) => {
    tracing.request(message, response, () => {
      done = work().finally(() => response.end())
      done.catch(() => {})
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => server.close())
  await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  await done
}

/** A trace as a tree: each span's name, below it those of its children in the order in which they ended. */
type Tree = { readonly [name: string]: Tree }[] | []

function treeBelow(spans: readonly ReceivedSpan[], parent: string): Tree {
  const children = spans.filter(({ parentSpanId }) => parentSpanId === parent)
  return children.map(({ name, spanId }) => ({ [name]: treeBelow(spans, spanId) })) as Tree
}

const ask = (service: TestService, number: number) =>
  NATIVE.ask(service, vpcOf(alice, number).ids, vpcOf(bob, number).ids, `number-${number}`)

test('a request is a span of its own, and below it are the reads and the commit that it led to', async (t) => {
  const { receiver, service } = await traced(t)
  const [requesterVpc, accepterVpc] = [vpcOf(alice, 1).ids.huawei, vpcOf(bob, 1).ids.huawei]
  const headers = { traceparent: `00-${TRACE}-${PARENT}-01` }
  const body = { requesterVpc, accepterVpc, name: 'traced' }
  const answer = await native(service, nativeToken(alice), 'POST', '/peerings', body, headers)
  assert.equal(answer.status, 201)

  const request = await until(
    () =>
      receiver.spans.find(({ traceId, parentSpanId }) => traceId === TRACE && parentSpanId === PARENT) ??
      null,
  )
  assert.equal(request.name, 'native POST /isthmus/v1/peerings')
  assert.equal(request.kind, 2, 'a server')
  assert.equal(request.resource['service.name'], 'isthmus')
  const { 'isthmus.tenant.id': tenant, 'isthmus.request.id': requestId, ...others } = request.attributes
  assert.match(String(tenant), /^[0-9a-f-]{36}$/)
  assert.equal(requestId, answer.headers.get('x-request-id'))
  assert.deepEqual(others, {
    'http.request.method': 'POST',
    'http.response.status_code': 201,
    'url.path': '/isthmus/v1/peerings',
    'client.address': '127.0.0.1',
    'isthmus.dialect': 'native',
    'isthmus.operation': 'POST /isthmus/v1/peerings',
    'isthmus.code': 'ok',
  })
  const spans = receiver.spans.filter(({ traceId }) => traceId === TRACE)
  const below = treeBelow(spans, request.spanId)
  const names = below.flatMap((each) => Object.keys(each))
  assert.deepEqual(names.slice(0, 2), ['store findCredential', 'store findVpc'])
  assert.equal(names.filter((name) => name === 'store findVpc').length, 2)
  assert.equal(names.at(-1), 'store commit')
  assert.equal(spans.length, names.length + 1, 'and nothing else')
  const commit = spans.find(({ name }) => name === 'store commit')
  assert.deepEqual(
    [commit?.attributes['isthmus.store.commit.changes'], commit?.attributes['isthmus.commit.peerings']],
    [1, 1],
  )
})

test('changes that share a commit say so', async (t) => {
  const receiver = await OtlpReceiver.start()
  const { logger } = keptLog()
  const tracing = openTracing({ endpoint: receiver.url, ratio: 1, version: '0', logger })
  const directory = mkdtempSync(join(tmpdir(), 'isthmus-traces-'))
  const silent = { add() {}, observe() {}, from() {} }
  const telemetry = createTelemetry(() => silent, tracing.followChange)
  const sealer = aesGcmSealer(randomBytes(32))
  const store = await openSqliteStore({ directory, sealer, onFailure: () => {}, telemetry })
  t.after(async () => {
    await store.close()
    await receiver.close()
    rmSync(directory, { recursive: true })
  })
  const followed = tracing.store(store)
  await duringRequest(t, tracing, async () => {
    // What comes in one turn of the event loop goes together.
    const changes = ['one', 'two', 'three'].map((name) => ({ settings: { [name]: name }, nowMs: Date.now() }))
    await Promise.all(changes.map((change) => followed.commit(change)))
  })
  await tracing.close()
  const commits = receiver.spans.filter(({ name }) => name === 'store commit')
  assert.deepEqual(
    commits.map(({ attributes }) => Number(attributes['isthmus.store.commit.changes'])),
    [3, 3, 3],
  )
})

test('a request in every dialect is followed, under the id that its client was given, without what is secret', async (t) => {
  const { receiver, service } = await traced(t)
  const huawei = await huaweiClient(service, alice)('GET', '/v2.0/vpc/peerings')
  const { body } = await alibabaCall(service, alice, 'ListVpcPeerConnections', { RegionId: 'cn-hangzhou' })
  for (const dialect of DIALECTS) {
    const id = await dialect.ask(service, vpcOf(alice, 1).ids, vpcOf(bob, 1).ids, 'asked')
    await dialect.remove(service, alice, id)
  }
  const requests = await until(() => {
    const found = receiver.spans.filter(({ kind }) => kind === 2)
    return found.length >= 2 + 2 * DIALECTS.length ? found : null
  })
  const ids = requests.map(({ attributes }) => attributes['isthmus.request.id'])
  assert.ok(ids.includes(String(huawei.headers['x-request-id'])))
  assert.ok(ids.includes(String(body.RequestId)))
  const dialects = new Set(requests.map(({ attributes }) => attributes['isthmus.dialect']))
  assert.deepEqual([...dialects].sort(), ['alibaba', 'huawei', 'native', 'tencent'])
  const text = JSON.stringify(receiver.spans)
  assert.ok(!/Signature|Bearer|SKALICE|SKBOB/.test(text))
})

test('a request that cannot be answered is marked as an error; one that was refused is not', async (t) => {
  const { receiver, service } = await traced(t)
  await native(service, nativeToken(alice), 'GET', '/vpcs/none')
  await service.service.app.context.store.close()
  await native(service, nativeToken(alice), 'GET', '/vpcs')
  const [refused, failed] = await until(() => {
    const found = receiver.spans.filter(({ kind }) => kind === 2)
    return found.length >= 2 ? found : null
  })
  assert.deepEqual([refused?.attributes['isthmus.code'], refused?.status?.code ?? 0], ['vpc.not-found', 0])
  assert.equal(failed?.status?.code, 2)
})

test('a pass is linked to the request that it is due to, with what it asks of the network below it', async (t) => {
  const receiver = await OtlpReceiver.start()
  const { logger } = keptLog()
  const tracing = openTracing({ endpoint: receiver.url, ratio: 1, version: '0', logger })
  t.after(() => receiver.close())
  const { service, close } = await startService()
  t.after(close)
  const { store } = service.app.context
  const peering = { kind: 'peering', id: await ask({ url: service.url } as TestService, 1) } as const
  const view = await store.findPeering(peering.id)
  assert.ok(view)
  const followed = tracing.store(store)
  const network = tracing.dataPlane(noDataPlane)

  await duringRequest(t, tracing, async () => {
    const { peering: from } = view
    const to = { ...from, name: 'renamed', version: from.version + 1 }
    const outcome = await followed.commit({ peerings: [{ from, to }], nowMs: Date.now() })
    assert.equal(outcome.ok, true)
  })

  const pass = () =>
    tracing.pass(peering as never, async () => {
      await followed.findPeering(peering.id)
      await network.realizeLink(view.peering.id, null)
      await network.prove(view.peering.id, null)
    })
  await pass()
  // Due to nobody: a mere review.
  await pass()
  await tracing.close()

  const request = receiver.spans.find(({ name }) => name === 'request')
  const passes = receiver.spans.filter(({ name }) => name === 'pass peering')
  assert.equal(passes.length, 1)
  assert.equal(passes[0]?.parentSpanId ?? '', '', 'the request is over long before')
  assert.deepEqual(
    passes[0]?.links?.map(({ traceId, spanId }) => [traceId, spanId]),
    [[request?.traceId, request?.spanId]],
  )
  assert.deepEqual(treeBelow(receiver.spans, passes[0]?.spanId ?? ''), [
    { 'store findPeering': [] },
    { 'realize link': [] },
    { prove: [] },
  ])
})

test('a receiver that is not there costs requests nothing, and is complained of once', async (t) => {
  const log = keptLog()
  const endpoint = `http://127.0.0.1:${await freePort()}`
  const service = await startService({ logger: log.logger, args: ['--otlp-endpoint', endpoint] })
  closedAfter(t, service)
  const token = nativeToken(alice)
  // More spans than may wait: four of each request.
  for (let round = 0; round < 20; round++) {
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => native(service, token, 'GET', '/vpcs').then(({ status }) => status)),
    )
    assert.deepEqual(new Set(answers), new Set([200]))
  }
  const complaints = await until(() => {
    const found = log.lines().filter(({ msg }) => msg === 'spans could not be sent, and are lost')
    return found.length > 0 ? found : null
  }, 20_000)
  assert.equal(complaints.length, 1, 'one in a minute')
  const startedAtMs = performance.now()
  await service.close()
  assert.ok(performance.now() - startedAtMs < 4_000)
})

test('while a receiver does not answer, no more spans wait than may', async (t) => {
  const receiver = await OtlpReceiver.start()
  t.after(() => receiver.close())
  const { promise, resolve: release } = Promise.withResolvers<void>()
  receiver.held = promise
  const { logger } = keptLog()
  const tracing = openTracing({ endpoint: receiver.url, ratio: 1, version: '0', logger })
  const { service, close } = await startService()
  t.after(close)
  const followed = tracing.store(service.app.context.store)
  await duringRequest(t, tracing, async () => {
    for (let count = 0; count < 10_000; count++) await followed.findPeering('none')
  })
  release()
  await until(() => (receiver.spans.length >= 2_048 ? true : null), 20_000)
  await tracing.close()
  // What waited, and the two batches that may have been on their way.
  assert.ok(receiver.spans.length <= 2_048 + 2 * 512, String(receiver.spans.length))
})

test('without an endpoint nothing of OpenTelemetry is loaded', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'isthmus-traces-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  const loadedBy = async (args: readonly string[]) => {
    const command = [
      '--experimental-loader',
      HOOK,
      MAIN,
      'serve',
      '--listen',
      '127.0.0.1:0',
      '--data',
      directory,
    ]
    const child = spawn(process.execPath, [...command, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
    let loaded = ''
    child.stderr.on('data', (chunk: Buffer) => {
      loaded += chunk.toString()
    })
    await once(child.stdout, 'data')
    child.kill('SIGTERM')
    await once(child, 'exit')
    return [...loaded.matchAll(/^LOADED (.*)$/gm)].map(([, url = '']) => url)
  }
  const sdk = (urls: string[]) =>
    urls.filter((url) => /@opentelemetry\/(?!api\/)|open-telemetry\.ts/.test(url))
  assert.deepEqual(sdk(await loadedBy([])), [])
  const endpoint = `http://127.0.0.1:${await freePort()}`
  assert.ok(sdk(await loadedBy(['--otlp-endpoint', endpoint])).length > 10)
})

/** Says of every module that it is loaded. */
const HOOK = `data:text/javascript,${encodeURIComponent(
  "import { writeSync } from 'node:fs'; export async function load(url, context, next) { writeSync(2, 'LOADED ' + url + '\\n'); return next(url, context) }",
)}`
