import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startService, type TestService } from '../../rig/service.ts'
import { alice, BOOTSTRAP, bob } from '../../rig/tenants.ts'
import { assertVpcError, client, joined, pendingPeering, type Send } from './client.ts'

const PATH = `/v1/${alice.projects['region-a']}/quotas`

let service: TestService
let asAlice: Send
before(async () => {
  // With the quotas that the vendor has.
  const tenants = BOOTSTRAP.tenants.map(({ quotas: _, ...tenant }) => tenant)
  service = await startService({ bootstrap: { ...BOOTSTRAP, tenants } })
  asAlice = client(service, alice)
})
after(() => service.close())

const quota = async (type: string, send = asAlice, path = PATH) =>
  (await send('GET', `${path}?type=${type}`)).body.quotas.resources

test('every type of resource, each once', async () => {
  const answer = await asAlice('GET', PATH)
  assert.equal(answer.status, 200)
  const { resources } = answer.body.quotas
  const types = resources.map(({ type }) => type)
  assert.equal(new Set(types).size, types.length)
  for (const type of ['vpc', 'subnet', 'vpcPeer', 'securityGroup', 'routetableContainRoutes', 'firewall']) {
    assert.ok(types.includes(type), type)
  }
  assert.deepEqual(
    resources.find(({ type }) => type === 'routetableContainRoutes'),
    { type: 'routetableContainRoutes', used: 0, quota: 200, min: 0 },
  )
  assert.deepEqual(await quota('publicIp'), [{ type: 'publicIp', used: 0, quota: -1, min: 0 }])
})

test('a peering counts for both when it is active, and for who asked while it waits', async () => {
  const counts = async () => [
    await quota('vpcPeer'),
    await quota('vpcPeer', client(service, bob), `/v1/${bob.projects['region-a']}/quotas`),
  ]
  const of = (used: number) => [{ type: 'vpcPeer', used, quota: 50, min: 0 }]
  assert.deepEqual(await counts(), [of(0), of(0)])
  await joined(service)
  assert.deepEqual(await counts(), [of(1), of(1)])
  await pendingPeering(service)
  assert.deepEqual(await counts(), [of(2), of(1)])
})

test('VPCs and subnets are counted by project', async () => {
  const [before] = await quota('vpc')
  const { ours } = await joined(service)
  const subnet = { name: 's', cidr: '10.0.1.0/24', gateway_ip: '10.0.1.1', vpc_id: ours }
  await asAlice('POST', `/v1/${alice.projects['region-a']}/subnets`, { body: { subnet } })
  assert.deepEqual(await quota('vpc'), [{ ...before, used: (before?.used ?? 0) + 1 }])
  assert.deepEqual(await quota('subnet'), [{ type: 'subnet', used: 1, quota: -1, min: 0 }])
  const far = alice.projects['region-b']
  const elsewhere = await asAlice('GET', `/v1/${far}/quotas?type=subnet`, { project: far })
  assert.deepEqual(elsewhere.body.quotas.resources, [{ type: 'subnet', used: 0, quota: -1, min: 0 }])
})

test('a type that there is not', async () => {
  assertVpcError(await asAlice('GET', `${PATH}?type=x`), 400, 'VPC.1207', 'Invalid resource type.')
})

test('another tenant’s project', async () => {
  const answer = await asAlice('GET', `/v1/${bob.projects['region-a']}/quotas`)
  assertVpcError(answer, 400, 'VPC.0007', 'Inconsistent tenant IDs.')
})
