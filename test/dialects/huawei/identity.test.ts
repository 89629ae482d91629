import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { ADMIN_TOKEN, native, startService, type TestService } from '../../rig/service.ts'
import { alice, bob } from '../../rig/tenants.ts'
import { assertGatewayError, assertIamError, client, type Send, send } from './client.ts'

/** What clients ask of IAM before they ask for anything else. */

const alices = alice.projects['region-a']

let service: TestService
let asAlice: Send
let ids: { domainId: string; userId: string }
before(async () => {
  service = await startService()
  asAlice = client(service, alice)
  const shown: { body: { huawei: typeof ids } } = await native(service, ADMIN_TOKEN, 'GET', '/tenants/alice')
  ids = shown.body.huawei
})
after(() => service.close())

const bare = (path: string) => send(service, 'GET', path, { host: service.host }, Buffer.alloc(0))

suite('versions, for anybody', () => {
  const version = () => ({
    id: 'v3.6',
    status: 'stable',
    updated: '2016-04-04T00:00:00Z',
    links: [{ rel: 'self', href: `http://${service.host}/v3/` }],
    'media-types': [{ base: 'application/json', type: 'application/vnd.openstack.identity-v3+json' }],
  })

  test('at the root', async () => {
    const answer = await bare('/')
    assert.deepEqual([answer.status, answer.body], [200, { versions: { values: [version()] } }] as unknown)
  })

  test('at the version', async () => {
    for (const path of ['/v3', '/v3/']) {
      const answer = await bare(path)
      assert.deepEqual([answer.status, answer.body], [200, { version: version() }] as unknown)
    }
  })

  test('the root is other vendors’ where they are meant', async () => {
    const empty = Buffer.alloc(0)
    const tencent = await send(service, 'GET', '/', { host: service.host, 'x-tc-action': 'X' }, empty)
    assert.match(tencent.text, /"Response"/)
    const alibaba = await bare('/?Action=DescribeVpcs&Version=2016-04-28&Format=JSON')
    assert.match(alibaba.text, /"HostId"/)
    assert.equal((await send(service, 'POST', '/', { host: service.host }, empty)).status, 404)
  })
})

suite('domains', () => {
  const domain = () => ({
    id: ids.domainId,
    name: 'alice',
    enabled: true,
    description: '',
    links: { self: `http://${service.host}/v3/domains/${ids.domainId}` },
  })

  test('200 with the account', async () => {
    for (const query of ['', '?name=alice']) {
      const answer = await asAlice('GET', `/v3/auth/domains${query}`, { project: null })
      assert.equal(answer.status, 200)
      assert.deepEqual(answer.body, {
        domains: [domain()],
        links: { self: `http://${service.host}/v3/auth/domains`, next: null, previous: null },
      } as unknown)
    }
  })

  test('another’s name finds nothing', async () => {
    assert.deepEqual((await asAlice('GET', '/v3/auth/domains?name=bob', { project: null })).body.domains, [])
  })
})

suite('users', () => {
  test('200 with the one that the account has', async () => {
    for (const query of ['', '?name=alice']) {
      const answer = await asAlice('GET', `/v3/users${query}`, { project: null })
      assert.equal(answer.status, 200)
      assert.deepEqual(answer.body.users, [
        {
          id: ids.userId,
          name: 'alice',
          domain_id: ids.domainId,
          enabled: true,
          password_expires_at: null,
          description: '',
          links: { self: `http://${service.host}/v3/users/${ids.userId}` },
        },
      ])
    }
    assert.deepEqual((await asAlice('GET', '/v3/users?name=bob', { project: null })).body.users, [])
  })
})

suite('catalogue', () => {
  const where = async (project: string | null, headers = {}) => {
    const answer = await asAlice('GET', '/v3/auth/catalog', { project, headers })
    assert.equal(answer.status, 200)
    return answer.body.catalog.map(({ type, endpoints }) => [
      type,
      endpoints.map(({ region, url }) => [region, url]),
    ])
  }

  test('of a project: under every name of its region', async () => {
    const root = `http://${service.host}`
    const at = (url: string) => [
      ['region-a', url],
      ['eu-de', url],
    ]
    assert.deepEqual(await where(alices), [
      ['identity', at(`${root}/v3`)],
      ['network', at(root)],
      ['vpc', at(`${root}/v1/${alices}`)],
    ])
  })

  test('of the account: wherever one looks, without what needs a project', async () => {
    const root = `http://${service.host}`
    assert.deepEqual(await where(null, { 'x-domain-id': ids.domainId }), [
      ['identity', [['*', `${root}/v3`]]],
      ['network', [['*', root]]],
    ])
  })

  test('behind a proxy, as the client reached that', async () => {
    const answer = await asAlice('GET', '/v3/auth/catalog', {
      unsigned: { 'x-forwarded-host': 'cloud.example', 'x-forwarded-proto': 'https' },
    })
    assert.equal(answer.body.catalog[1]?.endpoints[0]?.url, 'https://cloud.example')
  })
})

suite('a domain in the header', () => {
  test('is believed only as far as it is the key’s own', async () => {
    const own = { 'x-domain-id': ids.domainId }
    assert.equal((await asAlice('GET', '/v3/projects', { project: null, headers: own })).status, 200)
    for (const unsigned of [{ 'x-domain-id': 'f'.repeat(32) }, { 'x-domain-id': bob.name }]) {
      const answer = await asAlice('GET', '/v3/projects', { project: null, unsigned })
      assertIamError(answer, 400, 'Bad Request', 'Inconsistent tenant IDs.')
    }
  })
})

test('none of it without a signature, but the versions', async () => {
  for (const path of ['/v3/auth/domains', '/v3/auth/catalog', '/v3/users', '/v3/auth/tokens']) {
    const message = 'Incorrect IAM authentication information: x-auth-token not found'
    assertGatewayError(await bare(path), 401, 'APIGW.0301', message)
  }
})
