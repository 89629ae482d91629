import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { NOW, REGION_A, REGION_B } from '../adapters/store/store.fixtures.ts'
import { openWorld, verdicts, type World } from './app.fixtures.ts'
import { type CreateTenant, draftTenant } from './create-tenant.ts'
import { findCredential } from './find-credential.ts'

let world: World
beforeEach(async () => {
  world = await openWorld()
})
afterEach(() => world.close())

describe('making a tenant', () => {
  it('makes up whatever is not said, in the shape that each cloud expects', async () => {
    const { tenant, accessKeys } = await world.app.createTenant(world.operator, { name: 'dora' })
    assert.equal(tenant.name, 'dora')
    assert.equal(tenant.createdAtMs, NOW)
    assert.equal(tenant.huawei.passwordHash, null)
    assert.deepEqual(Object.keys(tenant.huawei.projects).sort(), [REGION_A, REGION_B])
    const hexadecimal = [
      tenant.huawei.domainId,
      tenant.huawei.userId,
      ...Object.values(tenant.huawei.projects),
    ]
    for (const id of hexadecimal) assert.match(id, /^[0-9a-f]{32}$/)
    assert.equal(new Set(hexadecimal).size, 4)
    assert.equal(accessKeys.length, 1)
    assert.deepEqual(await world.store.findTenant({ name: 'dora' }), tenant)
  })

  it('makes up account numbers that no client loses precision of', async () => {
    const tenants = await Promise.all(
      Array.from({ length: 300 }, () => draftTenant(world.context, { name: 'n' })),
    )
    for (const { alibaba, tencent } of tenants) {
      assert.match(alibaba.uid, /^[1-9]\d{15}$/)
      for (const number of [alibaba.uid, tencent.uin, tencent.appId]) {
        assert.ok(/^[1-9]\d*$/.test(number) && Number.isSafeInteger(Number(number)), number)
      }
    }
  })

  it('keeps everything that is said', async () => {
    const project = 'f'.repeat(32)
    const { tenant, accessKeys } = await world.app.createTenant(world.operator, {
      name: 'dora',
      huawei: { projects: { [REGION_A]: project }, domainName: 'dora-domain', user: 'admin', password: 'pw' },
      alibaba: { uid: '1234567890123456' },
      tencent: { uin: '100000000001', appId: '1250000000' },
      quotas: { 'peerings-per-vpc': 3 },
      accessKeys: [{ id: 'AK-given', secret: 'given' }],
    })
    assert.deepEqual(
      [
        tenant.huawei.projects[REGION_A],
        tenant.huawei.domainName,
        tenant.huawei.userName,
        tenant.huawei.passwordHash,
      ],
      [project, 'dora-domain', 'admin', 'hash of pw'],
    )
    assert.deepEqual(
      [tenant.alibaba, tenant.tencent, tenant.quotas],
      [{ uid: '1234567890123456' }, { uin: '100000000001', appId: '1250000000' }, { 'peerings-per-vpc': 3 }],
    )
    assert.deepEqual(accessKeys, [{ id: 'AK-given', secret: 'given', tenant: tenant.id, createdAtMs: NOW }])
    assert.deepEqual(await world.store.findTenant({ project }), tenant)
    assert.deepEqual(await findCredential(world.context, 'AK-given'), { key: accessKeys[0], tenant })
  })

  it('is the operator’s to do', async () => {
    const nobody = { ...world.operator, operator: false }
    for (const caller of [world.as(world.alice), nobody]) {
      await assert.rejects(world.app.createTenant(caller, { name: 'dora' }), { code: 'permission.denied' })
    }
    assert.equal(await world.store.findTenant({ name: 'dora' }), null)
  })

  it('is refused where any of the names is taken', async () => {
    const { alice } = world
    const key = (await world.store.listAccessKeys(alice.id))[0]?.id ?? ''
    const taken: readonly (readonly [CreateTenant, string])[] = [
      [{ name: 'alice' }, 'tenant.exists'],
      [{ name: 'dora', huawei: { domainName: alice.huawei.domainName } }, 'tenant.exists'],
      [
        { name: 'dora', huawei: { projects: { [REGION_A]: alice.huawei.projects[REGION_B] ?? '' } } },
        'tenant.exists',
      ],
      [{ name: 'dora', alibaba: alice.alibaba }, 'tenant.exists'],
      [{ name: 'dora', tencent: { uin: alice.tencent.uin } }, 'tenant.exists'],
      [{ name: 'dora', accessKeys: [{ id: key, secret: 's' }] }, 'access-key.exists'],
    ]
    const unchanged = await world.everything()
    for (const [input, code] of taken) {
      await assert.rejects(world.app.createTenant(world.operator, input), { code })
      assert.deepEqual(await world.everything(), unchanged)
    }
  })

  it('is done once where many do it at once, and the others are told why', async () => {
    const outcomes = await verdicts(
      Array.from({ length: 5 }, () => world.app.createTenant(world.operator, { name: 'dora' })),
    )
    assert.equal((await world.store.listTenants()).filter(({ name }) => name === 'dora').length, 1)
    assert.deepEqual([...outcomes].sort(), ['ok', ...Array<string>(4).fill('tenant.exists')])
  })
})

describe('an access key', () => {
  it('is known with its tenant until it is deleted, and is good for its tenant alone', async () => {
    const { alice, bob, app, context } = world
    const key = await app.createAccessKey(world.operator, { tenant: alice })
    assert.deepEqual(await findCredential(context, key.id), { key, tenant: alice })
    assert.equal((await world.store.listAccessKeys(alice.id)).length, 2)
    await assert.rejects(app.deleteAccessKey(world.operator, { tenant: bob, id: key.id }), {
      code: 'access-key.not-found',
      details: { id: key.id },
    })
    await app.deleteAccessKey(world.operator, { tenant: alice, id: key.id })
    await assert.rejects(findCredential(context, key.id), {
      code: 'authentication.unknown-key',
      details: { accessKeyId: key.id },
    })
    await assert.rejects(app.deleteAccessKey(world.operator, { tenant: alice, id: key.id }), {
      code: 'access-key.not-found',
    })
    assert.equal((await world.store.listAccessKeys(alice.id)).length, 1)
  })

  it('has an id and a secret that no other has', async () => {
    const keys = await Promise.all(
      Array.from({ length: 20 }, () => world.app.createAccessKey(world.operator, { tenant: world.alice })),
    )
    assert.equal(new Set(keys.map(({ id }) => id)).size, 20)
    assert.equal(new Set(keys.map(({ secret }) => secret)).size, 20)
    for (const { id, secret } of keys)
      assert.ok(/^AK[A-Z0-9]{18}$/.test(id) && /^[A-Za-z0-9]{40}$/.test(secret))
  })
})
