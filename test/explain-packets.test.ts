import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { after, before, suite, type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { openKernel } from '../src/adapters/data-plane/netns/kernel.ts'
import { vpcNamespace } from '../src/adapters/data-plane/netns/names.ts'
import { vpcId } from '../src/domain/identity.ts'
import { alibabaCall, alibabaDone } from './dialects/every.ts'
import { asTenant, type Ids, newVpc, type VpcBody } from './dialects/native/client.ts'
import { explain, make } from './rig/heed.ts'
import { requires } from './rig/requirements.ts'
import { startService, type TestService } from './rig/service.ts'
import { alice, BOOTSTRAP, bob, type TestTenant } from './rig/tenants.ts'

/** What explain says, and what Alibaba's clients are told, held against packets in network namespaces. */

const run = promisify(execFile)
const SETTLE_TIMEOUT_MS = 30_000

const lacking = await openKernel().then(
  (kernel) => kernel.close().then(() => null),
  (error: Error) => error.message,
)

let service: TestService | null = null
/** There may be other namespaces on this machine. */
const mine = new Set<string>()
before(async () => {
  if (lacking !== null) return
  service = await startService({
    args: ['--dataplane', 'netns'],
    bootstrap: { ...BOOTSTRAP, vpcs: [] },
  })
})
after(async () => {
  await service?.close()
  for (const name of readdirSync('/run/netns').filter((each) => mine.has(each))) {
    await run('ip', ['netns', 'delete', name])
  }
})

const running = (context: TestContext): TestService | null => {
  if (lacking !== null) requires(context, lacking, false)
  return service
}

interface Made {
  readonly id: string
  readonly ids: Ids
}

async function ok<T = Made>(tenant: TestTenant, method: string, path: string, body?: unknown): Promise<T> {
  assert.ok(service)
  const answer = await asTenant(service, tenant)(method, path, body)
  assert.ok(answer.status < 300, `${method} ${path}: ${JSON.stringify(answer.body)}`)
  return answer.body as unknown as T
}

async function until(condition: () => Promise<boolean>, what: string): Promise<void> {
  const deadlineMs = performance.now() + SETTLE_TIMEOUT_MS
  while (!(await condition())) {
    if (performance.now() > deadlineMs) throw new Error(`waited in vain until ${what}`)
    await sleep(50)
  }
}

interface Home {
  readonly owner: TestTenant
  readonly vpc: VpcBody
  readonly subnet: Made
  readonly address: string
  readonly namespace: string
}

interface PortBody {
  readonly address: string
  readonly attach: { readonly netns: { readonly namespace: string } } | null
}

/** A VPC whose namespace is taken away in the end. */
async function ownVpc(owner: TestTenant, cidr: string): Promise<VpcBody> {
  assert.ok(service)
  const vpc = await newVpc(service, owner, [cidr])
  mine.add(vpcNamespace(vpcId(vpc.id)))
  return vpc
}

/** A VPC with a subnet and a workload. */
async function inhabited(owner: TestTenant, number: number): Promise<Home> {
  const vpc = await ownVpc(owner, `10.${number}.0.0/16`)
  const body = { name: '', cidr: `10.${number}.1.0/24` }
  const subnet = await ok(owner, 'POST', `/vpcs/${vpc.id}/subnets`, body)
  await ok(owner, 'POST', `/vpcs/${vpc.id}/ports`, { subnet: subnet.id })
  const ports = async () => (await ok<{ ports: PortBody[] }>(owner, 'GET', `/vpcs/${vpc.id}/ports`)).ports
  await until(async () => (await ports())[0]?.attach !== null, 'a port is there')
  const [port] = await ports()
  assert.ok(port?.attach)
  const { namespace } = port.attach.netns
  mine.add(namespace)
  return { owner, vpc, subnet, address: port.address, namespace }
}

const peer = (from: VpcBody, to: VpcBody) =>
  ok(alice, 'POST', '/peerings', { requesterVpc: from.id, accepterVpc: to.id, name: 'p' })
const accept = ({ id }: Made) => ok(bob, 'POST', `/peerings/${id}/accept`)
const addRoute = ({ owner, vpc }: Home, destination: string, { id: peering }: Made) =>
  ok(owner, 'POST', `/vpcs/${vpc.id}/routes`, { destination, peering })

async function passes(from: Home, to: Home, patience: readonly string[]): Promise<boolean> {
  const ping = ['ping', '-n', '-q', '-i', '0.05', ...patience, to.address]
  return run('ip', ['netns', 'exec', from.namespace, ...ping]).then(
    () => true,
    () => false,
  )
}

interface Pair {
  readonly here: Home
  readonly there: Home
}

/** All that is needed for packets to pass. */
async function connected() {
  const [here, there] = [await inhabited(alice, 1), await inhabited(bob, 2)]
  const peering = await peer(here.vpc, there.vpc)
  await accept(peering)
  const way = await addRoute(here, '10.2.0.0/16', peering)
  const back = await addRoute(there, '10.1.0.0/16', peering)
  return { here, there, peering, way, back }
}

async function settled({ here, there }: Pair, cause: string): Promise<void> {
  assert.ok(service)
  const [from, to] = [`${here.vpc.id}/${here.address}`, `${there.vpc.id}/${there.address}`]
  const current = service
  await until(async () => (await explain(current, alice, from, to)).cause === cause, `it is ${cause}`)
}

/** Each plants a fault between two VPCs; answers them, and what is to be found on the way to having packets pass. */
const FAULTS: Record<string, () => Promise<Pair & { readonly causes: readonly string[] }>> = {
  'a request that nobody has answered': async () => {
    const [here, there] = [await inhabited(alice, 1), await inhabited(bob, 2)]
    await peer(here.vpc, there.vpc)
    return { here, there, causes: ['pending', 'no-route', 'no-route-back'] }
  },
  'a peering that was ended': async () => {
    const made = await connected()
    await settled(made, 'none')
    await ok(bob, 'DELETE', `/peerings/${made.peering.id}`)
    return { ...made, causes: ['not-asked', 'pending', 'no-route', 'no-route-back'] }
  },
  'no route back': async () => {
    const made = await connected()
    await settled(made, 'none')
    await ok(bob, 'DELETE', `/vpcs/${made.there.vpc.id}/routes/${made.back.id}`)
    return { ...made, causes: ['no-route-back'] }
  },
  'a longer route into another peering': async () => {
    const made = await connected()
    const third = await ownVpc(bob, '10.2.1.0/24')
    const other = await peer(made.here.vpc, third)
    await accept(other)
    await addRoute(made.here, '10.2.1.0/24', other)
    return { ...made, causes: ['route-elsewhere'] }
  },
  'a subnet that goes by a table of its own, without the route': async () => {
    const made = await connected()
    const region = { RegionId: 'cn-hangzhou' }
    const table = { ...region, VpcId: made.here.vpc.ids.alibaba }
    const { RouteTableId } = await alibabaDone(service as TestService, alice, 'CreateRouteTable', table)
    const association = { ...region, RouteTableId, VSwitchId: made.here.subnet.ids.alibaba }
    await alibabaDone(service as TestService, alice, 'AssociateRouteTable', association)
    return { ...made, causes: ['no-route'] }
  },
}

suite('what explain says is what packets do', () => {
  for (const [name, plant] of Object.entries(FAULTS)) {
    test(name, async (context) => {
      const current = running(context)
      if (!current) return
      const { here, there, causes } = await plant()
      const [from, to] = [`${here.vpc.id}/${here.address}`, `${there.vpc.id}/${there.address}`]
      const found: string[] = []
      for (;;) {
        const { cause, next, reachable } = await explain(current, alice, from, to)
        if (reachable) break
        // Until the network has caught up, there is nothing to do but to wait.
        if (next?.calls.native === null) {
          await until(async () => (await explain(current, alice, from, to)).cause !== cause, `not ${cause}`)
          continue
        }
        // One packet may be late by itself, on a busy machine, or be lost while devices change: neither says anything.
        const several = ['-c', '5', '-W', '0.2']
        const stopped = async () =>
          !(await passes(here, there, several)) && !(await passes(there, here, several))
        await until(stopped, 'nothing passes')
        assert.equal(await passes(there, here, ['-c', '3', '-W', '0.1']), false, cause)
        found.push(cause)
        const owner = next?.tenant?.name === 'bob' ? bob : alice
        await make(current, 'native', owner, next?.calls.native ?? '')
      }
      assert.deepEqual(found, causes)
      assert.ok(await passes(here, there, ['-c', '1', '-w', '2']))
      assert.ok(await passes(there, here, ['-c', '1', '-w', '2']))
    })
  }
})

suite('what Alibaba’s clients are told is what packets do', () => {
  test('Activated when they pass, and unknown when nothing is left', async (context) => {
    const current = running(context)
    if (!current) return
    const { here, there, peering } = await connected()
    const InstanceId = peering.ids.alibaba
    const seen = new Set<string>()
    const status = async () => {
      const { body } = await alibabaCall(current, bob, 'GetVpcPeerConnectionAttribute', { InstanceId })
      const word = body.Status ?? body.Code
      seen.add(word)
      return word
    }
    await until(async () => (await status()) === 'Activated', 'it is activated')
    assert.ok(await passes(here, there, ['-c', '1', '-W', '1']))
    await alibabaDone(current, bob, 'DeleteVpcPeerConnection', { InstanceId, Force: true })
    await until(async () => (await status()) === 'ResourceNotFound.InstanceId', 'it is unknown')
    assert.equal(await passes(here, there, ['-c', '3', '-W', '0.1']), false)
    for (const word of seen) {
      assert.ok(['Updating', 'Activated', 'Deleting', 'ResourceNotFound.InstanceId'].includes(word), word)
    }
  })
})
