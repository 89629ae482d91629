import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { REGION_A, REGION_B } from '../adapters/store/store.fixtures.ts'
import { regionName } from '../domain/identity.ts'
import { DEFAULT_REGIONS } from '../domain/region.ts'
import { openWorld, type World } from './app.fixtures.ts'
import { applyBootstrap, type Bootstrap, completeProjects } from './bootstrap.ts'

let world: World
beforeEach(async () => {
  world = await openWorld()
})
afterEach(() => world.close())

const FILE: Bootstrap = {
  tenants: [
    {
      name: 'dora',
      huawei: {
        projects: { [REGION_A]: 'd'.repeat(32) },
        domainName: 'dora-domain',
        user: 'admin',
        password: 'pw',
      },
      alibaba: { uid: '1234567890123456' },
      tencent: { uin: '100000000001', appId: '1250000000' },
      quotas: { 'peerings-per-vpc': 3 },
      accessKeys: [{ id: 'AK-dora', secret: 'given' }],
    },
    { name: 'erik' },
  ],
  vpcs: [
    {
      tenant: 'dora',
      name: 'by-id',
      region: REGION_A,
      cidrs: ['10.0.0.0/16'],
      ids: { alibaba: 'vpc-given' },
    },
    { tenant: 'erik', name: 'by-name', region: REGION_B, cidrs: ['10.1.0.0/16'] },
  ],
}
const apply = (file: Bootstrap = FILE) => applyBootstrap(world.context, world.operator, file)
const find = async (name: string) => {
  const tenant = await world.store.findTenant({ name })
  assert.ok(tenant)
  return tenant
}

describe('a bootstrap file', () => {
  it('makes what it names, and tells of the keys that were made up', async () => {
    const made = await apply()
    const [dora, erik] = [await find('dora'), await find('erik')]
    // Dora's key was in the file, so there is nothing to tell of it.
    assert.deepEqual(made, [(await world.store.findCredential(made[0]?.id ?? ''))?.key])
    assert.equal(made[0]?.tenant, erik.id)
    assert.equal((await world.store.findCredential('AK-dora'))?.key.secret, 'given')
    assert.equal(dora.huawei.projects[REGION_A], 'd'.repeat(32))
    const vpc = await world.store.findVpc('vpc-given')
    assert.deepEqual(
      [vpc?.tenant, vpc?.name, vpc?.region, vpc?.cidrs],
      [dora.id, 'by-id', REGION_A, ['10.0.0.0/16']],
    )
    const { items } = await world.app.listVpcs(world.as(erik), {
      order: 'id',
      window: { limit: 9 },
      withTotal: false,
    })
    assert.deepEqual(
      items.map(({ name, region }) => [name, region]),
      [['by-name', REGION_B]],
    )
  })

  it('changes nothing the second time, nor after a restart', async () => {
    await apply()
    const unchanged = await world.everything()
    const key = (await world.store.findCredential('AK-dora'))?.key
    world.clock.nowMs += 1000
    world.clock.realMs += 1000
    const clock = (state: unknown) => ({ ...(state as object), clock: null })
    assert.deepEqual(await apply(), [])
    assert.deepEqual(clock(await world.everything()), clock(unchanged))
    await world.reopen()
    assert.deepEqual(await apply(), [])
    assert.deepEqual(clock(await world.everything()), clock(unchanged))
    assert.deepEqual((await world.store.findCredential('AK-dora'))?.key, key)
  })

  it('changes nothing the second time also where it names a project of a region that there is not', async () => {
    const file = { tenants: [{ name: 'dora', huawei: { projects: { nowhere: 'e'.repeat(32) } } }] }
    await apply(file).catch(() => {})
    const unchanged = await world.everything()
    await apply(file).catch(() => {})
    assert.deepEqual(await world.everything(), unchanged)
  })

  it('brings tenants up to what it says of them, and leaves what it does not say', async () => {
    await apply()
    const before = await find('dora')
    await apply({
      tenants: [
        {
          name: 'dora',
          huawei: { projects: { [REGION_B]: 'b'.repeat(32) }, password: 'new' },
          quotas: { 'peerings-per-vpc': null },
          accessKeys: [{ id: 'AK-second', secret: 'second' }],
        },
      ],
    })
    assert.deepEqual(await find('dora'), {
      ...before,
      huawei: {
        ...before.huawei,
        passwordHash: 'hash of new',
        projects: { [REGION_A]: 'd'.repeat(32), [REGION_B]: 'b'.repeat(32) },
      },
      quotas: { 'peerings-per-vpc': null },
    })
    const keys = await world.store.listAccessKeys(before.id)
    assert.deepEqual(
      keys.map(({ id }) => id),
      ['AK-dora', 'AK-second'],
    )
  })

  it('makes no VPC again that is there under its id or under its name, whatever else is said of it', async () => {
    await apply()
    const count = async () =>
      (await world.store.listVpcs({ party: null, order: 'id', window: { limit: 99 }, withTotal: true })).total
    const before = await count()
    await apply({
      vpcs: [
        { tenant: 'dora', name: 'renamed', region: REGION_B, cidrs: [], ids: { alibaba: 'vpc-given' } },
        { tenant: 'erik', name: 'by-name', region: REGION_B, cidrs: [] },
      ],
    })
    assert.equal(await count(), before)
    await apply({ vpcs: [{ tenant: 'erik', name: 'by-name', region: REGION_A, cidrs: [] }] })
    assert.equal(await count(), (before ?? 0) + 1)
  })

  it('is refused for a VPC of a tenant, or in a region, that there is not', async () => {
    const vpc = { tenant: 'alice', name: 'n', region: REGION_A, cidrs: [] }
    await assert.rejects(apply({ vpcs: [{ ...vpc, tenant: 'nobody' }] }), {
      code: 'tenant.not-found',
      details: { id: 'nobody' },
    })
    await assert.rejects(apply({ vpcs: [{ ...vpc, region: 'nowhere' }] }), {
      code: 'region.unknown',
      details: { region: 'nowhere' },
    })
  })

  it('says what its tenants consent to, by names, also of tenants further down, and is not in the way of later words', async () => {
    const consent = { accept: [{ tenants: ['erik'], blocks: ['FD00::/8'] }], refuseOverlap: true }
    const file = { tenants: [{ name: 'dora', consent }, { name: 'erik' }] }
    await apply(file)
    const [dora, erik] = [await find('dora'), await find('erik')]
    const policy = {
      refuse: [],
      accept: [{ tenants: [erik.id], blocks: ['fd00::/8'] }],
      refuseOverlap: true,
      waitingPerTenant: null,
    }
    assert.deepEqual(dora.consent, { version: 1, policy })
    assert.equal(erik.consent, undefined)
    await apply(file)
    assert.deepEqual((await find('dora')).consent, { version: 1, policy })
    await apply({ tenants: [{ name: 'dora' }] })
    assert.deepEqual((await find('dora')).consent, { version: 1, policy })
    await apply({ tenants: [{ name: 'dora', consent: { waitingPerTenant: 3 } }] })
    assert.deepEqual((await find('dora')).consent?.policy, {
      refuse: [],
      accept: [],
      refuseOverlap: false,
      waitingPerTenant: 3,
    })
  })

  it('is refused where its consent names a tenant that there is not, or what is no block', async () => {
    const saying = (rule: object) => apply({ tenants: [{ name: 'dora', consent: { refuse: [rule] } }] })
    await assert.rejects(saying({ tenants: ['nobody'] }), { code: 'tenant.not-found' })
    await assert.rejects(saying({ blocks: ['10.0.0.1/8'] }), { code: 'request.invalid' })
    assert.equal((await find('dora')).consent, undefined)
  })

  it('is refused where it gives a tenant the key of another', async () => {
    await apply()
    const theft = { tenants: [{ name: 'erik', accessKeys: [{ id: 'AK-dora', secret: 'mine' }] }] }
    await assert.rejects(apply(theft), { code: 'access-key.exists', details: { id: 'AK-dora' } })
    assert.equal((await world.store.findCredential('AK-dora'))?.key.secret, 'given')
  })

  it('is refused where it gives a tenant the account number of another, and says so', async () => {
    await apply()
    const theft = { tenants: [{ name: 'erik', alibaba: { uid: '1234567890123456' } }] }
    await assert.rejects(apply(theft), { code: 'tenant.exists' })
    assert.equal((await world.store.findTenant({ alibabaUid: '1234567890123456' }))?.name, 'dora')
  })
})

describe('a region that is added later', () => {
  it('gives every tenant a project there, once, and leaves the others', async () => {
    await apply()
    const before = await world.store.listTenants()
    const added = regionName('region-c')
    const regions = [...DEFAULT_REGIONS, { name: added, huawei: [], alibaba: [], tencent: [] }]
    await completeProjects({ ...world.context, regions })
    const after = await world.store.listTenants()
    for (const [index, tenant] of after.entries()) {
      const { [added]: project, ...rest } = tenant.huawei.projects
      assert.match(project ?? '', /^[0-9a-f]{32}$/)
      assert.deepEqual({ ...tenant, huawei: { ...tenant.huawei, projects: rest } }, before[index])
      assert.deepEqual(await world.store.findTenant({ project: project ?? '' }), tenant)
    }
    assert.equal(new Set(after.map(({ huawei }) => huawei.projects[added])).size, after.length)
    await completeProjects({ ...world.context, regions })
    assert.deepEqual(await world.store.listTenants(), after)
  })
})
