import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import * as alicloud from '../dialects/alibaba/provider.ts'
import { client as huaweiClient } from '../dialects/huawei/client.ts'
import { provider as tencentProvider } from '../dialects/tencent/provider.ts'
import { startWorld, type Who, type World } from '../rig/cli.ts'
import { finds, hasProgram } from '../rig/requirements.ts'
import { alice, BOOTSTRAP, bob, type TestTenant, vpcOf } from '../rig/tenants.ts'

/** `isthmus export terraform`, and that a plan for what it writes would find nothing to do. */

const ODD = 'a "name" with $' + '{var.alice} %{ and \\ \x1b[2J 漢字'
const DIALECTS = ['huawei', 'opentelekomcloud', 'alibaba', 'tencent'] as const

let world: World
let peering: { id: string; ids: { alibaba: string; tencent: string } }
const [ours, theirs] = [vpcOf(alice, 1), vpcOf(bob, 1)]

before(async () => {
  const vpcs = BOOTSTRAP.vpcs.filter(({ name }) => [ours.name, theirs.name].includes(name))
  world = await startWorld({ ...BOOTSTRAP, vpcs })
  const { call } = world
  await call('alice', 'POST', `/vpcs/${ours.ids.huawei}/subnets`, { name: 'web', cidr: '10.17.1.0/24' })
  const asked = {
    requesterVpc: ours.ids.huawei,
    accepterVpc: theirs.ids.huawei,
    name: ODD,
    description: 'a to b',
  }
  peering = await call('alice', 'POST', '/peerings', asked)
  await call('bob', 'POST', `/peerings/${peering.id}/accept`)
  for (const [who, vpc, other] of [
    ['alice', ours, theirs],
    ['bob', theirs, ours],
  ] as const) {
    const route = { destination: other.cidrs[0], peering: peering.id }
    await call(who, 'POST', `/vpcs/${vpc.ids.huawei}/routes`, route)
  }
})
after(() => world.close())

async function exported(who: Who, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await world.run(who, 'export', 'terraform', ...args)
  assert.deepEqual([code, stderr], [0, ''])
  return stdout
}

interface Block {
  readonly kind: string
  readonly labels: readonly string[]
  readonly attributes: Readonly<Record<string, string>>
}

/** Blocks with their attributes as they are written; of blocks inside them, nothing. */
function blocksOf(text: string): Block[] {
  return [...text.matchAll(/^(\w+)((?: "[^"]*")*) \{\n([\s\S]*?)^\}/gm)].map(
    ([, kind = '', labels = '', body = '']) => ({
      kind,
      labels: [...labels.matchAll(/"([^"]*)"/g)].map(([, label = '']) => label),
      attributes: Object.fromEntries(
        [...body.matchAll(/^ {2}(\w+) += (.+)$/gm)].map(([, name = '', value = '']) => [name, value]),
      ),
    }),
  )
}

/** Resources by address, each with what it is imported by and the name of its provider block. */
function resourcesOf(text: string) {
  const blocks = blocksOf(text)
  const imports = new Map(
    blocks
      .filter(({ kind }) => kind === 'import')
      .map(({ attributes: { to = '', id = '""' } }) => [to, JSON.parse(id) as string]),
  )
  return blocks
    .filter(({ kind }) => kind === 'resource')
    .map(({ labels: [type = '', label = ''], attributes: { provider = '', ...attributes } }) => {
      const id = imports.get(`${type}.${label}`)
      assert.ok(id, `nothing imports ${type}.${label}`)
      return { type, label, provider, id, attributes }
    })
}

/** What an attribute is, where references are to what other resources are imported by. */
function meaningOf(
  text: string,
  resources: ReturnType<typeof resourcesOf>,
  state: Readonly<Record<string, unknown>>,
): unknown {
  const [, type, label, attribute = ''] = /^(\w+)\.(\w+)\.(\w+)$/.exec(text) ?? []
  if (type === undefined) return JSON.parse(text.replaceAll('$${', '${').replaceAll('%%{', '%{'))
  const named = resources.find((resource) => resource.type === type && resource.label === label)
  assert.ok(named, text)
  return attribute === 'id' ? named.id : state[`${type}.${label}.${attribute}`]
}

suite('isthmus export terraform', () => {
  test('writes a whole configuration for Huawei Cloud, word by word', async () => {
    const golden = readFileSync(join(import.meta.dirname, 'export-terraform.golden.tf'), 'utf8')
    const written = await exported('operator', '--dialect', 'huawei')
    const subnet = /huaweicloud_vpc_subnet\.web\n {2}id = "([^"]+)"/.exec(written)?.[1] ?? ''
    const tables = [...written.matchAll(/id = "([^"/]+)\/10\./g)].map(([, id = '']) => id)
    const named = [
      [world.service.url, 'http://127.0.0.1:4750'],
      [peering.id, 'PEERING'],
      [subnet, 'SUBNET'],
      [tables[0] ?? '', 'TABLE-OF-ALICE'],
      [tables[1] ?? '', 'TABLE-OF-BOB'],
    ] as const
    assert.equal(
      named.reduce((text, [from, to]) => text.replaceAll(from, to), written),
      golden,
    )
  })

  for (const dialect of DIALECTS)
    test(`for ${dialect} is as Terraform itself would write it, has no secret, and nothing a terminal obeys`, async (t) => {
      const written = await exported('operator', '--dialect', dialect)
      assert.ok(!written.includes('SKALICE') && !written.includes('\x1b') && !/[^$]\$\{var/.test(written))
      const imports = blocksOf(written).filter(({ kind }) => kind === 'import')
      assert.equal(imports.length, resourcesOf(written).length)
      const program = ['terraform', 'tofu'].find(hasProgram)
      if (!finds(t, 'terraform or tofu', program !== undefined)) return
      const options = { input: written, encoding: 'utf8' } as const
      const { status, stdout, stderr } = spawnSync(program ?? '', ['fmt', '-check', '-diff', '-'], options)
      assert.equal(status, 0, `${stdout}${stderr}`)
    })

  test("is with a tenant's token that tenant's part, and names the rest by id", async () => {
    const types = async (who: Who, ...more: string[]) =>
      resourcesOf(await exported(who, '--dialect', 'huawei', ...more)).map(({ type }) =>
        type.replace('huaweicloud_', ''),
      )
    const asker = ['vpc', 'vpc_peering_connection', 'vpc_subnet', 'vpc_route']
    const accepter = ['vpc', 'vpc_peering_connection_accepter', 'vpc_route']
    assert.deepEqual(await types('alice'), asker)
    assert.deepEqual(await types('operator', '--tenant', 'alice'), asker)
    assert.deepEqual(await types('bob'), accepter)
    const [, accepted] = resourcesOf(await exported('bob', '--dialect', 'huawei'))
    assert.equal(accepted?.attributes['vpc_peering_connection_id'], `"${peering.id}"`)
    const nobody = await world.run('alice', 'export', 'terraform', '--dialect', 'huawei', '--tenant', 'bob')
    assert.equal(nobody.code, 3)
  })

  test('does not replace a file', async () => {
    const file = join(world.home, 'there.tf')
    assert.equal(await exported('alice', '--dialect', 'tencent', '--output', file), '')
    const before = readFileSync(file, 'utf8')
    assert.match(before, /^# Written by isthmus export terraform\./)
    const again = await world.run('alice', 'export', 'terraform', '--dialect', 'huawei', '--output', file)
    assert.deepEqual([again.code, readFileSync(file, 'utf8')], [2, before])
  })
})

suite('a plan finds nothing to do', () => {
  /** What a provider reads of each resource is what is configured, but for what the configuration says to ignore. */
  async function unplanned(
    dialect: string,
    ignored: readonly string[],
    read: (type: string, id: string, tenant: TestTenant) => Promise<Readonly<Record<string, unknown>> | null>,
  ): Promise<void> {
    const resources = resourcesOf(await exported('operator', '--dialect', dialect))
    const states: Record<string, unknown> = {}
    for (const { type, label, provider, id, attributes } of resources) {
      const state = await read(type, id, provider.includes('bob') ? bob : alice)
      assert.ok(state, `${type} ${id}`)
      for (const [name, value] of Object.entries(state)) states[`${type}.${label}.${name}`] = value
      const configured = Object.entries(attributes).filter(([name]) => !ignored.includes(`${type}.${name}`))
      const wanted = configured.map(([name, text]) => [name, meaningOf(text, resources, states)])
      assert.deepEqual(
        Object.fromEntries(wanted.map(([name]) => [name, state[String(name)]])),
        Object.fromEntries(wanted),
      )
    }
  }

  test('as the provider of Alibaba Cloud reads', async () => {
    const providers = (tenant: TestTenant) => new alicloud.Provider(world.service.host, tenant)
    await unplanned('alibaba', [], async (type, id, tenant) => {
      const provider = providers(tenant)
      switch (type) {
        case 'alicloud_vpc':
          return alicloud.vpc.read(provider, id)
        case 'alicloud_vswitch':
          return alicloud.vswitch.read(provider, id)
        case 'alicloud_vpc_peer_connection': {
          const state = await alicloud.peerConnection.read(provider, id)
          return state && { ...state, accepting_ali_uid: String(state.accepting_ali_uid) }
        }
        case 'alicloud_vpc_peer_connection_accepter':
          return (await alicloud.peerConnection.read(provider, id)) && { instance_id: id }
        default: {
          const [route_table_id, router, destination_cidrblock, nexthop_type, nexthop_id] = id.split(':')
          const entry = await alicloud.routeEntry.read(provider, id)
          const table = await alicloud.routeEntry.table(provider, String(route_table_id))
          assert.equal(table['VRouterId'], router)
          return entry && { route_table_id, destination_cidrblock, nexthop_type, nexthop_id }
        }
      }
    })
  })

  test('as the provider of Tencent Cloud reads', async () => {
    // What is not configured is true by default there, and may be false here.
    const written = await exported('operator', '--dialect', 'tencent')
    for (const type of ['vpc', 'subnet'])
      assert.match(
        written,
        new RegExp(`^resource "tencentcloud_${type}" [^}]*ignore_changes = \\[is_multicast\\b`, 'm'),
      )
    await unplanned(
      'tencent',
      ['tencentcloud_vpc_peer_connect_manager.destination_vpc_id'],
      async (type, id, tenant) => {
        const provider = tencentProvider(world.service.url, tenant)
        const kinds = {
          tencentcloud_vpc: provider.vpcs,
          tencentcloud_subnet: provider.subnets,
          tencentcloud_vpc_peer_connect_manager: provider.peerings,
        }
        return (kinds[type as keyof typeof kinds] ?? provider.entries).read(id)
      },
    )
  })

  test('as the providers of Huawei Cloud and Open Telekom Cloud read', async () => {
    for (const dialect of ['huawei', 'opentelekomcloud']) {
      const accepted = [
        'huaweicloud_vpc_peering_connection_accepter',
        'opentelekomcloud_vpc_peering_connection_accepter_v2',
      ]
      const ignored = accepted.flatMap((type) => [`${type}.vpc_peering_connection_id`, `${type}.accept`])
      await unplanned(dialect, ignored, async (type, id, tenant) => {
        const call = huaweiClient(world.service, tenant)
        const get = async (path: string) => (await call('GET', path)).body as unknown as Record<string, never>
        const project = tenant.projects['region-a']
        if (/_vpc(_v1)?$/.test(type)) return (await get(`/v1/${project}/vpcs/${id}`))['vpc'] ?? null
        if (/subnet/.test(type)) return (await get(`/v1/${project}/subnets/${id}`))['subnet'] ?? null
        if (/peering/.test(type)) {
          const { peering: shown } = (await get(`/v2.0/vpc/peerings/${id}`)) as unknown as {
            peering: {
              request_vpc_info: { vpc_id: string }
              accept_vpc_info: { vpc_id: string; tenant_id: string }
            }
          }
          const { request_vpc_info: request, accept_vpc_info: accept, ...rest } = shown
          return {
            ...rest,
            vpc_id: request.vpc_id,
            peer_vpc_id: accept.vpc_id,
            peer_tenant_id: accept.tenant_id,
          }
        }
        if (dialect === 'opentelekomcloud') return (await get(`/v2.0/vpc/routes/${id}`))['route'] ?? null
        const [table = '', ...block] = id.split('/')
        const { routetable } = (await get(`/v1/${project}/routetables/${table}`)) as unknown as {
          routetable: { vpc_id: string; routes: { destination: string }[] }
        }
        const route = routetable.routes.find(({ destination }) => destination === block.join('/'))
        return route ? { vpc_id: routetable.vpc_id, ...route } : null
      })
    }
  })
})
