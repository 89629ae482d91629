import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import { issueToken, readToken } from '../../../src/dialects/huawei/token.ts'
import { DomainError } from '../../../src/domain/errors.ts'
import type { Tenant } from '../../../src/domain/tenant.ts'
import type { RunningService } from '../../../src/server/main.ts'
import { ADMIN_TOKEN, native, startService, type TestService } from '../../rig/service.ts'
import { alice, bob, vpcOf } from '../../rig/tenants.ts'
import {
  type Answer,
  askBody,
  assertGatewayError,
  assertIamError,
  assertNeutronError,
  assertVpcError,
  client,
  dashed,
  newVpc,
  pendingPeering,
  type Send,
  send,
} from './client.ts'

const PATH = '/v3/auth/tokens'
const PEERINGS = '/v2.0/vpc/peerings'
const WRONG = 'The username or password is wrong.'
const alices = alice.projects['region-a']

let service: TestService & { service: RunningService }
let asAlice: Send
let ids: { domainId: string; userId: string }

before(async () => {
  service = await startService()
  asAlice = client(service, alice)
  const shown: { body: { huawei: typeof ids } } = await native(service, ADMIN_TOKEN, 'GET', '/tenants/alice')
  ids = shown.body.huawei
})
after(() => service.close())

/** Signs in without a signature, as everybody does who has none. */
function signIn(scope: object | undefined, user: object = {}): Promise<Answer> {
  const password = { user: { domain: { name: 'alice' }, name: 'alice', password: alice.password, ...user } }
  const auth = { identity: { methods: ['password'], password }, ...(scope && { scope }) }
  const headers = { 'content-type': 'application/json', host: service.host }
  return send(service, 'POST', PATH, headers, Buffer.from(JSON.stringify({ auth })))
}

const tokenOf = (answer: Answer) => String(answer.headers['x-subject-token'])
const token = async (scope?: object) => tokenOf(await signIn(scope))
const withToken = (given: string, method: string, path: string, body?: unknown) =>
  asAlice(method, path, { token: given, body })

suite('serialization', () => {
  test('for a project: 201, the token in a header, and what it is good for in the body', async () => {
    const answer = await signIn({ project: { name: 'eu-de' } })
    assert.equal(answer.status, 201)
    assert.match(String(answer.headers['x-request-id']), /^[0-9a-f]{32}$/)
    assert.match(tokenOf(answer), /^[\w-]{50,}$/)
    const { issued_at, expires_at } = answer.body.token
    assert.match(issued_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    assert.equal(Date.parse(expires_at) - Date.parse(issued_at), 24 * 3_600_000)
    assert.ok(Math.abs(Date.parse(issued_at) - Date.now()) < 5_000)
    const root = `http://${service.host}`
    const domain = { id: ids.domainId, name: 'alice' }
    const entry = (name: string, type: string, url: string) => ({
      id: type,
      name,
      type,
      endpoints: ['eu-de', 'region-a'].map((region) => ({
        id: `${type}-${region}`,
        interface: 'public',
        region,
        region_id: region,
        url,
      })),
    })
    assert.deepEqual(answer.body, {
      token: {
        methods: ['password'],
        issued_at,
        expires_at,
        user: { id: ids.userId, name: 'alice', domain },
        project: { id: alices, name: 'eu-de', domain },
        roles: [{ id: '0', name: 'te_admin' }],
        catalog: [
          entry('iam', 'identity', `${root}/v3`),
          entry('neutron', 'network', root),
          entry('vpc', 'vpc', `${root}/v1/${alices}`),
        ],
      },
    } as unknown)
  })

  test('for the domain: no project, and no endpoint that needs one', async () => {
    const { body } = await signIn({ domain: { name: 'alice' } })
    assert.equal(body.token.project, undefined)
    assert.deepEqual(body.token.domain, { id: ids.domainId, name: 'alice' })
    assert.equal(body.token.catalog.length, 2)
  })

  test('without a scope it is for the domain', async () => {
    assert.deepEqual((await signIn(undefined)).body.token.domain, { id: ids.domainId, name: 'alice' })
  })

  test('a project is named by its id, with dashes or without, or by any name of its region', async () => {
    for (const project of [
      { id: alices },
      { id: dashed(alices) },
      { name: 'region-a' },
      { name: 'eu-de', domain: { name: 'alice' } },
    ]) {
      const { body } = await signIn({ project })
      assert.partialDeepStrictEqual(body.token.project, { id: alices })
    }
    const other = await signIn({ project: { name: 'eu-nl' } })
    assert.partialDeepStrictEqual(other.body.token.project, { id: alice.projects['region-b'], name: 'eu-nl' })
  })

  test('a user and its domain may be named by their ids', async () => {
    for (const user of [
      { domain: { id: ids.domainId } },
      { domain: undefined, name: undefined, id: ids.userId },
      { name: undefined, id: ids.userId },
    ]) {
      const answer = await signIn({ project: { name: 'eu-de' } }, user)
      assert.equal(answer.status, 201, JSON.stringify(user))
    }
  })
})

suite('validation', () => {
  const refused: [string, unknown, string][] = [
    ['no body', '', 'Invalid input for auth. Reason: it is required.'],
    ['no JSON', '{', 'Malformed request: the body is not valid JSON.'],
    ['no identity', { auth: {} }, 'Invalid input for auth.identity. Reason: it is required.'],
    [
      'another method',
      { auth: { identity: { methods: ['totp'], totp: { user: {} } } } },
      'Invalid input for auth.identity.password. Reason: it is required.',
    ],
    [
      'a token, and none',
      { auth: { identity: { methods: ['token'] } } },
      'Invalid input for auth.identity.token. Reason: it is required.',
    ],
    [
      'a token without an id',
      { auth: { identity: { methods: ['token'], token: {} } } },
      'Invalid input for auth.identity.token.id. Reason: it is required.',
    ],
    [
      'no password',
      { auth: { identity: { password: { user: { name: 'alice' } } } } },
      'Invalid input for auth.identity.password.user.password. Reason: it is required.',
    ],
  ]
  for (const [name, body, message] of refused) {
    test(name, async () => {
      assertIamError(await asAlice('POST', PATH, { body }), 400, 'Bad Request', message)
    })
  }
})

suite('permission', () => {
  test('one answer for whatever is wrong', async () => {
    for (const user of [
      { password: 'wrong' },
      { password: '' },
      { name: 'nobody' },
      { name: '' },
      { name: undefined },
      { name: 'bob' },
      { domain: { name: 'nowhere' } },
      { domain: { name: 'bob' } },
      { domain: { name: '' } },
      { domain: undefined },
    ]) {
      assertIamError(await signIn({ project: { name: 'eu-de' } }, user), 401, 'Unauthorized', WRONG)
    }
  })

  test('the right password for a project that is not there, or not theirs', async () => {
    for (const project of [{ name: 'nowhere' }, { id: bob.projects['region-a'] }, { id: 'x' }, {}]) {
      assertIamError(await signIn({ project }), 401, 'Unauthorized', WRONG)
    }
  })

  test('the right password for a domain that is another’s', async () => {
    for (const scope of [
      { domain: { name: 'bob' } },
      { domain: { id: ids.domainId.replace(/./, 'f') } },
      { project: { name: 'eu-de', domain: { name: 'bob' } } },
    ]) {
      assertIamError(await signIn(scope), 401, 'Unauthorized', WRONG)
    }
  })

  test('a tenant without a password cannot sign in, whatever it says', async () => {
    await native(service, ADMIN_TOKEN, 'POST', '/tenants', { name: 'keyonly' })
    const user = { domain: { name: 'keyonly' }, name: 'keyonly' }
    for (const password of ['', 'null', 'undefined', 'a']) {
      assertIamError(await signIn(undefined, { ...user, password }), 401, 'Unauthorized', WRONG)
    }
  })
})

suite('behaviour: what a token is good for', () => {
  test('for a project: everything, in that project', async () => {
    const given = await token({ project: { name: 'eu-de' } })
    const body = askBody(
      await newVpc(service, alice),
      await newVpc(service, bob),
      {},
      bob.projects['region-a'],
    )
    const made = await withToken(given, 'POST', PEERINGS, body)
    assert.equal(made.status, 201)
    assert.equal(made.body.peering.request_vpc_info.tenant_id, alices)
    assert.equal((await withToken(given, 'GET', `${PEERINGS}/${made.body.peering.id}`)).status, 200)
    assert.equal((await withToken(given, 'GET', `/v1/${alices}/vpcs`)).status, 200)
    const far = vpcOf(alice, 5).ids.huawei
    assert.equal((await withToken(given, 'GET', `/v1/${alices}/vpcs/${far}`)).status, 404)
  })

  test('for one project: refused in another', async () => {
    const given = await token({ project: { name: 'eu-nl' } })
    const answer = await withToken(given, 'GET', `/v1/${alices}/vpcs`)
    assertVpcError(answer, 400, 'VPC.0007', 'Inconsistent tenant IDs.')
    const { id } = await pendingPeering(service)
    assert.equal((await withToken(given, 'GET', `${PEERINGS}/${id}`)).status, 404)
  })

  test('for the domain: in every project of the tenant, and in nobody else’s', async () => {
    const given = await token({ domain: { name: 'alice' } })
    assert.equal((await withToken(given, 'GET', `/v1/${alices}/vpcs`)).status, 200)
    assert.equal((await withToken(given, 'GET', '/v3/projects')).body.projects.length, 2)
    const foreign = await withToken(given, 'GET', `/v1/${bob.projects['region-a']}/vpcs`)
    assertVpcError(foreign, 400, 'VPC.0007', 'Inconsistent tenant IDs.')
    const header = await asAlice('GET', PEERINGS, {
      token: given,
      headers: { 'x-project-id': bob.projects['region-a'] },
    })
    assertNeutronError(header, 400, 'InvalidInput', 'Inconsistent tenant IDs.')
  })

  const decryptFails = 'Incorrect IAM authentication information: decrypt token fail'

  test('one that was changed, cut, or made up', async () => {
    const given = await token({ project: { name: 'eu-de' } })
    const middle = given.length >> 1
    const changed = given.slice(0, middle) + (given[middle] === 'A' ? 'B' : 'A') + given.slice(middle + 1)
    for (const bad of [
      changed,
      given.slice(0, -4),
      `${given}AAAA`,
      'x',
      'AAAA'.repeat(20),
      alice.key.secret,
    ]) {
      assertGatewayError(await withToken(bad, 'GET', PEERINGS), 401, 'APIGW.0301', decryptFails)
    }
  })

  test('one of another service', async () => {
    const other = await startService()
    try {
      const headers = { 'content-type': 'application/json', host: other.host }
      const user = { domain: { name: 'alice' }, name: 'alice', password: alice.password }
      const body = JSON.stringify({ auth: { identity: { password: { user } } } })
      const given = tokenOf(await send(other, 'POST', PATH, headers, Buffer.from(body)))
      assertGatewayError(await withToken(given, 'GET', PEERINGS), 401, 'APIGW.0301', decryptFails)
    } finally {
      await other.close()
    }
  })

  test('it outlives a restart of the service', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'isthmus-test-'))
    const first = await startService({ directory })
    const user = { domain: { name: 'alice' }, name: 'alice', password: alice.password }
    const body = JSON.stringify({ auth: { identity: { password: { user } } } })
    const headers = { 'content-type': 'application/json', host: first.host }
    const given = tokenOf(await send(first, 'POST', PATH, headers, Buffer.from(body)))
    await first.close()
    const second = await startService({ directory })
    try {
      assert.equal((await client(second, alice)('GET', PEERINGS, { token: given })).status, 200)
    } finally {
      await second.close()
      rmSync(directory, { recursive: true, force: true })
    }
  })

  test('one whose time is up', async () => {
    const { app } = service.service
    const tenant = (await app.context.store.findTenant({ name: 'alice' }))?.id as Tenant['id']
    const issuedAtMs = Date.now()
    const claims = {
      tenant,
      project: alices,
      methods: ['password'],
      issuedAtMs,
      expiresAtMs: issuedAtMs + 60_000,
    }
    assert.deepEqual(readToken(app, issueToken(app, claims)), claims)
    const expired = issueToken(app, { ...claims, expiresAtMs: Date.now() })
    assert.throws(
      () => readToken(app, expired),
      (error) => error instanceof DomainError && error.code === 'authentication.token-invalid',
    )
    const answer = await withToken(expired, 'GET', PEERINGS)
    const message = 'Incorrect IAM authentication information: token expires'
    assertGatewayError(answer, 401, 'APIGW.0301', message)
  })
})

suite('behaviour: by token', () => {
  const exchange = (id: string, scope?: object) =>
    asAlice('POST', PATH, { body: { auth: { identity: { methods: ['token'], token: { id } }, scope } } })

  test('another scope of the same account, until the first one ends', async () => {
    const first = await signIn({ project: { name: 'eu-de' } })
    const answer = await exchange(tokenOf(first), { domain: { name: 'alice' } })
    assert.equal(answer.status, 201)
    assert.partialDeepStrictEqual(answer.body.token, {
      methods: ['token'],
      expires_at: first.body.token.expires_at,
      domain: { id: ids.domainId, name: 'alice' },
    })
    const back = await exchange(tokenOf(answer), { project: { id: alices } })
    assert.partialDeepStrictEqual(back.body.token, {
      expires_at: first.body.token.expires_at,
      project: { id: alices },
    })
    assert.equal((await withToken(tokenOf(back), 'GET', `/v1/${alices}/vpcs`)).status, 200)
  })

  test('never what is another tenant’s', async () => {
    const id = await token()
    for (const scope of [{ project: { id: bob.projects['region-a'] } }, { domain: { name: 'bob' } }]) {
      assertIamError(await exchange(id, scope), 401, 'Unauthorized', WRONG)
    }
  })

  test('not by one that is none', async () => {
    const message = 'Incorrect IAM authentication information: decrypt token fail'
    assertGatewayError(await exchange('x'), 401, 'APIGW.0301', message)
  })

  test('what one is good for is told to its owner, with it in a header', async () => {
    const made = await signIn({ project: { name: 'eu-de' } })
    const id = tokenOf(made)
    const shown = await asAlice('GET', PATH, { token: id, unsigned: { 'x-subject-token': id } })
    assert.equal(shown.status, 200)
    assert.equal(tokenOf(shown), id)
    // Which of its region's names was asked by is not kept.
    assert.deepEqual(shown.body.token, {
      ...made.body.token,
      project: { ...(made.body.token.project as object), name: 'region-a' },
      catalog: (shown.body.token as typeof made.body.token).catalog,
    })
    const absent = await asAlice('GET', PATH, { token: id })
    assertIamError(absent, 400, 'Bad Request', 'Invalid input for X-Subject-Token. Reason: it is required.')
  })

  test('somebody else’s is answered as one that is none', async () => {
    const id = await token()
    const bobs = client(service, bob)
    for (const subject of [id, 'x']) {
      const answer = await bobs('GET', PATH, { unsigned: { 'x-subject-token': subject } })
      const message = 'Incorrect IAM authentication information: decrypt token fail'
      assertGatewayError(answer, 401, 'APIGW.0301', message)
    }
  })
})
