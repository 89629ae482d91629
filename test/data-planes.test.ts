import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { suite, type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { openKernel } from '../src/adapters/data-plane/netns/kernel.ts'
import { GROUP, vpcNamespace } from '../src/adapters/data-plane/netns/names.ts'
import { endName } from '../src/adapters/data-plane/ovn/names.ts'
import { peeringId, vpcId } from '../src/domain/identity.ts'
import { DIALECTS } from './dialects/every.ts'
import { asTenant, type Call, newVpc, type VpcBody } from './dialects/native/client.ts'
import { hasOvn, OVN_NEEDS, startOvn } from './rig/ovn.ts'
import { requires } from './rig/requirements.ts'
import { startService, type TestService } from './rig/service.ts'
import { alice, BOOTSTRAP, bob } from './rig/tenants.ts'

/** The whole service over a network with real packets: what tenants agree to by the API is what passes. */

const run = promisify(execFile)
const SETTLE_TIMEOUT_MS = 20_000

interface PortBody {
  readonly id: string
  readonly address: string
  readonly prefixLength: number
  readonly mac: string
  readonly gateway: string
  readonly attach:
    | { readonly netns: { readonly namespace: string } }
    | { readonly ovn: { readonly ifaceId: string } }
    | null
}

/** A network for a service to drive. */
interface Rig {
  /** Options of `isthmus serve`. */
  readonly args: readonly string[]
  /** Has a workload live at a port; answers its namespace. */
  plug(port: PortBody, vpc: string): Promise<string>
  /** A part of a peering without which nothing passes, and a way to take it away; null: it is not there. */
  part(peering: string, vpc: string): Promise<{ readonly id: string; take(): Promise<unknown> } | null>
  /** What is left of the service's in the network. */
  remains(): Promise<readonly string[]>
  dispose(): Promise<void>
}

async function netnsRig(): Promise<Rig> {
  // There may be others on this machine.
  const mine = new Set<string>()
  const remains = async () => readdirSync('/run/netns').filter((name) => mine.has(name))
  return {
    args: ['--dataplane', 'netns'],
    async plug({ attach }, vpc) {
      assert.ok(attach && 'netns' in attach)
      mine.add(vpcNamespace(vpcId(vpc))).add(attach.netns.namespace)
      return attach.netns.namespace
    },
    async part(_, vpc) {
      const namespace = vpcNamespace(vpcId(vpc))
      const { stdout } = await run('ip', [
        '-j',
        '-n',
        namespace,
        'link',
        'show',
        'group',
        String(GROUP.peering),
      ])
      const devices = JSON.parse(stdout) as { ifname?: string; ifindex?: number }[]
      const { ifname, ifindex } = devices.find((device) => device.ifname !== undefined) ?? {}
      return ifname === undefined
        ? null
        : { id: String(ifindex), take: () => run('ip', ['-n', namespace, 'link', 'del', ifname]) }
    },
    remains,
    async dispose() {
      for (const name of await remains()) await run('ip', ['netns', 'delete', name])
    },
  }
}

async function ovnRig(): Promise<Rig> {
  const ovn = await startOvn()
  const [host = ''] = ovn.hosts
  return {
    args: ['--dataplane', 'ovn', '--ovn-nb', ovn.northbound],
    async plug({ id, address, prefixLength, mac, gateway, attach }) {
      assert.ok(attach && 'ovn' in attach)
      const { ifaceId } = attach.ovn
      assert.deepEqual(attach, { ovn: { ifaceId, mac, address } })
      const namespace = `it-${host}-${id.slice(-6)}`
      const addresses = [`${address}/${prefixLength}`]
      await ovn.plug(host, { namespace, ifaceId, mac, addresses, gateways: [gateway] })
      return namespace
    },
    async part(peering) {
      const name = endName(peeringId(peering), 'requester')
      const id = await ovn.nbctl('--bare', '--columns=_uuid', 'find', 'Logical_Router_Port', `name="${name}"`)
      return id === '' ? null : { id, take: () => ovn.nbctl('lrp-del', name) }
    },
    async remains() {
      const rows = await Promise.all(
        ['Logical_Router', 'Logical_Switch', 'Address_Set'].map((table) =>
          ovn.nbctl('--bare', '--columns=name', 'list', table),
        ),
      )
      return rows
        .join('\n')
        .split('\n')
        .filter((name) => name !== '')
    },
    dispose: () => ovn.dispose(),
  }
}

const lackingKernel = await openKernel().then(
  (kernel) => kernel.close().then(() => null),
  (error: Error) => error.message,
)

const RIGS: Record<string, { readonly lacking: string | null; open(): Promise<Rig> }> = {
  'network namespaces': { lacking: lackingKernel, open: netnsRig },
  OVN: { lacking: hasOvn ? null : OVN_NEEDS, open: ovnRig },
}

async function ok<T>(call: Call, method: string, path: string, body?: unknown): Promise<T> {
  const answer = await call(method, path, body)
  assert.ok(answer.status < 300, `${method} ${path}: ${JSON.stringify(answer.body)}`)
  return answer.body as T
}

async function until(condition: () => Promise<boolean>, what: string): Promise<void> {
  const deadlineMs = performance.now() + SETTLE_TIMEOUT_MS
  while (!(await condition())) {
    if (performance.now() > deadlineMs) throw new Error(`waited in vain until ${what}`)
    await sleep(20)
  }
}

interface RealizationBody {
  readonly wanted: number
  readonly realized: number
  readonly provenAt: string | null
  readonly reason: string | null
}

interface Explanation {
  readonly reachable: boolean
  readonly cause: string
}

/** A VPC with a subnet and a workload. */
async function inhabited(service: TestService, rig: Rig, tenant: typeof alice, number: number) {
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

function ping(from: Home, to: Home, patience: readonly string[]): Promise<boolean> {
  const args = [
    'netns',
    'exec',
    from.namespace,
    'ping',
    '-n',
    '-q',
    '-i',
    '0.05',
    ...patience,
    to.port.address,
  ]
  return run('ip', args).then(
    () => true,
    () => false,
  )
}

async function assertApart(one: Home, other: Home): Promise<void> {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    assert.equal(await ping(from, to, ['-c', '3', '-W', '0.1']), false)
  }
}

async function remove({ call, vpc, subnet, port }: Home): Promise<void> {
  await ok(call, 'DELETE', `/vpcs/${vpc.id}/ports/${port.id}`)
  await ok(call, 'DELETE', `/vpcs/${vpc.id}/subnets/${subnet.id}`)
  await ok(call, 'DELETE', `/vpcs/${vpc.id}`)
}

for (const [name, { lacking, open }] of Object.entries(RIGS)) {
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

async function story(service: TestService, rig: Rig, context: TestContext): Promise<void> {
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
  assert.ok(await ping(here, there, ['-c', '1', '-w', '2']))
  assert.ok(await ping(there, here, ['-c', '1', '-w', '2']))
  assert.equal((await explain()).reachable, true)

  await ok(there.call, 'DELETE', `/vpcs/${there.vpc.id}/routes/${route}`)
  await settled('one has no route any more', ({ provenAt }) => provenAt === null)
  await assertApart(here, there)
  await ok(there.call, 'POST', `/vpcs/${there.vpc.id}/routes`, back)
  await settled('the path is proven again', ({ provenAt }) => provenAt !== null)
  assert.ok(await ping(here, there, ['-c', '1', '-w', '2']))

  const part = await rig.part(peering.id, here.vpc.id)
  assert.ok(part)
  await part.take()
  const damagedMs = performance.now()
  await until(async () => {
    const now = await rig.part(peering.id, here.vpc.id)
    return now !== null && now.id !== part.id && (await ping(here, there, ['-c', '1', '-W', '0.1']))
  }, 'what was taken away is there again')
  context.diagnostic(`mended within ${Math.round(performance.now() - damagedMs)} ms`)

  await ok(there.call, 'DELETE', path)
  await until(async () => !(await ping(here, there, ['-c', '1', '-W', '0.1'])), 'packets stop')
  await assertApart(here, there)
  for (const home of [here, there]) await remove(home)
  await until(async () => (await rig.remains()).length === 0, 'nothing is left in the network')
}
