import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { startService, type TestService } from '../../rig/service.ts'
import { alice, bob } from '../../rig/tenants.ts'
import { client } from '../huawei/client.ts'
import { asOperator, assertProblem, asTenant, type Call, NOWHERE, TIME, UUID, withToken } from './client.ts'

let service: TestService
let operator: Call
let asAlice: Call
before(async () => {
  service = await startService()
  operator = asOperator(service)
  asAlice = asTenant(service, alice)
})
after(() => service.close())

suite('POST /tenants', () => {
  test('201, with the ids of every dialect and one key, all made up', async () => {
    const { status, body } = await operator('POST', '/tenants', { name: 'made up' })
    assert.equal(status, 201)
    const { id, huawei, alibaba, tencent, createdAt, accessKeys: [key] = [] } = body
    assert.match(id, UUID)
    assert.match(createdAt, TIME)
    for (const hex of [huawei.domainId, huawei.userId, ...Object.values(huawei.projects)]) {
      assert.match(hex, /^[0-9a-f]{32}$/)
    }
    assert.match(alibaba.uid, /^[1-9]\d{15}$/)
    assert.match(tencent.uin, /^[1-9]\d{11}$/)
    assert.match(tencent.appId, /^[1-9]\d{9}$/)
    assert.match(key?.id ?? '', /^AK[A-Z0-9]{18}$/)
    assert.match(key?.secret ?? '', /^[A-Za-z0-9]{40}$/)
    assert.deepEqual(body, {
      id,
      name: 'made up',
      huawei: {
        domainId: huawei.domainId,
        domainName: 'made up',
        userId: huawei.userId,
        user: 'made up',
        projects: { 'region-a': huawei.projects['region-a'], 'region-b': huawei.projects['region-b'] },
      },
      alibaba: { uid: alibaba.uid },
      tencent: { uin: tencent.uin, appId: tencent.appId },
      quotas: {},
      createdAt,
      accessKeys: [{ id: key?.id, secret: key?.secret, token: `${key?.id}.${key?.secret}`, createdAt }],
    } as unknown)
  })

  test('what is given is kept, and a password is never shown', async () => {
    const given = {
      name: 'given',
      huawei: {
        projects: { 'region-a': 'a'.repeat(32) },
        domainName: 'domain',
        user: 'user',
        password: 'pass word',
      },
      alibaba: { uid: '1999999999999999' },
      tencent: { uin: '100000999999', appId: '1250009999' },
      quotas: { 'peerings-per-vpc': 3, 'peerings-per-tenant-region': null },
      accessKeys: [{ id: 'AKGIVEN', secret: 'SKGIVEN' }],
    }
    const { status, body } = await operator('POST', '/tenants', given)
    assert.equal(status, 201)
    const { password: _, projects, ...huawei } = given.huawei
    assert.partialDeepStrictEqual(body, {
      ...given,
      huawei,
      accessKeys: [{ id: 'AKGIVEN', secret: 'SKGIVEN' }],
    })
    assert.equal(body.huawei.projects['region-a'], projects['region-a'])
    assert.ok(!JSON.stringify(body).includes('pass word'))
  })

  test('its key works at once, in every way', async () => {
    const { body } = await operator('POST', '/tenants', { name: 'at once' })
    const { id = '', secret = '', token = '' } = body.accessKeys?.[0] ?? {}
    assert.equal((await withToken(service, token)('GET', '/vpcs')).status, 200)
    const tenant = { ...bob, key: { id, secret }, projects: body.huawei.projects }
    const signed = await client(service, tenant)('GET', '/v2.0/vpc/peerings')
    assert.deepEqual(signed.body, { peerings: [] } as unknown)
  })

  test('a name, or a number, that is taken', async () => {
    const exists = (name: string) => `A tenant with this name or one of these ids exists: '${name}'.`
    for (const body of [
      { name: 'alice' },
      { name: 'b1', huawei: { domainName: 'alice' } },
      { name: 'b2', huawei: { projects: { 'region-b': alice.projects['region-a'] } } },
      { name: 'b3', alibaba: { uid: alice.uid } },
      { name: 'b4', tencent: { uin: alice.uin } },
    ]) {
      assertProblem(await operator('POST', '/tenants', body), 409, 'tenant.exists', exists('alice'))
    }
    const taken = { name: 'b5', accessKeys: [{ id: alice.key.id, secret: 'x' }] }
    assertProblem(
      await operator('POST', '/tenants', taken),
      409,
      'access-key.exists',
      "There is an access key 'AKALICE' already.",
    )
    const { body } = await operator('GET', '/tenants')
    assert.ok(!body.tenants.some(({ name }) => /^b\d$/.test(name)))
  })

  test('is not for tenants', async () => {
    const answer = await asAlice('POST', '/tenants', { name: 'x' })
    assertProblem(answer, 403, 'permission.denied', 'This token may not make a tenant.')
  })
})

suite('GET /tenants', () => {
  test('all of them by name, without anything secret', async () => {
    const { status, body } = await operator('GET', '/tenants')
    assert.equal(status, 200)
    const names = body.tenants.map(({ name }) => name)
    assert.deepEqual(names, names.toSorted())
    const found = body.tenants.find(({ name }) => name === 'alice')
    assert.partialDeepStrictEqual(found, {
      huawei: { domainName: 'alice', user: 'alice', projects: alice.projects },
      alibaba: { uid: alice.uid },
      tencent: { uin: alice.uin, appId: alice.appId },
    })
    const text = JSON.stringify(body)
    for (const secret of ['SKALICE', 'secret', 'password', 'Hash']) assert.ok(!text.includes(secret), secret)
  })

  test('is not for tenants', async () => {
    const answer = await asAlice('GET', '/tenants')
    assertProblem(answer, 403, 'permission.denied', 'This token may not list tenants.')
  })
})

suite('GET /tenants/{id}', () => {
  test('by id or by name, with the ids of its keys and not their secrets', async () => {
    const byName = await operator('GET', '/tenants/alice')
    assert.equal(byName.status, 200)
    const { createdAt } = byName.body
    assert.deepEqual(byName.body.accessKeys, [{ id: 'AKALICE', createdAt }])
    assert.deepEqual((await operator('GET', `/tenants/${byName.body.id}`)).body, byName.body)
  })

  test('a tenant sees itself, and no other, nor whether there is one', async () => {
    assert.equal((await asAlice('GET', '/tenants/alice')).status, 200)
    const theirs = await asAlice('GET', '/tenants/bob')
    assertProblem(theirs, 404, 'tenant.not-found', "There is no tenant 'bob'.")
    const nobodys = await operator('GET', '/tenants/nobody')
    assertProblem(nobodys, 404, 'tenant.not-found', "There is no tenant 'nobody'.")
  })
})

suite('keys', () => {
  test('a new one works at once; its secret is shown once', async () => {
    const made = await asAlice('POST', '/tenants/alice/keys')
    assert.equal(made.status, 201)
    const { id, secret, token, createdAt } = made.body
    assert.deepEqual(made.body, { id, secret, token: `${id}.${secret}`, createdAt } as unknown)
    const send = client(service, { ...alice, key: { id, secret } })
    assert.equal((await send('GET', '/v2.0/vpc/peerings')).status, 200)
    const shown = await operator('GET', '/tenants/alice')
    assert.deepEqual(
      shown.body.accessKeys?.find((key) => key.id === id),
      { id, createdAt },
    )
    assert.ok(!JSON.stringify(shown.body).includes(secret))
    assert.equal((await withToken(service, token)('GET', '/vpcs')).status, 200)
  })

  test('a deleted one is refused at once, everywhere', async () => {
    const { id, secret, token } = (await operator('POST', '/tenants/alice/keys')).body
    const send = client(service, { ...alice, key: { id, secret } })
    assert.equal((await send('GET', '/v2.0/vpc/peerings')).status, 200)
    const deleted = await operator('DELETE', `/tenants/alice/keys/${id}`)
    assert.deepEqual([deleted.status, deleted.body], [204, null])
    assert.equal((await send('GET', '/v2.0/vpc/peerings')).status, 401)
    const refused = await withToken(service, token)('GET', '/vpcs')
    assertProblem(refused, 401, 'authentication.token-invalid', 'The token is not valid.')
    assert.equal((await asAlice('GET', '/vpcs')).status, 200)
    const again = await operator('DELETE', `/tenants/alice/keys/${id}`)
    assertProblem(again, 404, 'access-key.not-found', `There is no access key '${id}'.`)
  })

  test('not another tenant’s', async () => {
    const made = await asAlice('POST', '/tenants/bob/keys')
    assertProblem(made, 404, 'tenant.not-found', "There is no tenant 'bob'.")
    const deleted = await asAlice('DELETE', `/tenants/alice/keys/${bob.key.id}`)
    assertProblem(deleted, 404, 'access-key.not-found', "There is no access key 'AKBOB'.")
    assert.equal((await asTenant(service, bob)('GET', '/vpcs')).status, 200)
    const nobodys = await operator('POST', `/tenants/${NOWHERE}/keys`)
    assertProblem(nobodys, 404, 'tenant.not-found', `There is no tenant '${NOWHERE}'.`)
  })
})
