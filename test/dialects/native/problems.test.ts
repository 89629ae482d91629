import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { ADMIN_TOKEN, startService, type TestService } from '../../rig/service.ts'
import { alice, bob } from '../../rig/tenants.ts'
import { type Answer, asOperator, assertProblem, asTenant, type Call, withToken } from './client.ts'

let service: TestService
let operator: Call
before(async () => {
  service = await startService()
  operator = asOperator(service)
})
after(() => service.close())

/** Sends a body just as it is. */
async function post(path: string, body: string, headers: Record<string, string> = {}): Promise<Answer> {
  const response = await fetch(`${service.url}/isthmus/v1${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ADMIN_TOKEN}`, ...headers },
    body,
  })
  return { status: response.status, headers: response.headers, body: (await response.json()) as never }
}

suite('who asks', () => {
  const missing = 'Send "Authorization: Bearer TOKEN": the admin token, or ACCESSKEYID.SECRET of a tenant.'
  const invalid = 'The token is not valid.'
  const { id, secret } = alice.key
  const cases: [string, string | null, string, string][] = [
    ['nobody', null, 'authentication.missing', missing],
    ['another scheme', 'Basic YTpi', 'authentication.missing', missing],
    ['an empty token', 'Bearer ', 'authentication.missing', missing],
    ['two words', 'Bearer a b', 'authentication.missing', missing],
    ['a wrong token', 'Bearer wrong', 'authentication.token-invalid', invalid],
    [
      'a beginning of the admin token',
      `Bearer ${ADMIN_TOKEN.slice(0, -1)}`,
      'authentication.token-invalid',
      invalid,
    ],
    ['more than the admin token', `Bearer ${ADMIN_TOKEN}x`, 'authentication.token-invalid', invalid],
    ['a key without a secret', `Bearer ${id}`, 'authentication.token-invalid', invalid],
    ['a key with an empty secret', `Bearer ${id}.`, 'authentication.token-invalid', invalid],
    [
      'a key with another’s secret',
      `Bearer ${id}.${bob.key.secret}`,
      'authentication.token-invalid',
      invalid,
    ],
    ['a key that is nobody’s', `Bearer AKNOBODY.${secret}`, 'authentication.token-invalid', invalid],
    ['a dot', 'Bearer .', 'authentication.token-invalid', invalid],
  ]
  for (const [name, authorization, code, detail] of cases) {
    test(name, async () => {
      const headers: Record<string, string> = authorization === null ? {} : { authorization }
      const response = await fetch(`${service.url}/isthmus/v1/vpcs`, { headers })
      const body = (await response.json()) as Answer['body']
      assertProblem({ status: response.status, headers: response.headers, body }, 401, code, detail)
    })
  }

  test('is settled before what is asked', async () => {
    for (const [method, path, body] of [
      ['POST', '/tenants', { bad: 1 }],
      ['GET', '/vpcs?limit=x', undefined],
      ['DELETE', '/peerings/x', undefined],
    ] as const) {
      const answer = await withToken(service, 'wrong')(method, path, body)
      assertProblem(answer, 401, 'authentication.token-invalid', invalid)
    }
  })

  test('the scheme is written in any way', async () => {
    const headers = { authorization: `bearer ${ADMIN_TOKEN}` }
    assert.equal((await fetch(`${service.url}/isthmus/v1/vpcs`, { headers })).status, 200)
  })
})

suite('what is asked', () => {
  const malformed: [string, string][] = [
    ['{', 'The request cannot be read: the body is not valid JSON.'],
    ['{"name":"x"', 'The request cannot be read: the body is not valid JSON.'],
    ["{'name':'x'}", 'The request cannot be read: the body is not valid JSON.'],
    ['\xff', 'The request cannot be read: the body is not valid JSON.'],
  ]
  for (const [body, detail] of malformed) {
    test(`a body that is not JSON: ${body}`, async () => {
      assertProblem(await post('/tenants', body), 400, 'request.malformed', detail)
    })
  }

  const vpc = { tenant: 'alice', name: 'x', region: 'region-a', cidrs: [] }
  const invalid: [string, unknown, string, string][] = [
    ['/tenants', [], 'request.invalid', "body '': must be object."],
    ['/tenants', null, 'request.invalid', "body '': must be object."],
    ['/tenants', 'x', 'request.invalid', "body 'x': must be object."],
    ['/tenants', {}, 'request.missing', 'name is required.'],
    ['/tenants', { name: 5 }, 'request.invalid', "name '5': must be string."],
    ['/tenants', { name: null }, 'request.invalid', "name '': must be string."],
    ['/tenants', { name: ['x'] }, 'request.invalid', "name '': must be string."],
    ['/tenants', { name: '' }, 'request.invalid', "name '': must not have fewer than 1 characters."],
    [
      '/tenants',
      { name: 'n', nome: 1 },
      'request.unknown-parameter',
      'nome is not a member of this request.',
    ],
    [
      '/tenants',
      { name: 'n', __proto_: 1 },
      'request.unknown-parameter',
      '__proto_ is not a member of this request.',
    ],
    [
      '/tenants',
      { name: 'n', huawei: { projekts: {} } },
      'request.unknown-parameter',
      'huawei.projekts is not a member of this request.',
    ],
    [
      '/tenants',
      { name: 'n', accessKeys: [{ id: 'AKX' }] },
      'request.missing',
      'accessKeys.0.secret is required.',
    ],
    [
      '/tenants',
      { name: 'n', quotas: { 'peerings-per-vpc': '3' } },
      'request.invalid',
      "quotas.peerings-per-vpc '3': must be integer.",
    ],
    ['/vpcs', { ...vpc, cidrs: '10.0.0.0/8' }, 'request.invalid', "cidrs '10.0.0.0/8': must be array."],
    ['/vpcs', { ...vpc, cidrs: [10] }, 'request.invalid', "cidrs.0 '10': must be string."],
    ['/vpcs', { ...vpc, region: undefined }, 'request.missing', 'region is required.'],
    ['/vpcs', { ...vpc, cidr: 'x' }, 'request.unknown-parameter', 'cidr is not a member of this request.'],
    ['/vpcs', { ...vpc, name: 'a\0b' }, 'request.invalid', 'name \'a\0b\': must match pattern "^[^\\0]*$".'],
    ['/peerings', { requesterVpc: 'a', name: 'x' }, 'request.missing', 'accepterVpc is required.'],
    ['/clock', { advance: 7 }, 'request.invalid', "advance '7': must be string."],
  ]
  for (const [path, body, code, detail] of invalid) {
    test(`${path} ${JSON.stringify(body)}`, async () => {
      assertProblem(await operator('POST', path, body), 400, code, detail)
    })
  }

  test('a member called __proto__', async () => {
    const answer = await post('/tenants', '{"name":"n","__proto__":{"x":1}}')
    assertProblem(answer, 400, 'request.unknown-parameter', '__proto__ is not a member of this request.')
  })

  test('no body at all, where there must be one', async () => {
    const answer = await operator('POST', '/tenants')
    assertProblem(answer, 400, 'request.invalid', "body '': must be object.")
  })

  test('in a query', async () => {
    const cases: [string, string][] = [
      ['/vpcs?limit=x', "limit 'x': must be integer."],
      ['/vpcs?limit=1001', "limit '1001': must be <= 1000."],
      ['/vpcs?limit=', "limit '': must be integer."],
      [
        '/peerings?state=gone',
        "state 'gone': must be one of pending-acceptance, active, rejected, expired, deleted.",
      ],
    ]
    for (const [path, detail] of cases) {
      assertProblem(await operator('GET', path), 400, 'request.invalid', detail)
    }
  })

  test('a dryRun that is neither true nor false does nothing', async () => {
    for (const value of ['1', 'TRUE', '', 'yes']) {
      const answer = await operator('POST', `/tenants?dryRun=${value}`, { name: 'dry' })
      assertProblem(answer, 400, 'request.invalid', `dryRun '${value}': must be boolean.`)
    }
    const twice = await operator('POST', '/tenants?dryRun=true&dryRun=true', { name: 'dry' })
    assert.equal(twice.status, 400)
    assert.equal((await operator('GET', '/tenants/dry')).status, 404)
  })

  test('the content type does not matter', async () => {
    for (const [index, type] of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'application/xml',
    ].entries()) {
      const answer = await post('/tenants', `{"name":"typed ${index}"}`, { 'content-type': type })
      assert.equal(answer.status, 201)
    }
  })

  test('a body of more than a mebibyte', async () => {
    const answer = await post('/tenants', JSON.stringify({ name: 'x'.repeat(1024 * 1024) }))
    assertProblem(answer, 413, 'request.too-large', 'A body may have at most 1048576 bytes.')
  })

  test('one of less that is nested beyond reason', async () => {
    const answer = await post('/tenants', `{"name":${'['.repeat(100_000)}${']'.repeat(100_000)}}`)
    assert.equal(answer.status, 400)
  })
})

suite('where', () => {
  const unknown = async (method: string, path: string) => {
    const detail = `There is no ${method} /isthmus/v1${path}. See /isthmus/v1/openapi.json.`
    assertProblem(await operator(method, path), 404, 'operation.unknown', detail)
  }

  test('nowhere below the native API', async () => {
    await unknown('GET', '/nothing')
    await unknown('GET', '')
    await unknown('GET', '/')
    await unknown('PUT', '/vpcs')
    await unknown('DELETE', '/clock')
    await unknown('POST', '/peerings/a/b/c')
  })

  const nowhere = async (path: string) => {
    const response = await fetch(service.url + path)
    assert.equal(response.status, 404)
    assert.equal(response.headers.get('content-type'), 'application/problem+json')
    assert.partialDeepStrictEqual(await response.json(), { status: 404, code: 'operation.unknown' })
  }

  test('nowhere at all', async () => {
    for (const path of ['/nothing', '/v4/x']) await nowhere(path)
  })

  test('beside the native API', async () => {
    for (const path of ['/isthmus', '/isthmus/v2/vpcs', '/healthz/x']) await nowhere(path)
  })

  test('every answer has a request id', async () => {
    for (const call of [operator, asTenant(service, alice), withToken(service, 'x')]) {
      const { headers } = await call('GET', '/vpcs')
      assert.match(headers.get('x-request-id') ?? '', /^[0-9a-f-]{36}$/)
    }
  })
})
