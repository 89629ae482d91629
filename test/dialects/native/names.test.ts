import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { ADMIN_TOKEN, native, startService, type TestService } from '../../rig/service.ts'
import { alice, BOOTSTRAP, bob, type TestTenant, vpcOf } from '../../rig/tenants.ts'

/** What the clouds call what is ours. */

let service: TestService
before(async () => {
  service = await startService()
})
after(() => service.close())

const get = async (who: TestTenant, path: string) =>
  (await native(service, `${who.key.id}.${who.key.secret}`, 'GET', path)).body as unknown

suite('names in the clouds', () => {
  test('of regions are those of the bootstrap file', async () => {
    assert.deepEqual(await get(alice, '/regions'), { regions: BOOTSTRAP.regions })
  })

  test('of the two parties are told to both, by region where the cloud has one account for each', async () => {
    const [requesterVpc, accepterVpc] = [vpcOf(alice, 1).ids.tencent, vpcOf(bob, 5).ids.alibaba]
    const peering = { requesterVpc, accepterVpc, name: 'across regions' }
    const { body } = await native(service, ADMIN_TOKEN, 'POST', '/peerings', peering)
    const { id } = body as { id: string }
    const expected = {
      requester: { huawei: alice.projects['region-a'], alibaba: alice.uid, tencent: alice.uin },
      accepter: { huawei: bob.projects['region-b'], alibaba: bob.uid, tencent: bob.uin },
    }
    for (const each of [alice, bob]) assert.deepEqual(await get(each, `/peerings/${id}/accounts`), expected)
  })

  test('of route tables are listed, the default one marked', async () => {
    const vpc = vpcOf(alice, 2).ids
    const { routeTables, next } = (await get(alice, `/vpcs/${vpc.alibaba}/route-tables`)) as {
      routeTables: { id: string; ids: Record<string, string>; vpc: string; isDefault: boolean }[]
      next: null
    }
    assert.deepEqual([routeTables.length, next], [1, null])
    const [table] = routeTables
    assert.deepEqual([table?.vpc, table?.isDefault, table?.ids['huawei']], [vpc.huawei, true, table?.id])
    assert.match(table?.ids['alibaba'] ?? '', /^vtb-/)
    assert.match(table?.ids['tencent'] ?? '', /^rtb-/)
  })
})
