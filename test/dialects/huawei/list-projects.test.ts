import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { ADMIN_TOKEN, native, startService, type TestService } from '../../rig/service.ts'
import { alice, bob } from '../../rig/tenants.ts'
import { assertGatewayError, client, type Send, send } from './client.ts'

const PATH = '/v3/projects'

let service: TestService
let asAlice: Send
let domainId: string

before(async () => {
  service = await startService()
  asAlice = client(service, alice)
  const shown: { body: { huawei: { domainId: string } } } = await native(
    service,
    ADMIN_TOKEN,
    'GET',
    '/tenants/alice',
  )
  domainId = shown.body.huawei.domainId
})
after(() => service.close())

const project = (id: string, name: string) => ({
  id,
  name,
  domain_id: domainId,
  parent_id: domainId,
  enabled: true,
  is_domain: false,
  description: '',
})

suite('serialization', () => {
  test('by the name of a region: exactly one, which is called as it was asked for', async () => {
    for (const name of ['region-a', 'eu-de']) {
      const answer = await asAlice('GET', `${PATH}?name=${name}`, { project: null })
      assert.equal(answer.status, 200)
      assert.deepEqual(answer.body, {
        links: { self: `http://${service.host}${PATH}`, next: null, previous: null },
        projects: [project(alice.projects['region-a'], name)],
      } as unknown)
    }
  })

  test('without a name: one for each region', async () => {
    const { body } = await asAlice('GET', PATH, { project: null })
    assert.deepEqual(body.projects, [
      project(alice.projects['region-a'], 'region-a'),
      project(alice.projects['region-b'], 'region-b'),
    ] as unknown)
  })
})

suite('validation', () => {
  test('a name that is no region’s: none', async () => {
    for (const name of ['nowhere', 'cn-hangzhou', alice.projects['region-a']]) {
      assert.deepEqual((await asAlice('GET', `${PATH}?name=${name}`)).body.projects, [])
    }
  })
})

suite('permission', () => {
  test('each tenant has its own', async () => {
    const { body } = await client(service, bob)('GET', `${PATH}?name=eu-de`, { project: null })
    assert.deepEqual(
      body.projects.map(({ id }) => id),
      [bob.projects['region-a']],
    )
  })

  test('not without a signature', async () => {
    const answer = await send(service, 'GET', PATH, { host: service.host }, Buffer.alloc(0))
    const message = 'Incorrect IAM authentication information: x-auth-token not found'
    assertGatewayError(answer, 401, 'APIGW.0301', message)
  })
})

suite('behaviour', () => {
  test('a GET with a body, as the Node.js SDK looks a project up', async () => {
    const answer = await asAlice('GET', `${PATH}?name=eu-de`, { project: null, body: '{}' })
    assert.equal(answer.body.projects.length, 1)
  })
})
