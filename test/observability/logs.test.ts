import assert from 'node:assert/strict'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import { alibabaCall, DIALECTS, NATIVE, nativeCall, nativeToken } from '../dialects/every.ts'
import { client as huaweiClient } from '../dialects/huawei/client.ts'
import { send as sendTencent, signWithHeaders } from '../dialects/tencent/client.ts'
import { ADMIN_TOKEN, native, startService, type TestService } from '../rig/service.ts'
import { alice, bob, mallory, vpcOf } from '../rig/tenants.ts'
import { keptLog, type Line, until } from './lines.ts'
import { handleSecrets, impersonate, peerInEveryDialect } from './workflow.ts'

/** Calls of each vendor's clients; each answers the request id that the client was given. */
const CALLS: Readonly<Record<string, (service: TestService) => Promise<string>>> = {
  async native(service) {
    const { headers } = await native(service, nativeToken(alice), 'GET', '/vpcs')
    return String(headers.get('x-request-id'))
  },
  async huawei(service) {
    const answer = await huaweiClient(service, alice)('GET', '/v2.0/vpc/peerings')
    return String(answer.headers['x-request-id'])
  },
  async alibaba(service) {
    const { body } = await alibabaCall(service, alice, 'ListVpcPeerConnections', { RegionId: 'cn-hangzhou' })
    return String(body.RequestId)
  },
  async tencent(service) {
    const signed = signWithHeaders(service.host, alice, 'DescribeVpcs', {}, {})
    const { body } = await sendTencent<{ Response: { RequestId: string } }>(service.url, signed)
    return body.Response.RequestId
  },
}

const requestsIn = (lines: Line[]) =>
  lines.filter(({ msg }) => msg === 'a request' || msg === 'a request failed')

suite('the log', () => {
  for (const [dialect, call] of Object.entries(CALLS)) {
    test(`has a line for each request where that is asked for, with the id that ${dialect} answers`, async (t) => {
      const log = keptLog()
      const service = await startService({ logger: log.logger, args: ['--log-requests', 'all'] })
      t.after(() => service.close())
      const requestId = await call(service)
      const line = await until(
        () => requestsIn(log.lines()).find((each) => each['requestId'] === requestId) ?? null,
      )
      assert.equal(line['dialect'], dialect)
      assert.equal(line['code'], 'ok')
      assert.equal(typeof line['tenant'], 'string')
      assert.equal(line['remoteAddress'], '127.0.0.1')
      assert.ok(Number(line['durationMs']) > 0)
    })
  }

  test('has a line for each request that failed here, in every dialect, and for no other', async (t) => {
    const log = keptLog()
    const service = await startService({ logger: log.logger })
    // The store is closed before it.
    t.after(() => service.close().catch(() => {}))
    const [from, to] = [vpcOf(alice, 1).ids, vpcOf(bob, 1).ids]
    const id = await NATIVE.ask(service, from, to, 'asked')
    const { ids } = (await nativeCall(service, alice, 'GET', `/peerings/${id}`)).body
    for (const dialect of DIALECTS) {
      assert.equal(await dialect.show(service, mallory, dialect.idOf(ids)), null)
    }
    assert.deepEqual(requestsIn(log.lines()), [])

    await service.service.app.context.store.close()
    const [other, another] = [vpcOf(alice, 2).ids, vpcOf(bob, 2).ids]
    for (const dialect of DIALECTS) await assert.rejects(dialect.ask(service, other, another, 'too-late'))
    const failed = requestsIn(log.lines())
    assert.deepEqual(
      failed.map(({ dialect }) => dialect),
      ['native', 'huawei', 'alibaba', 'tencent', 'tencent'],
    )
    for (const line of failed) {
      assert.equal(line['msg'], 'a request failed')
      assert.match(String(line['code']), /^service\./)
      assert.match(String(line['requestId']), /^[0-9A-Fa-f-]{32,36}$/)
    }
  })

  test('and the audit log hold no secret, token, password or signature of a whole workflow', async (t) => {
    const directory = mkdtempSync(join(tmpdir(), 'isthmus-log-'))
    const auditLog = join(directory, 'audit.log')
    const log = keptLog()
    const sent = watchedSecrets()
    const service = await startService({
      logger: log.logger,
      args: ['--log-requests', 'all', '--audit-log', auditLog],
    })
    t.after(() => rmSync(directory, { recursive: true }))
    t.after(sent.stop)
    const handled = await handleSecrets(service)
    await peerInEveryDialect(service)
    await impersonate(service)
    await service.close()

    const written = log.text() + readFileSync(auditLog, 'utf8')
    const tenants = [alice, bob, mallory].flatMap(({ key, password }) => [key.secret, password])
    const secrets = [...handled, ...tenants, ADMIN_TOKEN, ...sent.seen].filter((secret) => secret.length > 3)
    assert.ok(sent.seen.size > 30, `only ${sent.seen.size} signatures were seen`)
    assert.deepEqual(
      secrets.filter((secret) => written.includes(secret)),
      [],
    )
    // It would have been found.
    assert.ok(written.includes(alice.key.id))
  })
})

/** What requests are signed and signed in with: of each that arrives the headers and the query, and the bodies as they leave. */
function watchedSecrets(): { seen: Set<string>; stop: () => void } {
  const seen = new Set<string>()
  const signaturesIn = (text: string) => {
    for (const [, signature = ''] of text.matchAll(/(?:^|[?&])Signature=([^&]+)/g)) {
      seen.add(signature).add(decodeURIComponent(signature))
    }
  }
  const arrived = (message: unknown) => {
    const { headers, url = '' } = (message as { request: IncomingMessage }).request
    const { authorization, 'x-auth-token': token } = headers
    if (authorization) seen.add(/(?:Signature=|Bearer )(\S+)$/.exec(authorization)?.[1] ?? authorization)
    if (typeof token === 'string') seen.add(token)
    signaturesIn(url)
  }
  const { fetch } = globalThis
  globalThis.fetch = (input, init) => {
    if (typeof init?.body === 'string') signaturesIn(init.body)
    return fetch(input, init)
  }
  subscribe('http.server.request.start', arrived)
  return {
    seen,
    stop() {
      unsubscribe('http.server.request.start', arrived)
      globalThis.fetch = fetch
    },
  }
}
