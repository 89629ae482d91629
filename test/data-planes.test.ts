import assert from 'node:assert/strict'
import { suite, type TestContext, test } from 'node:test'
import { DIALECTS } from './dialects/every.ts'
import { asTenant, newVpc, type VpcBody } from './dialects/native/client.ts'
import { NETWORKS, type NetworkRig, type PortBody } from './rig/networks.ts'
import { answers, isApart } from './rig/packets.ts'
import { requires } from './rig/requirements.ts'
import { startService, type TestService } from './rig/service.ts'
import { ok, type RealizationBody, until } from './rig/site.ts'
import { alice, BOOTSTRAP, bob } from './rig/tenants.ts'

/** The whole service over a network with real packets: what tenants agree to by the API is what passes. */

interface Explanation {
  readonly reachable: boolean
  readonly cause: string
}

/** A VPC with a subnet and a workload. */
async function inhabited(service: TestService, rig: NetworkRig, tenant: typeof alice, number: number) {
  const call = asTenant(service, tenant)
  const vpc: VpcBody = await newVpc(service, tenant, [`10.${number}.0.0/16`])
  const subnet = await ok<{ id: string }>(call, 'POST', `/vpcs/${vpc.id}/subnets`, {
    name: 'one',
    cidr: `10.${number}.1.0/24`,
  })
  const port = await ok<PortBody>(call, 'POST', `/vpcs/${vpc.id}/ports`, { subnet: subnet.id })
  return { call, vpc, subnet, port, cidr: `10.${number}.0.0/16`, namespace: await rig.plug(port, vpc.id) }
}

type Home = Awaited<ReturnType<typeof inhabited>>

const isAnswered = (from: Home, to: Home, patience: readonly string[]) =>
  answers(from.namespace, to.port.address, patience)

async function assertApart(one: Home, other: Home): Promise<void> {
  const [here, there] = [one, other].map(({ namespace, port }) => ({ namespace, addresses: [port.address] }))
  assert.ok(here && there && (await isApart(here, there)))
}

async function remove({ call, vpc, subnet, port }: Home): Promise<void> {
  await ok(call, 'DELETE', `/vpcs/${vpc.id}/ports/${port.id}`)
  await ok(call, 'DELETE', `/vpcs/${vpc.id}/subnets/${subnet.id}`)
  await ok(call, 'DELETE', `/vpcs/${vpc.id}`)
}

for (const [name, { lacking, open }] of Object.entries(NETWORKS)) {
  suite(`the service over ${name}`, () => {
    test('lets packets pass exactly while both tenants agree and have routes, and says so', async (context) => {
      if (lacking !== null) return void requires(context, lacking, false)
      const rig = await open()
      const service = await startService({ args: rig.args, bootstrap: { ...BOOTSTRAP, vpcs: [] } })
      try {
        await story(service, rig, context)
      } finally {
        await service.close()
        await rig.dispose()
      }
    })
  })
}

async function story(service: TestService, rig: NetworkRig, context: TestContext): Promise<void> {
  const here = await inhabited(service, rig, alice, 1)
  const there = await inhabited(service, rig, bob, 2)
  const body = { requesterVpc: here.vpc.id, accepterVpc: there.vpc.id, name: 'p' }
  const peering = await ok<{ id: string; ids: { huawei: string } }>(here.call, 'POST', '/peerings', body)
  const path = `/peerings/${peering.id}`
  const realization = () => ok<RealizationBody>(here.call, 'GET', `${path}/realization`)
  const settled = (what: string, holds: (now: RealizationBody) => boolean = () => true) =>
    until(async () => {
      const now = await realization()
      return now.realized === now.wanted && holds(now)
    }, what)
  const explain = () => {
    const query = `from=${here.vpc.id}/${here.port.address}&to=${there.vpc.id}/${there.port.address}`
    return ok<Explanation>(here.call, 'GET', `/explain?${query}`)
  }

  await settled('the request is laid')
  await assertApart(here, there)
  assert.deepEqual({ ...(await explain()), reachable: false, cause: 'pending' }, await explain())

  const huawei = DIALECTS.find((dialect) => dialect.name === 'Huawei')
  await huawei?.answer(service, 'accept', peering.ids.huawei)
  await settled('what was agreed is laid')
  await assertApart(here, there)
  assert.equal((await explain()).cause, 'no-route')

  await ok(here.call, 'POST', `/vpcs/${here.vpc.id}/routes`, { destination: there.cidr, peering: peering.id })
  const back = { destination: here.cidr, peering: peering.id }
  const { id: route } = await ok<{ id: string }>(there.call, 'POST', `/vpcs/${there.vpc.id}/routes`, back)
  await settled('the path is proven', ({ provenAt, reason }) => provenAt !== null && reason === null)
  // The list of all says the same as the one by itself.
  const listed = await ok<{ realizations: object[] }>(there.call, 'GET', '/realizations')
  assert.deepEqual(listed.realizations, [{ peering: peering.id, ...(await realization()) }])
  assert.ok(await isAnswered(here, there, ['-c', '1', '-w', '2']))
  assert.ok(await isAnswered(there, here, ['-c', '1', '-w', '2']))
  assert.equal((await explain()).reachable, true)

  await ok(there.call, 'DELETE', `/vpcs/${there.vpc.id}/routes/${route}`)
  await settled('one has no route any more', ({ provenAt }) => provenAt === null)
  await assertApart(here, there)
  await ok(there.call, 'POST', `/vpcs/${there.vpc.id}/routes`, back)
  await settled('the path is proven again', ({ provenAt }) => provenAt !== null)
  assert.ok(await isAnswered(here, there, ['-c', '1', '-w', '2']))

  const part = await rig.part(peering.id, here.vpc.id)
  assert.ok(part)
  await part.take()
  const damagedMs = performance.now()
  await until(async () => {
    const now = await rig.part(peering.id, here.vpc.id)
    return now !== null && now.id !== part.id && (await isAnswered(here, there, ['-c', '1', '-W', '0.1']))
  }, 'what was taken away is there again')
  context.diagnostic(`mended within ${Math.round(performance.now() - damagedMs)} ms`)

  await ok(there.call, 'DELETE', path)
  await until(async () => !(await isAnswered(here, there, ['-c', '1', '-W', '0.1'])), 'packets stop')
  await assertApart(here, there)
  for (const home of [here, there]) await remove(home)
  await until(async () => (await rig.remains()).length === 0, 'nothing is left in the network')
}
