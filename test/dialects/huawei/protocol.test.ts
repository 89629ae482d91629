import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { startService, type TestService } from '../../rig/service.ts'
import { alice, bob, mallory } from '../../rig/tenants.ts'
import {
  type Answer,
  askBody,
  assertGatewayError,
  assertNeutronError,
  type Call,
  client,
  newVpc,
  pendingPeering,
  type Send,
  send,
} from './client.ts'

const PATH = '/v2.0/vpc/peerings'
const IAM = 'Incorrect IAM authentication information: '

let service: TestService
let asAlice: Send
before(async () => {
  service = await startService()
  asAlice = client(service, alice)
})
after(() => service.close())

suite('bodies as clients send them', () => {
  const headers = { 'content-type': undefined }

  test('a content type and no body, on every method that has none', async () => {
    const { id } = await pendingPeering(service)
    const asBob = client(service, bob)
    assert.equal((await asBob('GET', `${PATH}/${id}`)).status, 200)
    assert.equal((await asBob('PUT', `${PATH}/${id}/accept`)).status, 200)
    assert.equal((await asBob('DELETE', `${PATH}/${id}`)).status, 204)
  })

  test('neither content type nor body', async () => {
    const { id } = await pendingPeering(service)
    const asBob = client(service, bob)
    assert.equal((await asBob('GET', `${PATH}/${id}`, { headers })).status, 200)
    assert.equal((await asBob('PUT', `${PATH}/${id}/reject`, { headers })).status, 200)
    assert.equal((await asBob('DELETE', `${PATH}/${id}`, { headers })).status, 204)
  })

  test('GET and DELETE with a body {}', async () => {
    const { id } = await pendingPeering(service)
    assert.equal((await asAlice('GET', PATH, { body: '{}' })).status, 200)
    assert.equal((await asAlice('DELETE', `${PATH}/${id}`, { body: '{}' })).status, 204)
  })

  const creations: [string, (body: string) => Call][] = [
    ['one that ends in a newline', (body) => ({ body: `${body}\n` })],
    ['one in pieces, of unknown length', (body) => ({ body, chunked: true })],
    ['one without a content type', (body) => ({ body, headers })],
    ['one in pieces without a content type', (body) => ({ body, headers, chunked: true })],
    ['one that says it is text', (body) => ({ body, headers: { 'content-type': 'text/plain' } })],
    [
      'one with a charset',
      (body) => ({ body, headers: { 'content-type': 'application/json;charset=utf8' } }),
    ],
    ['one with white space around', (body) => ({ body: `\r\n\t ${body} ` })],
  ]
  for (const [name, call] of creations) {
    test(name, async () => {
      const body = askBody(await newVpc(service, alice), await newVpc(service, alice), { name: '对等 ü' })
      const answer = await asAlice('POST', PATH, call(JSON.stringify(body)))
      assert.deepEqual([answer.status, answer.body.peering.name], [201, '对等 ü'])
    })
  }

  test('one whose content type is none', async () => {
    const body = askBody(await newVpc(service, alice), await newVpc(service, alice))
    for (const type of ['rubbish', '', 'a/b/c']) {
      const answer = await asAlice('POST', PATH, { body, headers: { 'content-type': type } })
      assert.ok([201, 409].includes(answer.status))
    }
  })

  test('one of more than a mebibyte', async () => {
    const answer = await asAlice('POST', PATH, { body: 'x'.repeat(1024 * 1024 + 1) })
    assertGatewayError(
      answer,
      413,
      'APIGW.0201',
      'Request entity too large: at most 1048576 bytes are taken.',
    )
  })
})

suite('paths', () => {
  const unknown = (answer: Answer, what: string) =>
    assertGatewayError(answer, 404, 'APIGW.0101', `The API does not exist or has not been published: ${what}`)

  for (const what of [
    'GET /v2.0/vpc/nothing',
    'GET /v2.0',
    'GET /v3/nothing',
    'GET /v1',
    `GET ${PATH}/`,
    `PATCH ${PATH}`,
    `OPTIONS ${PATH}`,
    `POST ${PATH}/a/accept`,
    'GET /v2.0/vpc/peerings/a/b/c/d',
    'GET /v2.0/%ff%zz',
    'GET /v2.0/vpc/peerings%00',
  ]) {
    test(what, async () => {
      const [method = '', path = ''] = what.split(' ')
      unknown(await asAlice(method, path), what)
    })
  }

  test('who does not sign learns no more', async () => {
    unknown(await send(service, 'GET', '/v2.0/x', { host: service.host }, Buffer.alloc(0)), 'GET /v2.0/x')
  })

  test('the whole address, as through a proxy', async () => {
    const headers = { host: service.host, authorization: 'x' }
    const answer = await send(service, 'GET', `http://elsewhere.example${PATH}`, headers, Buffer.alloc(0))
    assertGatewayError(answer, 401, 'APIGW.0301', `${IAM}Authorization is malformed`)
  })

  test('every answer has a request id of its own', async () => {
    const ids = new Set<unknown>()
    for (const path of [PATH, '/v1/x/vpcs', '/v3/projects', '/v3/nothing']) {
      for (let time = 0; time < 3; time++) ids.add((await asAlice('GET', path)).headers['x-request-id'])
    }
    assert.equal(ids.size, 12)
  })
})

suite('signatures', () => {
  for (const scheme of ['SDK-HMAC-SHA256 Access', 'SDK-HMAC-SHA256 Credential', 'V11-HMAC-SHA256'] as const) {
    test(`${scheme}: taken`, async () => {
      const query = 'limit=2&name=a%20b%2F%C3%BC&status=ACTIVE'
      assert.equal((await asAlice('GET', `${PATH}?${query}`, { scheme })).status, 200)
    })

    test(`${scheme}: changed afterwards, and the answer shows what was checked`, async () => {
      const answer = await asAlice('GET', `${PATH}?limit=1`, {
        scheme,
        unsigned: { host: 'another.example' },
      })
      assert.equal(answer.status, 401)
      const { error_msg } = answer.body
      const date = /x-sdk-date:(\d{8}T\d{6}Z)/.exec(error_msg)?.[1]
      const canonical = [
        'GET',
        `${PATH}/`,
        'limit=1',
        'content-type:application/json',
        'host:another.example',
        `x-project-id:${alice.projects['region-a']}`,
        `x-sdk-date:${date}`,
        '',
        'content-type;host;x-project-id;x-sdk-date',
        'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
      ].join('|')
      const message = `${IAM}verify aksk signature fail, canonicalRequest:${canonical}`
      assertGatewayError(answer, 401, 'APIGW.0301', message)
    })
  }

  test('with another secret', async () => {
    const answer = await asAlice('GET', PATH, { key: { id: alice.key.id, secret: bob.key.secret } })
    assert.equal(answer.status, 401)
    assert.ok(!answer.text.includes(alice.key.secret))
  })

  test('with a key that is nobody’s', async () => {
    const answer = await asAlice('GET', PATH, { key: { id: 'AKNOBODY', secret: 'x' } })
    const message = `${IAM}verify aksk signature fail, access key AKNOBODY does not exist`
    assertGatewayError(answer, 401, 'APIGW.0301', message)
  })

  test('up to fifteen minutes old, or early', async () => {
    const minute = 60_000
    for (const offset of [-14.9 * minute, 14.9 * minute]) {
      assert.equal((await asAlice('GET', PATH, { atMs: Date.now() + offset })).status, 200)
    }
    for (const offset of [-15.1 * minute, 15.1 * minute]) {
      const atMs = Date.now() + offset
      const time = `${new Date(atMs).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`
      const message = `Incorrect app authentication information: X-Sdk-Date '${time}' is expired`
      assertGatewayError(await asAlice('GET', PATH, { atMs }), 401, 'APIGW.0303', message)
    }
  })

  const malformed: [string, Record<string, string>, string][] = [
    ['none', {}, 'x-auth-token not found'],
    ['an empty token', { 'x-auth-token': '' }, 'x-auth-token not found'],
    ['of no scheme', { authorization: 'Bearer x' }, 'Authorization is malformed'],
    [
      'without the time in it',
      { authorization: 'SDK-HMAC-SHA256 Access=a, SignedHeaders=host, Signature=b' },
      'SignedHeaders is malformed',
    ],
    [
      'without a time',
      { authorization: 'SDK-HMAC-SHA256 Access=a, SignedHeaders=x-sdk-date, Signature=b' },
      'X-Sdk-Date is missing',
    ],
    [
      'with a time that is none',
      {
        authorization: 'SDK-HMAC-SHA256 Access=a, SignedHeaders=x-sdk-date, Signature=b',
        'x-sdk-date': 'now',
      },
      "X-Sdk-Date 'now' is not a valid time",
    ],
  ]
  for (const [name, headers, message] of malformed) {
    test(name, async () => {
      const answer = await send(service, 'GET', PATH, { host: service.host, ...headers }, Buffer.alloc(0))
      assertGatewayError(answer, 401, 'APIGW.0301', IAM + message)
    })
  }

  test('a changed body is noticed, and makes nothing', async () => {
    const vpc = await newVpc(service, alice)
    const body = askBody(vpc, await newVpc(service, alice))
    const changedBody = JSON.stringify(body).replace('a peering', 'b peering')
    const answer = await asAlice('POST', PATH, { body, changedBody })
    assert.equal(answer.status, 401)
    assert.deepEqual((await asAlice('GET', `${PATH}?vpc_id=${vpc}`)).body.peerings, [])
  })

  test('a project that the header names without being signed is one of the tenant’s own, or refused', async () => {
    const call = { project: null, unsigned: { 'x-project-id': alice.projects['region-b'] } }
    assert.equal((await asAlice('GET', PATH, call)).status, 200)
    for (const foreign of [mallory.projects['region-a'], 'f'.repeat(32), 'x']) {
      const answer = await asAlice('GET', PATH, { project: null, unsigned: { 'x-project-id': foreign } })
      assertNeutronError(answer, 400, 'InvalidInput', 'Inconsistent tenant IDs.')
    }
  })
})
